"""The core of a plan: what is written where, whoever asked for it."""

__all__ = ["Write", "write_of"]

from collections.abc import Mapping
from typing import NamedTuple

from mlscaffold.git.listing import Node
from mlscaffold.git.place import Place
from mlscaffold.merge.conflicts import Conflict
from mlscaffold.update.plan import UpdatePlan


class Write(NamedTuple):
    """What is to be written, by paths of the project."""

    place: Place
    start: str  # the tree of the whole repository that index and work tree stand at
    delta: Mapping[str, Node | None]
    record: Mapping[str, Node]  # the lock and the answers: written with the rest, or when the conflicts are resolved
    in_place: frozenset[str]
    new: Mapping[str, bytes]
    conflicts: tuple[Conflict, ...]
    old_version: str
    new_version: str
    remembered: bool = True  # `update --undo` takes it back


def write_of(plan: UpdatePlan) -> Write:
    """Return what a plan writes."""
    return Write(
        plan.place,
        plan.place.head_tree,
        plan.delta,
        plan.record,
        plan.in_place,
        plan.new,
        plan.conflicts,
        plan.old_version,
        plan.new_version,
    )
