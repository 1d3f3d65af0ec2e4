"""How rules on the repository read files and facts: through what earlier runs have kept."""

__all__ = ["CachedReader", "Modules"]

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mlscaffold.check.cache import Cache, Known
from mlscaffold.check.listing import Listing, led_to, stat_of
from mlscaffold.check.memo import seen
from mlscaffold.check.scan import read
from mlscaffold.check.targets.document import UnreadableError, parsed
from mlscaffold.check.targets.facts import ModuleFacts, facts_from


class Modules(Mapping[str, ModuleFacts]):
    """The facts of each module that parses, by path; made of what is kept only when somebody asks."""

    def __init__(self, known: Mapping[str, Known]) -> None:
        """`known` is what is known of all files."""
        self.prints = {path: prints for path, one in known.items() if (prints := one.light.get("prints"))}
        self._known = known
        self._made: dict[str, ModuleFacts] = {}

    def __getitem__(self, path: str) -> ModuleFacts:
        if path not in self.prints:
            raise KeyError(path)
        if path not in self._made:
            self._made[path] = facts_from(self._known[path].heavy)
        return self._made[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.prints)

    def __len__(self) -> int:
        return len(self.prints)


class CachedReader:
    """Reads files for rules, and remembers which of them git does not tell about.

    Attributes:
        watched: what files looked like that git does not track, or that links lead to; by path, None for nothing.
    """

    def __init__(self, root: str, files: Listing, cache: Cache) -> None:
        """`files` are those that git tracks."""
        self._root, self._files, self._cache = root, files, cache
        self.watched: dict[str, list[int] | None] = {}

    def watch(self, path: str) -> list[int] | None:
        """Return what a file looks like that git does not track, and look at it again before the next run."""
        self.watched[path] = seen(stat_of(self._root, path))
        return self.watched[path]

    def read(self, path: str) -> bytes:
        """Return the bytes of a file, b"" where there is none."""
        entry = self._files.get(path)
        if entry is None:
            self.watch(path)
        elif entry.symlink:  # git knows the link, not what it leads to
            self.watch(led_to(self._root, path))
        try:
            return read(self._root, path)
        except (OSError, ValueError):
            return b""

    def load(self, path: str) -> Any:
        """Return the value of a document. Raises `UnreadableError`."""
        entry = self._files.get(path)
        if entry is None or entry.symlink or path.endswith(".py"):  # what is kept of a module are its facts
            data = self.read(path)
            return parsed(path, data) if data else None
        known = self._cache.known(path, entry)
        if known is None:
            known = self._cache.known_by_content(path, entry, self.read(path))
        if known.heavy is None:
            document = _document(path, self.read(path))
            known.keep(document, json.dumps(document, separators=(",", ":")))
            self._cache.changed()
        value, fault, line = known.heavy
        if fault:
            raise UnreadableError(fault, line)
        return value


def _document(path: str, data: bytes) -> list[Any]:
    """Return the value, what is wrong with it and on which line, as it is kept."""
    try:
        return [parsed(path, data), "", 0]
    except UnreadableError as problem:
        return [None, str(problem), problem.line]
