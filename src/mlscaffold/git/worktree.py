"""The work tree and its index: what in them differs from HEAD by content, and how a tree is brought into them.

All changes go into a copy of the index, which takes the index's place last: git killed in between leaves the index old.
"""

__all__ = [
    "Index",
    "changed_paths",
    "check_out",
    "index_entries",
    "replace_index",
    "set_index",
    "tracked_copy",
]

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from mlscaffold.git.listing import Node
from mlscaffold.git.place import Place
from mlscaffold.git.run import GitError, git
from mlscaffold.git.scratch import Stage

# Nothing of the user's set-up may run or call home while files are put in place. Filters stay: they make the files.
_PLAIN: Final = (
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "submodule.recurse=false",
    "-c",
    "core.safecrlf=false",
)


class Index(NamedTuple):
    """A copy of a repository's index, the index it was taken from, and how that looked then (None: there was none)."""

    copy: Path
    original: Path
    stamp: tuple[int, int, int] | None

    @property
    def env(self) -> dict[str, str]:
        """What makes git use the copy."""
        return {"GIT_INDEX_FILE": str(self.copy)}


def tracked_copy(place: Place, copy: Path) -> Index:
    """Copy the index of the work tree to `copy`."""
    original = place.directory / "index"
    stamp = _stamp(original)
    if stamp is not None:
        shutil.copyfile(original, copy)
    return Index(copy, original, stamp)


def changed_paths(place: Place, scratch: Path, tree: str) -> set[str]:
    """Return the project's tracked paths whose content, staged or not, differs from `tree`; `scratch` is empty.

    Line-end and clean filters do not count as a change. Nothing is written into the repository: the index is a copy,
    and what git hashes goes to `scratch`.
    """
    index = tracked_copy(place, scratch / "index")
    objects = scratch / "objects"
    objects.mkdir()
    aside = {"GIT_OBJECT_DIRECTORY": str(objects), "GIT_ALTERNATE_OBJECT_DIRECTORIES": _listed(place.objects)}
    env = index.env | aside
    git(*_PLAIN, "add", "--update", "--ignore-errors", "--", ".", cwd=place.root, env=env)
    listed = ["diff-index", "--cached", "--no-renames", "--no-ext-diff", "--name-only", "-z", tree, "--", "."]
    out = git(*_PLAIN, *listed, cwd=place.root, env=env)
    paths = out.decode(errors="surrogateescape").split("\0")[:-1]
    return {path.removeprefix(place.prefix) for path in paths}


def _listed(path: Path) -> str:
    # git splits this variable at colons unless an entry is quoted
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


def index_entries(place: Place, index: Path | None = None) -> dict[tuple[str, int], Node]:
    """Return the whole index: (path from the top, stage) -> node."""
    env = {"GIT_INDEX_FILE": str(index)} if index else {}
    out = git("ls-files", "--stage", "-z", cwd=place.top, env=env).decode(errors="surrogateescape")
    found: dict[tuple[str, int], Node] = {}
    for entry in out.split("\0")[:-1]:
        head, path = entry.split("\t", 1)
        mode, name, stage = head.split(" ")
        found[path, int(stage)] = Node(mode, name)
    return found


def check_out(place: Place, index: Index, old: str, new: str, clean: Sequence[str]) -> None:
    """Bring the work tree and the index copy from tree `old` to tree `new`; all else in both stays as it is.

    Args:
        place: the repository.
        index: the copy; `replace_index` gives it the index's place.
        old: the whole tree that index and work tree stand at, as far as `new` differs from it.
        new: the whole tree to bring in.
        clean: paths from the top that `new` changes: their files are equal to the index by content, and are only
            made to look so (a clean filter or another clock may hide it from git).

    Raises:
        GitError: git would lose something and refuses.
    """
    if clean:
        listed = "".join(f"{path}\0" for path in clean).encode(errors="surrogateescape")
        git(*_PLAIN, "update-index", "-z", "--stdin", cwd=place.top, stdin=listed, env=index.env)
    git(*_PLAIN, "read-tree", "-m", "-u", old, new, cwd=place.top, env=index.env)


def set_index(place: Place, index: Path, entries: Mapping[str, Node | None], stages: Iterable[Stage] = ()) -> None:
    """Set entries of an index: a node at stage 0, or None to drop the path; then the conflicts in `stages`."""
    zero = "0" * (64 if place.object_format == "sha256" else 40)
    unmerged = list(stages)
    gone = {path for path, node in entries.items() if node is None} | {stage.path for stage in unmerged}
    lines = [b"0 %s\t%s\0" % (zero.encode(), _raw(path)) for path in sorted(gone)]
    settled = {path: node for path, node in entries.items() if node is not None and path not in gone}
    lines += [b"%s %s 0\t%s\0" % (node.mode.encode(), node.blob.encode(), _raw(path)) for path, node in settled.items()]
    lines += [
        b"%s %s %d\t%s\0" % (stage.node.mode.encode(), stage.node.blob.encode(), stage.number, _raw(stage.path))
        for stage in unmerged
    ]
    if lines:
        stdin, env = b"".join(lines), {"GIT_INDEX_FILE": str(index)}
        git(*_PLAIN, "update-index", "-z", "--index-info", cwd=place.top, stdin=stdin, env=env)


def _raw(path: str) -> bytes:
    return path.encode(errors="surrogateescape")


def replace_index(index: Index) -> None:
    """Put the copy in the place of the index by git's own protocol: `index.lock` first, then a rename.

    Raises:
        GitError: another git process holds the index, or has changed it since the copy was made.
    """
    lock = index.original.with_name("index.lock")
    try:
        os.link(index.copy, lock)
    except FileExistsError as held:
        raise GitError("the index is locked by another git process (index.lock)", 128) from held
    if _stamp(index.original) != index.stamp:
        lock.unlink()
        raise GitError("the index was changed by another process meanwhile", 128)
    lock.replace(index.original)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns
