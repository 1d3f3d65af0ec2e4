"""A template's files as a file system shows them: symbolic links are followed, and none may lead out of it."""

__all__ = ["SourceTree"]

import os
import posixpath
from collections.abc import Iterator
from typing import Final

from mlscaffold.errors import UserError
from mlscaffold.tree import File, Tree

_MOST_LINKS: Final = 40  # as many as Linux follows


class SourceTree:
    """Looks paths up as the operating system would if the template were on disk, with its root as the whole world."""

    def __init__(self, files: Tree) -> None:
        """Index the folders of `files`, which know files only."""
        self._files = files
        self._links = any(file.symlink for file in files.values())
        self._folders = {""}
        for path in files:
            parent = posixpath.dirname(path)
            while parent and parent not in self._folders:
                self._folders.add(parent)
                parent = posixpath.dirname(parent)

    def resolve(self, path: str) -> str:
        """Return where `path` leads, without links, `.` and `..`; it need not exist.

        Raises:
            UserError: a link leads out of the template, or in circles.
        """
        done: list[str] = []
        todo = path.split("/")[::-1]
        hops = 0
        while todo:
            part = todo.pop()
            if part == ".." and not done:
                raise UserError(f"{path} leads out of the template", hint="report it to its authors")
            if part == "..":
                done.pop()
            elif part not in {"", "."}:
                done.append(part)
                target = self._target("/".join(done)) if self._links else None
                if target is not None:
                    hops += 1
                    done.pop()
                    todo += self._steps(path, target, hops)
        return "/".join(done)

    def _target(self, path: str) -> str | None:
        file = self._files.get(path)
        return os.fsdecode(file.data) if file and file.symlink else None

    @staticmethod
    def _steps(path: str, target: str, hops: int) -> list[str]:
        if hops > _MOST_LINKS:
            raise UserError(f"{path}: its symbolic links go in circles", hint="report it to the template's authors")
        if target.startswith("/"):
            raise UserError(f"{path} links to {target}, out of the template", hint="report it to its authors")
        return target.split("/")[::-1]

    def file(self, path: str) -> File | None:
        """Return the file that `path` leads to, if there is one. Raises as `resolve` does."""
        return self._files.get(self.resolve(path))

    def is_folder(self, path: str) -> bool:
        """Tell whether `path` leads to a folder. Raises as `resolve` does."""
        return self.resolve(path) in self._folders

    def exists(self, path: str) -> bool:
        """Tell whether `path` leads to anything. Raises as `resolve` does."""
        found = self.resolve(path)
        return found in self._files or found in self._folders

    def walk(self, root: str, *, follow: bool) -> Iterator[tuple[str, File]]:
        """Yield path below the folder `root` and file, sorted; `follow` gives what links lead to, else the links.

        Raises:
            UserError: as `resolve` does, and for a followed link that leads nowhere or back into itself.
        """
        return self._walk(root, follow=follow, entered=(root,))

    def _walk(self, root: str, *, follow: bool, entered: tuple[str, ...]) -> Iterator[tuple[str, File]]:
        prefix = f"{root}/" if root else ""
        for path, file in self._files.items():
            if not path.startswith(prefix):
                continue
            if file.symlink and follow:
                yield from self._follow(path, path.removeprefix(prefix), entered)
            else:
                yield path.removeprefix(prefix), file

    def _follow(self, path: str, name: str, entered: tuple[str, ...]) -> Iterator[tuple[str, File]]:
        landing = self.resolve(path)
        if landing in entered:
            raise UserError(f"{path} links to a folder that holds it", hint="report it to the template's authors")
        if landing in self._folders:
            for below, file in self._walk(landing, follow=True, entered=(*entered, landing)):
                yield f"{name}/{below}", file
        elif landing in self._files:
            yield name, self._files[landing]
        else:
            raise UserError(f"{path} links to nothing", hint="report it to the template's authors")
