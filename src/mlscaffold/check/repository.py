"""The repository as rules see it: what git tracks, what was learned of each file, documents, and the settings."""

__all__ = ["Repository", "shared"]

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from mlscaffold.check.listing import Entry, Listing
from mlscaffold.check.patterns import any_of
from mlscaffold.check.places import roles_of
from mlscaffold.check.settings import Settings
from mlscaffold.check.targets.document import UnreadableError, line_of
from mlscaffold.check.targets.facts import ModuleFacts
from mlscaffold.check.targets.unread import Unread

_Value = TypeVar("_Value")


class Repository:
    """One repository in one run.

    Attributes:
        root: its folder.
        files: what git tracks and is there: path -> size, time and kind.
        modules: facts of each Python module that parses, by path.
        settings: the settings of the run.
    """

    def __init__(
        self,
        root: str,
        files: Listing,
        modules: Mapping[str, ModuleFacts],
        settings: Settings,
        *,
        load: Callable[[str], Any],
        read: Callable[[str], bytes],
    ) -> None:
        self.root, self.files, self.modules, self.settings = root, files, modules, settings
        self._load, self._read = load, read
        self._folders: frozenset[str] | None = None
        self.unread: dict[str, Unread] = {}

    def glob(self, *patterns: str) -> list[str]:
        """Return the tracked files that fit one of the patterns, sorted. Symbolic links are files too."""
        return sorted(filter(any_of(patterns), self.files))

    def has(self, path: str) -> bool:
        """Return whether a file is tracked and there, or a folder holds such a file."""
        if self._folders is None:
            above = (path.split("/")[:-1] for path in self.files)
            self._folders = frozenset("/".join(parts[:end]) for parts in above for end in range(1, len(parts) + 1))
        return path in self.files or path.rstrip("/") in self._folders

    def role(self, role: str) -> list[str]:
        """Return the tracked files of a role, sorted: see `places.ROLES`."""
        return sorted(path for path in self.files if role in roles_of(path, self.settings.places))

    def roles_of(self, path: str) -> frozenset[str]:
        """Return what a path is for."""
        return roles_of(path, self.settings.places)

    def read(self, path: str) -> bytes:
        """Return the bytes of any file below the root, tracked or not; b"" where it is missing or cannot be read.

        What is read here is watched: when it changes, the next run looks again.
        """
        return self._read(path)

    def text(self, path: str) -> str:
        """Return a file as text; bytes that are no UTF-8 are replaced."""
        return self._read(path).decode("utf-8", errors="replace")

    def data(self, path: str) -> Any:
        """Return the value of a TOML, YAML or JSON file; None where it is missing, empty or does not parse.

        What does not parse is reported once, as MLZ002, by the engine.
        """
        try:
            return self._load(path)
        except UnreadableError as problem:
            # The parser's text may hold the file's own: one line of it will do.
            told = " ".join(str(problem).split())[:160]
            self.unread.setdefault(path, Unread(path, problem.line, f"does not parse: {told}"))
            return None

    def table(self, path: str, *keys: str) -> dict[str, Any]:
        """Return the table under `keys` of a document; {} where there is none or it is something else."""
        value = self.data(path)
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value if isinstance(value, dict) else {}

    def line_of(self, path: str, *keys: str | int) -> int:
        """Return the line of a document on which the value under `keys` begins, 0 where it is not found."""
        return line_of(path, self._read(path), *keys)

    def options(self, code: str) -> dict[str, Any]:
        """Return the options of a rule: its defaults, and what the settings say otherwise."""
        return self.settings.rules[code]

    def entry(self, path: str) -> Entry | None:
        """Return size, time and kind of a tracked file."""
        return self.files.get(path)

    def answer(self, work: Callable[["Repository"], _Value]) -> _Value:
        """Return what `work` comes to; in a run it is worked out once: see `Watched`."""
        return work(self)


def shared(work: Callable[[Repository], _Value]) -> Callable[[Repository], _Value]:
    """Mark a question that several rules ask: it is answered once a run. The answer is plain data, and not changed."""

    @wraps(work)
    def ask(repository: Repository) -> _Value:
        return repository.answer(work)

    return ask
