"""Files that are never half written: replaced whole, or grown by one line (a JSON record)."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from .errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["append", "read", "write"]

Record = TypeVar("Record")


def write(path: Path, content: bytes | str) -> None:
    """Write beside the place and move in one step; text is UTF-8. Makes the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(content.encode() if isinstance(content, str) else content)
    part.replace(path)


def append(path: Path, record: Any) -> None:  # noqa: ANN401 - any dataclass
    """Add a record in a single unbuffered write, so that writers at the same moment lose nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(TypeAdapter(type(record)).dump_python(record), ensure_ascii=False)
    with path.open("ab", buffering=0) as file:
        file.write(line.encode() + b"\n")


def read(path: Path, kind: type[Record]) -> list[Record]:
    """Return all records, oldest first. Raises UserError for a line that is none."""
    lines = _whole(path).split(b"\n") if path.exists() else []
    records, adapter = [], TypeAdapter(kind)
    for number, line in enumerate(lines, start=1):
        try:
            records += [adapter.validate_json(line)] if line.strip() else []
        except ValidationError:
            raise UserError(f"{path}: line {number} is no {kind.__name__.lower()}: restore the file from git") from None
    return records


def _whole(path: Path) -> bytes:
    """Return the bytes of a file once its last line has ended: somebody may be writing it at this moment."""
    for _ in range(100):
        content = path.read_bytes()
        if not content or content.endswith(b"\n"):
            break
        time.sleep(0.001)
    return content
