"""The whole answer of the last run, for when nothing has changed: what a commit hook mostly sees."""

__all__ = ["Memo", "key_of", "own_code", "recall", "remember", "seen"]

import json
import os
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mlscaffold.check.keeping import FOLDER, write
from mlscaffold.check.listing import Entry, Listing, is_settled

_FILE: Final = "last.json"
_own: Final[list[int]] = []


class Memo(NamedTuple):
    """The answer, and the files beside the tracked ones that it depends on: path -> size and time, or None."""

    answer: Any
    watched: dict[str, list[int] | None]


def key_of(version: str, question: str, files: Listing) -> str:
    """Return a text that is another one as soon as a tracked file, the question or the program changes."""
    lines = [
        f"{path}\0{entry.size} {entry.mtime} {entry.executable:d}{entry.symlink:d}" for path, entry in files.items()
    ]
    return json.dumps("\n".join([version, question, *lines]))


def seen(entry: Entry | None) -> list[int] | None:
    """Return what is remembered of a watched file."""
    return [entry.size, entry.mtime] if entry else None


def recall(root: str, key: str) -> Memo | None:
    """Return the last answer if it was to this key. Whether watched files are as they were is for the caller to ask."""
    try:
        with open(f"{root}/{FOLDER}/{_FILE}", encoding="utf-8", errors="surrogateescape") as file:
            if file.readline() != key + "\n":
                return None
            return Memo(*json.load(file))
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def remember(root: str, key: str, memo: Memo, files: Listing) -> None:
    """Keep an answer; not where a file is so young that it may change again without a sign."""
    if all(is_settled(entry) for entry in files.values()):
        write(root, _FILE, f"{key}\n{json.dumps(memo)}")


def own_code() -> int:
    """Return when our own modules last changed: a checkout that somebody works on has one version for many programs."""
    if not _own:  # asked several times in a run
        _own.append(max(_changed(os.path.dirname(__file__))))
    return _own[0]


def _changed(folder: str) -> Iterator[int]:
    for entry in os.scandir(folder):
        if entry.is_dir():
            yield from _changed(entry.path)
        elif entry.name.endswith(".py"):  # not the bytecode, which the first run writes
            yield entry.stat().st_mtime_ns
