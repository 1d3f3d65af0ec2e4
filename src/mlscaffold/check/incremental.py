"""Rules on the repository that need not look again, because nothing that they looked at has changed."""

__all__ = ["Round"]

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from mlscaffold.check.cache import Cache
from mlscaffold.check.digest import digest
from mlscaffold.check.findings import Finding, finding_from
from mlscaffold.check.listing import is_settled, stat_of
from mlscaffold.check.memo import seen
from mlscaffold.check.repository import Repository
from mlscaffold.check.targets.facts import ModuleFacts
from mlscaffold.check.targets.unread import Unread
from mlscaffold.check.watched import Notes, Reader, Watched

Found = tuple[list[Finding], list[Unread]]
_KINDS: Final = {kind: at for at, kind in enumerate(ModuleFacts._fields)}


class Round:
    """The rules of one run: what each found last time, and whether that still holds."""

    def __init__(
        self, repository: Repository, reader: Reader, cache: Cache, prints: Mapping[str, Sequence[str]]
    ) -> None:
        """`prints` names the facts of each module, by kind: another print is other facts."""
        self._repository, self._reader, self._cache, self._prints = repository, reader, cache, prints
        self._answers: dict[Callable[[Repository], Any], tuple[Any, Watched]] = {}
        self._of_all: dict[str, str] = {}
        # What every rule may know without a note.
        names = [[path, entry.executable, entry.symlink] for path, entry in sorted(repository.files.items())]
        question = json.dumps([names, sorted(prints), repository.settings], default=str)
        self._old = cache.rules_of(digest(question.encode()))

    def found(self, code: str, look: Callable[[Watched], list[Finding]]) -> Found:
        """Return what a rule finds and could not read: as it was, or by looking."""
        kept = self._old.get(code)
        if kept is not None and self._holds(kept):
            self._cache.keep_rule(code, kept)
            return [finding_from(one) for one in kept["findings"]], [Unread(*one) for one in kept["unread"]]
        watched = Watched(self._repository, self._reader, self._answers)
        findings, unread = look(watched), list(watched.unread.values())
        if watched.notes.lasting and all(map(self._is_settled, watched.notes.contents)):
            self._cache.keep_rule(code, {**self._now(watched.notes), "findings": findings, "unread": unread})
            self._cache.changed()
        return findings, unread

    def _now(self, notes: Notes) -> dict[str, Any]:
        """Return how all that was looked at looks now. Of all modules, no list of them is kept."""
        facts = {
            kind: None if len(paths) == len(self._prints) else sorted(paths) for kind, paths in notes.facts.items()
        }
        return {
            "contents": {path: self._stat(path) for path in sorted(notes.contents)},
            "sizes": {path: self._repository.files[path].size for path in sorted(notes.sizes)},
            "facts": {kind: [paths, self._print(kind, paths)] for kind, paths in facts.items()},
        }

    def _holds(self, kept: Mapping[str, Any]) -> bool:
        return (
            all(self._stat(path) == was for path, was in kept["contents"].items())
            and all(self._repository.files[path].size == was for path, was in kept["sizes"].items())
            and all(self._print(kind, paths) == was for kind, (paths, was) in kept["facts"].items())
        )

    def _print(self, kind: str, paths: Iterable[str] | None) -> str:
        """Return a name of one kind of facts of these modules, or of all."""
        if paths is None:
            if kind not in self._of_all:
                self._of_all[kind] = self._print(kind, sorted(self._prints))
            return self._of_all[kind]
        return digest("".join(self._prints[path][_KINDS[kind]] for path in paths).encode())

    def _is_settled(self, path: str) -> bool:
        entry = self._repository.entry(path) or stat_of(self._repository.root, path)
        return entry is None or is_settled(entry)

    def _stat(self, path: str) -> list[int] | None:
        entry = self._repository.entry(path)
        return seen(entry) if entry else self._reader.watch(path)
