"""What a merge decided, and how that is told in the plan of an update."""

__all__ = ["Bump", "Joined", "Path", "bump_note", "joined_note", "name_of", "shown_path"]

import posixpath
import re
from collections.abc import Hashable
from textwrap import shorten
from typing import Final, NamedTuple

Path = tuple[str, ...]
_SHOWN: Final = 60
_VERSION_STARTS: Final = re.compile(r"[<>=~!^\s]*v?[\d.]*$", re.IGNORECASE)


class Bump(NamedTuple):
    """Both sides changed one value; `taken` is the newer one."""

    path: Path
    ours: str
    theirs: str
    taken: str


class Joined(NamedTuple):
    """Both sides changed entries of one group; these are the names of what each of them changed."""

    path: Path
    ours: tuple[str, ...]
    theirs: tuple[str, ...]


def name_of(key: Hashable) -> str:
    """Return what a person would call the entry with this key."""
    match key:
        case ("package", str(name), *_) | ("all", (*_, str(name))):
            pass
        case ("all", _):
            name = "an item"
        case ("=", _, str(name)):
            pass
        case tuple():
            name = ".".join(str(part) for part in key if part != "[")
        case _:
            name = str(key)
    return shorten(name, _SHOWN, placeholder=" ...")


def shown_path(path: Path) -> str:
    """Return the keys of `path` as one text."""
    return ".".join(part for part in path if part)


def bump_note(bump: Bump) -> str:
    """Say which of two versions was taken, without the name that all of them start with."""
    same = posixpath.commonprefix([bump.ours, bump.theirs, bump.taken])
    same = _VERSION_STARTS.sub("", same)
    taken, ours, theirs = (text.removeprefix(same) for text in (bump.taken, bump.ours, bump.theirs))
    where = ": ".join(part for part in (shown_path(bump.path[:-1]), bump.path[-1]) if part)
    return f"{where}: took {taken}, the newer of {ours} (yours) and {theirs} (template)"


def joined_note(joined: Joined) -> str:
    """Say which entries of one group came from which side."""
    ours, theirs = (", ".join(names) for names in joined[1:])
    where = shown_path(joined.path)
    return f"{where}{': ' * bool(where)}took {ours} (yours) and {theirs} (template)"
