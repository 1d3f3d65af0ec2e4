"""What is found but not reported: not asked for, ignored with a reason, or known before."""

__all__ = ["Reported", "apply"]

from collections.abc import Mapping
from typing import Any, NamedTuple

from mlscaffold.check.baseline import subtract
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
    learned: Mapping[str, Mapping[str, Any]],
    rules: Rules,
    settings: Settings,
    *,
    use: bool,
    paths: tuple[str, ...],
) -> Reported:
    """Return what is reported of `found`; with `use` false, all that was asked for."""
    asked = sorted({one for one in found if settings.wants(one.code, rules[one.code].level)})
    comments = _comments(learned) if use else {}
    left: list[Finding] = []
    used: set[tuple[str, int]] = set()
    for one in asked:
        hits = [
            (one.path, comment.line)
            for comment in comments.get(one.path, ())
            if comment.covers(one.code, one.line, one.end_line)
        ]
        used.update(hits)
        if not hits and not (use and _ignored(one, settings)):
            left.append(one)
    ignored = len(asked) - len(left)
    if use:
        left += _about_ignores(Ignores(comments, frozenset(used), rules, settings))
    left, baselined, slack = subtract(root, left, settings.baseline) if use else (left, 0, 0)
    shown = tuple(sorted(one for one in left if _within(one.path, paths)))
    return Reported(shown, ignored, baselined, slack)


def _comments(learned: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Ignore]]:
    kept = {path: one["ignores"] for path, one in learned.items() if one.get("ignores")}
    return {
        path: [Ignore(line, alone, tuple(codes), *rest) for line, alone, codes, *rest in found]
        for path, found in kept.items()
    }


def _about_ignores(ignores: Ignores) -> list[Finding]:
    wanted = (
        one for one in ignores.rules.values() if one.on is Ignores and ignores.settings.wants(one.code, one.level)
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
