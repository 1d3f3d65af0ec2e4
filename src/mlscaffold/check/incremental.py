"""Rules on the repository that need not look again, because nothing that they looked at has changed."""

__all__ = ["Round", "Watched"]

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from mlscaffold.check.cache import Cache, is_settled
from mlscaffold.check.findings import Finding, finding_from
from mlscaffold.check.listing import Entry, stat_of
from mlscaffold.check.memo import seen
from mlscaffold.check.repository import Repository
from mlscaffold.check.targets.facts import ModuleFacts
from mlscaffold.check.targets.unread import Unread

Found = tuple[list[Finding], list[Unread]]


class Reader(Protocol):
    """How files are read."""

    def read(self, path: str) -> bytes:
        """Return the bytes of a file, b"" where there is none."""

    def load(self, path: str) -> Any:
        """Return the value of a document; raises `UnreadableError`."""

    def watch(self, path: str) -> list[int] | None:
        """Return what a file looks like that git does not track, and look at it again before the next run."""


class Watched(Repository):
    """A repository for one rule, which notes what the rule looks at.

    Attributes:
        read_paths: the files whose content was asked for.
        read_modules: whether the facts of modules were.
        lasting: whether all that was asked for is noted; not so after sizes of files, or what git alone knows.
    """

    def __init__(self, of: Repository, reader: Reader) -> None:
        self._of, self._reader = of, reader
        self.settings = of.settings
        self.unread = {}
        self.read_paths: set[str] = set()
        self.read_modules, self.lasting = False, True
        self._names = _Names(of.files, self._passing)

    def _passing(self) -> None:
        self.lasting = False

    @property
    def root(self) -> str:  # type: ignore[override]
        """The folder: whoever asks for it asks others than us."""
        self._passing()
        return self._of.root

    @property
    def files(self) -> Mapping[str, Entry]:  # type: ignore[override]
        """All paths; sizes are noted."""
        return self._names

    @property
    def modules(self) -> Mapping[str, ModuleFacts]:  # type: ignore[override]
        """Facts of the modules, noted."""
        self.read_modules = True
        return self._of.modules

    def glob(self, *patterns: str) -> list[str]:
        """As in a repository: names only."""
        return self._of.glob(*patterns)

    def has(self, path: str) -> bool:
        """As in a repository: names only."""
        return self._of.has(path)

    def role(self, role: str) -> list[str]:
        """As in a repository: names only."""
        return self._of.role(role)

    def _read(self, path: str) -> bytes:
        self.read_paths.add(path)
        return self._reader.read(path)

    def _load(self, path: str) -> Any:
        self.read_paths.add(path)
        return self._reader.load(path)


class _Names(Mapping[str, Entry]):
    """Names of files, which every rule may know; whoever asks for more is noted."""

    def __init__(self, files: Mapping[str, Entry], note: Callable[[], None]) -> None:
        self._files, self._note = files, note

    def __getitem__(self, path: str) -> Entry:
        self._note()
        return self._files[path]

    def __contains__(self, path: object) -> bool:
        return path in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


class Round:
    """The rules of one run: what each found last time, and whether that still holds."""

    def __init__(self, repository: Repository, reader: Reader, cache: Cache, prints: Mapping[str, str]) -> None:
        """`prints` names the facts of each module: another print is other facts."""
        self._repository, self._reader, self._cache = repository, reader, cache
        self._modules = json.dumps(prints, sort_keys=True)
        question = [sorted(repository.files), repository.settings]
        self._old = cache.rules_of(json.dumps(question, default=str))

    def found(self, code: str, look: Callable[[Watched], list[Finding]]) -> Found:
        """Return what a rule finds and could not read: as it was, or by looking."""
        kept = self._old.get(code)
        if kept is not None and self._holds(kept):
            self._cache.keep_rule(code, kept)
            return [finding_from(one) for one in kept[2]], [Unread(*one) for one in kept[3]]
        watched = Watched(self._repository, self._reader)
        findings, unread = look(watched), list(watched.unread.values())
        if watched.lasting and all(self._is_settled(path) for path in watched.read_paths):
            stats = {path: self._stat(path) for path in sorted(watched.read_paths)}
            self._cache.keep_rule(code, [self._modules if watched.read_modules else "", stats, findings, unread])
            self._cache.changed()
        return findings, unread

    def _holds(self, kept: list[Any]) -> bool:
        modules, stats = kept[0], kept[1]
        return modules in {"", self._modules} and all(self._stat(path) == was for path, was in stats.items())

    def _is_settled(self, path: str) -> bool:
        entry = self._repository.entry(path) or stat_of(self._repository.root, path)
        return entry is None or is_settled(entry)

    def _stat(self, path: str) -> list[int] | None:
        entry = self._repository.entry(path)
        return seen(entry) if entry else self._reader.watch(path)
