"""`Tree`, the one currency of this package: path -> `File`, in memory.

Rendering gives a Tree, a template version is a Tree, a merge takes three and gives one. Paths are relative, with `/`,
and never leave the tree: `Tree` refuses others, so that no later step has to ask.
"""

__all__ = ["File", "Tree", "blob_id", "link_leaves", "read_link", "read_tree", "unsafe_path", "write_tree"]

import hashlib
import os
import posixpath
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from mlscaffold.errors import UserError


class File(NamedTuple):
    """One file: its bytes, whether it may be executed, or the target of a symbolic link."""

    data: bytes
    executable: bool = False
    symlink: bool = False  # then `data` is the target, as git stores it

    @property
    def mode(self) -> str:
        """The mode as git writes it: 100644, 100755 or 120000."""
        if self.symlink:
            return "120000"
        return "100755" if self.executable else "100644"


class Tree(Mapping[str, File]):
    """An immutable mapping of paths to files, in sorted order. Raises `UserError` for a path that leaves the tree."""

    def __init__(self, files: Mapping[str, File]) -> None:
        """Take the files as they are; paths are checked once, here."""
        for path in files:
            if problem := unsafe_path(path):
                raise UserError(f"the template may not write {path!r}: {problem}", hint="report it to its authors")
        self._files = {path: files[path] for path in sorted(files)}
        self._refuse_files_below_files()

    def _refuse_files_below_files(self) -> None:
        # "a" and "a/b" cannot both be files; if "a" is a link, writing "a/b" would leave the tree.
        folders: set[str] = set()
        for path in self._files:
            parent = path.rpartition("/")[0]
            while parent and parent not in folders:
                if parent in self._files:
                    raise UserError(
                        f"the template may not write {path!r}: {parent!r} is a file or a link, not a folder",
                        hint="report it to its authors",
                    )
                folders.add(parent)
                parent = parent.rpartition("/")[0]

    def __getitem__(self, path: str) -> File:
        """Return the file at `path`."""
        return self._files[path]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the paths, sorted."""
        return iter(self._files)

    def __len__(self) -> int:
        """Count the files."""
        return len(self._files)

    def __repr__(self) -> str:
        """Name the size only; contents would flood a traceback."""
        return f"Tree({len(self)} files)"


def unsafe_path(path: str) -> str | None:
    """Say why `path` may not be written below a project folder, or return None if it may."""
    if not path or "\0" in path:
        return "it is empty or holds a NUL byte"
    if path.startswith("/") or "\\" in path or path[1:2] == ":":
        return "it is absolute or not a POSIX path"
    if not path.isascii() and path != path.encode(errors="replace").decode():
        return "its name is not UTF-8"
    parts = path.split("/")
    if any(part in {"", ".", ".."} for part in parts):
        return "it leaves the project folder"
    if any(part.casefold() == ".git" for part in parts):
        return "it would write into a git directory"
    return None


def link_leaves(path: str, target: str) -> bool:
    """Tell whether the link at `path` points out of the tree (an absolute target always does)."""
    landing = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    return target.startswith("/") or landing == ".." or landing.startswith("../")


def blob_id(data: bytes, object_format: str = "sha1") -> str:
    """Return the id that git gives a blob with these bytes (`object_format` is "sha1" or "sha256")."""
    # git's own content address, not a defence: SHA-1 is what the project's object store speaks
    digest = hashlib.new(object_format, usedforsecurity=False)
    digest.update(b"blob %d\0" % len(data) + data)
    return digest.hexdigest()


def read_link(place: Path) -> bytes:
    """Return the target of a link as it was written; `Path.readlink` tidies `./x` to `x`, which hashes otherwise."""
    return os.fsencode(os.readlink(place))  # noqa: PTH115


def read_tree(root: Path, *, skip: Callable[[str], bool] = lambda _path: False) -> Tree:
    """Read the folder `root` into a Tree; `skip(path)` leaves out a file or a whole folder, as empty folders are."""
    files: dict[str, File] = {}

    def visit(folder: Path, prefix: str) -> None:
        for entry in sorted(os.scandir(folder), key=lambda found: found.name):
            path = prefix + entry.name
            if skip(path):
                continue
            if entry.is_symlink():
                files[path] = File(read_link(Path(entry.path)), symlink=True)
            elif entry.is_dir():
                visit(Path(entry.path), path + "/")
            elif entry.is_file():
                mode = entry.stat().st_mode
                files[path] = File(Path(entry.path).read_bytes(), executable=bool(mode & stat.S_IXUSR))

    visit(root, "")
    return Tree(files)


def write_tree(tree: Tree, root: Path) -> None:
    """Write `tree` below the existing, empty folder `root`; links last, so that nothing is written through one."""
    for folder in sorted({path.rpartition("/")[0] for path in tree}):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for path, file in sorted(tree.items(), key=lambda item: item[1].symlink):
        place = root / path
        if file.symlink:
            place.symlink_to(os.fsdecode(file.data))
        else:
            place.write_bytes(file.data)
            if file.executable:
                place.chmod(place.stat().st_mode | 0o111)
