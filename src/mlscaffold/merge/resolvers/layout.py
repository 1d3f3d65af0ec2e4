"""How the entries of a merged group are laid out: as OURS are, or as THEIRS if only they use several lines."""

__all__ = ["Layout"]

import re
from collections.abc import Sequence
from typing import Final

from mlscaffold.merge.resolvers.nodes import Entry, Group, reshaped
from mlscaffold.merge.resolvers.outcome import Unresolved

_LINE_START: Final = re.compile(r"\n[ \t]*+(?!\n)")


class Layout:
    """What fits an entry of one side into the group of the other. Lines groups need nothing of that."""

    def __init__(self, ours: Group, theirs: Group) -> None:
        """Choose the side whose layout is kept."""
        taken = (
            theirs if not ours.entries or (_indentation(ours) is None and _indentation(theirs) is not None) else ours
        )
        self._kept = taken if ours.flow else ours
        self._ours, self._theirs = ours, theirs
        self._indentation = _indentation(self._kept)

    def of_ours(self, entry: Entry) -> Entry:
        """Fit an entry that only OURS have."""
        return self._fitted(entry, self._ours)

    def of_theirs(self, entry: Entry) -> Entry:
        """Fit an entry that only THEIRS have. Raises `Unresolved` if its comment has no place."""
        return self._fitted(entry, self._theirs)

    def of_both(self, entry: Entry, ours: Entry, theirs: Entry) -> Entry:
        """Fit a merged entry: with the white space of the kept layout, if no words differ."""
        if not self._kept.flow:
            return entry
        same = ours if self._kept is self._ours else theirs
        if entry.lead.split() == same.lead.split():
            return entry._replace(lead=same.lead)
        return entry._replace(lead=self._lead(entry.lead))

    def arranged(self, entries: Sequence[Entry], head: str, foot: str) -> Group:
        """Return the group of these entries. Raises `Unresolved` if a comment has no place in it."""
        kept = self._kept
        if not kept.flow:
            return kept._replace(head=head, entries=self._first_on_dash(entries), foot=foot)
        head = kept.head if head.split() == kept.head.split() else head
        foot = kept.foot if foot.split() == kept.foot.split() else foot
        placed: list[Entry] = []
        for entry in entries:
            placed.append(self._placed(entry, placed[-1] if placed else None))
        if placed and "#" in placed[-1].tail and "\n" not in foot:
            raise Unresolved("no place for a comment")
        return kept._replace(head=head, entries=tuple(placed), foot=foot)

    def _first_on_dash(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        if not self._kept.inline or not entries:
            return tuple(entries)
        if entries[0].lead.strip():
            raise Unresolved("a comment between a dash and its key")
        return (entries[0]._replace(lead=""), *entries[1:])

    def _placed(self, entry: Entry, before: Entry | None) -> Entry:
        if "\n" in entry.lead:
            return entry
        if before is None:
            first = self._kept.entries[0].lead if self._kept.entries else ""
            return entry._replace(lead=self._line_start() if "\n" in first else first)
        if before.tail:
            return entry._replace(lead=self._line_start())
        return entry._replace(lead=entry.lead or " ")

    def _line_start(self) -> str:
        return "\n" + (self._indentation or "")

    def _fitted(self, entry: Entry, side: Group) -> Entry:
        if side is self._kept or not self._kept.flow:
            return entry
        own = _indentation(side)
        if self._indentation is None:
            if entry.lead.strip() or entry.tail.strip():
                raise Unresolved("no place for a comment")
            return entry._replace(lead=" ")
        entry = entry._replace(lead=self._lead(entry.lead))
        if own is None or own == self._indentation:
            return entry
        old, new = "\n" + own, "\n" + self._indentation
        return entry._replace(value=reshaped(entry.value, lambda text: text.replace(old, new)))

    def _lead(self, lead: str) -> str:
        one_a_line = all("\n" in entry.lead for entry in self._kept.entries)
        if "\n" in lead:
            return _LINE_START.sub(lambda _: self._line_start(), lead)
        return self._line_start() if one_a_line and self._indentation is not None else lead


def _indentation(group: Group) -> str | None:
    """Return what stands before the entries of a group over several lines, or None if it is in one line."""
    for entry in group.entries:
        if "\n" in entry.lead:
            return entry.lead.rpartition("\n")[2]
    return None
