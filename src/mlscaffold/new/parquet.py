"""The column names of a Parquet file, from its footer alone.

A reader of whole Parquet files weighs 30 to 170 MB; names are all that is wanted here. The footer is a `FileMetaData`
structure in Thrift's compact protocol (parquet-format, `parquet.thrift` and "File Metadata"; Apache Thrift, "Thrift
Compact protocol encoding"): its field 2 is the schema, a depth-first list of elements, the first of which is the root.
"""

__all__ = ["NotParquetError", "parquet_columns"]

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

_MAGIC: Final = b"PAR1"
_FOOTER_TAIL: Final = 8  # length of the metadata as 4 bytes little endian, then the magic
_SCHEMA, _ROWS = 2, 3  # field ids of FileMetaData
_NAME, _CHILDREN = 4, 5  # field ids of SchemaElement
_DEEPEST: Final = 64
# Types of the compact protocol.
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT, _UUID = range(1, 14)
_MORE: Final = 0x80  # a byte of a variable-length number that is not its last
_LONG: Final = 0x0F  # a list whose length does not fit beside its type


class NotParquetError(Exception):
    """The file is not a Parquet file, or is damaged."""


def parquet_columns(path: Path) -> tuple[str, ...]:
    """Return the names of the top-level columns. Raises `NotParquetError` or `OSError`."""
    metadata = _Compact(_footer(path)).struct()
    schema = metadata.get(_SCHEMA)
    if not isinstance(schema, list) or not schema:
        raise NotParquetError("its footer holds no schema")
    if metadata.get(_ROWS) == 0:
        raise NotParquetError("it holds no rows")
    names: list[str] = []
    at = 1
    while at < len(schema):
        names.append(schema[at].get(_NAME, b"").decode(errors="replace"))
        at = _after(schema, at)
    return tuple(names)


def _after(schema: list[dict[int, Any]], at: int) -> int:
    pending = 1
    while pending and at < len(schema):
        pending += int(schema[at].get(_CHILDREN, 0)) - 1
        at += 1
    return at


def _footer(path: Path) -> bytes:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size < len(_MAGIC) + _FOOTER_TAIL:
            raise NotParquetError("it is too short")
        file.seek(size - _FOOTER_TAIL)
        tail = file.read(_FOOTER_TAIL)
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != _MAGIC or length > size - _FOOTER_TAIL:
            raise NotParquetError("it does not end as a Parquet file does")
        file.seek(size - _FOOTER_TAIL - length)
        return file.read(length)


class _Compact:
    """A reader of Thrift's compact protocol that keeps every field as a plain value."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def _byte(self) -> int:
        if self._at >= len(self._data):
            raise NotParquetError("its footer ends too early")
        self._at += 1
        return self._data[self._at - 1]

    def _take(self, count: int) -> bytes:
        if self._at + count > len(self._data):
            raise NotParquetError("its footer ends too early")
        self._at += count
        return self._data[self._at - count : self._at]

    def _unsigned(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < _MORE:
                return value

    def _signed(self) -> int:
        raw = self._unsigned()  # zigzag
        return (raw >> 1) ^ -(raw & 1)

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """Read one structure: field id -> value."""
        if depth > _DEEPEST:
            raise NotParquetError("its footer is nested too deeply")
        fields: dict[int, Any] = {}
        field = 0
        while (header := self._byte()) != 0:
            field = field + (header >> 4) if header >> 4 else self._signed()
            kind = header & 0x0F
            fields[field] = kind == _TRUE if kind in {_TRUE, _FALSE} else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        readers: dict[int, Callable[[], Any]] = {
            _TRUE: self._byte,  # inside a list a boolean takes a byte of its own
            _FALSE: self._byte,
            _BYTE: self._byte,
            _I16: self._signed,
            _I32: self._signed,
            _I64: self._signed,
            _DOUBLE: lambda: self._take(8),
            _BINARY: lambda: self._take(self._unsigned()),
            _LIST: lambda: self._list(depth),
            _SET: lambda: self._list(depth),
            _MAP: lambda: self._map(depth),
            _STRUCT: lambda: self.struct(depth + 1),
            _UUID: lambda: self._take(16),
        }
        if kind not in readers:
            raise NotParquetError(f"its footer holds a value of unknown type {kind}")
        return readers[kind]()

    def _list(self, depth: int) -> list[Any]:
        header = self._byte()
        count = header >> 4 if header >> 4 != _LONG else self._unsigned()
        return [self._value(header & 0x0F, depth + 1) for _ in range(count)]

    def _map(self, depth: int) -> list[tuple[Any, Any]]:
        count = self._unsigned()
        kinds = self._byte() if count else 0
        return [(self._value(kinds >> 4, depth + 1), self._value(kinds & 0x0F, depth + 1)) for _ in range(count)]
