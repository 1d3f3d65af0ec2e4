"""`.mlscaffold/lock`: what the template gave this project last time, one rendered file a line.

The lock is what makes an update a true three-way merge: it names the base of every file by git's blob id, whose bytes
are in the project's own object store. It is committed, written by the machine, sorted, and merges line by line.
"""

__all__ = ["LOCK_PATH", "Entry", "Lock", "dump_lock", "load_lock", "lock_for", "parse_lock"]

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from mlscaffold import __version__
from mlscaffold.errors import UserError
from mlscaffold.tree import Tree, blob_id

LOCK_PATH: Final = ".mlscaffold/lock"
FORMAT: Final = 1
_HEAD: Final = "# What the template gave this project last time. Written by mlscaffold: commit it, do not edit it.\n"
_RESOLVE: Final = (
    f"take one side: `git checkout --theirs -- {LOCK_PATH} && git add {LOCK_PATH}`, commit, then `mlscaffold update`"
)
_RESTORE: Final = f"restore it with `git checkout -- {LOCK_PATH}`"


class Entry(NamedTuple):
    """One rendered file: git's mode and blob id, its ownership class, and the template file it was rendered from."""

    mode: str
    blob: str
    owner: str
    source: str


class Lock(NamedTuple):
    """The state of a project towards its template; `version` and `commit` are "" for a plain folder."""

    template: str
    version: str
    commit: str
    tool: str
    object_format: str
    files: Mapping[str, Entry]


def lock_for(
    tree: Tree,
    sources: Mapping[str, str],
    owner: Callable[[str], str],
    *,
    template: str,
    version: str | None,
    commit: str | None,
    object_format: str = "sha1",
) -> Lock:
    """Return the lock of a rendering: `sources` maps a path to its template file, `owner` gives its class."""
    files = {
        path: Entry(file.mode, blob_id(file.data, object_format), owner(path), sources.get(path, ""))
        for path, file in tree.items()
    }
    return Lock(template, version or "", commit or "", f"mlscaffold-cli {__version__}", object_format, files)


def dump_lock(lock: Lock) -> bytes:
    """Return the lock as TOML, sorted by path, one file a line."""
    head: dict[str, str | int] = {
        "format": FORMAT,
        "template": lock.template,
        "version": lock.version,
        "commit": lock.commit,
        "tool": lock.tool,
        "object-format": lock.object_format,
    }
    lines = [f"{key} = {_toml(value)}" for key, value in head.items()]
    lines += ["", "[files]  # path = [mode, blob id, who owns it, template file]"]
    lines += [f"{_toml(path)} = [{', '.join(map(_toml, entry))}]" for path, entry in sorted(lock.files.items())]
    return (_HEAD + "\n".join(lines) + "\n").encode()


def _toml(value: str | int) -> str:
    # A JSON string is a TOML basic string, but for DEL, which JSON leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def load_lock(project: Path) -> Lock | None:
    """Return the lock of the project at `project`, or None where it has none (made by Copier).

    Raises:
        UserError: it is damaged, or was written by a newer mlscaffold.
    """
    place = project / LOCK_PATH
    try:
        return parse_lock(place.read_bytes(), str(place))
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise UserError(f"{place} cannot be read: {problem}", hint=_RESTORE) from problem


def parse_lock(data: bytes, where: str = LOCK_PATH) -> Lock:
    """Return the lock that `data` holds. Raises `UserError` if it is damaged, or from a newer mlscaffold."""
    try:
        text = data.decode()
        return _lock(_as_written(text) or _as_toml(text))
    except (KeyError, TypeError, ValueError) as problem:
        hint = _RESOLVE if b"\n<<<<<<< " in data else _RESTORE
        raise UserError(f"{where} is damaged: {problem}", hint=hint) from problem


def _as_written(text: str) -> dict[str, Any] | None:
    """Read a lock line by line, as `dump_lock` writes it; None if it is written otherwise. Fifty times faster."""
    head: dict[str, Any] = {}
    files: dict[str, Any] = {}
    read = json.JSONDecoder().raw_decode
    above, found, below = text.partition("\n[files]")
    try:
        for line in above.split("\n"):
            if line and not line.startswith("#"):
                key, _equals, value = line.partition(" = ")
                head[key] = json.loads(value)
        for line in below.split("\n")[1:-1]:
            path, end = read(line)
            if line[end : end + 3] != " = " or path in files:
                return None
            files[path] = json.loads(line[end + 3 :])
    except ValueError:
        return None
    return head | {"files": files} if found else None


def _as_toml(text: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(text)


def _lock(data: Mapping[str, Any]) -> Lock:
    if data["format"] != FORMAT:
        raise UserError(
            f"{LOCK_PATH} has format {data['format']}, this mlscaffold reads {FORMAT}", hint="update mlscaffold-cli"
        )
    files = {path: Entry(*map(str, entry)) for path, entry in data["files"].items()}
    head = [str(data[key]) for key in ("template", "version", "commit", "tool", "object-format")]
    return Lock(head[0], head[1], head[2], head[3], head[4], files)
