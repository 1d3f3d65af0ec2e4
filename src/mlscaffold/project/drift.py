"""How a project differs from what its template gave it: by comparing hashes, without rendering anything."""

__all__ = ["Drift", "drift", "given_files", "pristine"]

import stat
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from mlscaffold import git
from mlscaffold.errors import UserError
from mlscaffold.git.history import hash_filtered
from mlscaffold.project.lock import Lock
from mlscaffold.project.project import Project
from mlscaffold.tree import File, Tree, blob_id, read_link


class Drift(NamedTuple):
    """The paths of the template that the team changed or deleted, sorted."""

    changed: tuple[str, ...]
    deleted: tuple[str, ...]


def drift(project: Project, lock: Lock) -> Drift:
    """Compare the files on disk with the lock. Line-end and clean filters of git do not count as a change."""
    here = given_files(project.root, lock)
    differing = [path for path, file in here.items() if not _same(file, lock, path)]
    filtered = _unchanged_after_filters(project.root, differing, here, lock)
    changed = tuple(path for path in differing if path not in filtered)
    return Drift(changed, tuple(sorted(set(lock.files) - set(here))))


def given_files(root: Path, lock: Lock) -> Tree:
    """Return those files of the lock that are there, as they are on disk."""
    found = {path: file for path in lock.files if (file := _file(root / path)) is not None}
    return Tree(found)


def _file(place: Path) -> File | None:
    try:
        mode = place.lstat().st_mode
        if stat.S_ISLNK(mode):
            return File(read_link(place), symlink=True)
        return File(place.read_bytes(), executable=bool(mode & stat.S_IXUSR)) if stat.S_ISREG(mode) else None
    except (FileNotFoundError, NotADirectoryError):
        return None


def _same(file: File, lock: Lock, path: str) -> bool:
    entry = lock.files[path]
    return file.mode == entry.mode and blob_id(file.data, lock.object_format) == entry.blob


def _unchanged_after_filters(root: Path, paths: list[str], here: Tree, lock: Lock) -> set[str]:
    # Only now is git asked: with CRLF work trees or clean filters the bytes on disk are not the blob's.
    plain = [path for path in paths if here[path].mode == lock.files[path].mode and "\n" not in path]
    if not plain or git.enclosing_repository(root) is None:
        return set()
    stored = hash_filtered(root, plain)
    return {path for path in plain if stored.get(path) == lock.files[path].blob}


def pristine(project: Project, lock: Lock, paths: Collection[str], rendered: Mapping[str, File]) -> Tree:
    """Return the files at `paths` as the template gave them, each believed only if its id is the lock's.

    Args:
        project: the project; its object store is asked for what the rendering does not give.
        lock: the project's lock.
        paths: which of its files.
        rendered: the template at the lock's version, rendered with the recorded answers.

    Raises:
        UserError: a file can neither be rendered nor found in the object store.
    """
    good = {path: rendered[path] for path in paths if path in rendered and _same(rendered[path], lock, path)}
    missing = {path: lock.files[path] for path in paths if path not in good}
    if missing and git.enclosing_repository(project.root) is not None:
        stored = git.blobs(project.root, (entry.blob for entry in missing.values()))
        for path, entry in missing.items():
            if entry.blob in stored:
                good[path] = File(stored[entry.blob], entry.mode == "100755", entry.mode == "120000")
    if lost := sorted(set(paths) - set(good)):
        raise UserError(
            f"what the template gave for {lost[0]!r}{f' and {len(lost) - 1} more' if lost[1:] else ''} cannot be found",
            hint="fetch the project's first commits with `git fetch --unshallow`",
        )
    return Tree(good)
