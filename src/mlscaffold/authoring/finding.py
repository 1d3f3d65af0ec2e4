"""`Finding`: one fault of a template, for its authors: where it is, what it is, and what to do."""

__all__ = ["GROUPS", "Finding", "Report", "unique"]

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

_QUESTIONS, _FILES, _RENDERING, _REPEATING, _UPDATES = (
    "Questions and settings",
    "Files of the template",
    "Rendering",
    "The same answers, other bytes",
    "Updates of existing projects",
)
GROUPS: Final[Mapping[str, str]] = MappingProxyType({  # rule -> the heading that it is shown under
    "unreadable": _QUESTIONS,
    "unknown-setting": _QUESTIONS,
    "unknown-key": _QUESTIONS,
    "ill-formed": _QUESTIONS,
    "unused-class": _QUESTIONS,
    "lost-move": _QUESTIONS,
    "unknown-question": _QUESTIONS,
    "no-default": _QUESTIONS,
    "refused-default": _QUESTIONS,
    "not-a-choice": _QUESTIONS,
    "no-answers-file": _FILES,
    "dead-file": _FILES,
    "not-utf8": _FILES,
    "case-clash": _FILES,
    "unportable-path": _FILES,
    "fails-to-render": _RENDERING,
    "does-not-parse": _RENDERING,
    "conflict-marker": _RENDERING,
    "clock-or-chance": _REPEATING,
    "differs": _REPEATING,
    "refused": _UPDATES,
    "needs-answer": _UPDATES,
    "lost-answer": _UPDATES,
    "not-fresh": _UPDATES,
    "needless-conflict": _UPDATES,
    "lost-edit": _UPDATES,
    "broken-merge": _UPDATES,
})  # fmt: skip


class Finding(NamedTuple):
    """One fault; a "warning" may be meant so, and does not count as a failure."""

    rule: str  # a key of `GROUPS`
    where: str  # a file of the template, of a rendering, or a question
    what: str
    fix: str
    seen: str = ""  # with which answers, or from which version; "" is always
    level: Literal["finding", "warning"] = "finding"


class Report(NamedTuple):
    """All that was found, what was looked at, and the renames that updates recognised."""

    findings: tuple[Finding, ...]
    looked_at: tuple[str, ...]
    details: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether something has to be mended."""
        return any(finding.level == "finding" for finding in self.findings)


def unique(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings in the order of `GROUPS`, each fault of a place once: where it was seen first comes first."""
    order = list(GROUPS)
    same: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        # what a parser says of one file differs with the answers, and is one fault
        what = "" if finding.rule == "does-not-parse" else finding.what
        same.setdefault((finding.rule, finding.where, what), []).append(finding)
    merged = (found[0]._replace(seen=_seen(found)) for found in same.values())
    return tuple(sorted(merged, key=lambda finding: (order.index(finding.rule), finding.where)))


def _seen(found: list[Finding]) -> str:
    first, *others = dict.fromkeys(finding.seen for finding in found)
    return f"{first} and {len(others)} more" if first and others else first
