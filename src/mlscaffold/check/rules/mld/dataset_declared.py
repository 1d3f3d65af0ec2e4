"""MLD102: a dataset that nobody answers for."""

import re
from collections.abc import Iterator
from typing import Any, Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mld._declared import Declared, contracts, datasets

_DATA: Final = (".csv", ".tsv", ".parquet", ".feather", ".arrow", ".jsonl", ".ndjson", ".avro", ".orc", ".csv.gz")
_DOCUMENTS: Final = (".toml", ".yaml", ".yml", ".json")
_INPUTS: Final = frozenset(
    "data dataset datasets input inputs raw source sources table test train training val valid validation".split()  # noqa: SIM905 - reads as the list it is
)
# What a run makes is not declared, but made again.
_OUTPUTS: Final = frozenset(
    "artifacts cache dump export features interim log logs metrics out output outputs prediction predictions processed"  # noqa: SIM905 - reads as the list it is
    " report reports result results save scores submission target tmp".split()
)
_DECLARATION: Final = (
    '[datasets.flights]\nsource = "data/flights.csv"\nversion = "2013"\nowner = "Model owners"\n'
    'licence = "CC0-1.0"\npersonal = false\ninvariants = "contracts/flights.toml"\n'
)

BAD: Final[tuple[Example, ...]] = (
    {"data/datasets.toml": _DECLARATION, "config/base.toml": '[data]\nsource = "data/trains.csv"\n'},
    {"contracts/data.toml": 'name = "flights"\n\n[[columns]]\nname = "late"\nrole = "target"\ntype = "boolean"\n'},
)
OK: Final[tuple[Example, ...]] = (
    {"data/datasets.toml": _DECLARATION, "config/base.toml": '[data]\nsource = "data/flights.csv"\n'},
    {
        "contracts/data.toml": 'name = "flights"\nowner = "Model owners"\n'
        'description = "One row per flight."\n\n[[columns]]\nname = "late"\nrole = "target"\ntype = "boolean"\n'
    },
)


@rule(
    "MLD102",
    "dataset-declared",
    on=Repository,
    hint="declare the dataset: its source, version, owner and licence, and whether it is about people",
    options={
        "contract-fields": ["name", "owner", "description"],
        "dataset-fields": [
            "source|url|path",
            "version|hash|sha256|md5|checksum|revision",
            "owner",
            "licence|license",
            "personal",
        ],
    },
)
def dataset_declared(repository: Repository, _: None) -> Iterator[Finding]:
    """A dataset is named in the configuration and declared nowhere, or its declaration leaves fields out.

    Why: without source, version and owner nobody can say what a model was trained on; without licence and a word on
    personal data nobody can say whether it may be used (ML Test Score, Data 5; SE4ML: versioning of data).

    How to fix: add an entry to `data/datasets.toml`, or fill in what is missing there or in the contract. `a|b` in the
    options means that one of the two is enough. Repositories that declare nothing are left alone.
    """
    entries, options = list(datasets(repository)), repository.options("MLD102")
    for declared, fields in [
        *((one, options["contract-fields"]) for one in contracts(repository)),
        *((one, options["dataset-fields"]) for one in entries),
    ]:
        if missing := [field for field in fields if not _says(declared, field)]:
            line = repository.line_of(declared.path, *declared.keys)
            told = f"dataset `{declared.name}` does not say its {_listed(missing)}; fill it in"
            yield Finding(declared.path, line, told)
    if entries:
        yield from _undeclared(repository, entries)


def _says(declared: Declared, field: str) -> bool:
    # `false` and 0 are answers, an empty text is none.
    return any(declared.said.get(key) not in (None, "", [], {}) for key in field.split("|"))


def _listed(fields: list[str]) -> str:
    told = [" or ".join(field.split("|")[:2]) for field in fields]
    return " and ".join([*([", ".join(told[:-1])] if told[:-1] else []), told[-1]])


def _undeclared(repository: Repository, entries: list[Declared]) -> Iterator[Finding]:
    places = {place.removeprefix("./") for entry in entries for place in _texts(entry.said, ())}
    for path in repository.role("config"):
        if path.endswith(_DOCUMENTS):
            for keys, value in _paths(repository.data(path), ()):
                if not any(value == place or value.startswith(f"{place.rstrip('/')}/") for place in places if place):
                    line = repository.line_of(path, *keys)
                    told = f"`{value}` is declared nowhere; add it to {entries[0].path}"
                    yield Finding(path, line, told)


def _texts(value: Any, keys: tuple[str | int, ...]) -> Iterator[str]:
    yield from (text for _, text in _leaves(value, keys))


def _paths(value: Any, keys: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the data files that a document names as inputs, and the keys under which it does."""
    for where, text in _leaves(value, keys):
        place = text.removeprefix("./")
        named = _words(*(key for key in where if isinstance(key, str)))
        if (
            place.lower().endswith(_DATA)
            and not re.search(r"[\s{}$*<>]", place)
            and not _INPUTS.isdisjoint(named)
            and _OUTPUTS.isdisjoint(named | _words(place))
        ):
            yield where, place


def _leaves(value: Any, keys: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield keys, value
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(item, (*keys, key))


def _words(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in re.split(r"[^a-z0-9]+", text.lower()))
