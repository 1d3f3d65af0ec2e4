"""A copy of a project to try fixes on, and what they changed there as a patch that `git apply` takes."""

__all__ = ["copied", "patch"]

import contextlib
import os
from collections.abc import Iterable, Iterator
from typing import Final

_NO_NEWLINE: Final = b"\\ No newline at end of file\n"


def copied(root: str, paths: Iterable[str], to: str) -> str:
    """Copy a project into the empty folder `to` and return that folder.

    All that git does not ignore comes along, and `paths`. The copy has the project's own `.git`, for what it knows of
    older contents; its list of files is not to be asked for there.
    """
    for path in {*_unignored(root), *paths}:
        _bring(f"{root}/{path}", f"{to}/{path}")
    if folder := _git(root, "rev-parse", "--absolute-git-dir").rstrip(b"\n"):
        with open(f"{to}/.git", "wb") as file:
            file.write(b"gitdir: " + folder + b"\n")
    return to


def patch(path: str, before: bytes | None, after: bytes) -> bytes:
    """Return what happened to one file as git would print it; b"" where nothing did."""
    if before == after:
        return b""
    new = before is None
    lines = [f"diff --git {_quoted(f'a/{path}')} {_quoted(f'b/{path}')}\n".encode()]
    if new:
        lines.append(b"new file mode 100644\n")
    if after or before:
        lines.append(f"--- {'/dev/null' if new else _name(f'a/{path}')}\n+++ {_name(f'b/{path}')}\n".encode())
    return b"".join([*lines, *_hunks(before or b"", after)])


def _bring(source: str, target: str) -> None:
    import shutil

    os.makedirs(os.path.dirname(target), exist_ok=True)
    try:
        # Files are only ever replaced, never written into: the copy may share them.
        os.link(source, target, follow_symlinks=False)
    except OSError:
        with contextlib.suppress(OSError):  # gone meanwhile, or not to be read: then no rule can read it either
            shutil.copy2(source, target, follow_symlinks=False)


def _unignored(root: str) -> list[str]:
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return [
        os.fsdecode(path) for path in listed.split(b"\0") if path and os.path.isfile(os.path.join(root.encode(), path))
    ]


def _git(root: str, *arguments: str) -> bytes:
    import subprocess

    return subprocess.run(["git", "-C", root, *arguments], check=False, capture_output=True).stdout


def _hunks(before: bytes, after: bytes) -> Iterator[bytes]:
    import difflib

    # As text that holds each byte: difflib compares lines, and only a newline ends one.
    old, new = (data.decode("latin-1").split("\n") for data in (before, after))
    sides = [[*(f"{line}\n" for line in lines[:-1]), *filter(None, lines[-1:])] for lines in (old, new)]
    for line in list(difflib.unified_diff(sides[0], sides[1]))[2:]:
        yield line.encode("latin-1") if line.endswith("\n") else line.encode("latin-1") + b"\n" + _NO_NEWLINE


def _name(path: str) -> str:
    quoted = _quoted(path)
    # Where a name has a space, a tab says where it ends.
    return f"{quoted}\t" if " " in quoted and quoted == path else quoted


def _quoted(path: str) -> str:
    """Return a path as git writes it: in quotes, with octal bytes, where it is not plain."""
    quoted = "".join(chr(byte) if _plain(byte) else f"\\{byte:03o}" for byte in os.fsencode(path))
    return path if quoted == path else f'"{quoted}"'


def _plain(byte: int) -> bool:
    return ord(" ") <= byte <= ord("~") and byte not in b'"\\'
