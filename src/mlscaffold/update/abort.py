"""Putting a project back to where it was before an update that is not finished."""

__all__ = ["abort", "restore"]

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from mlscaffold.errors import UserError
from mlscaffold.git.listing import Node
from mlscaffold.git.place import Place
from mlscaffold.git.worktree import index_entries, set_index
from mlscaffold.update import state
from mlscaffold.update.state import Pending


def abort(place: Place) -> Pending:
    """Undo the unfinished update and return what it was.

    Raises:
        UserError: there is none, or HEAD has moved since.
    """
    with state.exclusive(place):
        pending = state.load(place)
        if pending is None:
            raise UserError(
                "no update is in progress here", hint="`mlscaffold update --undo` takes back one that is done"
            )
        if place.head != pending.head:
            raise UserError(
                f"{place.top} has other commits than when the update began, so it cannot be put back",
                hint="end it with `mlscaffold update --continue`, then `mlscaffold update --undo`",
            )
        restore(place, pending)
        return pending


def restore(place: Place, pending: Pending) -> None:
    """Put back every file that the update touched, and the index; may be cut off and run again.

    Raises:
        UserError: a folder with files of the team stands where a file was; it is named.
    """
    folder = state.before(place)
    for held in pending.paths:  # new files first: an old one may have been where there is a folder now
        if not held.copy:
            _remove(place.top, held.path)
    for held in pending.paths:
        if held.copy:
            _put_back(place.top / held.path, folder / held.copy)
    _restore_index(place, pending, folder / "index")
    state.clear(place)


def _remove(top: Path, path: str) -> None:
    place = top / path
    if place.is_symlink() or place.is_file():
        place.unlink()
    for parent in place.parents:
        if parent == top:
            break
        with suppress(OSError):  # it holds other files, or is gone
            parent.rmdir()


def _put_back(target: Path, copy: Path) -> None:
    if (
        target.exists()
        and not target.is_symlink()
        and copy.exists()
        and not copy.is_symlink()
        and target.samefile(copy)
    ):
        return  # git had not come to it
    if target.is_dir() and not target.is_symlink():
        try:
            target.rmdir()
        except OSError as full:
            raise UserError(
                f"{target} was a file before and holds files of yours now",
                hint="move them away, then `mlscaffold update --abort`",
            ) from full
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name[:200]}.mlscaffold")
    fresh.unlink(missing_ok=True)
    if copy.is_symlink():
        fresh.symlink_to(os.readlink(copy))  # noqa: PTH115 - as it was written
    else:
        try:
            os.link(copy, fresh)
        except OSError:
            shutil.copy2(copy, fresh)
    fresh.replace(target)


def _restore_index(place: Place, pending: Pending, old: Path) -> None:
    index, lock = place.directory / "index", place.directory / "index.lock"
    ours = state.before(place) / "next-index"
    if lock.exists() and ours.exists() and lock.samefile(ours):
        lock.unlink()  # it was about to take its place
    touched = {held.path for held in pending.paths} | set(pending.conflicts) | set(pending.record)
    if not old.exists():
        index.unlink(missing_ok=True)
        return
    before, now = index_entries(place, old), index_entries(place)
    if _others(before, touched) == _others(now, touched):
        fresh = index.with_name("index.mlscaffold")
        shutil.copyfile(old, fresh)
        fresh.replace(index)
        return
    # the team staged other work meanwhile: that stays
    set_index(place, index, {path: before.get((path, 0)) for path in touched})


def _others(entries: Mapping[tuple[str, int], Node], touched: set[str]) -> dict[tuple[str, int], Node]:
    return {key: node for key, node in entries.items() if key[0] not in touched}
