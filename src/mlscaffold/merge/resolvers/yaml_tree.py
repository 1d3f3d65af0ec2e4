"""YAML as a tree of texts."""

__all__ = ["parse_yaml"]

import re
from functools import partial
from itertools import pairwise
from typing import Final, NamedTuple

from mlscaffold.merge.resolvers.flow import Piece, flow_group
from mlscaffold.merge.resolvers.nodes import Entry, Group, Node, Scalar, mapping, relative, reshaped, sequence
from mlscaffold.merge.resolvers.outcome import Unresolved
from mlscaffold.merge.resolvers.yaml_events import Raw, read_yaml

_REST: Final = re.compile(r"[ \t]*(?:(?<![^ \t\n])#[^\n]*)?\n")
_TO_DASH: Final = re.compile(r"(?:[&!]\S*[ \t]*)*(?:[ \t]*(?:#[^\n]*)?\n)*[ ]*(?=-)")
_TRIVIA: Final = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*")


class _Child(NamedTuple):
    """A key with its value, or a dash with its item."""

    start: int
    key: Raw | None
    value: Raw


def parse_yaml(text: str) -> Group:
    """Return the tree of a YAML file. Raises `Unresolved` if it is not one document, or one that has no such tree."""
    root = read_yaml(text)
    if root.kind == "scalar" or root.flow:
        raise Unresolved("neither keys nor items")
    builder = _Builder(text)
    children = builder.children(root)
    top = builder.line_of(children[0].start)
    above = text[:top].splitlines(keepends=True)
    own = len(above)
    while own and above[own - 1].startswith("#"):
        own -= 1
    head = "".join(above[:own])
    group = builder.block(root, len(head), len(text), 0)
    return group._replace(head=head)


class _Builder:
    """Cuts one text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def line_of(self, place: int) -> int:
        """Return where the line of `place` starts."""
        return self._text.rfind("\n", 0, place) + 1

    def _next_line(self, place: int) -> int:
        return self._text.index("\n", place) + 1

    def children(self, raw: Raw) -> list[_Child]:
        if raw.kind == "map":
            return [_Child(key.start, key, value) for key, value in zip(raw.parts[::2], raw.parts[1::2], strict=True)]
        found, place = [], raw.start
        for item in raw.parts:
            dash = _TO_DASH.match(self._text, place)
            if dash is None:
                raise Unresolved("an item without a dash")
            found.append(_Child(dash.end(), None, item))
            place = self._behind(item)
        return found

    def _behind(self, item: Raw) -> int:
        rest = _REST.match(self._text, item.end)
        if rest is None:
            raise Unresolved("something stands behind a value")
        return rest.end()

    def block(self, raw: Raw, begin: int, stop: int, around: int) -> Group:
        """Make the group whose lines are `begin` to `stop`, in a group at column `around`."""
        children = self.children(raw)
        column = children[0].start - self.line_of(children[0].start)
        inline = begin > self.line_of(children[0].start)
        entries, lead_from = [], begin
        for child, following in pairwise([*children, None]):
            assert child is not None  # noqa: S101 - only the last of the pairs is None
            behind = self._behind(child.value)
            upto = self.line_of(following.start) if following else stop
            inner = behind + _inner(self._text[behind:upto], column)
            if child.value.kind == "scalar" or child.value.flow:
                inner = behind
            lead = "" if child.start == lead_from else self._trivia(lead_from, self.line_of(child.start), column)
            entries.append(self._entry(child, lead, inner, column))
            lead_from = inner
        foot = self._trivia(lead_from, stop, column)
        said = mapping(entries, raw.said) if raw.kind == "map" else sequence(entries, raw.said)
        return Group(raw.kind, "", tuple(entries), foot, said, shift=column - around, inline=inline)

    def _trivia(self, start: int, end: int, column: int) -> str:
        text = self._text[start:end]
        if not _TRIVIA.fullmatch(text) and not text.startswith("..."):
            raise Unresolved("something else than comments between two entries")
        return relative(text, column, first=True)

    def _entry(self, child: _Child, lead: str, stop: int, column: int) -> Entry:
        key, value = child.key, child.value
        if key and key.string is None:
            raise Unresolved("a key that is no text")
        name = key.string if key else None
        if value.kind != "scalar" and not value.flow:
            begin = self._begin(child)
            label = relative(self._text[child.start : begin], column, first=False)
            return Entry(name, lead, label, self.block(value, begin, stop, column), "")
        label = relative(self._text[child.start : value.start], column, first=False)
        tail = self._text[value.end : self._behind(value)]
        left = partial(relative, column=column, first=False)
        return Entry(name, lead, label, reshaped(self._flow(value), left), tail)

    def _begin(self, child: _Child) -> int:
        """Return where the lines of a block value start: below its key or dash, or behind the dash."""
        first = self.children(child.value)[0].start
        below = self._next_line(child.key.end if child.key else child.start)
        return first if child.key is None and first < below else below

    def _flow(self, raw: Raw) -> Node:
        if raw.kind == "scalar":
            return Scalar(self._text[raw.start : raw.end], raw.said, raw.string)
        pieces = []
        if raw.kind == "list":
            pieces = [Piece(item.start, item.end, None, "", self._flow(item)) for item in raw.parts]
        for key, value in zip(raw.parts[::2], raw.parts[1::2], strict=True) if raw.kind == "map" else ():
            if key.string is None or value.start < key.end:
                raise Unresolved("a key that is no text")
            label = self._text[key.start : value.start]
            pieces.append(Piece(key.start, value.end, key.string, label, self._flow(value)))
        return flow_group(self._text, (raw.start, raw.end), raw.kind, pieces, raw.said)


def _inner(trivia: str, column: int) -> int:
    """Return how much of the lines between two entries belongs to the first: comments that stand further right."""
    inner = place = 0
    for line in trivia.splitlines(keepends=True):
        place += len(line)
        if line.strip():
            if len(line) - len(line.lstrip(" ")) <= column:
                break
            inner = place
    return inner
