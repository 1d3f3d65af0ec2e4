"""A plan brought into the work tree and the index in one guarded step, that can be taken back until it is done."""

__all__ = ["apply", "next_tree"]

import os
import re
import shlex
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from mlscaffold import git
from mlscaffold.errors import UserError
from mlscaffold.git.listing import GITLINK
from mlscaffold.git.place import Place
from mlscaffold.git.scratch import Scratch, Stage
from mlscaffold.git.worktree import check_out, replace_index, set_index, tracked_copy
from mlscaffold.update import state
from mlscaffold.update.abort import restore
from mlscaffold.update.state import Held, Pending
from mlscaffold.update.write import Write

# What git says where a path is marked `assume-unchanged` or `skip-worktree` and was changed all the same.
_HIDDEN: Final = re.compile(r"Entry '(.+)' not uptodate")


def apply(write: Write, scratch: Scratch) -> None:
    """Bring `write` into the work tree and the index.

    Raises:
        UserError: another update runs, or git or the disk refuses. Then everything is as it was.
    """
    place = write.place
    with state.exclusive(place):
        state.clear(place)
        pending, tree = _prepare(write, scratch)
        try:
            _write(write, tree, pending)
        except BaseException as problem:
            restore(place, pending)
            if isinstance(problem, (git.GitError, OSError)):
                raise _refusal(problem) from problem
            raise
        if write.conflicts:
            state.save(place, pending._replace(applied=True))
            return
        if write.remembered:
            state.remember(place, pending, tree)
        state.clear(place)


def _refusal(problem: Exception) -> UserError:
    if hidden := _HIDDEN.search(str(problem)):
        return UserError(
            f"git was told not to look at {hidden[1]}, and it is not as it was committed",
            hint=f"git update-index --no-assume-unchanged --no-skip-worktree {shlex.quote(hidden[1])}",
        )
    return UserError(
        f"the update could not be written: {problem}", hint="nothing was changed; mend it and run this again"
    )


def next_tree(write: Write, scratch: Scratch, *, whole: bool, keep: bool) -> str:
    """Make the next tree of the whole repository and return its id.

    Args:
        write: what is to be written.
        scratch: where it was computed.
        whole: take everything in; else what stays in place on disk and, with conflicts, the record are left out.
        keep: write it, and all that conflicts need, into the project's object store.
    """
    prefix = write.place.prefix
    nodes = {path: node for path, node in write.delta.items() if whole or path not in write.in_place}
    if whole or not write.conflicts:
        nodes |= write.record
    tree = ("next", f"tree:{write.start}", {prefix + path: node for path, node in nodes.items()})
    if keep:
        scratch.commit([tree], _contents(write, scratch), store=write.place.objects)
    else:
        scratch.commit([tree], write.new)
    return scratch.tree_of("next")


def _contents(write: Write, scratch: Scratch) -> dict[str, bytes]:
    """Return the bytes of every file that is written, and of the sides of conflicts."""
    nodes = [node for node in (*write.delta.values(), *write.record.values()) if node is not None]
    nodes += [stage.node for conflict in write.conflicts for stage in conflict.stages]
    wanted = {node.blob for node in nodes if node.mode != GITLINK}
    known = {name: write.new[name] for name in wanted if name in write.new}
    return known | scratch.blobs(wanted - known.keys())


def _prepare(write: Write, scratch: Scratch) -> tuple[Pending, str]:
    """Bring the objects into the store and put aside what will be touched; then, and only then, say so."""
    place = write.place
    tree = next_tree(write, scratch, whole=False, keep=True)
    folder = state.before(place)
    folder.mkdir(parents=True)
    unsettled = {conflict.path for conflict in write.conflicts} | write.in_place
    touched = sorted({*write.delta, *write.record} | unsettled)
    paths = [
        # what a person is going to edit is copied: some editors write into the old file, which a link would share
        _put_aside(place, place.prefix + path, folder / str(number), copied=path in unsettled)
        for number, path in enumerate(touched)
    ]
    if (place.directory / "index").exists():
        shutil.copyfile(place.directory / "index", folder / "index")
    pending = Pending(
        prefix=place.prefix,
        old_version=write.old_version,
        new_version=write.new_version,
        head=place.head or "",
        start=write.start,
        applied=False,
        paths=tuple(paths),
        conflicts=tuple(place.prefix + conflict.path for conflict in write.conflicts),
        record={place.prefix + path: node.blob for path, node in write.record.items()} if write.conflicts else {},
    )
    state.save(place, pending)
    return pending, tree


def _put_aside(place: Place, path: str, copy: Path, *, copied: bool) -> Held:
    """Keep what is at `path`: under a second name, since git makes new files and never writes into an old one."""
    source = place.top / path
    if source.is_symlink():
        copy.symlink_to(os.readlink(source))  # noqa: PTH115 - as it was written
        return Held(path, copy.name)
    if not source.is_file():
        return Held(path, "")
    if not copied:
        with suppress(OSError):  # another file system, or one without hard links
            os.link(source, copy)
            return Held(path, copy.name)
    shutil.copy2(source, copy)
    return Held(path, copy.name)


def _write(write: Write, tree: str, pending: Pending) -> None:
    place = write.place
    index = tracked_copy(place, state.before(place) / "next-index")
    in_place = {place.prefix + path for path in write.in_place}
    tracked = [held.path for held in pending.paths if held.copy and held.path not in in_place]
    check_out(place, index, write.start, tree, tracked)
    entries = {place.prefix + path: write.delta[path] for path in write.in_place}
    stages = [
        Stage(stage.number, place.prefix + stage.path, stage.node)
        for conflict in write.conflicts
        for stage in conflict.stages
    ]
    set_index(place, index.copy, entries, stages)
    replace_index(index)
