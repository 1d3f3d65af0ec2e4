"""Files on disk that git does not track, standing where the update would write: never written over."""

__all__ = ["InTheWay", "look"]

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from mlscaffold.errors import UserError
from mlscaffold.git.history import ignored_paths
from mlscaffold.git.listing import Listing, Node
from mlscaffold.git.place import Place
from mlscaffold.tree import blob_id, read_link


class InTheWay(NamedTuple):
    """What stands in the way: path -> what is there, and which of them git ignores."""

    there: Mapping[str, Node]
    ignored: frozenset[str]
    new: Mapping[str, bytes]


def look(place: Place, delta: Mapping[str, Node | None], ours: Listing) -> InTheWay:
    """Find what stands where `delta` adds a file.

    Raises:
        UserError: a folder stands where a file goes, or a file where a folder goes; they are listed.
    """
    added = [path for path, node in delta.items() if node is not None and path not in ours]
    blocked = sorted({found for path in added if (found := _blocks(place.root, path, delta, ours))})
    if blocked:
        raise UserError(
            f"in the way of the template's files: {', '.join(blocked[:10])}{' ...' if blocked[10:] else ''}",
            hint="git does not track what is there: move it away, then run this again",
        )
    there: dict[str, Node] = {}
    new: dict[str, bytes] = {}
    for path in added:
        standing = _read(place.root / path)
        if standing is not None:
            mode, data = standing
            there[path] = Node(mode, blob_id(data, place.object_format))
            new[there[path].blob] = data
    return InTheWay(there, ignored_paths(place.root, there) if there else frozenset(), new)


def _read(path: Path) -> tuple[str, bytes] | None:
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISLNK(mode):
        return "120000", read_link(path)
    if not stat.S_ISREG(mode):
        return None
    return "100755" if mode & stat.S_IXUSR else "100644", path.read_bytes()


def _blocks(root: Path, path: str, delta: Mapping[str, Node | None], ours: Listing) -> str | None:
    """Return what keeps a file from being made at `path`: a file among its parents, a folder with other files."""
    parent = path
    while "/" in parent:
        parent = parent.rpartition("/")[0]
        place = root / parent
        if (
            (place.is_symlink() or place.is_file())
            and delta.get(parent, ours.get(parent)) is None
            and parent not in ours
        ):
            return parent
    place = root / path
    if place.is_symlink() or not place.is_dir():
        return None
    untracked = (
        found for found in _files(place, path) if delta.get(found, ours.get(found)) is not None or found not in ours
    )
    return next(untracked, None)


def _files(folder: Path, prefix: str) -> Iterable[str]:
    for base, _folders, names in os.walk(folder):
        for name in names:
            yield f"{prefix}/{Path(base, name).relative_to(folder).as_posix()}"
