"""A Jupyter notebook as rules see it."""

__all__ = ["Cell", "Notebook"]

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mlscaffold.check.findings import Finding
from mlscaffold.check.targets.document import UnreadableError

_SPACE: Final = " \t\r\n"
Span = tuple[int, int]


class Cell(NamedTuple):
    """One cell: `number` counts from 1, and `keep` says that its metadata ask to keep its output."""

    number: int
    kind: str
    source: str
    outputs: bool
    execution_count: int | None
    tags: tuple[str, ...]
    keep: bool


class Notebook:
    """A notebook: its cells, and its JSON as it was read (`raw`)."""

    def __init__(
        self,
        path: str,
        data: bytes,
        roles: frozenset[str] = frozenset(),
        options: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """Read a notebook of format 4. Raises `UnreadableError`."""
        self.path, self.source, self.roles, self.options = path, data, roles, options or {}
        try:
            self.raw: Any = json.loads(data)
        except (ValueError, RecursionError) as problem:
            raise UnreadableError(str(problem), getattr(problem, "lineno", 0)) from None
        cells = self.raw.get("cells") if isinstance(self.raw, dict) else None
        if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
            raise UnreadableError("it has no list of cells (format 4)")
        keep = _asks_to_keep(self.raw)
        self.cells = tuple(_cell(number, cell, keep=keep) for number, cell in enumerate(cells, 1))

    def at(self, message: str) -> Finding:
        """Return a finding on the whole notebook: its lines are nothing that people see."""
        return Finding(self.path, 0, message)

    def spans(self) -> list[dict[str, Span]]:
        """Return, for each cell, the bytes of the file that the value of each key takes: start and end.

        A fix that replaces only these leaves every other byte as it is. Empty where the file is not UTF-8.
        """
        try:
            text = self.source.decode("utf-8")
        except UnicodeDecodeError:
            return []
        start, _ = dict(_members(text, text.index("{")))["cells"]
        return _in_bytes(text, [dict(_members(text, at)) for at, _ in _items(text, start)])


def _cell(number: int, raw: dict[str, Any], *, keep: bool) -> Cell:
    source, count, metadata = raw.get("source"), raw.get("execution_count"), raw.get("metadata")
    lines = source if isinstance(source, list) else [source]
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return Cell(
        number,
        str(raw.get("cell_type")),
        "".join(line for line in lines if isinstance(line, str)),
        bool(raw.get("outputs")),
        count if isinstance(count, int) and not isinstance(count, bool) else None,
        tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        keep or _asks_to_keep(raw),
    )


def _asks_to_keep(raw: dict[str, Any]) -> bool:
    """Return whether metadata say `keep_output: true`, as for nbstripout."""
    metadata = raw.get("metadata")
    return isinstance(metadata, dict) and metadata.get("keep_output") is True


def _in_bytes(text: str, cells: list[dict[str, Span]]) -> list[dict[str, Span]]:
    if text.isascii():
        return cells
    places, seen, size = {}, 0, 0
    for place in sorted({place for cell in cells for span in cell.values() for place in span}):
        size += len(text[seen:place].encode())
        places[place], seen = size, place
    return [{key: (places[start], places[end]) for key, (start, end) in cell.items()} for cell in cells]


def _members(text: str, at: int) -> Iterator[tuple[str, Span]]:
    """Yield the keys of the object that begins at `at`, and where their values stand; the text is known to parse."""
    read = json.JSONDecoder().raw_decode
    at = _past(text, at + 1)
    while text[at] != "}":
        key, at = read(text, at)
        start = _past(text, at, ":")
        _, end = read(text, start)
        yield key, (start, end)
        at = _past(text, end, ",")


def _items(text: str, at: int) -> Iterator[Span]:
    """Yield where the items of the array that begins at `at` stand."""
    read = json.JSONDecoder().raw_decode
    at = _past(text, at + 1)
    while text[at] != "]":
        _, end = read(text, at)
        yield at, end
        at = _past(text, end, ",")


def _past(text: str, at: int, sign: str = "") -> int:
    """Return the place of what follows after white space and, if it is there, one sign between it."""
    while text[at] in _SPACE:
        at += 1
    return _past(text, at + 1) if text[at] == sign else at
