"""A Jupyter notebook as rules see it."""

__all__ = ["Cell", "Notebook"]

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from mlscaffold.check.findings import Finding
from mlscaffold.check.targets.document import UnreadableError


class Cell(NamedTuple):
    """One cell: `number` counts from 1."""

    number: int
    kind: str
    source: str
    outputs: bool
    execution_count: int | None
    tags: tuple[str, ...]


class Notebook:
    """A notebook: its cells, and its JSON as it was read (`raw`, for fixes)."""

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
        self.cells = tuple(_cell(number, cell) for number, cell in enumerate(cells, 1))

    def at(self, message: str) -> Finding:
        """Return a finding on the whole notebook: its lines are nothing that people see."""
        return Finding(self.path, 0, message)


def _cell(number: int, raw: dict[str, Any]) -> Cell:
    source, count, metadata = raw.get("source"), raw.get("execution_count"), raw.get("metadata")
    lines = source if isinstance(source, list) else [source]
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return Cell(
        number,
        str(raw.get("cell_type")),
        "".join(line for line in lines if isinstance(line, str)),
        bool(raw.get("outputs")),
        count if isinstance(count, int) else None,
        tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
    )
