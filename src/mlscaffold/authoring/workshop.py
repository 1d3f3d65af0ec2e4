"""Temporary repositories: the template with its versions as tags, and a project at an old version.

Both are written as git objects, so that no ignore rule, filter or hook of the author's machine has a say in them.
"""

__all__ = ["TARGET", "History", "make_history", "make_project"]

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from mlscaffold import git
from mlscaffold.git.listing import Node, changes
from mlscaffold.git.scratch import Scratch
from mlscaffold.project.lock import LOCK_PATH, Lock, dump_lock
from mlscaffold.project.project import ANSWERS_PATH
from mlscaffold.tree import File, Tree, blob_id

TARGET: Final = "main"  # the branch that holds what is checked, where that is no version


class History(NamedTuple):
    """A repository of a template: each version is a tag; `target` names what is updated to."""

    source: str
    target: str


def make_history(folder: Path, versions: Mapping[str, Tree], target: Tree, name: str | None) -> History:
    """Make a repository in `folder` with the old `versions`, oldest first, and after them the `target`."""
    folder.mkdir()
    git.init(folder)
    repository, object_format = Scratch(folder / ".git"), git.object_format(folder)
    parent, before = "", dict[str, Node]()
    for number, (tag, files) in enumerate([*versions.items(), (name or "", target)]):
        branch = TARGET if number == len(versions) else f"version-{number}"
        now = _nodes(files, object_format)
        repository.commit([(branch, parent, changes(before, now))], _contents(files, object_format))
        if tag:
            repository.git("tag", tag, branch)
        parent, before = branch, now
    return History(str(folder), name or TARGET)


def make_project(folder: Path, files: Mapping[str, File], lock: Lock) -> None:
    """Make a repository in `folder` with one commit of `files` and the lock; only the records are on disk."""
    folder.mkdir(parents=True)
    git.init(folder)
    object_format = git.object_format(folder)
    whole = {**files, LOCK_PATH: File(dump_lock(lock))}
    Scratch(folder / ".git").commit([("main", "", _nodes(whole, object_format))], _contents(whole, object_format))
    for path in (ANSWERS_PATH, LOCK_PATH):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(whole[path].data)


def _nodes(files: Mapping[str, File], object_format: str) -> dict[str, Node]:
    return {path: Node(file.mode, blob_id(file.data, object_format)) for path, file in files.items()}


def _contents(files: Mapping[str, File], object_format: str) -> dict[str, bytes]:
    return {blob_id(file.data, object_format): file.data for file in files.values()}
