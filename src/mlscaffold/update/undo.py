"""`update --undo`: the update that ended last is taken back, committed or not, by the same merge in reverse."""

__all__ = ["plan_undo"]

from mlscaffold import git
from mlscaffold.errors import UserError
from mlscaffold.git.listing import Node, changes, list_tree
from mlscaffold.git.place import Place
from mlscaffold.git.scratch import Scratch
from mlscaffold.git.worktree import changed_paths
from mlscaffold.merge.engine import merge
from mlscaffold.merge.labels import Labels
from mlscaffold.merge.sides import Sides
from mlscaffold.project.project import PENDING
from mlscaffold.update import state
from mlscaffold.update.in_the_way import look
from mlscaffold.update.write import Write


def plan_undo(place: Place, scratch: Scratch) -> Write:
    """Return what takes the last update back; what the team did since stays.

    Raises:
        UserError: there is nothing to undo, an update is in progress, or files it would write hold uncommitted work.
    """
    last = state.last(place)
    if (place.directory / PENDING).exists():
        raise UserError("an update is in progress here", hint="`mlscaffold update --abort` takes it back")
    if last is None or last.prefix != place.prefix:
        raise UserError(
            "no update was made in this clone",
            hint="find its commit with `git log -- .mlscaffold/lock` and `git revert` it",
        )
    start = git.write_tree(place.top)
    base, ours, theirs = (_listing(place, tree) for tree in (last.after, start, last.before))
    labels = Labels("updated", "yours", "before-the-update")
    outcome = merge(scratch, Sides(base, ours, theirs), {}, labels)
    delta = changes(ours, outcome.listing)
    if not delta and not outcome.conflicts:
        raise UserError("nothing of the last update is there any more", hint="`git log` tells what became of it")
    _refuse_dirty(place, scratch, delta, start)
    if look(place, delta, ours).there:
        raise UserError("files that git does not track stand where the undo would write", hint="move them away first")
    return Write(
        place=place,
        start=start,
        delta=delta,
        record={},
        in_place=frozenset(),
        new=outcome.new,
        conflicts=outcome.conflicts,
        old_version=last.new_version,
        new_version=last.old_version,
        remembered=False,
    )


def _listing(place: Place, tree: str) -> dict[str, Node]:
    return list_tree(place.top, f"{tree}:{place.prefix.rstrip('/')}")


def _refuse_dirty(place: Place, scratch: Scratch, delta: dict[str, Node | None], start: str) -> None:
    folder = scratch.folder / "dirty"
    folder.mkdir()
    dirty = sorted(changed_paths(place, folder, start) & delta.keys())
    if dirty:
        shown = ", ".join(dirty[:10]) + (" ..." if dirty[10:] else "")
        raise UserError(
            f"the undo would write files with changes that are not staged: {shown}", hint="commit or stash them first"
        )
