"""The header of a user's table, with the standard library alone: enough to refuse a wrong file or column at once.

The rules for names are those of the generated project's own reader: an unnamed column is called by its place, a name
that comes twice gets a number.
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
        raise UserError(f"{path} is not a table that can be read", hint=f"give one of {', '.join(_SUFFIXES)}")
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
    if b"\0" in head:
        raise UserError(
            f"{path} is not a text table: it holds NUL bytes", hint="save it as CSV in UTF-8, or as Parquet"
        )
    rows = csv.reader(io.StringIO(_decode(head), newline=""), delimiter=_delimiter(_decode(head)))
    header = next((row for row in rows if any(map(str.strip, row))), [])
    if next((row for row in rows if any(map(str.strip, row))), None) is None:
        raise UserError(f"{path} has a header line and no rows", hint="give a table with at least one row")
    return unique_names(header)


def _decode(head: bytes) -> str:
    text = head.decode("utf-8-sig", errors="replace")
    # A cut inside the last character is no reason to doubt UTF-8; anything before it is.
    return head.decode("latin-1") if "\ufffd" in text[:-4] else text


def _delimiter(text: str) -> str:
    first = text.lstrip("\r\n").splitlines()[0]
    return max(_DELIMITERS, key=first.count)


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
    hint = f"give it as `--target '{table.columns[0]}'`, spelled as in the first line of the table"
    raise UserError(f"{table.path.name} has no column {name!r}{nearest(name, table.columns)}", hint=hint)
