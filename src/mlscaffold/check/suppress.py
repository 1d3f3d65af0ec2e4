"""What is found but not reported: not asked for, ignored with a reason, or known before."""

__all__ = ["Reported", "apply"]

from collections.abc import Mapping
from typing import NamedTuple

from mlscaffold.check.baseline import subtract
from mlscaffold.check.cache import Known
from mlscaffold.check.findings import Finding
from mlscaffold.check.ignores import Ignore, Ignores
from mlscaffold.check.patterns import fits
from mlscaffold.check.registry import Rules
from mlscaffold.check.settings import Settings


class Reported(NamedTuple):
    """The findings that are reported, and how many were not."""

    findings: tuple[Finding, ...]
    ignored: int
    baselined: int
    slack: int


def apply(
    root: str,
    found: list[Finding],
    learned: Mapping[str, Known],
    rules: Rules,
    settings: Settings,
    *,
    use: bool,
    paths: tuple[str, ...],
) -> Reported:
    """Return what is reported of `found`; with `use` false, all that was asked for."""
    comments = _comments(learned) if use else {}
    hits = {one: _hits(one, comments) for one in found}
    asked = sorted({one for one in found if settings.wants(one.code, rules[one.code].level)}, key=_order)
    left = [one for one in asked if not hits[one] and not (use and _ignored(one, settings))]
    ignored = len(asked) - len(left)
    if use:
        # All findings count here: an ignore for a rule that is not asked for today is no idle one.
        used = frozenset((one.path, line, one.code) for one, lines in hits.items() for line in lines)
        left += _about_ignores(Ignores(comments, used, rules, settings))
    left, baselined, slack = subtract(root, left, settings, rules) if use else (left, 0, 0)
    shown = tuple(sorted((one for one in left if _within(one.path, paths)), key=_order))
    return Reported(shown, ignored, baselined, slack)


def _hits(one: Finding, comments: Mapping[str, list[Ignore]]) -> list[int]:
    """Return the lines of the comments that speak of a finding."""
    return [each.line for each in comments.get(one.path, ()) if each.covers(one.code, one.line, one.end_line)]


def _order(one: Finding) -> tuple[str, int, int, str, str]:
    return one.path, one.line, one.column, one.code, one.message


def _comments(learned: Mapping[str, Known]) -> dict[str, list[Ignore]]:
    kept = {path: found for path, one in learned.items() if (found := one.light.get("ignores"))}
    return {
        path: [Ignore(line, about, tuple(codes), *rest) for line, about, codes, *rest in found]
        for path, found in kept.items()
    }


def _about_ignores(ignores: Ignores) -> list[Finding]:
    wanted = (
        one for one in ignores.rules.values() if one.on == "Ignores" and ignores.settings.wants(one.code, one.level)
    )
    found = [finding._replace(code=one.code) for one in wanted for finding in one.look(ignores, None)]
    return [one for one in found if not _ignored(one, ignores.settings)]


def _ignored(finding: Finding, settings: Settings) -> bool:
    return any(
        finding.code.startswith(one.prefix) and (not one.pattern or fits(finding.path, one.pattern))
        for one in settings.ignore
    )


def _within(path: str, paths: tuple[str, ...]) -> bool:
    return not paths or any(path == one or path.startswith(f"{one}/") or one == "." for one in paths)
