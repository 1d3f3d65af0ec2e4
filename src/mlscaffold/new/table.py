"""The header of a user's table, with the standard library alone: enough to refuse a wrong file or column at once.

The rules are those of the generated project's own reader (`tables.py`): the delimiter is the one that fits most lines,
an unnamed column is called by its place, a name that comes twice gets a number.
"""

__all__ = ["Table", "find_column", "inspect_table"]

import csv
import gzip
import io
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from mlscaffold.errors import UserError, nearest
from mlscaffold.new.parquet import NotParquetError, parquet_columns

_SUFFIXES: Final = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".parquet")
_DELIMITERS: Final = ",;\t|"
_SNIFFED: Final = 50_000  # characters that the delimiter is judged by
_ZIP: Final = b"PK\x03\x04"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_HEAD_BYTES: Final = 1 << 20  # enough for a header of thousands of columns and a few rows


class Table(NamedTuple):
    """A table on disk and the names of its columns."""

    path: Path
    columns: tuple[str, ...]


def inspect_table(path: Path) -> Table:
    """Read the names of the columns.

    Raises:
        UserError: there is no such file, it is of no kind we read, or it holds no table.
    """
    path = path.expanduser()
    _refuse_missing(path)
    if not path.name.lower().endswith(_SUFFIXES):
        raise UserError(f"{path} is not a table that can be read", hint=f"save it as one of {', '.join(_SUFFIXES)}")
    try:
        columns = parquet_columns(path) if path.suffix.lower() == ".parquet" else _text_columns(path)
    except (NotParquetError, gzip.BadGzipFile, EOFError, zlib.error, csv.Error) as problem:
        raise UserError(f"{path} is damaged or not what its name says: {problem}", hint="check the file") from problem
    except OSError as problem:
        raise UserError(f"{path} cannot be read: {problem.strerror or problem}", hint="check the file") from problem
    return Table(path.resolve(), columns)


def _refuse_missing(path: Path) -> None:
    if path.is_file():
        return
    if path.is_dir():
        raise UserError(f"{path} is a folder, not a table", hint="give the file with `--data`")
    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.name.lower().endswith(_SUFFIXES)]
    except OSError:
        names = []
    raise UserError(f"there is no file {path}{nearest(path.name, names)}", hint="give an existing file with `--data`")


def _text_columns(path: Path) -> tuple[str, ...]:
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    with opener(path, "rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip():
        raise UserError(f"{path} is empty", hint="give a table with a header line and at least one row")
    text = _decode(head, path).replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    header, *rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)) if row] or [
        []
    ]
    if not rows:
        raise UserError(f"{path} has a header line and no rows", hint="give a table with at least one row")
    widths = {len(row) for row in rows[:-1] or rows}  # the last one may be cut
    # R writes row names without giving them a header.
    return unique_names(["", *header] if widths == {len(header) + 1} else header)


def _decode(head: bytes, path: Path) -> str:
    if head.startswith(_ZIP):
        raise UserError(f"{path} is a zip or Excel file, not a text table", hint="save the sheet as CSV in UTF-8")
    if head.startswith(_UTF16):
        return head.decode("utf-16", errors="replace")
    if b"\0" in head:
        raise UserError(
            f"{path} is not a text table: it holds NUL bytes", hint="save it as CSV in UTF-8, or as Parquet"
        )
    text = head.decode("utf-8-sig", errors="replace")
    # A cut inside the last character is no reason to doubt UTF-8; anything before it is.
    return head.decode("cp1252", errors="replace") if "\ufffd" in text[:-4] else text


def _delimiter(text: str) -> str:
    """Return the delimiter under which most lines have as many cells as the header; the wider header wins."""
    lines = text[:_SNIFFED].split("\n")
    sample = "\n".join(lines[:-1] if len(text) > _SNIFFED else lines)

    def evidence(delimiter: str) -> tuple[bool, float, int]:
        header, *rows = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row] or [0]
        fitting = sum(width in {header, header + 1} for width in rows) / max(len(rows), 1)
        return header > 1, fitting, header

    return max(_DELIMITERS, key=evidence)


def unique_names(header: Iterable[str]) -> tuple[str, ...]:
    """Return the header with unnamed columns called `column_N` (N from 1) and repeated names numbered `name_2`, ..."""
    names: dict[str, None] = {}  # a set that keeps the order
    for place, raw in enumerate(header, start=1):
        stem = raw.strip() or f"column_{place}"
        name, number = stem, 2
        while name in names:
            name, number = f"{stem}_{number}", number + 1
        names[name] = None
    return tuple(names)


def find_column(table: Table, name: str) -> str:
    """Return `name` if the table has it. Raises `UserError` with the nearest names."""
    if name in table.columns:
        return name
    hint = "spell it as in the first line of the table"
    raise UserError(f"{table.path.name} has no column {name!r}{nearest(name, table.columns)}", hint=hint)
