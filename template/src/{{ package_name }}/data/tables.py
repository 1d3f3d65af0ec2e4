"""Reading a table from disk, whatever its delimiter, encoding or packing, without losing a row or a column."""

from __future__ import annotations

import csv
import gzip
import io
import logging
import zlib
from typing import TYPE_CHECKING

import polars as pl

from ..contract.names import unique_headers
from ..errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_table"]

_DELIMITERS = (",", ";", "\t", "|")
_SNIFFED_CHARACTERS = 50_000
_GZIP, _ZIP, _PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PAR1"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

_log = logging.getLogger(__name__)


def read_table(path: Path) -> pl.DataFrame:
    """Read CSV, TSV or text (delimiter found among , ; tab |; also .gz) or Parquet.

    Text files give String columns only, empty cells as ""; Parquet keeps its types. Headers are made unique:
    unnamed -> "column_1" (its place), a second "a" -> "a_2". Lines with nothing on them are no rows. Raises UserError
    for a file that is missing, empty, without rows, ragged, binary or damaged.
    """
    content = _content(path)
    frame = _read_parquet(content, path) if content.startswith(_PARQUET) else _read_text(_decode(content, path), path)
    if frame.height == 0:
        raise UserError(f"{path} has a header but no rows")
    return frame


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"there is no file {path}: name one with --table, or in config/base.toml") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    if content.startswith(_GZIP) or path.suffix.lower() == ".gz":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise UserError(f"{path} is not a whole gzip file: {error}") from None
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
    if content.startswith(_UTF16):
        return _plain_lines(content.decode("utf-16", errors="replace"))
    if b"\0" in content:
        raise UserError(f"{path} is a binary file, not a table as text or Parquet")
    try:
        return _plain_lines(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        encoding = "cp1252" if not set(content) & {0x81, 0x8D, 0x8F, 0x90, 0x9D} else "latin-1"
        _log.warning("%s is not UTF-8 (byte %d): read as Latin-1 (%s)", path, error.start, encoding)
        return _plain_lines(content.decode(encoding))


def _plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")


def _read_text(text: str, path: Path) -> pl.DataFrame:
    # The csv module knows every quoting style but costs ten times as much; without quotes nothing can be misread.
    read = _read_quoted if '"' in text else _read_plain
    return read(text, _delimiter(text), path)


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
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip(" ")]
    widths = [(number, line.count(delimiter) + 1) for number, line in lines[1:]]
    schema = _schema(lines[0][1].split(delimiter), widths, path)
    body = "\n".join(line for _, line in lines[1:]).encode()
    if not body:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(body, has_header=False, schema=schema, separator=delimiter, quote_char=None).fill_null("")


def _read_quoted(text: str, delimiter: str, path: Path) -> pl.DataFrame:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        records = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise UserError(f"{path}: line {reader.line_num} cannot be read: {error}") from None
    schema = _schema(records[0][1], [(number, len(row)) for number, row in records[1:]], path)
    return pl.DataFrame([row for _, row in records[1:]], schema=schema, orient="row")


def _schema(header: list[str], widths: list[tuple[int, int]], path: Path) -> dict[str, type[pl.String]]:
    """Unique names for the columns, once every line is known to be as wide as the header."""
    # R writes row names without giving them a header.
    if widths and all(width == len(header) + 1 for _, width in widths):
        header = ["", *header]
    for number, width in widths:
        if width != len(header):
            raise UserError(f"{path} is ragged: line {number} has {width} cells, the header has {len(header)}")
    return dict.fromkeys(unique_headers(header), pl.String)
