"""Where an update starts: the project as it stands at HEAD, and whether it may be updated now."""

__all__ = ["Standing", "stand"]

from pathlib import Path
from typing import NamedTuple

from mlscaffold import git
from mlscaffold.errors import UserError
from mlscaffold.git.listing import Listing, list_tree
from mlscaffold.git.place import Place, find_bare, find_place, interrupted
from mlscaffold.project.lock import LOCK_PATH, parse_lock
from mlscaffold.project.project import ANSWERS_PATH, PENDING, Project, locate_project, read_project
from mlscaffold.update.keep import KEEP_PATH, Keep, read_keep

_COMMIT = "`git add -A && git commit`"
_CONTINUE = "`mlscaffold update --continue` when the conflicts are resolved, or `mlscaffold update --abort`"


class Standing(NamedTuple):
    """A project at HEAD."""

    project: Project
    place: Place
    ours: Listing
    keep: Keep


def stand(folder: Path, *, work_tree: bool = True) -> Standing:
    """Read the project that `folder` lies in from its last commit.

    Raises:
        UserError: there is no project, it is not committed, or something else is in progress in its repository.
    """
    bare = find_bare(folder) if folder.is_dir() and not work_tree else None
    root, answers = (folder, ANSWERS_PATH) if bare else _locate(folder)
    place = bare or _place(root)
    if place.head is None:
        raise UserError(f"{place.root} has no commit yet", hint=f"commit it first: {_COMMIT}")
    if work_tree:
        _refuse_in_progress(place)
    ours = list_tree(place.top, place.tree)
    ids = {path: ours[path].blob for path in (answers, LOCK_PATH, KEEP_PATH) if path in ours}
    data = git.blobs(place.top, ids.values())
    if answers not in ids:
        raise UserError(f"{place.root / answers} is not committed", hint=f"commit the project first: {_COMMIT}")
    lock = parse_lock(data[ids[LOCK_PATH]]) if LOCK_PATH in ids else None
    project = read_project(place.root, data[ids[answers]], lock, answers)
    return Standing(project, place, ours, read_keep(data[ids[KEEP_PATH]] if KEEP_PATH in ids else None))


def _locate(folder: Path) -> tuple[Path, str]:
    try:
        return locate_project(folder)
    except UserError:
        if folder.is_dir() and find_bare(folder):
            raise UserError(f"{folder} is a bare repository, it has no work tree", hint="add `--branch NAME`") from None
        raise


def _place(root: Path) -> Place:
    place = find_place(root)
    if place is None:
        raise UserError(
            f"{root} is not in a git repository, and an update needs its history",
            hint="make it one: `git init && git add -A && git commit -m Start`",
        )
    return place


def _refuse_in_progress(place: Place) -> None:
    if (place.directory / PENDING).exists():
        raise UserError("an update is in progress here already", hint=_CONTINUE)
    if name := interrupted(place.directory):
        raise UserError(f"a {name} is in progress in {place.top}", hint=f"git {name} --continue or git {name} --abort")
    if unmerged := git.unmerged_paths(place.top):
        raise UserError(
            f"{unmerged[0]}{f' and {len(unmerged) - 1} more' if unmerged[1:] else ''} is in conflict in {place.top}",
            hint="resolve it and commit first",
        )
