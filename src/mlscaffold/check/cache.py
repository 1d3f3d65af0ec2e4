"""What earlier runs learned of each file, kept in `.mlscaffold_cache/`: by size and time, else by content."""

__all__ = ["FOLDER", "Cache", "Kept", "is_settled", "write_beside"]

import contextlib
import json
import os
import time
from typing import Any, Final, NamedTuple

from mlscaffold.check.listing import Entry

FOLDER: Final = ".mlscaffold_cache"
_FILE: Final = "files.json"
_DIGEST_BYTES: Final = 16
# A file written in the same tick of the clock as it was read may change again without a sign.
_TICK_NS: Final = 50_000_000


class Kept(NamedTuple):
    """One file: when and what it was, and what was learned: "findings", "facts", "ignores", "document"."""

    size: int
    mtime: int
    digest: str
    learned: dict[str, Any]


class Cache:
    """The files of one project; `salt` names all else that findings depend on: another salt empties the cache."""

    def __init__(self, root: str, salt: str, *, keep: bool = True) -> None:
        self._root, self._salt, self._keep = root, salt, keep
        self._old, self._old_rules = _load(root, salt) if keep else ({}, {})
        self._new: dict[str, Kept] = {}
        self._rules: dict[str, Any] = {}
        self._fresh = False

    def known(self, path: str, entry: Entry) -> dict[str, Any] | None:
        """Return what is known of a file that looks as it did; None where it must be read."""
        kept = self._new.get(path) or self._old.get(path)
        if kept is None or (kept.size, kept.mtime) != (entry.size, entry.mtime):
            return None
        self._new[path] = kept
        return kept.learned

    def known_by_content(self, path: str, entry: Entry, data: bytes) -> dict[str, Any]:
        """Return what is known of these bytes at this path, to be added to; empty where nothing is."""
        from hashlib import blake2b

        digest = blake2b(data, digest_size=_DIGEST_BYTES).hexdigest()
        old = self._old.get(path)
        learned = old.learned if old and old.digest == digest else {}
        self._new[path] = Kept(entry.size, entry.mtime if is_settled(entry) else -1, digest, learned)
        self._fresh = True
        return learned

    def rules_of(self, question: str) -> dict[str, Any]:
        """Return what rules on the repository found, by code, if they were asked the same; all that is kept anew."""
        self._rules = {"question": question}
        return self._old_rules if self._old_rules.get("question") == question else {}

    def keep_rule(self, code: str, found: Any) -> None:
        """Keep what one rule found."""
        self._rules[code] = found

    def changed(self) -> None:
        """Say that something was added to what is known."""
        self._fresh = True

    def save(self) -> None:
        """Keep what was learned, if anything was; a folder that cannot be written costs time only."""
        if self._keep and (self._fresh or self._new.keys() != self._old.keys()):
            files = {path: list(kept) for path, kept in self._new.items()}
            kept = {"salt": self._salt, "files": files, "rules": self._rules}
            write_beside(self._root, _FILE, json.dumps(kept, separators=(",", ":")))


def is_settled(entry: Entry) -> bool:
    """Return whether a change of the file from now on would show in its time."""
    return time.time_ns() - entry.mtime > _TICK_NS


def _load(root: str, salt: str) -> tuple[dict[str, Kept], dict[str, Any]]:
    try:
        with open(f"{root}/{FOLDER}/{_FILE}", encoding="utf-8") as file:
            data = json.load(file)
        files, rules = {path: Kept(*kept) for path, kept in data["files"].items()}, dict(data["rules"])
        return (files, rules) if data["salt"] == salt else ({}, {})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}, {}  # none yet, or damaged: learned anew


def write_beside(root: str, name: str, text: str) -> None:
    """Write one file of the cache in one step, and keep the folder out of git."""
    folder = f"{root}/{FOLDER}"
    with contextlib.suppress(OSError):
        if not os.path.isdir(folder):
            os.mkdir(folder)
            with open(f"{folder}/.gitignore", "w", encoding="utf-8") as file:
                file.write("*\n")
        scratch = f"{folder}/{name}.{os.getpid()}"
        with open(scratch, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        os.replace(scratch, f"{folder}/{name}")
