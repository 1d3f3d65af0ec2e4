"""Whether a folder can be adopted at all, and what it is now."""

__all__ = ["OWN_PATHS", "Before", "adopted", "look_before", "require_adoptable"]

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from mlscaffold import git
from mlscaffold.errors import UserError
from mlscaffold.git.place import interrupted
from mlscaffold.project.lock import LOCK_PATH
from mlscaffold.project.project import ANSWERS_PATH, PENDING, Project, find_project

CRUFT_PATH: Final = ".cruft.json"
OWN_PATHS: Final = frozenset({ANSWERS_PATH, LOCK_PATH})  # written last, and in no comparison
_CONFIGURATIONS: Final = ("copier.yml", "copier.yaml")


class Before(NamedTuple):
    """What made the project: Copier (then `project` is known), cruft (then its answers are), or hands."""

    project: Project | None = None
    cruft_answers: Mapping[str, Any] = {}
    note: str = ""


def adopted(folder: Path) -> Project | None:
    """Return the project at `folder` if it has its lock already, else None.

    Raises:
        UserError: it is no folder, or its lock or answers file is damaged or missing.
    """
    root = folder.expanduser().resolve()
    if not root.is_dir():
        raise UserError(f"{folder} is not a folder", hint="give the folder of an existing project")
    if not (root / LOCK_PATH).exists():
        return None
    if not (root / ANSWERS_PATH).is_file():
        raise UserError(
            f"{root} has a lock but no {ANSWERS_PATH}", hint=f"restore it with `git checkout -- {ANSWERS_PATH}`"
        )
    return find_project(root)


def require_adoptable(folder: Path) -> Path:
    """Return the resolved project folder.

    Raises:
        UserError: it is in no work tree of git, has no commit yet, waits for a merge or the like, or leaves no place
            for the lock.
    """
    git.require()
    root = folder.expanduser().resolve()
    directory = git.git_directory(root)
    if directory is None:
        raise UserError(f"{root} is not a git repository", hint="git init && git add --all && git commit -m 'Start'")
    if git.enclosing_repository(root) is None:
        raise UserError(f"{root} is a bare repository or a git directory", hint="adopt a clone of it: git clone")
    if git.resolve(root, "HEAD") is None:
        raise UserError(f"{root} has no commit yet", hint="git add --all && git commit -m 'Start'")
    if name := interrupted(directory):
        raise UserError(f"a {name} is in progress", hint=f"git {name} --continue or git {name} --abort")
    if (directory / PENDING).exists():
        raise UserError("an update is in progress", hint="mlscaffold update --continue or mlscaffold update --abort")
    if unmerged := git.unmerged_paths(root):
        raise UserError(f"{unmerged[0]} is in conflict", hint="resolve it, then git add and git commit")
    _require_place_for_the_lock(root)
    return root


def _require_place_for_the_lock(root: Path) -> None:
    place = root / LOCK_PATH
    for taken in (place.parent, place):
        if os.path.lexists(taken) and (taken == place or taken.is_symlink() or not taken.is_dir()):
            raise UserError(f"{taken} is in the way of the lock", hint="move it aside")
    answers = root / ANSWERS_PATH
    if os.path.lexists(answers) and not answers.is_file():
        raise UserError(f"{answers} is in the way of the answers file", hint="move it aside")


def look_before(root: Path, *, template_given: bool) -> Before:
    """Say what made the project at `root`.

    Raises:
        UserError: its answers file is nonsense, or it is itself a template.
    """
    if (root / ANSWERS_PATH).is_file():
        return Before(find_project(root))
    if (root / CRUFT_PATH).is_file():
        return _cruft(root, template_given=template_given)
    for name in _CONFIGURATIONS:
        if (root / name).is_file() and not template_given:
            raise UserError(
                f"{root} is itself a template: it has a {name}",
                hint="give a project's folder, or the template to follow with `--template`",
            )
    return Before()


def _cruft(root: Path, *, template_given: bool) -> Before:
    import json

    try:
        data = json.loads((root / CRUFT_PATH).read_bytes())
    except (OSError, ValueError):
        data = None
    source, context = _cookiecutter(data)
    if not source:
        return Before(note=f"{CRUFT_PATH} cannot be understood and is passed over")
    answers = {name: value for name, value in context.items() if _is_plain(name, value)}
    other = "" if template_given else "; compared with the built-in template, choose another with `--template`"
    note = f"the cookiecutter template {source} cannot be rendered here, its answers are used{other}"
    return Before(cruft_answers=answers, note=note)


def _cookiecutter(data: Any) -> tuple[str, Mapping[Any, Any]]:
    match data:
        case {"template": str(source), "context": {"cookiecutter": dict(context)}}:
            return source, context
        case _:
            return "", {}


def _is_plain(name: Any, value: Any) -> bool:
    return not str(name).startswith("_") and isinstance(value, (str, int, float, bool))
