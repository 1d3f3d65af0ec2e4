"""Where things are in the project's folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .errors import UserError

__all__ = ["Project", "find_project"]


class _Below:
    """A path below the project's root."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __get__(self, project: Project, owner: type[Project]) -> Path:
        return project.root / self.path


@dataclass(frozen=True)
class Project:
    """The folders and files of one project, all below `root`."""

    root: Path

    contract = _Below("contracts/data.toml")
    sample = _Below("data/sample.csv")  # the committed rows that the tests use
    models = _Below("models")  # one folder per bundle; `latest` and `champion` name one
    registry = _Below("registry")  # what was decided and deployed; committed, append-only
    reports = _Below("reports")  # pages and figures for people; made anew at any time
    logs = _Below("logs")  # what the service was asked and answered, and what users said of it
    card = _Below("docs/model-card.md")
    lock = _Below("uv.lock")  # the exact packages of the environment


def find_project(start: Path | None = None) -> Project:
    """Return the project that `start` (default: the current folder) lies in. Raises UserError if it lies in none."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "config" / "base.toml").is_file():
            return Project(folder)
    raise UserError(f"{start} lies in no project (no config/base.toml here or above): change to the project's folder")
