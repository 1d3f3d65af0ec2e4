"""What the user asks of an update, unchecked."""

__all__ = ["CURRENT", "Wishes"]

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

CURRENT: Final = "current"  # as a version: the one that the project stands at, to change answers only


class Wishes(NamedTuple):
    """What the user asks of an update."""

    folder: Path
    to: str | None = None  # None is the newest version
    source: str | None = None  # None is the template that made the project
    prereleases: bool = False
    given: Mapping[str, Any] = {}
    trust: bool = False
    only: tuple[str, ...] = ()
    restore: tuple[str, ...] = ()
    resolvers: bool = True
    work_tree: bool = True  # False: for a branch, whatever the work tree holds
