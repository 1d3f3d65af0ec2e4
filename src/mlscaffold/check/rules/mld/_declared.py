"""Where a repository declares its datasets: contracts (one a dataset, with its columns) and a list of datasets."""

__all__ = ["Declared", "contracts", "datasets"]

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mlscaffold.check.repository import Repository

_LISTS: Final = ("data/datasets.toml", "datasets.toml", "config/datasets.toml", "configs/datasets.toml")
# What only a declaration says: a table of datasets without any of it is settings of some other tool.
_MARKS: Final = frozenset({"licence", "license", "owner", "personal"})


class Declared(NamedTuple):
    """One declared dataset: the file, its keys there, and what is said of it."""

    path: str
    keys: tuple[str, ...]
    name: str
    said: Mapping[str, Any]


def contracts(repository: Repository) -> Iterator[Declared]:
    """Yield the contracts for data: TOML in `contracts/` with a list of columns. Others are about something else."""
    for path in repository.glob("contracts/**.toml", "**/contracts/*.toml"):
        table = repository.table(path)
        columns = table.get("columns")
        if "tests" not in repository.roles_of(path) and isinstance(columns, list) and _are_tables(columns):
            stem = path.rpartition("/")[2].removesuffix(".toml")
            yield Declared(path, (), str(table.get("name") or stem), table)


def datasets(repository: Repository) -> Iterator[Declared]:
    """Yield the entries of `data/datasets.toml`: `[datasets.NAME]`."""
    for path in _LISTS:
        if path in repository.files:
            entries = repository.table(path, "datasets")
            if any(not _MARKS.isdisjoint(entry) for entry in entries.values() if isinstance(entry, dict)):
                for name, entry in entries.items():
                    yield Declared(path, ("datasets", name), name, entry if isinstance(entry, dict) else {})


def _are_tables(values: list[Any]) -> bool:
    return bool(values) and all(isinstance(value, dict) for value in values)
