"""The repository for one rule: it notes what the rule looks at, so that the rule need not look again for nothing."""

__all__ = ["Notes", "Reader", "Watched"]

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, TypeVar, cast

from mlscaffold.check.listing import Entry
from mlscaffold.check.repository import Repository
from mlscaffold.check.targets.facts import ModuleFacts

_Value = TypeVar("_Value")
_Answers = dict[Callable[[Repository], Any], tuple[Any, "Watched"]]


class Reader(Protocol):
    """How files are read."""

    def read(self, path: str) -> bytes:
        """Return the bytes of a file, b"" where there is none."""

    def load(self, path: str) -> Any:
        """Return the value of a document; raises `UnreadableError`."""

    def watch(self, path: str) -> list[int] | None:
        """Return what a file looks like that git does not track, and look at it again before the next run."""


class Notes:
    """What was looked at, beside names and modes of files, which every rule may know.

    Attributes:
        contents: the files that were read.
        sizes: the files whose size was asked for.
        facts: by kind ("imports", "functions", ...), the modules of which such facts were asked for.
        lasting: whether that is all; not so where others than us were asked, git or the file system.
    """

    def __init__(self) -> None:
        self.contents: set[str] = set()
        self.sizes: set[str] = set()
        self.facts: dict[str, set[str]] = {}
        self.lasting = True

    def add(self, other: "Notes") -> None:
        """Note all that another one has noted."""
        self.contents |= other.contents
        self.sizes |= other.sizes
        for kind, paths in other.facts.items():
            self.facts.setdefault(kind, set()).update(paths)
        self.lasting = self.lasting and other.lasting


class Watched(Repository):
    """A repository that notes what is asked of it."""

    def __init__(self, of: Repository, reader: Reader, answers: _Answers) -> None:
        """`answers` are those to questions that rules share: whoever asks has looked at all that they took."""
        self._of, self._reader, self._answers = of, reader, answers
        self.settings = of.settings
        self.unread = {}
        self.notes = Notes()
        self._files = _Files(of.files, self.notes)
        self._modules = _Modules(of.modules, self.notes)

    @property
    def root(self) -> str:  # type: ignore[override]
        """The folder: whoever asks for it asks others than us."""
        self.notes.lasting = False
        return self._of.root

    @property
    def files(self) -> Mapping[str, Entry]:  # type: ignore[override]
        """All paths; sizes are noted."""
        return self._files

    @property
    def modules(self) -> Mapping[str, ModuleFacts]:  # type: ignore[override]
        """Facts of the modules, noted."""
        return self._modules

    def glob(self, *patterns: str) -> list[str]:
        """As in a repository: names only."""
        return self._of.glob(*patterns)

    def has(self, path: str) -> bool:
        """As in a repository: names only."""
        return self._of.has(path)

    def role(self, role: str) -> list[str]:
        """As in a repository: names only."""
        return self._of.role(role)

    def answer(self, work: Callable[[Repository], _Value]) -> _Value:
        """As in a repository; what the answer took is noted for everyone who asks."""
        if work not in self._answers:
            asked = Watched(self._of, self._reader, self._answers)
            self._answers[work] = work(asked), asked
        value, asked = self._answers[work]
        self.notes.add(asked.notes)
        self.unread.update(asked.unread)
        return cast("_Value", value)

    def _note(self, path: str) -> None:
        entry = self._of.files.get(path)
        if entry and entry.symlink:
            self.notes.lasting = False  # its own time says nothing about what it leads to
        self.notes.contents.add(path)

    def _read(self, path: str) -> bytes:
        self._note(path)
        return self._reader.read(path)

    def _load(self, path: str) -> Any:
        self._note(path)
        return self._reader.load(path)


class _View(Mapping[str, _Value]):
    """What is known by path; names may be looked at by everyone."""

    def __init__(self, known: Mapping[str, _Value], notes: Notes) -> None:
        self._known, self._notes = known, notes

    def __contains__(self, path: object) -> bool:
        return path in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


class _Files(_View[Entry]):
    """Files by path; looked at as `_File`."""

    def __getitem__(self, path: str) -> Entry:
        return cast("Entry", _File(path, self._known[path], self._notes))


class _File:
    """An `Entry` that notes who asks for more than its mode."""

    __slots__ = ("_entry", "_notes", "_path")

    def __init__(self, path: str, entry: Entry, notes: Notes) -> None:
        self._path, self._entry, self._notes = path, entry, notes

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._entry, name)
        if name == "size":
            self._notes.sizes.add(self._path)
        elif name not in {"executable", "symlink"}:
            self._notes.contents.add(self._path)
        return value


class _Modules(_View[ModuleFacts]):
    """Modules by path; looked at as `_Facts`."""

    def __init__(self, known: Mapping[str, ModuleFacts], notes: Notes) -> None:
        super().__init__(known, notes)
        self._seen: dict[str, _Facts] = {}

    def __getitem__(self, path: str) -> ModuleFacts:
        if path not in self._known:
            raise KeyError(path)
        if path not in self._seen:
            self._seen[path] = _Facts(path, self._known, self._notes)
        return cast("ModuleFacts", self._seen[path])


class _Facts:
    """`ModuleFacts` that note which kind of them is asked for."""

    def __init__(self, path: str, modules: Mapping[str, ModuleFacts], notes: Notes) -> None:
        self._path, self._modules, self._notes = path, modules, notes

    def __getattr__(self, kind: str) -> Any:
        value = getattr(self._modules[self._path], kind)
        self._notes.facts.setdefault(kind, set()).add(self._path)
        self.__dict__[kind] = value  # noted once
        return value
