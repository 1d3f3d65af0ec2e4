"""What stands where the template would write: a file, nothing, or something that no file can replace."""

__all__ = ["Look", "Standing", "look_at"]

import os
import stat
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from mlscaffold.errors import UserError
from mlscaffold.tree import File, read_link


class Standing(NamedTuple):
    """A file (or link) of the project, or why none can be written there; neither where the place is free."""

    file: File | None = None
    obstacle: str = ""


Look = Callable[[str], Standing]


def look_at(root: Path) -> Look:
    """Return a function that looks at a path below `root`, each path once; it raises `UserError` for unreadable files.

    Links on the way are not followed: what lies behind them belongs to somebody else.
    """

    @cache
    def folder(path: str) -> str | None:
        """Return what keeps files from being written below `path`, "" if nothing does, None if it is not there."""
        if not path:
            return ""
        above = folder(path.rpartition("/")[0])
        if above != "":
            return above
        mode = _mode(root / path)
        if mode is None:
            return None
        if not stat.S_ISDIR(mode):
            return f"{path} is {_kind(mode)}"
        return f"{path} is a repository of its own" if os.path.lexists(root / path / ".git") else ""

    @cache
    def look(path: str) -> Standing:
        above = folder(path.rpartition("/")[0])
        mode = _mode(root / path) if above == "" else None
        if mode is None:
            return Standing(obstacle=above or "")
        return _standing(root / path, mode)

    return look


def _standing(place: Path, mode: int) -> Standing:
    if stat.S_ISLNK(mode):
        return Standing(File(read_link(place), symlink=True))
    if not stat.S_ISREG(mode):
        return Standing(obstacle=f"it is {_kind(mode)}")
    try:
        return Standing(File(place.read_bytes(), executable=bool(mode & stat.S_IXUSR)))
    except OSError as problem:
        raise UserError(
            f"{place} cannot be read: {problem.strerror}", hint="make it readable, then run this again"
        ) from problem


def _mode(place: Path) -> int | None:
    try:
        return place.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def _kind(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a link"
    return "a folder" if stat.S_ISDIR(mode) else "a file" if stat.S_ISREG(mode) else "no file"
