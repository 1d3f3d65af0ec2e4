"""MLD103: what must hold for the data is written down, and a test holds it."""

from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mld._declared import contracts, datasets

_FILES: Final = (".toml", ".json", ".yaml", ".yml", ".py", ".sql", ".avsc")
_CONTRACT: Final = (
    'name = "flights"\nowner = "Model owners"\ndescription = "One row per flight."\n\n'
    '[[columns]]\nname = "late"\nrole = "target"\ntype = "boolean"\n'
)

BAD: Final[tuple[Example, ...]] = (
    {
        "contracts/flights.toml": _CONTRACT,
        "tests/test_train.py": "from acme.train import train\n\n\ndef test_it_learns():\n    assert train()\n",
    },
    {
        "data/datasets.toml": '[datasets.flights]\nsource = "data/flights.csv"\nversion = "2013"\n'
        'owner = "Model owners"\nlicence = "CC0-1.0"\npersonal = false\n',
    },
)
OK: Final[tuple[Example, ...]] = (
    {
        "contracts/flights.toml": _CONTRACT,
        "tests/test_data.py": "from acme.contract import load, violations\n\n\n"
        "def test_the_sample_keeps_the_contract():\n"
        '    assert violations("data/sample.csv", load("contracts/flights.toml")) == []\n',
    },
)


@rule(
    "MLD103",
    "dataset-invariants",
    on=Repository,
    hint="write a test that reads the contract or schema and holds a sample of the data against it",
)
def dataset_invariants(repository: Repository, _: None) -> Iterator[Finding]:
    """A declared dataset names no invariants, or no test reads them.

    Why: a contract that nothing enforces is a wish. The ML Test Score asks for expectations of the data in a schema
    (Data 1), held against what comes in (Monitor 2).

    How to fix: give the entry in `data/datasets.toml` a key `invariants`: a contract (`contracts/flights.toml`) or a
    module with the schema (`acme.schemas.flights`). Then let a test read it and hold a sample of the data against it.
    Repositories that declare no datasets are left alone.
    """
    wanted: dict[str, tuple[str, int]] = {one.path: (one.path, 0) for one in contracts(repository)}
    for entry in datasets(repository):
        named = next((entry.said.get(key) for key in ("invariants", "contract", "schema") if entry.said.get(key)), None)
        line = repository.line_of(entry.path, *entry.keys)
        if not isinstance(named, str):
            told = f"dataset `{entry.name}` names no invariants; add `invariants`, a contract or a schema module"
            yield Finding(entry.path, line, told)
        else:
            wanted.setdefault(named, (entry.path, line))
    if wanted:
        tests = _Tests(repository)
        for what, (path, line) in wanted.items():
            if not tests.read(what):
                yield Finding(path, line, f"no test reads `{what}`; hold a sample of the data against it in one")


class _Tests:
    """What the tests read: by their own text, or through modules that name the file."""

    def __init__(self, repository: Repository) -> None:
        """Take the tests; what they import is looked for when their own text does not do."""
        self._repository = repository
        self._paths = [path for path in sorted(repository.modules) if "tests" in repository.roles_of(path)]

    def read(self, what: str) -> bool:
        """Return whether a test reads a contract (a path) or a schema (a module's name)."""
        folder, _, name = what.rpartition("/")
        if not what.endswith(_FILES):
            return what in self._imported
        return any(_names(self._repository.read(path), folder, name) for path in chain(self._paths, self._behind()))

    @cached_property
    def _imported(self) -> set[str]:
        """What the tests import, and all packages above it."""
        facts = [self._repository.modules[path] for path in self._paths]
        names = {name for one in facts for name in (*one.imports.values(), *one.attributes)}
        return {".".join(parts[:end]) for parts in map(_parts, names) for end in range(1, len(parts) + 1)}

    def _behind(self) -> Iterator[str]:
        for path in sorted(self._repository.modules):
            name = path.removesuffix(".py").removesuffix("/__init__").removeprefix("src/").replace("/", ".")
            if name in self._imported:
                yield path


def _parts(name: str) -> list[str]:
    return name.split(".")


def _names(source: bytes, folder: str, name: str) -> bool:
    """Return whether a module names the file, or reads whatever lies in its folder."""
    return name.encode() in source or (bool(folder) and folder.encode() in source and b"glob" in source)
