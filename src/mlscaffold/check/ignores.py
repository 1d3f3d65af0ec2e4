"""`mlscaffold: ignore[CODE] reason` in a comment of any language."""

__all__ = ["NEEDLE", "Ignore", "Ignores", "ignores_of"]

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from mlscaffold.check.registry import Rules
from mlscaffold.check.settings import Settings

NEEDLE: Final = b"mlscaffold: ignore["
_FORM: Final = re.compile(
    r"(?P<before>.*?)(?P<comment>(?:\#|//|--|;|%|/\*|<!--)\s*mlscaffold:\ ignore\[(?P<codes>[^\]]*)\]"
    r"(?P<reason>.*?)\s*(?:-->|\*/)?\s*)$",
    re.VERBOSE,
)


class Ignore(NamedTuple):
    """One comment: its line, whether it stands alone on it, codes, reason, and the bytes that it takes.

    A comment beside code speaks of that line; one that stands alone, of the next; one within the first three lines,
    also of findings about the whole file.
    """

    line: int
    alone: bool
    codes: tuple[str, ...]
    reason: str
    start: int
    end: int

    def covers(self, code: str, line: int, end_line: int) -> bool:
        """Return whether a finding with this code on these lines is meant."""
        if not any(given and code == given for given in self.codes):
            return False
        if line == 0:
            return self.line <= _HEAD_LINES
        return line <= self.line + self.alone <= max(line, end_line)


_HEAD_LINES: Final = 3


class Ignores(NamedTuple):
    """All comments of a repository, by path, and the (path, line) of those that hid a finding; for rules on them."""

    comments: Mapping[str, Sequence[Ignore]]
    used: frozenset[tuple[str, int]]
    rules: Rules
    settings: Settings


def ignores_of(path: str, data: bytes) -> list[Ignore]:
    """Return the comments of a file, by line. In Python, what only stands in a string is none."""
    if NEEDLE not in data:
        return []
    found = list(_found(data))
    if found and path.endswith(".py"):
        comments = _comment_lines(data)
        return [one for one in found if comments is None or one.line in comments]
    return found


def _found(data: bytes) -> Iterator[Ignore]:
    place = 0
    for number, raw in enumerate(data.split(b"\n"), 1):
        if NEEDLE in raw and (match := _FORM.match(raw.decode("utf-8", errors="replace").rstrip("\r"))):
            codes = tuple(code.strip() for code in match["codes"].split(",") if code.strip())
            before = match["before"]
            start = place + len(before.rstrip().encode()) if before.strip() else place
            end = place + len(raw.rstrip(b"\r")) if before.strip() else place + len(raw) + 1
            yield Ignore(number, not before.strip(), codes, match["reason"].strip(" :-\t"), start, min(end, len(data)))
        place += len(raw) + 1


def _comment_lines(data: bytes) -> set[int] | None:
    """Return the lines with a comment; None where Python cannot tell."""
    import io
    import tokenize

    try:
        tokens = tokenize.tokenize(io.BytesIO(data).readline)
        return {
            token.start[0] for token in tokens if token.type == tokenize.COMMENT and NEEDLE.decode() in token.string
        }
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
