"""Three trees of one document into one: by key, by item, by version.

Where looks differ, OURS stay; where content does, it is a conflict.
"""

__all__ = ["Merged", "merge_nodes"]

from collections.abc import Callable, Hashable, Mapping
from typing import NamedTuple

from mlscaffold.merge.resolvers.decisions import Bump, Joined, Path, name_of, shown_path
from mlscaffold.merge.resolvers.identity import is_sorted, item_keys, sort_key
from mlscaffold.merge.resolvers.layout import Layout
from mlscaffold.merge.resolvers.nodes import Entry, Group, Node, Scalar, text_of
from mlscaffold.merge.resolvers.order import merged_order
from mlscaffold.merge.resolvers.outcome import Unresolved
from mlscaffold.merge.resolvers.pins import newer
from mlscaffold.merge.resolvers.replaced import replaced_items
from mlscaffold.merge.resolvers.trivia import merged_trivia

Entries = Mapping[Hashable, Entry]


class Merged(NamedTuple):
    """The merged tree, and what was decided on the way."""

    node: Node
    bumps: tuple[Bump, ...]
    joined: tuple[Joined, ...]


def merge_nodes(base: Node | None, ours: Node, theirs: Node) -> Merged:
    """Merge three trees. Raises `Unresolved` where both sides changed the same in different ways."""
    merger = _Merger()
    node = merger.node(base, ours, theirs, ())
    return Merged(node, tuple(merger.bumps), tuple(merger.joined))


class _Merger:
    """Collects the decisions."""

    def __init__(self) -> None:
        self.bumps: list[Bump] = []
        self.joined: list[Joined] = []

    def node(self, base: Node | None, ours: Node, theirs: Node, path: Path) -> Node:
        if text_of(ours) == text_of(theirs) or (base and text_of(theirs) == text_of(base)):
            return ours
        if base and text_of(ours) == text_of(base):
            return theirs
        match ours, theirs:
            case Group(), Group() if ours.kind == theirs.kind and ours.flow == theirs.flow:
                if base is None or (isinstance(base, Group) and base.kind == ours.kind):
                    return self._group(base, ours, theirs, path)
                raise Unresolved(f"both replaced {shown_path(path)}")
            case _:
                raise Unresolved(f"both changed {shown_path(path)}")

    def _entry(self, base: Entry | None, ours: Entry, theirs: Entry, path: Path) -> Entry:
        if theirs in (ours, base):
            return ours
        old_lead, old_tail = (base.lead, base.tail) if base else (None, None)
        lead = merged_trivia(old_lead, ours.lead, theirs.lead)
        if isinstance(ours.value, Scalar) and isinstance(theirs.value, Scalar):
            return self._scalar(base, ours, theirs, path)._replace(lead=lead)
        if isinstance(ours.value, Scalar) or isinstance(theirs.value, Scalar) or ours.value.flow != theirs.value.flow:
            return _whole(base, ours, theirs, path)._replace(lead=lead)
        value = self.node(base.value if base else None, ours.value, theirs.value, path)
        label = merged_trivia(base.label if base else None, ours.label, theirs.label)
        return Entry(ours.key, lead, label, value, merged_trivia(old_tail, ours.tail, theirs.tail))

    def _scalar(self, base: Entry | None, ours: Entry, theirs: Entry, path: Path) -> Entry:
        was, yours, new = (entry.value.data if entry else None for entry in (base, ours, theirs))
        if new not in (yours, was) and yours != was:
            return self._bump(base, ours, theirs, path)
        tail = merged_trivia(base.tail if base else None, ours.tail, theirs.tail)
        taken = ours if new in (yours, was) else theirs
        other = theirs if taken is ours else ours
        # an empty value has no space before it
        label = ours.label if text_of(taken.value) and text_of(other.value) else taken.label
        return taken._replace(label=label, tail=tail)

    def _bump(self, base: Entry | None, ours: Entry, theirs: Entry, path: Path) -> Entry:
        sides = [entry for entry in (base, ours, theirs) if entry]
        texts = [entry.value.string if isinstance(entry.value, Scalar) else None for entry in sides]
        was, yours, new = (texts[0] if base else None, *texts[-2:])
        if yours is None or new is None or (base and was is None):
            raise Unresolved(f"both changed {shown_path(path)}")
        try:
            key = "".join(path[-1:] if ours.key is not None else path[-2:-1])  # an item belongs to the key of its list
            taken = newer(was, yours, new, key=key, comments=[entry.tail for entry in sides])
        except Unresolved as error:
            raise Unresolved(f"{shown_path(path)}: {error}") from None
        self.bumps.append(Bump(path, yours, new, taken))
        if taken in {yours, new}:
            return ours if taken == yours else theirs._replace(label=ours.label)
        text = text_of(ours.value)
        if text.count(yours) != 1 or not isinstance(ours.value, Scalar):
            raise Unresolved(f"both changed {shown_path(path)}")
        return ours._replace(value=ours.value._replace(text=text.replace(yours, taken), string=taken))

    def _group(self, base: Group | None, ours: Group, theirs: Group, path: Path) -> Group:
        layout = Layout(ours, theirs)
        keys = self._keys(base, ours, theirs, path)
        was, yours, new = (_by_key(names, group) for names, group in zip(keys, (base, ours, theirs), strict=True))
        kept: dict[Hashable, Entry] = {}
        for key in dict.fromkeys((*yours, *new)):
            entry = self._one(was.get(key), yours.get(key), new.get(key), (*path, name_of(key)), layout)
            if entry is not None:
                kept[key] = entry
            if ours.kind == "list" and key not in was and key in yours and key in new:
                _refuse_mixture(yours[key].value, new[key].value, (*path, name_of(key)))
        self._note(path, was, yours, new)
        order = merged_order(keys[0], keys[1], keys[2], kept, strict=ours.kind == "list")
        if ours.kind == "list" and is_sorted(ours) and is_sorted(theirs):
            order.sort(key=lambda key: sort_key(kept[key]))
        foot = merged_trivia(base.foot if base else None, ours.foot, theirs.foot)
        head = merged_trivia(base.head if base else None, ours.head, theirs.head)
        return layout.arranged([kept[key] for key in order], head, foot)

    def _note(self, path: Path, was: Entries, yours: Entries, new: Entries) -> None:
        mine, their = ([k for k in {**side, **was} if _said(side, k) != _said(was, k)] for side in (yours, new))
        here, there = (
            tuple(name_of(key) for key in one if key not in other) for one, other in ((mine, their), (their, mine))
        )
        if here and there:
            self.joined.append(Joined(path, here, there))

    def _keys(self, base: Group | None, ours: Group, theirs: Group, path: Path) -> list[list[Hashable]]:
        groups = [base, ours, theirs] if base else [ours, theirs]
        if ours.kind == "map":
            found = [[entry.key for entry in group.entries] for group in groups]
        else:
            found = item_keys(path, groups)
            if any(len(set(names)) != len(names) for names in found):
                raise Unresolved(f"{shown_path(path)} holds an item twice")
            found = replaced_items(found, groups, path)
        return found if base else [[], *found]

    def _one(
        self, base: Entry | None, ours: Entry | None, theirs: Entry | None, path: Path, layout: Layout
    ) -> Entry | None:
        match ours, theirs:
            case Entry(), Entry():
                return layout.of_both(self._entry(base, ours, theirs, path), ours, theirs)
            case Entry(), None:
                return _unless_deleted(base, ours, path, layout.of_ours)
            case None, Entry():
                return _unless_deleted(base, theirs, path, layout.of_theirs)
            case _:
                return None


