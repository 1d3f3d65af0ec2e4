"""Reading a table from disk, whatever its delimiter, encoding or packing, without losing a row or a column."""

from __future__ import annotations

import csv
import gzip
import io
import logging
import zlib
from itertools import chain, count
from typing import TYPE_CHECKING

import polars as pl

from ..errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["read_table", "unique_headers"]

_DELIMITERS = (",", ";", "\t", "|")
_SNIFFED_CHARACTERS = 50_000
_GZIP, _ZIP, _PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PAR1"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

_log = logging.getLogger(__name__)


def read_table(path: Path) -> pl.DataFrame:
    """Read CSV, TSV or text (delimiter found among , ; tab |; also .gz) or Parquet, with `unique_headers`.

    Text files give String columns only, empty cells as ""; Parquet keeps its types. Lines with nothing on them are no
    rows. Raises UserError for a file that is missing, empty, without rows, ragged, binary or damaged.
    """
    content = _content(path)
    if content.startswith(_PARQUET):
        frame = _read_parquet(content, path)
    else:
        text = _decode(content, path)
        # The csv module knows every quoting style but costs four times as much; without quotes nothing can be misread.
        frame = (_read_quoted if '"' in text else _read_plain)(text, _delimiter(text), path)
    if frame.height == 0:
        raise UserError(f"{path} has a header but no rows")
    return frame


def unique_headers(headers: Iterable[str]) -> list[str]:
    """Headers without blanks at the ends; unnamed -> "column_<place>"; a second "a" -> "a_2", a third "a_3"."""
    taken: dict[str, None] = {}
    for place, header in enumerate(headers, start=1):
        name = header.strip() or f"column_{place}"
        candidates = chain([name], (f"{name}_{number}" for number in count(2)))
        taken[next(free for free in candidates if free not in taken)] = None
    return list(taken)


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        if content.startswith(_GZIP) or path.suffix.lower() == ".gz":
            content = gzip.decompress(content)
    except FileNotFoundError:
        raise UserError(f"there is no file {path}: name one with --table, or in config/base.toml") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UserError(f"{path} is not a whole gzip file: {error}") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    if not content.strip():
        raise UserError(f"{path} is empty")
    return content


def _read_parquet(content: bytes, path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UserError(f"{path} is not a whole Parquet file: {str(error).splitlines()[0]}") from None
    odd = [name for name, dtype in frame.schema.items() if dtype.is_nested() or dtype in {pl.Binary, pl.Object}]
    if odd:
        raise UserError(f"{path}: column {odd[0]!r} holds {frame.schema[odd[0]]}, not single values: flatten it first")
    frame = frame.with_columns(pl.col(pl.Time).cast(pl.String), pl.col(pl.Duration).dt.total_seconds(fractional=True))
    return frame.rename(dict(zip(frame.columns, unique_headers(frame.columns), strict=True)))


def _decode(content: bytes, path: Path) -> str:
    if content.startswith(_ZIP):
        raise UserError(f"{path} is a zip or Excel file: save the sheet as CSV first")
    encoding = "utf-16" if content.startswith(_UTF16) else "utf-8-sig"
    if encoding != "utf-16" and b"\0" in content:
        raise UserError(f"{path} is a binary file, not a table as text or Parquet")
    try:
        text = content.decode(encoding, errors="replace" if encoding == "utf-16" else "strict")
    except UnicodeDecodeError as error:
        encoding = "cp1252" if not set(content) & {0x81, 0x8D, 0x8F, 0x90, 0x9D} else "latin-1"
        _log.warning("%s is not UTF-8 (byte %d): read as Latin-1 (%s)", path, error.start, encoding)
        text = content.decode(encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")


def _delimiter(text: str) -> str:
    """The delimiter under which most lines have as many cells as the header; the wider header wins."""
    lines = text[:_SNIFFED_CHARACTERS].split("\n")
    sample = "\n".join(lines[:-1] if len(text) > _SNIFFED_CHARACTERS else lines)

    def evidence(delimiter: str) -> tuple[bool, float, int]:
        header, *rows = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row] or [0]
        fitting = sum(width in {header, header + 1} for width in rows) / max(len(rows), 1)
        return header > 1, fitting, header

    return max(_DELIMITERS, key=evidence)


def _read_plain(text: str, delimiter: str, path: Path) -> pl.DataFrame:
    lines = pl.Series(text.split("\n"))
    places = (lines.str.strip_chars(" ") != "").arg_true()
    header, rows = lines[places[0]].split(delimiter), lines.gather(places[1:])
    schema = _schema(header, rows.str.count_matches(delimiter, literal=True) + 1, places[1:] + 1, path)
    raw = "\n".join(rows).encode()
    read = pl.read_csv(raw, has_header=False, schema=schema, separator=delimiter, quote_char=None, raise_if_empty=False)
    return read.fill_null("")


def _read_quoted(text: str, delimiter: str, path: Path) -> pl.DataFrame:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        numbers, (header, *rows) = zip(*((reader.line_num, row) for row in reader if row), strict=True)
    except csv.Error as error:
        raise UserError(f"{path}: line {reader.line_num} cannot be read: {error}") from None
    schema = _schema(header, pl.Series(map(len, rows), dtype=pl.UInt32), pl.Series(numbers[1:]), path)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _schema(header: list[str], widths: pl.Series, numbers: pl.Series, path: Path) -> dict[str, type[pl.String]]:
    """Unique names for the columns, once every line is known to be as wide as the header; `numbers` are the lines'."""
    # R writes row names without giving them a header.
    if len(widths) and (widths == len(header) + 1).all():
        header = ["", *header]
    ragged = (widths != len(header)).arg_true()
    if len(ragged):
        number, width = numbers[ragged[0]], widths[ragged[0]]
        raise UserError(f"{path} is ragged: line {number} has {width} cells, the header has {len(header)}")
    return dict.fromkeys(unique_headers(header), pl.String)
