"""What earlier runs learned of each file, kept in `.mlscaffold_cache/`: by size and time, else by content."""

__all__ = ["Cache", "Kept", "Known"]

import json
from typing import Any, Final, NamedTuple

from mlscaffold.check.digest import digest
from mlscaffold.check.keeping import FOLDER, write
from mlscaffold.check.listing import Entry, is_settled

_FILE: Final = "files.json"


class Known:
    """What was learned of one file: plain data that JSON can hold.

    Attributes:
        light: what every run asks for: "findings", "ignores", "prints".
    """

    __slots__ = ("_heavy", "light", "line")

    def __init__(self, light: dict[str, Any], line: str = "") -> None:
        """`line` is what else is known, as JSON: the facts of a module, or the value of a document; "" for nothing."""
        self.light, self.line = light, line
        self._heavy: Any = None

    @property
    def heavy(self) -> Any:
        """Return facts or document; None where there are none. Read from the line only when somebody asks."""
        if self._heavy is None and self.line:
            self._heavy = json.loads(self.line)
        return self._heavy

    def keep(self, heavy: Any, line: str) -> None:
        """Keep facts or a document; `line` is the same as JSON."""
        self._heavy, self.line = heavy, line


class Kept(NamedTuple):
    """One file: when and what it was, and what was learned."""

    size: int
    mtime: int
    digest: str
    known: Known


class Cache:
    """The files of one project; `salt` names all else that findings depend on: another salt empties the cache."""

    def __init__(self, root: str, salt: str, *, keep: bool = True) -> None:
        self._root, self._salt, self._keep = root, salt, keep
        self._old, self._old_rules = _load(root, salt) if keep else ({}, {})
        self._new: dict[str, Kept] = {}
        self._rules: dict[str, Any] = {}
        self._fresh = False

    def known(self, path: str, entry: Entry) -> Known | None:
        """Return what is known of a file that looks as it did; None where it must be read."""
        kept = self._new.get(path) or self._old.get(path)
        if kept is None or (kept.size, kept.mtime) != (entry.size, entry.mtime):
            return None
        self._new[path] = kept
        return kept.known

    def known_by_content(self, path: str, entry: Entry, data: bytes) -> Known:
        """Return what is known of these bytes at this path, to be added to; empty where nothing is."""
        name = digest(data)
        old = self._old.get(path)
        known = old.known if old and old.digest == name else Known({})
        self._new[path] = Kept(entry.size, entry.mtime if is_settled(entry) else -1, name, known)
        self._fresh = True
        return known

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
        if self._keep and self._fresh:
            write(self._root, _FILE, _text(self._salt, self._new, self._rules))


def _text(salt: str, files: dict[str, Kept], rules: dict[str, Any]) -> str:
    """Return the file: a line with all that every run reads, and one for each file with what it may not need."""
    heavy = "\n".join(kept.known.line for kept in files.values())
    light = {path: [kept.size, kept.mtime, kept.digest, kept.known.light] for path, kept in files.items()}
    head = {"salt": salt, "heavy": digest(heavy.encode()), "rules": rules, "files": light}
    return f"{json.dumps(head, separators=(',', ':'))}\n{heavy}"


def _load(root: str, salt: str) -> tuple[dict[str, Kept], dict[str, Any]]:
    try:
        with open(f"{root}/{FOLDER}/{_FILE}", "rb") as file:
            head, _, heavy = file.read().partition(b"\n")
        data = json.loads(head)
        if data["salt"] != salt or data["heavy"] != digest(heavy):
            return {}, {}
        lines = heavy.decode().split("\n")
        files = {
            path: Kept(size, mtime, name, Known(light, line))
            for (path, (size, mtime, name, light)), line in zip(data["files"].items(), lines, strict=True)
        }
        return files, dict(data["rules"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}, {}  # none yet, or damaged: learned anew
