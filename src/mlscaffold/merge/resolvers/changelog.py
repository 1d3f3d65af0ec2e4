"""CHANGELOG-like files: a merge by line, in which list items or sections that both put in one place are joined."""

__all__ = ["merge_changelog"]

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from packaging.version import Version

from mlscaffold.merge.resolvers.lines3 import changes, merge3
from mlscaffold.merge.resolvers.outcome import Unresolved

_HASHES: Final = re.compile(r"#{1,6}[ \t]+\S")
_UNDERLINE: Final = re.compile(r"([=\-~^\"'+*#.])\1{2,}[ \t]*")
_BULLET: Final = re.compile(r"[-*+][ \t]|\d+[.)][ \t]")
_VERSION: Final = re.compile(r"\d+(?:\.\d+)+(?:[-.]?(?:a|b|rc|dev|post)\d+)?")

Lines = Sequence[str]


class _Section(NamedTuple):
    heading: tuple[str, ...]
    body: tuple[str, ...]


def merge_changelog(base: str | None, ours: str, theirs: str) -> tuple[str, tuple[str, ...]]:
    """Return the merged text and the notes. Raises `Unresolved` where both did more than add in one place."""
    if base is None:
        raise Unresolved("both added the file")
    was, mine, new = (text.splitlines() for text in (base, ours, theirs))
    yours, others = _insertions(was, mine), _insertions(was, new)
    joined = {place: _join(lines, others[place]) for place, lines in yours.items() if place in others}
    # with the joined lines on both sides, nothing is left there to disagree on
    merged = merge3(was, *(_with(was, side, joined) for side in (mine, new)))
    if merged is None:
        raise Unresolved("both changed the same lines")
    for side, other in ((mine, new), (new, mine)):
        _prove_order(was, side, other, merged)
    notes = tuple(f"{_above(was, place)}: took what both added" for place in joined)
    return "".join(f"{line}\n" for line in merged), notes


def _insertions(base: Lines, side: Lines) -> dict[int, Lines]:
    """Return where `side` added lines and changed nothing else, and which lines."""
    return {hunk.start: side[hunk.into : hunk.until] for hunk in changes(base, side) if hunk.start == hunk.end}


def _with(base: Lines, side: Lines, joined: dict[int, Lines]) -> Lines:
    result, place = list[str](), 0
    for hunk in changes(base, side):
        result += [*base[place : hunk.start], *joined.get(hunk.start, side[hunk.into : hunk.until])]
        place = hunk.end
    return [*result, *base[place:]]


def _prove_order(base: Lines, side: Lines, other: Lines, merged: Lines) -> None:
    """Raise `Unresolved` unless what `other` left of `side` is in the result, in its order."""
    dropped = Counter(base) - Counter(other)
    rest = iter(merged)
    for line in side:
        if dropped[line]:
            dropped[line] -= 1
        elif line.strip() and line not in rest:
            raise Unresolved("lines are missing, or in another order")


def _join(ours: Lines, theirs: Lines) -> Lines:
    if ours == theirs:
        return ours
    mine, new = _trimmed(ours), _trimmed(theirs)
    if len(ours) - len(mine) != len(theirs) - len(new) or not mine or not new:
        raise Unresolved("other blank lines")
    before = next(place for place, line in enumerate(ours) if line.strip())
    middle = _joined_items(mine, new) if _are_items(mine) and _are_items(new) else _joined_sections(mine, new)
    return [*ours[:before], *middle, *ours[before + len(mine) :]]


def _trimmed(lines: Lines) -> Lines:
    full = [place for place, line in enumerate(lines) if line.strip()]
    return lines[full[0] : full[-1] + 1] if full else []


def _are_items(lines: Lines) -> bool:
    return bool(_BULLET.match(lines[0])) and all(not line or line[0] in " \t" or _BULLET.match(line) for line in lines)


def _joined_items(ours: Lines, theirs: Lines) -> Lines:
    loose = any(not line.strip() for line in (*ours, *theirs))
    return [*ours, *([""] if loose else []), *theirs]


def _joined_sections(ours: Lines, theirs: Lines) -> Lines:
    mine, new = (list(_sections(lines)) for lines in (ours, theirs))
    if [section.heading for section in mine] == [section.heading for section in new] and len(mine) == 1:
        return [*mine[0].heading, *_join(mine[0].body, new[0].body)]
    found = sorted((*mine, *new), key=_age, reverse=True)
    if len({section.heading for section in found}) < len(found):
        raise Unresolved("one section twice")
    lines = [
        line for section in found for line in (*section.heading, *section.body, *[""] * (not _ends_blank(section)))
    ]
    return _trimmed(lines)


def _ends_blank(section: _Section) -> bool:
    return not (*section.heading, *section.body)[-1].strip()


def _sections(lines: Lines) -> Iterator[_Section]:
    """Cut lines at the headings like the first one. Raises `Unresolved` if they do not start with a heading."""
    sizes = [_heading(*pair) for pair in pairwise([*lines, ""])]
    if not sizes[0]:
        raise Unresolved("neither items nor sections")
    level = _level(lines, 0)
    starts = [place for place, size in enumerate(sizes) if size and _level(lines, place) == level]
    for start, end in pairwise([*starts, len(lines)]):
        size = sizes[start]
        yield _Section(tuple(lines[start : start + size]), tuple(lines[start + size : end]))


def _heading(line: str, below: str) -> int:
    """Return how many lines the heading that starts here has: none, one or two."""
    if _HASHES.match(line):
        return 1
    underlined = _UNDERLINE.fullmatch(below) and line.strip() and len(below.strip()) >= len(line.strip())
    return 2 if underlined and not line.startswith(" ") and not _BULLET.match(line) else 0


def _level(lines: Lines, place: int) -> str:
    if _HASHES.match(lines[place]):
        return lines[place].split()[0]
    return lines[place + 1][0] if place + 1 < len(lines) else ""


def _age(section: _Section) -> Version:
    found = _VERSION.search(section.heading[0])
    if found is None:
        raise Unresolved("new sections without versions")
    return Version(found[0])


def _above(lines: Lines, place: int) -> str:
    """Name the heading above a place."""
    for start in range(min(place, len(lines)) - 1, -1, -1):
        if _heading(lines[start], lines[start + 1] if start + 1 < len(lines) else ""):
            return lines[start].lstrip("# ")
    return "at the top"
