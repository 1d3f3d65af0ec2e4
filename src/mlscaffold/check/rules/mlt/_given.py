"""What the template gave this project: `.mlscaffold/lock`, and the contents that git still has."""

__all__ = ["ANSWERS", "LOCK", "Given", "answers_path", "given", "is_given", "original"]

import json
import os
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from mlscaffold.check.repository import Repository, shared
from mlscaffold.check.targets.document import UnreadableError, parsed

LOCK: Final = ".mlscaffold/lock"
ANSWERS: Final = ".copier-answers.yml"


class Given(NamedTuple):
    """The lock: template and version as it names them, and by path the mode, blob id, owner and source of a file."""

    template: str
    version: str
    object_format: str
    files: Mapping[str, tuple[str, str, str, str]]


@shared
def given(repository: Repository) -> Given | None:
    """Return the lock; None where there is none, or it is damaged."""
    data = repository.read(LOCK)
    return _read(data) if data else None


def answers_path(repository: Repository) -> str:
    """Return where the answers are, "" where there are none; the lock tells, else the name does."""
    lock = given(repository)
    named = [path for path, entry in lock.files.items() if "_copier_conf.answers_file" in entry[3]] if lock else []
    found = [path for path in named if repository.has(path)]
    return found[0] if found else ANSWERS if repository.has(ANSWERS) else ""


def _read(data: bytes) -> Given | None:
    text = data.decode(errors="replace")
    try:
        found = _as_written(text) or parsed("lock.toml", data)
        files = {str(path): _entry(entry) for path, entry in found["files"].items()}
        return Given(str(found["template"]), str(found["version"]), str(found["object-format"]), files)
    except (UnreadableError, KeyError, TypeError, ValueError, AttributeError):
        return None


def _entry(entry: list[Any]) -> tuple[str, str, str, str]:
    mode, blob, owner, source = map(str, entry)
    return mode, blob, owner, source


def _as_written(text: str) -> dict[str, Any] | None:
    """Read a lock line by line, as the machine writes it, which is fifty times faster; None if it is otherwise."""
    head, _, below = text.partition("\n[files]")
    found: dict[str, Any] = {}
    files: dict[str, Any] = {}
    read = json.JSONDecoder().raw_decode
    try:
        for line in head.split("\n"):
            if line and not line.startswith("#"):
                key, _, value = line.partition(" = ")
                found[key] = json.loads(value)
        for line in below.split("\n")[1:-1]:
            path, end = read(line)
            files[path] = json.loads(line[end:].removeprefix(" = "))
    except ValueError:
        return None
    return {**found, "files": files} if files else None


def is_given(repository: Repository, path: str, lock: Given) -> bool:
    """Return whether a file is byte for byte what the template gave, or would be in git's own form."""
    data, blob = repository.read(path), lock.files[path][1]
    if _blob_id(data, lock.object_format) == blob:
        return True
    # Line ends and clean filters: only git knows them. Asked only about files that differ.
    return _git(repository, data, "hash-object", "--stdin", f"--path={path}").strip() == blob.encode()


def original(repository: Repository, path: str, lock: Given) -> bytes | None:
    """Return what the template gave; None where git does not have it."""
    found = _git(repository, b"", "cat-file", "blob", lock.files[path][1])
    return found if _blob_id(found, lock.object_format) == lock.files[path][1] else None


def _blob_id(data: bytes, object_format: str) -> str:
    import hashlib

    made = hashlib.sha256 if object_format == "sha256" else hashlib.sha1
    return made(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _git(repository: Repository, stdin: bytes, *arguments: str) -> bytes:
    import subprocess

    # In a partial clone, what is missing stays missing: no rule may go to the network.
    environment = {**os.environ, "GIT_NO_LAZY_FETCH": "1"}
    command = ["git", "-C", repository.root, *arguments]
    return subprocess.run(command, input=stdin, env=environment, check=False, capture_output=True).stdout
