"""What a rule says: where, what is wrong and what to do; and how it may be mended."""

__all__ = ["Edit", "Finding", "Fix", "finding_from", "whole"]

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

TO_THE_END: Final = -1


class Edit(NamedTuple):
    """Bytes `start` to `end` of a file become `text`. A path that is not there is made; -1 is the end of the file."""

    path: str
    start: int
    end: int
    text: str


class Fix(NamedTuple):
    """Edits that belong together; a safe one never changes what a program does."""

    edits: tuple[Edit, ...]
    safe: bool


class Finding(NamedTuple):
    """One place where a convention does not hold.

    `path` is relative to the root, with slashes; "." is the repository. `line` counts from 1, 0 is the whole file;
    `end_line` is the last line of the statement, 0 where that is `line`. `column` counts from 1, 0 is unknown.
    The message says what is wrong and what to do next. The engine fills in the code.
    """

    path: str
    line: int
    message: str
    column: int = 0
    end_line: int = 0
    fix: Fix | None = None
    code: str = ""


def whole(path: str, text: str, *, safe: bool) -> Fix:
    """Return the fix that writes a whole file."""
    return Fix((Edit(path, 0, TO_THE_END, text),), safe)


def finding_from(data: Sequence[Any]) -> Finding:
    """Return what JSON has made lists of."""
    path, line, message, column, end_line, fix, code = data
    mended = Fix(tuple(Edit(*edit) for edit in fix[0]), fix[1]) if fix else None
    return Finding(path, line, message, column, end_line, mended, code)
