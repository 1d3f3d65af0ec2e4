"""For repo-review: our rules on the whole repository as its checks. It is no dependency: a check is a class to it."""

__all__ = ["repo_review_checks", "repo_review_families"]

import os
from functools import cache
from typing import Any, ClassVar

from mlscaffold.check import catalogue
from mlscaffold.check.findings import Finding
from mlscaffold.check.listing import ListingError, tracked
from mlscaffold.check.registry import FAMILIES, Rule
from mlscaffold.check.reports.description import described

_MOST = 10  # findings that are told of one check


class _Check:
    """What repo-review asks of a check; each rule is a class of its own, with its title as docstring."""

    family: ClassVar[str]
    rule: ClassVar[Rule]

    @classmethod
    def check(cls, root: Any) -> str | bool | None:
        """Return True, or what is wrong in Markdown; None where the rule does not apply here."""
        found = _found(os.fspath(root)) if isinstance(root, os.PathLike) else None
        if found is None or isinstance(found, str):
            return found  # not on this disk, or not in git: skipped; settings that cannot be followed: told
        told = [f"- {_place(one)}{one.message}" for one in found if one.code == cls.rule.code]
        if not told:
            return True
        more = [f"- and {len(told) - _MOST} more"] if len(told) > _MOST else []
        return "\n".join([*told[:_MOST], *more, "", f"Next: {cls.rule.hint}."])


def repo_review_checks() -> dict[str, type[_Check]]:
    """Return a check for each rule of the default persona that looks at the repository or its pipelines."""
    _found.cache_clear()
    wanted = (
        one for one in catalogue.load().values() if one.on in {"Repository", "Pipeline"} and one.level == "default"
    )
    return {one.code: _check_of(one) for one in wanted}


def repo_review_families() -> dict[str, dict[str, Any]]:
    """Return the families of our rules."""
    return {
        family: {"name": f"ML conventions: {told}", "order": 10 + order}
        for order, (family, told) in enumerate(FAMILIES.items())
        if any(code.startswith(family) for code in repo_review_checks())
    }


def _check_of(rule: Rule) -> type[_Check]:
    title = described(rule).title.replace("{", "{{").replace("}", "}}")  # repo-review formats it
    return type(rule.code, (_Check,), {"__doc__": title, "family": rule.code[:3], "rule": rule})


@cache
def _found(root: str) -> tuple[Finding, ...] | str | None:
    """Run once for all checks; a text says what is wrong with the settings."""
    from mlscaffold.check.run import check
    from mlscaffold.check.settings import SettingsError

    try:
        return check(root, tracked(root), {"persona": "default"}, keep=False).answer.findings
    except ListingError:
        return None
    except SettingsError as problem:
        return str(problem)


def _place(one: Finding) -> str:
    return "" if one.path == "." else f"`{one.path}`: "
