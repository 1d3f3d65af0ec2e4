"""A model card taken apart: front matter, headings, and the lines that are no code and no comment."""

__all__ = ["Card", "Heading", "front_matter"]

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final, NamedTuple

from mlscaffold.check.lazy import expression
from mlscaffold.check.targets.document import UnreadableError, parsed

_FENCE: Final = expression(r" {0,3}(```+|~~~+)")
_ATX: Final = expression(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*")
_BOLD: Final = expression(r"\s*(?:[-*]\s+)?(?:\*\*|__)([^*_]+?):?(?:\*\*|__)(.*)")
_CELL: Final = expression(r"\s*\|[\s*]*([^|*]+?)[\s*]*\|(.*)")
_HTML: Final = expression(r"\s*<h([1-6])[^>]*>(.*?)</h[1-6]>\s*", re.IGNORECASE)
_IN_TEXT: Final = 7  # the level of a heading that is the bold beginning of a line, or the first cell of a row


class Heading(NamedTuple):
    """A heading, and whether anything is said below it."""

    title: str
    level: int
    line: int
    filled: bool


class Card:
    """A card: its path, its front matter as text ("" where it has none), and its lines without what is code."""

    def __init__(self, path: str, text: str) -> None:
        """Take a card apart."""
        self.path, self.text = path, text
        self.matter, self.lines = _parts(text)

    @cached_property
    def headings(self) -> list[Heading]:
        """The headings, in order."""
        found = list(_headings(self.lines))
        return [
            Heading(title, level, line, _filled(self.lines, number, found))
            for number, (title, level, line) in enumerate(found)
        ]


def front_matter(card: Card) -> Any:
    """Return the value of the front matter; None where there is none or it does not parse."""
    try:
        return parsed("card.yaml", card.matter.encode(errors="replace")) if card.matter else None
    except UnreadableError:
        return None


def _parts(text: str) -> tuple[str, list[str]]:
    """Return the front matter, and all lines of which those of the front matter, comments and code are empty."""
    lines = text.removeprefix("\ufeff").split("\n")
    matter = ""
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if lines[0].rstrip() == "---" and end:
        matter = "\n".join(lines[1:end])
        lines[: end + 1] = [""] * (end + 1)
    fence = ""
    for number, line in enumerate(lines):
        found = _FENCE.match(line)
        if fence or found:
            lines[number] = "`code`"
        if found and not fence:
            fence = found[1]
        elif found and found[1].startswith(fence):
            fence = ""
    bare = re.sub(r"<!--.*?-->", lambda found: "\n" * found[0].count("\n"), "\n".join(lines), flags=re.DOTALL)
    return matter, bare.split("\n")


def _headings(lines: list[str]) -> Iterator[tuple[str, int, int]]:
    for number, line in enumerate(lines, 1):
        below = lines[number].strip() if number < len(lines) else ""
        if found := _ATX.fullmatch(line):
            yield found[2], len(found[1]), number
        elif found := _HTML.fullmatch(line):
            yield re.sub(r"<[^>]+>", "", found[2]), int(found[1]), number
        elif line.strip() and not line.startswith(("-", "|", ">")) and re.fullmatch(r"={3,}|-{3,}", below):
            yield line.strip(), 1 if below[0] == "=" else 2, number
        elif found := _BOLD.fullmatch(line) or _CELL.fullmatch(line):
            yield found[1], _IN_TEXT, number


def _filled(lines: list[str], number: int, found: list[tuple[str, int, int]]) -> bool:
    """Return whether anything but headings stands below a heading, in its own part of the document."""
    _title, level, line = found[number]
    end = next((other for _t, below, other in found[number + 1 :] if below <= level), len(lines) + 1)
    inside = {other for _t, deeper, other in found if line < other < end and deeper != _IN_TEXT}
    rest = [lines[at - 1] for at in range(line + 1, end) if at not in inside]
    own = (_BOLD.fullmatch(lines[line - 1]) or _CELL.fullmatch(lines[line - 1])) if level == _IN_TEXT else None
    return bool(own and re.search(r"\w", own[2])) or any(re.search(r"\w", text) for text in rest)
