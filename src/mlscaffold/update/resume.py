"""`update --continue`: an update whose conflicts are resolved is recorded as done."""

__all__ = ["resume"]

from pathlib import Path

from mlscaffold import git
from mlscaffold.errors import UserError
from mlscaffold.git.listing import Node
from mlscaffold.git.place import Place
from mlscaffold.git.worktree import set_index
from mlscaffold.merge.labels import marked
from mlscaffold.update import state
from mlscaffold.update.state import Pending


def resume(place: Place) -> Pending:
    """Write the lock and the answers of the new version and end the update; return what it was.

    Raises:
        UserError: there is none, it was cut off, or conflicts are left; they are listed.
    """
    with state.exclusive(place):
        pending = state.load(place)
        if pending is None:
            raise UserError("no update is in progress here", hint="start one with `mlscaffold update`")
        if not pending.applied:
            raise UserError(
                "the update was cut off while it wrote", hint="`mlscaffold update --abort` puts everything back"
            )
        _refuse_conflicts(place, pending)
        _record(place, pending)
        state.remember(place, pending, git.write_tree(place.top))
        state.clear(place)
        return pending


def _refuse_conflicts(place: Place, pending: Pending) -> None:
    unmerged = set(git.unmerged_paths(place.top))
    left = [f"{path} is still in conflict" for path in pending.conflicts if path in unmerged]
    left += [f"{path} still holds conflict markers" for path in pending.conflicts if _is_marked(place.top / path)]
    if left:
        shown = "; ".join(left[:10]) + (" ..." if left[10:] else "")
        raise UserError(shown, hint="resolve it, then `git add` it, then `mlscaffold update --continue`")


def _is_marked(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and marked(path.read_bytes())


def _record(place: Place, pending: Pending) -> None:
    data = git.blobs(place.top, pending.record.values())
    for path, name in pending.record.items():
        target = place.top / path
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.mlscaffold")
        fresh.write_bytes(data[name])
        fresh.replace(target)
    entries = {path: Node("100644", name) for path, name in pending.record.items()}
    set_index(place, place.directory / "index", entries)
