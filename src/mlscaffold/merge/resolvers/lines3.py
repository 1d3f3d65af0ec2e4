"""A cautious three-way merge of lines: what overlaps or touches is a conflict."""

__all__ = ["Hunk", "changes", "merge3"]

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple, TypeVar

Line = TypeVar("Line", bound=Hashable)
_SMALL: Final = 40_000  # pairs of lines that are compared without an anchor; beyond that, the whole stretch is a change


class Hunk(NamedTuple):
    """`old[start:end]` became `new[into:until]`."""

    start: int
    end: int
    into: int
    until: int


def merge3(base: Sequence[Line], ours: Sequence[Line], theirs: Sequence[Line]) -> list[Line] | None:
    """Return the merged lines, or None if both sides changed the same or adjacent lines in different ways."""
    mine, new = changes(base, ours), changes(base, theirs)
    edits = {(hunk.start, hunk.end, tuple(ours[hunk.into : hunk.until])) for hunk in mine}
    edits |= {(hunk.start, hunk.end, tuple(theirs[hunk.into : hunk.until])) for hunk in new}
    merged: list[Line] = []
    place = 0
    touched = -1
    for start, end, lines in sorted(edits, key=lambda edit: edit[:2]):
        if start <= touched:
            return None
        merged += [*base[place:start], *lines]
        place = touched = end
    return [*merged, *base[place:]]


def changes(old: Sequence[Line], new: Sequence[Line]) -> list[Hunk]:
    """Return the hunks that make `new` of `old`, anchored on lines that are unique in both."""
    found: list[Hunk] = []
    matched = list(_matches(old, new, 0, 0))
    place = into = 0
    for start, at, size in [*matched, (len(old), len(new), 0)]:
        if place < start or into < at:
            found.append(Hunk(place, start, into, at))
        place, into = start + size, at + size
    return _settled(found, old, new)


def _settled(hunks: list[Hunk], old: Sequence[Line], new: Sequence[Line]) -> list[Hunk]:
    """Move additions and deletions down as far as they go, so that both sides name one place; join neighbours."""
    result: list[Hunk] = []
    limit = len(old)
    for hunk in reversed(hunks):
        start, end, into, until = hunk
        lines, first = (new, into) if start == end else (old, start)
        while (start == end or into == until) and end < limit and lines[first] == old[end]:
            start, end, into, until, first = start + 1, end + 1, into + 1, until + 1, first + 1
        if result and end == result[-1].start:
            end, until = result[-1].end, result.pop().until
        result.append(Hunk(start, end, into, until))
        limit = start
    return result[::-1]


def _matches(old: Sequence[Line], new: Sequence[Line], at: int, into: int) -> Iterator[tuple[int, int, int]]:
    """Yield (place in old, place in new, length), in order, offset by `at` and `into`."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    if head:
        yield at, into, head
    yield from _between(old[head : len(old) - tail], new[head : len(new) - tail], at + head, into + head)
    if tail:
        yield at + len(old) - tail, into + len(new) - tail, tail


def _common(old: Sequence[Line], new: Sequence[Line]) -> int:
    count = 0
    for left, right in zip(old, new, strict=False):
        if left != right:
            break
        count += 1
    return count


def _between(old: Sequence[Line], new: Sequence[Line], at: int, into: int) -> Iterator[tuple[int, int, int]]:
    if not old or not new:
        return
    anchors = _anchors(old, new)
    if anchors:
        place = target = 0
        for left, right in anchors:
            yield from _matches(old[place:left], new[target:right], at + place, into + target)
            yield at + left, into + right, 1
            place, target = left + 1, right + 1
        yield from _matches(old[place:], new[target:], at + place, into + target)
    elif len(old) * len(new) <= _SMALL:
        for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
            if block.size:
                yield at + block.a, into + block.b, block.size


def _anchors(old: Sequence[Line], new: Sequence[Line]) -> list[tuple[int, int]]:
    """Return the longest row of lines that occur once on each side, in the order of both."""
    once_old, once_new = ({line for line, n in Counter(side).items() if n == 1} for side in (old, new))
    places = {line: place for place, line in enumerate(new) if line in once_new and line in once_old}
    pairs = [(place, places[line]) for place, line in enumerate(old) if line in places]
    tops: list[int] = []  # patience: the smallest last target of an increasing row of each length
    ends: list[int] = []
    before: list[int] = []
    for number, (_, target) in enumerate(pairs):
        pile = bisect_left(tops, target)
        before.append(ends[pile - 1] if pile else -1)
        tops[pile : pile + 1], ends[pile : pile + 1] = [target], [number]
    row = []
    number = ends[-1] if ends else -1
    while number >= 0:
        row.append(pairs[number])
        number = before[number]
    return row[::-1]
