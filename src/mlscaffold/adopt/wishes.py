"""What the user of `mlscaffold adopt` asks for."""

__all__ = ["Wishes"]

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Wishes(NamedTuple):
    """What the user asked for, unchecked; `source` and `at` are None where the user left them to us."""

    target: Path
    source: str | None = None
    at: str | None = None
    prereleases: bool = False
    given: Mapping[str, Any] = {}
    trust: bool = False
