"""In which order the entries of both sides stand."""

__all__ = ["in_sorted_runs", "merged_order"]

from collections.abc import Collection, Hashable, Iterator, Sequence
from typing import Final

from mlscaffold.merge.resolvers.nodes import Entry, Group, Node, text_of
from mlscaffold.merge.resolvers.outcome import Unresolved

Keys = Sequence[Hashable]
_START: Final = object()


def merged_order(base: Keys, ours: Keys, theirs: Keys, kept: Collection[Hashable], *, strict: bool) -> list[Hashable]:
    """Return the keys in `kept` in an order that both sides agree to; what both add in one place: ours first.

    Raises:
        Unresolved: `strict`, and the sides contradict each other.
    """
    ours, theirs = [key for key in ours if key in kept], [key for key in theirs if key in kept]
    if _their_order_rules(base, ours, theirs, strict=strict):
        return _with_added(theirs, ours, first=True)
    return _with_added(ours, theirs, first=False)


def _their_order_rules(base: Keys, ours: Keys, theirs: Keys, *, strict: bool) -> bool:
    in_ours, in_theirs, in_base = set(ours), set(theirs), set(base)
    common_ours = [key for key in ours if key in in_theirs]
    common_theirs = [key for key in theirs if key in in_ours]
    if not strict or common_ours == common_theirs:
        return False
    common_base = [key for key in base if key in in_ours and key in in_theirs]
    if len(common_base) < len(common_ours):
        raise Unresolved("both added the same in another order")
    if common_ours == common_base:
        return True
    if common_theirs == common_base and in_base:
        return False
    raise Unresolved("both changed the order")


def _with_added(spine: Keys, other: Keys, *, first: bool) -> list[Hashable]:
    """Insert what only `other` has behind the key that precedes it there; `first`: before what `spine` added there."""
    here, there = set(spine), set(other)
    behind: dict[Hashable, list[Hashable]] = {_START: []}
    anchor: Hashable = _START
    for key in other:
        anchor = key if key in here else anchor
        behind.setdefault(anchor, []).extend([] if key in here else [key])
    result: list[Hashable] = []
    waiting = behind[_START]
    for key in spine:
        if key in there or first:
            result += waiting
            waiting = []
        result.append(key)
        waiting = behind.get(key, waiting)
    return result + waiting


def in_sorted_runs(merged: Node, ours: Group, theirs: Group) -> Node:
    """Sort the lines between two blank lines or comments, where what each side has of them is sorted."""
    if not isinstance(merged, Group):
        return merged
    mine, new = ({entry.key for entry in side.entries} for side in (ours, theirs))
    result: list[Entry] = []
    for run in _runs(merged.entries):
        for rank in (_by_words, _by_name):
            sides = [[rank(entry) for entry in run if entry.key in side] for side in (mine, new)]
            if all(side == sorted(side) for side in sides):
                lead, run[0] = run[0].lead, run[0]._replace(lead="")
                run.sort(key=rank)
                run[0] = run[0]._replace(lead=lead)
                break
        result += run
    return merged._replace(entries=tuple(result))


def _runs(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    run: list[Entry] = []
    for entry in entries:
        if run and (entry.lead or text_of(entry.value).startswith("-")):  # options of pip are not sorted
            yield run
            run = []
        run.append(entry)
    yield run


def _by_words(entry: Entry) -> tuple[bool, str]:
    # `import` before `from`, as isort does by default
    text = f"{entry.label}{text_of(entry.value)}".casefold()
    return text.startswith("from "), text


def _by_name(entry: Entry) -> tuple[bool, str]:
    return False, _by_words(entry)[1].removeprefix("from ").removeprefix("import ")
