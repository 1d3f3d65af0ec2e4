"""Add what is missing, one whole file at a time, the lock last: killed at any moment, a second run completes it."""

__all__ = ["Added", "apply"]

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from mlscaffold import git
from mlscaffold.adopt.compare import Aside
from mlscaffold.adopt.plan import AdoptPlan
from mlscaffold.errors import UserError
from mlscaffold.project.lock import LOCK_PATH, dump_lock, lock_for
from mlscaffold.project.project import ANSWERS_PATH
from mlscaffold.tree import File

_PART: Final = ".mlscaffold-adopt.part"  # a file while it is written, beside its place
_NO_LINKS: Final = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS}


class Added(NamedTuple):
    """The paths that were written, and those where something came to be since the plan was made."""

    written: tuple[str, ...]
    missed: tuple[Aside, ...]


def apply(plan: AdoptPlan) -> Added:
    """Write the planned files, then the answers, then the lock; nothing that is there is touched.

    Raises:
        UserError: it cannot be written (what was written so far is whole), or another adoption is under way.
    """
    with _alone(plan.root), _disk_errors(plan.root):
        _clear_parts(plan)
        missed = [aside for path in plan.compared.added if (aside := _add(plan, path)) is not None]
        if not plan.keeps_answers and (aside := _add(plan, ANSWERS_PATH)) is not None:
            raise UserError(f"{ANSWERS_PATH} has just come to be", hint="look at it, then run this again")
        _write_lock(plan)
    lost = {aside.path for aside in missed}
    return Added(tuple(path for path in plan.compared.added if path not in lost), tuple(missed))


def _add(plan: AdoptPlan, path: str) -> Aside | None:
    """Write one file; return why not if something is there by now."""
    try:
        folder = _folder(plan.root, path)
        _put(folder / path.rpartition("/")[2], plan.rendering.tree[path])
    except FileExistsError:
        return Aside(path, "something is there by now")
    return None


def _folder(root: Path, path: str) -> Path:
    """Return the folder that `path` goes to, made if need be; links are not followed. Raises `FileExistsError`."""
    folder = root
    for name in path.split("/")[:-1]:
        folder /= name
        with suppress(FileExistsError):
            folder.mkdir()
        if folder.is_symlink() or not folder.is_dir():
            raise FileExistsError(errno.EEXIST, "no folder", str(folder))
    return folder


def _put(place: Path, file: File) -> None:
    """Make `place` whole or not at all. Raises `FileExistsError` if anything is there."""
    if file.symlink:
        place.symlink_to(os.fsdecode(file.data))
        return
    with _part(place, file) as part:
        try:
            os.link(part, place)  # unlike a renaming, it never replaces what is there
        except OSError as problem:
            if problem.errno not in _NO_LINKS:
                raise
            if os.path.lexists(place):
                raise FileExistsError(errno.EEXIST, "is there", str(place)) from problem
            part.rename(place)


@contextmanager
def _part(place: Path, file: File) -> Iterator[Path]:
    """Give a file of its own, beside `place`, with the content of `file`."""
    part = place.parent / _PART
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(part, flags, 0o777 if file.executable else 0o666), "wb") as out:
        out.write(file.data)
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _write_lock(plan: AdoptPlan) -> None:
    lock = lock_for(
        plan.rendering.tree,
        plan.rendering.sources,
        plan.owners.__getitem__,
        template=plan.template.source,
        version=plan.template.version,
        commit=plan.template.commit_id,
        object_format=git.object_format(plan.root),
    )
    place = _folder(plan.root, LOCK_PATH) / LOCK_PATH.rpartition("/")[2]
    with _part(place, File(dump_lock(lock))) as part:
        part.rename(place)  # the last step of all: nothing is left to be cleared away after it


def _clear_parts(plan: AdoptPlan) -> None:
    """Remove what a run that was killed left half-written."""
    for folder in {path.rpartition("/")[0] for path in (*plan.rendering.tree, LOCK_PATH)}:
        if not plan.look(f"{folder}/{_PART}".lstrip("/")).obstacle:
            (plan.root / folder / _PART).unlink(missing_ok=True)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Keep a second adoption out for as long as this one writes; the system lets go when the process ends."""
    import fcntl

    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as busy:
        raise UserError(
            f"another `mlscaffold adopt` is at work in {root}", hint="wait for it, then run this again"
        ) from busy
    finally:
        os.close(handle)


@contextmanager
def _disk_errors(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        where = problem.filename or root
        hint = "what was added is whole; make room or mend it, then run this again"
        raise UserError(f"cannot write {where}: {problem.strerror or problem}", hint=hint) from problem
