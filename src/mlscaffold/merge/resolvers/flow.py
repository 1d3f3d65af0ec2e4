"""Brackets, commas and comments: what TOML arrays, inline tables, JSON and YAML's flow collections share."""

__all__ = ["Piece", "flow_group"]

import re
from collections.abc import Hashable, Sequence
from typing import Final, NamedTuple

from mlscaffold.merge.resolvers.nodes import Entry, Group, Node, mapping, sequence
from mlscaffold.merge.resolvers.outcome import Unresolved

_COMMENT: Final = r"(?:[ \t]*#[^\n]*)?"
_SEPARATED: Final = re.compile(rf",(?P<tail>{_COMMENT})(?P<rest>.*)", re.DOTALL)
_LAST: Final = re.compile(rf"(?P<tail>{_COMMENT})(?P<rest>.*)", re.DOTALL)
_NOTHING: Final = re.compile(r"(?:[ \t\n]|#[^\n]*(?=\n))*")


class Piece(NamedTuple):
    """One item between the brackets: where it starts and ends in the text, its key and how that is written."""

    start: int
    end: int
    key: Hashable
    label: str
    value: Node


def flow_group(
    text: str, brackets: tuple[int, int], kind: str, pieces: Sequence[Piece], mark: Hashable = None, bracket: str = ""
) -> Group:
    """Make a group of the items between the two `brackets`.

    Args:
        text: what the positions are in.
        brackets: where the text of the group starts (before its bracket) and where it ends (behind its bracket).
        kind: "map" or "list".
        pieces: the items, in order.
        mark: what else the group says (tag and anchor in YAML).
        bracket: what opens the group, if not the usual one of its kind.

    Raises:
        Unresolved: comments stand where no entry can hold them.
    """
    start, end = brackets
    if not pieces:
        return _made(kind, text[start : end - 1], [], text[end - 1 : end], mark=mark, comma=False)
    opened = text.index(bracket or ("[" if kind == "list" else "{"), start) + 1
    tail, lead = _halves(_LAST, text[opened : pieces[0].start])
    head, comma = text[start:opened] + tail, False
    entries = []
    for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
        gap = text[piece.end : following.start if following else end - 1]
        comma = gap.startswith(",")
        if following and not comma:
            raise Unresolved("something stands before a comma")
        tail, rest = _halves(_SEPARATED if comma else _LAST, gap)
        entries.append(Entry(piece.key, lead, piece.label, piece.value, tail))
        lead = rest
    return _made(kind, head, entries, lead + text[end - 1 : end], mark=mark, comma=comma)


def _halves(pattern: re.Pattern[str], gap: str) -> tuple[str, str]:
    """Split what stands between two items into the comment behind the first and what stands above the second."""
    found = pattern.fullmatch(gap)
    if found is None or not _NOTHING.fullmatch(found["rest"]):
        raise Unresolved("something else than comments between two items")
    return found["tail"], found["rest"]


def _made(kind: str, head: str, entries: list[Entry], foot: str, *, mark: Hashable, comma: bool) -> Group:
    said = mapping(entries, mark) if kind == "map" else sequence(entries, mark)
    return Group(kind, head, tuple(entries), foot, said, flow=True, comma=comma)
