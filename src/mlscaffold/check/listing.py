"""What git tracks below a folder, and what of it is there: the only question that every run asks."""

__all__ = ["Entry", "Listing", "ListingError", "is_settled", "led_to", "root_of", "stat_of", "tracked"]

import os
import time
from typing import NamedTuple

_SUBMODULE = b"160000"
_FILE, _LINK, _KIND = 0o100000, 0o120000, 0o170000  # of a mode, as in stat(2)
_MARKS = (".git", ".mlscaffold")
# A file written in the same tick of the clock as it was read may change again without a sign.
_TICK_NS = 50_000_000


class ListingError(Exception):
    """There is no repository, or git does not answer. The message is one line for the user."""


class Entry(NamedTuple):
    """A tracked file as it is on disk: bytes, nanoseconds, and whether it may be executed or is a symbolic link."""

    size: int
    mtime: int
    executable: bool
    symlink: bool


Listing = dict[str, Entry]


def root_of(folder: str) -> str:
    """Return the project that `folder` belongs to: the nearest folder above with `.git` or `.mlscaffold`.

    Raises:
        ListingError: there is none.
    """
    place = os.path.realpath(folder)
    while not any(os.path.lexists(os.path.join(place, mark)) for mark in _MARKS):
        above = os.path.dirname(place)
        if above == place:
            raise ListingError(f"{folder} is in no git repository: make one with `git init`")
        place = above
    return place


def tracked(root: str) -> Listing:
    """Return the files below `root` that git tracks and that are there, by path; submodules are left out.

    Raises:
        ListingError: git is missing or refuses.
    """
    code, out, err = _output(["git", "-C", root, "ls-files", "-z", "--stage"])
    if code:
        said = err.decode(errors="replace").strip().splitlines()
        raise ListingError(f"git does not list the files: {said[-1] if said else f'exit code {code}'}")
    found: Listing = {}
    for line in out.split(b"\0"):
        mode, _, path = line.partition(b"\t")
        if path and not mode.startswith(_SUBMODULE):
            name = os.fsdecode(path)
            if name not in found and (entry := stat_of(root, name)):  # an unmerged path comes up to three times
                found[name] = entry
    return found


def stat_of(root: str, path: str) -> Entry | None:
    """Return what is at `path`, or None where there is no file or link."""
    try:
        there = os.lstat(f"{root}/{path}")
    except (OSError, ValueError):
        return None
    kind = there.st_mode & _KIND
    if kind not in {_FILE, _LINK}:
        return None
    return Entry(there.st_size, there.st_mtime_ns, bool(there.st_mode & 0o100), kind == _LINK)


def led_to(root: str, path: str) -> str:
    """Return what a path leads to, from the root: another one where it is, or lies behind, a symbolic link."""
    return os.path.relpath(os.path.realpath(f"{root}/{path}"), root)


def is_settled(entry: Entry) -> bool:
    """Return whether a change of the file from now on would show in its time."""
    return time.time_ns() - entry.mtime > _TICK_NS


def _output(command: list[str]) -> tuple[int, bytes, bytes]:
    """Run a command and return its exit code and output. Importing subprocess would take longer than git does."""
    out, err = (os.memfd_create("out"), os.memfd_create("err")) if hasattr(os, "memfd_create") else _files()
    try:
        actions = [(os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_DUP2, err, 2)]
        try:
            child = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
        except FileNotFoundError:
            raise ListingError(f"{command[0]} is not installed, or not on PATH") from None
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return code, _all(out), _all(err)
    finally:
        os.close(out)
        os.close(err)


def _files() -> tuple[int, int]:
    import tempfile  # where the system has no files in memory (macOS)

    def one() -> int:
        descriptor, name = tempfile.mkstemp()
        os.unlink(name)
        return descriptor

    return one(), one()


def _all(descriptor: int) -> bytes:
    size = os.lseek(descriptor, 0, os.SEEK_END)
    return os.pread(descriptor, size, 0)
