"""Find a project and say which template made it."""

__all__ = ["ANSWERS_PATH", "PENDING", "Project", "find_project", "read_project", "unfinished"]

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from mlscaffold import git
from mlscaffold.errors import UserError
from mlscaffold.project.lock import Lock, load_lock

ANSWERS_PATH: Final = ".copier-answers.yml"
_RESTORE: Final = f"restore it with `git checkout -- {ANSWERS_PATH}`"
PENDING: Final = "mlscaffold/update.json"  # below the git directory, while an update waits for its conflicts


class Project(NamedTuple):
    """A folder that a template made: where it is, what was answered, and what it was given."""

    root: Path
    answers: Mapping[str, Any]  # without Copier's own `_` keys
    source: str
    commit: str
    lock: Lock | None

    @property
    def version(self) -> str:
        """The template's version that the project stands at ("" for a template without versions)."""
        return self.lock.version if self.lock else self.commit


def find_project(folder: Path) -> Project:
    """Return the project that `folder` lies in: the nearest folder upwards that has an answers file.

    Raises:
        UserError: there is none, or its answers file is nonsense.
    """
    start = folder.expanduser().resolve()
    if not start.is_dir():
        raise UserError(f"{folder} is not a folder", hint="give the project's folder with `-C`")
    for root in (start, *start.parents):
        if (root / ANSWERS_PATH).is_file():
            return _read(root)
    raise UserError(f"{start} is not in a project made by mlscaffold", hint="start one with `mlscaffold new NAME`")


def _read(root: Path) -> Project:
    try:
        answers = (root / ANSWERS_PATH).read_bytes()
    except OSError as problem:
        raise UserError(f"{root / ANSWERS_PATH} cannot be read: {problem}", hint=_RESTORE) from problem
    return read_project(root, answers, load_lock(root))


def read_project(root: Path, answers: bytes, lock: Lock | None) -> Project:
    """Return the project at `root` from the bytes of its answers file. Raises `UserError` if they are nonsense."""
    import yaml

    place = root / ANSWERS_PATH
    try:
        data = yaml.load(answers, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe ones, both
    except (yaml.YAMLError, ValueError) as problem:
        raise UserError(f"{place} cannot be read: {problem}", hint=_RESTORE) from problem
    if not isinstance(data, dict) or not isinstance(data.get("_src_path"), str):
        raise UserError(f"{place} does not say which template it came from (_src_path)", hint=_RESTORE)
    recorded = {str(key): value for key, value in data.items() if not str(key).startswith("_")}
    return Project(root, recorded, data["_src_path"], str(data.get("_commit") or ""), lock)


def unfinished(project: Project) -> list[str]:
    """Say what an update left undone in the project: a pending update, unmerged paths, rejected patches."""
    left: list[str] = []
    directory = git.git_directory(project.root)
    if directory is not None:
        if (directory / PENDING).exists():
            left.append("an update is in progress")
        left += [f"{path} is in conflict" for path in git.unmerged_paths(project.root)]
    left += [
        f"{path.relative_to(project.root)} was rejected"
        for path in sorted(project.root.rglob("*.rej"))
        if ".venv" not in path.parts
    ]
    return left
