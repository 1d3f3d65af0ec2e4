"""Items that both sides replaced at the same place of a list: one value that both changed, not two additions."""

__all__ = ["replaced_items"]

from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher

from mlscaffold.merge.resolvers.nodes import Entry, Group, Scalar
from mlscaffold.merge.resolvers.outcome import Unresolved
from mlscaffold.merge.resolvers.pins import names_version

Keys = list[Hashable]
_Change = tuple[int, int, int, int]  # base[start:end] became side[into:until]


def replaced_items(keys: list[Keys], groups: Sequence[Group], path: Sequence[str]) -> list[Keys]:
    """Give what both sides put in the place of one item that item's key, so that they are compared with each other.

    Raises:
        Unresolved: numbers (their place has a meaning), or one side removed what the other one replaced.
    """
    if any(_is_number(entry) for group in groups for entry in group.entries) and not names_version(" ".join(path)):
        raise Unresolved(f"{'.'.join(path)}: both changed numbers")
    if len(groups) == 2:  # noqa: PLR2004 - without a base
        return keys
    base, ours, theirs = (list(names) for names in keys)
    for mine, new in _collisions(base, ours, theirs):
        if not any(_is_nameless(key) for key in base[max(mine[0], new[0]) : min(mine[1], new[1])]):
            continue  # items with a name are compared by it
        if ours[mine[2] : mine[3]] == theirs[new[2] : new[3]] and mine[:2] == new[:2]:
            continue
        if any((end - start, until - into) != (1, 1) for start, end, into, until in (mine, new)):
            raise Unresolved(f"{'.'.join(path)}: both replaced items")
        ours[mine[2]] = theirs[new[2]] = base[mine[0]]
    return [base, ours, theirs]


def _collisions(base: Keys, ours: Keys, theirs: Keys) -> Iterator[tuple[_Change, _Change]]:
    for mine in _changes(base, ours):
        for new in _changes(base, theirs):
            if max(mine[0], new[0]) < min(mine[1], new[1]) and (mine[2] < mine[3] or new[2] < new[3]):
                yield mine, new


def _changes(old: Keys, new: Keys) -> list[_Change]:
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(start, end, into, until) for tag, start, end, into, until in found if tag != "equal"]


def _is_nameless(key: Hashable) -> bool:
    return isinstance(key, tuple) and key[:1] == ("all",)


def _is_number(entry: Entry) -> bool:
    said = entry.value.data if isinstance(entry.value, Scalar) else None
    return isinstance(said, tuple) and str(said[0]).rpartition(":")[2] in {"int", "float"}
