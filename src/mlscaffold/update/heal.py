"""`mlscaffold heal`: files brought back to what the template gave, at the project's version."""

__all__ = ["plan_heal"]

from collections.abc import Sequence
from fnmatch import fnmatchcase

from mlscaffold.errors import UserError, nearest
from mlscaffold.git.listing import Node
from mlscaffold.git.scratch import Scratch
from mlscaffold.git.worktree import changed_paths
from mlscaffold.project.drift import pristine
from mlscaffold.project.lock import Lock
from mlscaffold.tree import Tree, blob_id
from mlscaffold.update.in_the_way import look
from mlscaffold.update.standing import Standing
from mlscaffold.update.target import render_current
from mlscaffold.update.write import Write


def plan_heal(standing: Standing, patterns: Sequence[str], scratch: Scratch, *, trust: bool) -> Write:
    """Return what brings the files that match `patterns` back; files that are as they should be are left out.

    Raises:
        UserError: a pattern matches nothing of the template, or a file holds work that is not committed.
    """
    lock = standing.project.lock
    if lock is None:
        raise UserError(f"{standing.project.root} has no lock yet", hint="its first `mlscaffold update` writes one")
    place = standing.place
    wanted = _wanted(lock, patterns)
    given = _given(standing, lock, wanted, trust=trust)
    nodes = {path: Node(file.mode, blob_id(file.data, place.object_format)) for path, file in given.items()}
    delta: dict[str, Node | None] = {path: node for path, node in nodes.items() if standing.ours.get(path) != node}
    folder = scratch.folder / "dirty"
    folder.mkdir()
    changed = changed_paths(place, folder, place.head_tree) & set(wanted)
    dirty = sorted(changed | set(look(place, delta, standing.ours).there))
    if dirty:
        shown = ", ".join(dirty[:10]) + (" ..." if dirty[10:] else "")
        raise UserError(f"{shown} would be overwritten and is not committed", hint="commit it first, or it is lost")
    new = {blob_id(file.data, place.object_format): file.data for file in given.values()}
    return Write(place, place.head_tree, delta, {}, frozenset(), new, (), lock.version, lock.version, remembered=False)


def _wanted(lock: Lock, patterns: Sequence[str]) -> list[str]:
    found: set[str] = set()
    for pattern in patterns:
        plain = pattern.removeprefix("./").rstrip("/")
        matching = {
            path for path in lock.files if path == plain or path.startswith(plain + "/") or fnmatchcase(path, plain)
        }
        if not matching:
            raise UserError(
                f"the template gave no file {pattern!r}{nearest(plain, lock.files)}",
                hint="`mlscaffold diff --name-only` lists what differs",
            )
        found |= matching
    return sorted(found)


def _given(standing: Standing, lock: Lock, wanted: Sequence[str], *, trust: bool) -> Tree:
    try:
        return pristine(standing.project, lock, wanted, {})
    except UserError:  # not all of it is in the object store
        return pristine(standing.project, lock, wanted, render_current(standing.project, trust=trust)[0].tree)
