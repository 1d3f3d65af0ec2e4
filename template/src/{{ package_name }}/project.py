"""Where things are in the project's folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .errors import UserError

__all__ = ["Project", "find_project"]


@dataclass(frozen=True)
class Project:
    """The folders and files of one project, all below `root`."""

    root: Path

    @property
    def contract(self) -> Path:
        """The data contract."""
        return self.root / "contracts" / "data.toml"

    @property
    def sample(self) -> Path:
        """The committed rows that the tests use."""
        return self.root / "data" / "sample.csv"

    @property
    def models(self) -> Path:
        """One folder per bundle; `latest` and `champion` name one."""
        return self.root / "models"

    @property
    def registry(self) -> Path:
        """What was decided and deployed; committed, append-only."""
        return self.root / "registry"

    @property
    def reports(self) -> Path:
        """Pages and figures for people; made anew at any time."""
        return self.root / "reports"

    @property
    def logs(self) -> Path:
        """What the service was asked and answered, and what users said of it."""
        return self.root / "logs"

    @property
    def card(self) -> Path:
        """The model card."""
        return self.root / "docs" / "model-card.md"

    @property
    def lock(self) -> Path:
        """The exact packages of the environment, written by uv."""
        return self.root / "uv.lock"


def find_project(start: Path | None = None) -> Project:
    """Return the project that `start` (default: the current folder) lies in. Raises UserError if it lies in none."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "config" / "base.toml").is_file():
            return Project(folder)
    raise UserError(f"{start} lies in no project (no config/base.toml here or above): change to the project's folder")