def _unless_deleted(base: Entry | None, entry: Entry, path: Path, fit: Callable[[Entry], Entry]) -> Entry | None:
    if base is None:
        return fit(entry)
    if entry.text.split() != base.text.split():  # a comment is a change too
        raise Unresolved(f"{shown_path(path)}: one side deleted what the other changed")
    return None


def _whole(base: Entry | None, ours: Entry, theirs: Entry, path: Path) -> Entry:
    """Take one side's entry, where the kinds of the values differ so that there is nothing to go into."""
    # words, not data: a comment inside a value, or behind it, is a change too
    was, yours, new = (entry.text.removeprefix(entry.lead).split() if entry else None for entry in (base, ours, theirs))
    if new in (yours, was):
        return ours
    if yours == was:
        return theirs
    raise Unresolved(f"both changed {shown_path(path)}")


def _refuse_mixture(ours: Node, theirs: Node, path: Path) -> None:
    """Two new items of one name are one item only if they have the same keys."""
    keys = [{entry.key for entry in node.entries} for node in (ours, theirs) if isinstance(node, Group)]
    if keys and keys[0] != keys[-1]:
        raise Unresolved(f"both added {shown_path(path)}")


def _said(side: Entries, key: Hashable) -> Hashable:
    return side[key].value.data if key in side else None


def _by_key(keys: list[Hashable], group: Group | None) -> dict[Hashable, Entry]:
    return dict(zip(keys, group.entries, strict=True)) if group else {}
