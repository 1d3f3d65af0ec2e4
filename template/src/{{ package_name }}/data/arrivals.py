"""Arrivals: raw tables stored by content, and the ledger of what came when, from where, by whom."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from ..contract.validate import validate
from ..errors import COMMAND, DataRefusedError, UserError
from .tables import read_table

if TYPE_CHECKING:
    from pathlib import Path

    from ..contract.records import Contract

__all__ = ["Arrival", "arrival", "ingest", "latest", "ledger"]


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One line of `data/ledger.jsonl`: `file` is the raw file below the project, `source` where it came from.

    `repeated` (not written) tells that the same content had arrived before.
    """

    sha256: str
    file: str
    rows: int
    columns: int
    source: str
    who: str
    when: str
    contract_version: int
    repeated: bool = False


def ingest(table: Path, contract: Contract, root: Path, who: str, when: str) -> Arrival:
    """Validate a table, store it as `root`/data/raw/<SHA-256><suffix>, and append to the ledger.

    `when` is UTC in ISO 8601, given by the caller: nothing here looks at the clock. The same content twice is no second
    arrival: the first is returned with `repeated=True` (and its raw file put back if it was gone).
    Raises DataRefusedError (exit code 1) when the contract is broken, and then stores nothing.
    """
    frame = read_table(table)
    violations = validate(frame, contract)
    if violations:
        raise DataRefusedError(str(table), violations)
    digest = _sha256(table)
    known = next((earlier for earlier in ledger(root) if earlier.sha256 == digest), None)
    if known is not None:
        _store(table, root / known.file)
        return replace(known, repeated=True)
    new = Arrival(
        sha256=digest,
        file=f"data/raw/{digest}{_suffix(table)}",
        rows=frame.height,
        columns=frame.width,
        source=_source(table, root),
        who=who,
        when=when,
        contract_version=contract.version,
    )
    _store(table, root / new.file)
    _append(new, _ledger_path(root))
    return new


def ledger(root: Path) -> list[Arrival]:
    """All arrivals, oldest first. Raises UserError for a line that is no arrival."""
    path = _ledger_path(root)
    if not path.exists():
        return []
    arrivals = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            arrivals.append(Arrival(**json.loads(line)))
        except (ValueError, TypeError):
            raise UserError(f"{path}: line {number} is no arrival: restore the file from git") from None
    return arrivals


def latest(root: Path) -> tuple[Arrival, Path]:
    """The newest arrival and its raw file. Raises UserError when there is none or its file is gone or changed."""
    arrivals = ledger(root)
    if not arrivals:
        raise UserError(f"no data has arrived yet: run `{COMMAND} ingest` first")
    return arrivals[-1], _raw_file(arrivals[-1], root)


def arrival(root: Path, sha256: str) -> tuple[Arrival, Path]:
    """The arrival with this content and its raw file. Raises UserError when the ledger or the disk has it not."""
    found = next((known for known in ledger(root) if known.sha256 == sha256), None)
    if found is None:
        raise UserError(f"data/ledger.jsonl has no arrival {sha256[:12]}: restore it from git, or train again")
    return found, _raw_file(found, root)


def _raw_file(arrival: Arrival, root: Path) -> Path:
    path = root / arrival.file
    if not path.exists():
        again = f"run `{COMMAND} ingest --table` with {arrival.source} again"
        raise UserError(f"{arrival.file} is not on this machine: {again}")
    if _sha256(path) != arrival.sha256:
        again = f"delete it and run `{COMMAND} ingest --table` with the original"
        raise UserError(f"{arrival.file} was changed after it arrived: {again}")
    return path


def _ledger_path(root: Path) -> Path:
    return root / "data" / "ledger.jsonl"


def _append(arrival: Arrival, path: Path) -> None:
    record = asdict(arrival)
    del record["repeated"]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _store(table: Path, raw: Path) -> None:
    if raw.exists():
        return
    raw.parent.mkdir(parents=True, exist_ok=True)
    # Copied beside its place and moved in one step, so that a raw file is never half there.
    part = raw.with_name(raw.name + ".part")
    shutil.copyfile(table, part)
    part.replace(raw)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _suffix(table: Path) -> str:
    """The last suffix in lower case, with the one before it where the last is ".gz": .csv, .csv.gz, .parquet."""
    suffixes = [suffix.lower() for suffix in table.suffixes]
    return "".join(suffixes[-2:] if suffixes[-1:] == [".gz"] else suffixes[-1:])


def _source(table: Path, root: Path) -> str:
    """The path below the project; of a table from elsewhere only its name, as paths at home say too much."""
    resolved = table.resolve()
    return resolved.relative_to(root.resolve()).as_posix() if resolved.is_relative_to(root.resolve()) else table.name
