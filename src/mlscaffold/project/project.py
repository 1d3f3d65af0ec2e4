"""Find a project and say which template made it."""

__all__ = ["ANSWERS_PATH", "PENDING", "Project", "find_project", "locate_project", "read_project", "unfinished"]

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from mlscaffold import git
from mlscaffold.errors import UserError
from mlscaffold.project.lock import LOCK_PATH, Lock, load_lock

ANSWERS_PATH: Final = ".copier-answers.yml"
PENDING: Final = "mlscaffold/update.json"  # below the git directory, while an update waits for its conflicts


class Project(NamedTuple):
    """A folder that a template made: where it is, what was answered, and what it was given."""

    root: Path
    answers: Mapping[str, Any]  # without Copier's own `_` keys
    source: str
    commit: str
    lock: Lock | None
    answers_path: str = ANSWERS_PATH

    @property
    def version(self) -> str:
        """The template's version that the project stands at ("" for a template without versions)."""
        return self.lock.version if self.lock else self.commit


def find_project(folder: Path) -> Project:
    """Return the project that `folder` lies in: the nearest folder upwards that has an answers file.

    Raises:
        UserError: there is none, or its answers file is nonsense.
    """
    root, path = locate_project(folder)
    return _read(root, path)


def locate_project(folder: Path) -> tuple[Path, str]:
    """Return where the project is that `folder` lies in, and what its answers file is called. Raises `UserError`."""
    start = folder.expanduser().resolve()
    if not start.is_dir():
        raise UserError(f"{folder} is not a folder", hint="give the project's folder with `-C`")
    for root in (start, *start.parents):
        if path := _answers_path(root):
            return root, path
    raise UserError(f"{start} is not in a project made by mlscaffold", hint="start one with `mlscaffold new NAME`")


def _answers_path(root: Path) -> str | None:
    """Return the name of the answers file, which a template may choose; the lock tells, else the name does."""
    if (root / ANSWERS_PATH).is_file():
        return ANSWERS_PATH
    if (root / LOCK_PATH).is_file() and (lock := load_lock(root)):
        return _answers_path_in(lock, root)
    found = sorted(path.name for path in root.glob(".copier-answers*.y*ml"))
    return found[0] if len(found) == 1 else None


def _answers_path_in(lock: Lock, root: Path) -> str | None:
    """Return the answers file by its template's name, which Copier gives every template to use."""
    named = (path for path, entry in lock.files.items() if "_copier_conf.answers_file" in entry.source)
    return next((path for path in named if (root / path).is_file()), None)


def _read(root: Path, path: str) -> Project:
    try:
        answers = (root / path).read_bytes()
    except OSError as problem:
        hint = f"restore it with `git checkout -- {path}`"
        raise UserError(f"{root / path} cannot be read: {problem}", hint=hint) from problem
    return read_project(root, answers, load_lock(root), path)


def read_project(root: Path, answers: bytes, lock: Lock | None, path: str = ANSWERS_PATH) -> Project:
    """Return the project at `root` from the bytes of its answers file. Raises `UserError` if they are nonsense."""
    import yaml

    place, restore = root / path, f"restore it with `git checkout -- {path}`"
    try:
        data = yaml.load(answers, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe ones, both
    except (yaml.YAMLError, ValueError) as problem:
        raise UserError(f"{place} cannot be read: {problem}", hint=restore) from problem
    if not isinstance(data, dict) or not isinstance(data.get("_src_path"), str):
        raise UserError(f"{place} does not say which template it came from (_src_path)", hint=restore)
    recorded = {str(key): value for key, value in data.items() if not str(key).startswith("_")}
    return Project(root, recorded, data["_src_path"], str(data.get("_commit") or ""), lock, path)


def unfinished(project: Project) -> list[str]:
    """Say what an update left undone in the project: a pending update, unmerged paths, rejected patches."""
    left: list[str] = []
    directory = git.git_directory(project.root)
    if directory is not None:
        if (directory / PENDING).exists():
            left.append("an update is in progress: `mlscaffold update --continue` ends it, `--abort` takes it back")
        left += [f"{path} is in conflict" for path in git.unmerged_paths(project.root)]
    left += [
        f"{path.relative_to(project.root)} was rejected"
        for path in sorted(project.root.rglob("*.rej"))
        if ".venv" not in path.parts
    ]
    return left
