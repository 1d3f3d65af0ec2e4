"""`mlscaffold: ignore[CODE] reason` in a comment: beside the line that it speaks of, or alone above it."""

__all__ = ["NEEDLE", "Ignore", "Ignores", "ignores_of"]

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from mlscaffold.check.lazy import expression
from mlscaffold.check.registry import Rules
from mlscaffold.check.settings import Settings

NEEDLE: Final = b"mlscaffold: ignore["
_FORM: Final = expression(
    rb"(?P<mark>\#|//|;|<!--|\.\.)\s*mlscaffold:\ ignore\[(?P<codes>[^\]]*)\](?P<reason>.*)$", re.VERBOSE
)
# What begins a comment, by suffix. A notebook's findings are about all of it: its ignores stand in the settings.
_MARKS: Final[Mapping[str, tuple[bytes, ...]]] = {
    "md": (b"<!--",),
    "rst": (b"..",),
    "json": (b"//",),
    "ipynb": (),
    "ini": (b"#", b";"),
    "cfg": (b"#", b";"),
}
_HEAD_LINES: Final = 3
_LONGEST: Final = 2_000  # bytes of a line that people write


class Ignore(NamedTuple):
    """One comment: its line, the line it speaks of, codes, reason, and the bytes of the comment and of its codes.

    A comment beside code speaks of that line; one that stands alone, of the next that is no such comment; one within
    the first three lines, also of findings about the whole file.
    """

    line: int
    about: int
    codes: tuple[str, ...]
    reason: str
    start: int
    end: int
    codes_start: int
    codes_end: int

    def covers(self, code: str, line: int, end_line: int) -> bool:
        """Return whether a finding with this code on these lines is meant."""
        if code not in self.codes:
            return False
        if line == 0:
            return self.line <= _HEAD_LINES
        return line <= self.about <= max(line, end_line)


class Ignores(NamedTuple):
    """All comments of a repository, by path, and the (path, line, code) that hid a finding; for rules on them."""

    comments: Mapping[str, Sequence[Ignore]]
    used: frozenset[tuple[str, int, str]]
    rules: Rules
    settings: Settings


def ignores_of(path: str, data: bytes) -> list[Ignore]:
    """Return the comments of a file, by line. In Python, what only stands in a string is none."""
    if NEEDLE not in data:
        return []
    comments = _comments(data) if path.endswith(".py") else None
    name = path.rpartition("/")[2]
    marks = _MARKS.get(name.rpartition(".")[2].lower() if "." in name else "", (b"#",))
    found = list(_found(data, marks, comments))
    alone = {one.line for one in found if one.about != one.line}
    return [one._replace(about=_next(one.line, alone)) if one.line in alone else one for one in found]


def _next(line: int, alone: set[int]) -> int:
    while line in alone:
        line += 1
    return line


def _found(data: bytes, marks: tuple[bytes, ...], comments: Mapping[int, int] | None) -> Iterator[Ignore]:
    """Yield the comments; one that stands alone is said to be about the next line.

    Args:
        data: the file.
        marks: what begins a comment.
        comments: line -> how many bytes before its end a comment begins; None where nobody knows.
    """
    place = 0
    for number, raw in enumerate(data.split(b"\n"), 1):
        line = raw.removesuffix(b"\r")
        begin = 0 if comments is None else len(line) - comments.get(number, 0)
        match = _FORM.search(line, begin) if NEEDLE in line and len(line) <= _LONGEST else None
        if match and match["mark"] in marks:
            before = line[: match.start()]
            alone = not before.strip()
            start, end = (0, len(raw) + 1) if alone else (len(before.rstrip()), len(line))
            yield Ignore(
                number,
                number + alone,
                tuple(code for part in match["codes"].split(b",") if (code := part.decode(errors="replace").strip())),
                _reason(match["reason"]),
                place + start,
                min(place + end, len(data)),
                place + match.start("codes"),
                place + match.end("codes"),
            )
        place += len(raw) + 1


def _reason(text: bytes) -> str:
    return text.decode(errors="replace").strip().removesuffix("-->").strip(" :-\t")


def _comments(data: bytes) -> dict[int, int] | None:
    """Return by line how long its comment is, in bytes; None where Python cannot tell."""
    import io
    import tokenize

    encoding, found = "utf-8", {}
    try:
        for token in tokenize.tokenize(io.BytesIO(data).readline):
            if token.type == tokenize.ENCODING:
                encoding = token.string
            elif token.type == tokenize.COMMENT:
                found[token.start[0]] = len(token.string.encode(encoding))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    return found
