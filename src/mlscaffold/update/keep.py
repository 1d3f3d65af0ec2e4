"""`.mlscaffold/keep.toml`: paths that the team took over from the template, each with a reason."""

__all__ = ["KEEP_PATH", "Keep", "read_keep"]

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from mlscaffold.errors import UserError

KEEP_PATH: Final = ".mlscaffold/keep.toml"


class Keep:
    """Globs over whole paths, in which `*` spans folders, with reasons."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        """Take glob -> reason as they are."""
        self._reasons = reasons

    def __call__(self, path: str) -> str | None:
        """Return why the team keeps `path`, or None if the template may change it."""
        return next((reason for glob, reason in self._reasons.items() if _matches(path, glob)), None)


def _matches(path: str, glob: str) -> bool:
    return path == glob or fnmatchcase(path, glob) or path.startswith(glob.rstrip("/") + "/")


def read_keep(data: bytes | None) -> Keep:
    """Return the list that the file holds; None is no file. Raises `UserError` if it is not path = reason."""
    if data is None:
        return Keep({})
    import tomllib  # 5 ms that only a project with a list pays

    hint = f'write lines like `"Dockerfile" = "our own base image"` below [keep] in {KEEP_PATH}'
    try:
        found: Any = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise UserError(f"{KEEP_PATH} is no TOML: {problem}", hint=hint) from problem
    reasons = found.get("keep", {})
    if set(found) - {"keep"} or not isinstance(reasons, dict):
        raise UserError(f"{KEEP_PATH} wants one table, [keep]", hint=hint)
    for path, reason in reasons.items():
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(f"{KEEP_PATH}: {path!r} has no reason", hint=hint)
    return Keep(reasons)
