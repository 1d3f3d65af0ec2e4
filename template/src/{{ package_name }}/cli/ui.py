"""What a command shows: its result, for people or as JSON, and what it is busy with meanwhile."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping
    from pathlib import Path

    from ..project import Project

__all__ = ["Json", "show", "shown", "working"]

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, and nothing else, to standard output.")]


def show(result: Mapping[str, object], lines: Iterable[str], *, as_json: bool) -> None:
    """Print the lines for people, or the result for programs (paths and times as text)."""
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=2, default=str))
        return
    for line in lines:
        print(line)


@contextmanager
def working(what: str) -> Generator[None]:
    """Show on a terminal's standard error that something goes on; elsewhere say nothing."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


def shown(project: Project, path: Path) -> str:
    """Return `path` below the project where it lies there."""
    return path.relative_to(project.root).as_posix() if path.is_relative_to(project.root) else str(path)
