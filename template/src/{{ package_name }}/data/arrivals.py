"""Arrivals: raw tables stored by content, and the ledger of what came when, from where, by whom."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from .. import files
from ..config import load_config
from ..contract.validate import validate
from ..errors import COMMAND, DataRefusedError, UserError
from ..provenance import sha256_bytes, sha256_file
from ..store import fetch, keep, without_secrets
from .sources import found_tables, local_copy
from .tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..contract.records import Contract

__all__ = ["Arrival", "arrival", "chosen", "ingest", "ingest_all", "latest", "ledger", "training_arrivals"]

_LEDGER = "data/ledger.jsonl"


@dataclass(frozen=True)
class Arrival:
    """One line of `data/ledger.jsonl`."""

    sha256: str
    file: str  # the raw file below the project
    rows: int
    columns: int
    source: str  # where it came from
    who: str
    when: str
    contract_version: int
    # The source that a pipeline could not reach: this is the sample, and decides nothing.
    instead_of: Annotated[str, Field(exclude_if=lambda source: not source)] = ""
    repeated: Annotated[bool, Field(exclude=True)] = False  # the same content had arrived before; not written


def ingest_all(  # noqa: PLR0913 - who and when are the caller's to know
    source: str, contract: Contract, root: Path, who: str, when: str, *, store: str = "", instead_of: str = ""
) -> Iterator[Arrival]:
    """Take in a file, every table of a folder by name, or what lies at an address (see `sources`), one by one.

    `store`, a folder or an address, keeps them too. Where it fails the table has arrived: ingesting again keeps it.
    """
    for table in found_tables(source):
        with local_copy(table, root) as path:
            address = "" if table == str(path) else table
            new = ingest(path, contract, root, who, when, source=address, instead_of=instead_of)
        if store:
            keep(store, root / new.file, root)
        yield new


def ingest(  # noqa: PLR0913 - as above
    table: Path, contract: Contract, root: Path, who: str, when: str, *, source: str = "", instead_of: str = ""
) -> Arrival:
    """Validate a table, store it in data/raw by its SHA-256, and append to the ledger; `when` is UTC in ISO 8601.

    The same content twice is no second arrival: the first is returned, its raw file put back if it was gone; it is not
    checked again, as the contract may have moved on since. `source` is the address that the file was copied from,
    `instead_of` the source that it stands in for.
    Raises DataRefusedError when the contract is broken: then nothing has arrived, and the table and what is wrong with
    it lie in data/quarantine.
    """
    content = table.read_bytes()
    digest = sha256_bytes(content)
    if known := _known(digest, root):
        files.write(root / known.file, content)
        return known
    frame = read_table(table)
    name = "".join([digest, *re.findall(r"\.\w+(?:\.gz)?$", table.name.lower())])  # .csv, .csv.gz, .parquet
    shown = without_secrets(source) or _shown(table, root)
    violations = validate(frame, contract, when=when)
    if violations:
        report = {"source": shown, "who": who, "when": when, "violations": [found._asdict() for found in violations]}
        files.write(root / "data" / "quarantine" / name, content)
        files.write(root / "data" / "quarantine" / f"{digest}.json", json.dumps(report, ensure_ascii=False, indent=2))
        raise DataRefusedError(f"{shown} (kept as data/quarantine/{name})", violations)
    new = Arrival(digest, f"data/raw/{name}", *frame.shape, shown, who, when, contract.version, instead_of)
    files.write(root / new.file, content)
    files.append(root / _LEDGER, new)
    return new


def ledger(root: Path) -> list[Arrival]:
    """All arrivals, oldest first. Raises UserError for a line that is no arrival."""
    return files.read(root / _LEDGER, Arrival)


def training_arrivals(root: Path, train_on: Literal["latest", "all"]) -> list[tuple[Arrival, Path]]:
    """The newest or all arrivals, oldest first, and their raw files; UserError for none, or a file gone or changed."""
    return [(known, _raw_file(known, root)) for known in chosen(root, train_on)]


def chosen(root: Path, train_on: Literal["latest", "all"]) -> list[Arrival]:
    """The arrivals to train on, whether or not their raw files are on this machine; UserError for none."""
    arrivals = ledger(root)
    if not arrivals:
        raise UserError(f"no data has arrived yet: run `{COMMAND} ingest` first")
    only_newest = train_on == "latest" or arrivals[-1].instead_of  # a stand-in stands alone
    return arrivals[-1:] if only_newest else arrivals


def latest(root: Path) -> tuple[Arrival, Path]:
    """The newest arrival and its raw file. Raises as `training_arrivals` does."""
    return training_arrivals(root, "latest")[0]


def arrival(root: Path, sha256: str) -> tuple[Arrival, Path]:
    """The arrival with this content and its raw file. Raises UserError when the ledger or the disk has it not."""
    found = _known(sha256, root)
    if found is None:
        raise UserError(f"data/ledger.jsonl has no arrival {sha256[:12]}: restore it from git, or train again")
    return replace(found, repeated=False), _raw_file(found, root)


def _known(sha256: str, root: Path) -> Arrival | None:
    return next((replace(known, repeated=True) for known in ledger(root) if known.sha256 == sha256), None)


def _raw_file(arrival: Arrival, root: Path) -> Path:
    path = root / arrival.file
    again = f"run `{COMMAND} ingest --table` with {arrival.source} again"
    if not path.exists() and not _restored(arrival, root):
        raise UserError(f"{arrival.file} is not on this machine: {again}")
    if sha256_file(path) != arrival.sha256:
        raise UserError(f"{arrival.file} was changed after it arrived: {again}")
    return path


def _restored(arrival: Arrival, root: Path) -> bool:
    """Put a raw file back: from the project's folder, where it still lies as it came, or from `[store] data`."""
    came_from, raw = root / arrival.source, root / arrival.file
    if came_from.is_file() and sha256_file(came_from) == arrival.sha256:
        files.write(raw, came_from.read_bytes())
        return True
    store = load_config(root).store.data
    return bool(store) and fetch(store, raw.name, raw.parent, root, lambda part: _same(part, arrival.sha256))


def _same(path: Path, sha256: str) -> None:
    if sha256_file(path) != sha256:
        raise UserError("its content is another one: restore it there")


def _shown(table: Path, root: Path) -> str:
    """The path below the project; of a table from elsewhere only its name, as paths at home say too much."""
    resolved = table.resolve()
    return resolved.relative_to(root.resolve()).as_posix() if resolved.is_relative_to(root.resolve()) else table.name
