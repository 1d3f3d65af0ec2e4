"""What teams do to a project, made up and always the same: lines added, files of their own, a deletion, a new name."""

__all__ = ["Edited", "Line", "edit"]

import posixpath
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from mlscaffold.authoring.parsing import fault
from mlscaffold.project.lock import LOCK_PATH
from mlscaffold.project.project import ANSWERS_PATH
from mlscaffold.tree import File

_HASH: Final = frozenset(
    ".bash .cfg .conf .dockerfile .env .ini .jl .mk .pl .py .pyi .r .rb .sh .tf .toml .yaml .yml .zsh".split()  # noqa: SIM905
)
_SLASHES: Final = frozenset(".c .cpp .cs .go .h .java .js .jsx .kt .rs .scala .scss .swift .ts .tsx".split())  # noqa: SIM905
_NO_COMMENTS: Final = frozenset({".ipynb", ".json", ".lock", ".svg", ".xml"})
_HASH_NAMES: Final = frozenset(
    "Dockerfile Makefile CODEOWNERS .gitignore .gitattributes .dockerignore .editorconfig".split()  # noqa: SIM905
)
_LONG: Final = 6  # lines from which a file has a middle
_RECORDS: Final = frozenset({ANSWERS_PATH, LOCK_PATH})


class Line(NamedTuple):
    """A line that the team added: before which line of the template's file, and how to know it again."""

    path: str
    before: int
    mark: str


class Edited(NamedTuple):
    """The project after the edits."""

    files: Mapping[str, File]
    lines: tuple[Line, ...]
    own: Mapping[str, str]  # path of a file of their own -> how to know it again
    deleted: str  # "" if no file is fit for it
    renamed: tuple[str, str]  # old and new path, or two times ""


def edit(files: Mapping[str, File], owner: Callable[[str], str]) -> Edited:
    """Edit a project as teams do. `owner` gives the class of a path: only what is merged is touched."""
    texts = [path for path, file in files.items() if _is_text(path, file) and owner(path) not in {"seed", "managed"}]
    movable = [path for path in texts if files[path].data.count(b"\n") >= _LONG and owner(path) == "merge"]
    movable = [path for path in movable if [other.data for other in files.values()].count(files[path].data) == 1]
    deleted = movable[-1] if len(movable) > 1 else ""
    renamed = movable[len(movable) // 2] if len(movable) > 2 else ""  # noqa: PLR2004 - one to delete, one to edit
    result = {path: file for path, file in files.items() if path not in {deleted, renamed}}
    lines: list[Line] = []
    for number, path in enumerate(path for path in texts if path not in {deleted, renamed}):
        data, added = _with_lines(path, files[path].data, f"ours-{number:04}")
        result[path] = files[path]._replace(data=data)
        lines += added
    target = _renamed(renamed) if renamed else ""
    if target:
        result[target] = files[renamed]
    folders = sorted({posixpath.dirname(path) for path in files if posixpath.basename(path) == "__init__.py"})
    own = {posixpath.join(folder, "team_own.py"): f"ours-own-{number:04}" for number, folder in enumerate(folders)}
    result |= {path: File(f'TEAM = "{mark}"\n'.encode()) for path, mark in own.items() if path not in files}
    return Edited(result, tuple(lines), own, deleted, (renamed, target))


def _renamed(path: str) -> str:
    stem, suffix = posixpath.splitext(path)
    return f"{stem}_by_us{suffix}"


def _is_text(path: str, file: File) -> bool:
    if file.symlink or path in _RECORDS or b"\0" in file.data or not file.data.strip():
        return False
    return posixpath.splitext(path)[1].lower() not in _NO_COMMENTS


def _comment(path: str, text: str) -> str | None:
    """Return `text` as a comment, or None for prose and data."""
    name, suffix = posixpath.basename(path), posixpath.splitext(path)[1].lower()
    if suffix in _HASH or name in _HASH_NAMES or name.startswith("requirements"):
        return f"# {text}"
    if suffix in _SLASHES:
        return f"// {text}"
    return f"-- {text}" if suffix in {".sql", ".lua"} else None


def _with_lines(path: str, data: bytes, mark: str) -> tuple[bytes, list[Line]]:
    """Add a line in the middle of code, and one at the end of any text."""
    end = b"\r\n" if b"\r\n" in data else b"\n"
    lines = data.splitlines(keepends=True)
    first, last = _comment(path, f"{mark}-middle"), _comment(path, f"{mark}-end") or f"{mark}-end"
    added = [Line(path, len(lines), f"{mark}-end")]
    if not lines[-1].endswith((b"\n", b"\r")):
        lines[-1] += end
        added = [Line(path, len(lines) - 1, f"{mark}-end")]  # the last line is another one now
    lines.append(last.encode() + end)
    sound = fault(path, data) is None
    for at in _from_the_middle(len(lines) - 1) if first and len(lines) > _LONG else ():
        tried = b"".join([*lines[:at], (first or "").encode() + end, *lines[at:]])
        if not sound or fault(path, tried) is None:
            return tried, [Line(path, at, f"{mark}-middle"), *added]
    return b"".join(lines), added


def _from_the_middle(count: int) -> list[int]:
    """Return the places between lines, the one in the middle first; a string or a block may not take a comment."""
    return sorted(range(1, count), key=lambda at: abs(at - count // 2))[:20]
