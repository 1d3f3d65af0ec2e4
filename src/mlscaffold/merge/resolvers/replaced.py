"""Items without a name that were replaced in their place of a list: one item that changed, not one gone and one new."""

__all__ = ["replaced_items"]

from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from mlscaffold.merge.resolvers.nodes import Entry, Group, Scalar
from mlscaffold.merge.resolvers.outcome import Unresolved
from mlscaffold.merge.resolvers.pins import names_version

Keys = list[Hashable]


class _Change(NamedTuple):
    """`base[start:end]` became `new`."""

    start: int
    end: int
    new: tuple[Hashable, ...]


def replaced_items(keys: list[Keys], groups: Sequence[Group], path: Sequence[str]) -> list[Keys]:
    """Give an item that stands in the place of another the other's key, so that both sides' changes to it meet.

    Raises:
        Unresolved: numbers (their place has a meaning), or items of both sides whose order cannot be known.
    """
    where = ".".join(path)
    if any(_is_number(entry) for group in groups for entry in group.entries) and not names_version("".join(path[-1:])):
        raise Unresolved(f"{where}: both changed numbers")
    if len(groups) == 2:  # noqa: PLR2004 - without a base
        return keys
    base = keys[0]
    ours, theirs = (_in_place(base, side) for side in keys[1:])
    ordered = any(isinstance(entry.value, Group) for group in groups for entry in group.entries)
    for mine in _changes(base, ours):
        for new in _changes(base, theirs):
            if mine == new:
                continue
            gone = base[max(mine.start, new.start) : min(mine.end, new.end)]
            if (mine.new or new.new) and any(_is_nameless(key) for key in gone):
                raise Unresolved(f"{where}: both replaced items")
            if _in_doubt(mine, new) and (ordered or any(map(_is_nameless, (*mine.new, *new.new)))):
                raise Unresolved(f"{where}: in which order?")
    return [base, ours, theirs]


def _in_place(base: Keys, side: Keys) -> Keys:
    result = list(side)
    moved = 0
    for change in _changes(base, side):
        pair = (*base[change.start : change.end], *change.new)
        if len(change.new) == 1 and len(pair) == 2 and all(map(_is_nameless, pair)):  # noqa: PLR2004 - one for one
            result[change.start + moved] = pair[0]
        moved += len(change.new) - (change.end - change.start)
    return result


def _in_doubt(mine: _Change, new: _Change) -> bool:
    """Tell whether ours-first is wrong: one side replaced items, the other added some on the other side of these."""
    added_before = mine.new and mine.start < mine.end and new.start == new.end and mine.start <= new.start < mine.end
    added_behind = new.new and new.start < new.end and mine.start == mine.end and new.start < mine.start <= new.end
    return bool(added_before or added_behind)


def _changes(old: Keys, new: Keys) -> list[_Change]:
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [_Change(start, end, tuple(new[into:until])) for tag, start, end, into, until in found if tag != "equal"]


def _is_nameless(key: Hashable) -> bool:
    return isinstance(key, tuple) and key[:1] == ("all",)


def _is_number(entry: Entry) -> bool:
    said = entry.value.data if isinstance(entry.value, Scalar) else None
    return isinstance(said, tuple) and str(said[0]).rpartition(":")[2] in {"int", "float"}
