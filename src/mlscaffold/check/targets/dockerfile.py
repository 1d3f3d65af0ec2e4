"""A Dockerfile as rules see it: its instructions with continued lines joined, and its stages."""

__all__ = ["Dockerfile", "Instruction", "Stage"]

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final, NamedTuple

from mlscaffold.check.findings import Finding
from mlscaffold.check.lazy import expression

# As BuildKit reads it: no space before the name, and `<<<` is another thing.
_HEREDOC: Final = expression(r"(?<!\S)\d*<<(-?)([\"']?)([A-Za-z_][\w.-]*)\2(?![\w\"'<])")
_ESCAPE: Final = expression(r"#\s*escape\s*=\s*(\S)\s*", re.IGNORECASE)
_DIRECTIVE: Final = expression(r"#\s*\w+\s*=.*")
_STARTS: Final = expression(r"[A-Za-z]+")
_VARIABLE: Final = expression(r"\$(?:\{(\w+)(?::([-+])([^}]*))?\}|(\w+))")
_ASSIGNMENT: Final = expression(r"(\w+)=(\"[^\"]*\"|'[^']*'|\S*)")


class Instruction(NamedTuple):
    """One instruction: its line and last line, its word in capitals, and what follows: a here-document on own lines."""

    line: int
    end_line: int
    word: str
    value: str


class Stage(NamedTuple):
    """One stage: its name in small letters or "", what it starts from, its FROM, and the instructions below.

    `written` is what it starts from as it is written; in `base` the ARGs that have a default are filled in.
    """

    name: str
    base: str
    written: str
    opening: Instruction
    body: tuple[Instruction, ...]


class Dockerfile:
    """A Dockerfile; `instructions` are in their order."""

    def __init__(self, path: str, data: bytes, options: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.path, self.source, self.options = path, data, options or {}
        text = data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
        self.instructions = tuple(_instructions(text.split("\n")))

    def all(self, word: str) -> list[Instruction]:
        """Return the instructions with this word, as `FROM`."""
        return [one for one in self.instructions if one.word == word]

    def stages(self) -> list[Stage]:
        """Return the stages in their order; the last one is what is built where nothing else is asked for."""
        openings = [place for place, one in enumerate(self.instructions) if one.word == "FROM"]
        arguments = _arguments(self.instructions[: openings[0]]) if openings else {}
        return [
            _stage(self.instructions[start], self.instructions[start + 1 : end], arguments)
            for start, end in pairwise([*openings, len(self.instructions)])
        ]

    def at(self, one: Instruction, message: str) -> Finding:
        """Return a finding at an instruction."""
        return Finding(self.path, one.line, message, end_line=one.end_line)


def _stage(opening: Instruction, body: tuple[Instruction, ...], arguments: Mapping[str, str]) -> Stage:
    words = [word for word in opening.value.split() if not word.startswith("--")]
    base, mark, name = [*words, "", "", ""][:3]
    return Stage(name.lower() if mark.lower() == "as" else "", _filled(base, arguments), base, opening, body)


def _arguments(instructions: tuple[Instruction, ...]) -> dict[str, str]:
    """Return the defaults of the ARGs above the first FROM: the only ones that a FROM sees."""
    found: dict[str, str] = {}
    for one in instructions:
        if one.word == "ARG":
            for name, value in _ASSIGNMENT.findall(one.value):
                found[name] = _filled(value.strip("\"'"), found)
    return found


def _filled(text: str, arguments: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        name, sign, other = found[1] or found[4], found[2], found[3]
        if sign == "+":
            return other if arguments.get(name) else ""
        return arguments.get(name) or (other if sign else found[0])

    return _VARIABLE.sub(value, text)


def _instructions(lines: list[str]) -> Iterator[Instruction]:
    escape = _escape(lines)
    at = 0
    while at < len(lines):
        first, text = at, lines[at].strip()
        at += 1
        if not text or text.startswith("#"):
            continue
        while text.endswith(escape) and at < len(lines):
            following = lines[at].strip()
            at += 1
            if following and not following.startswith("#"):  # both may stand between continued lines
                text = f"{text[:-1].rstrip()} {following}"
        word, value = [*text.split(None, 1), ""][:2]
        if word.upper() in {"RUN", "COPY", "ADD"}:
            for dash, _, name in _HEREDOC.findall(value):
                if end := _end_of(lines, at, name, tabs=bool(dash)):
                    value = "\n".join([value, *(line.strip() for line in lines[at : end - 1])])
                    at = end
        if _STARTS.fullmatch(word):
            yield Instruction(first + 1, at, word.upper(), value.removesuffix(escape).rstrip())


def _escape(lines: list[str]) -> str:
    """Return what continues a line: directives stand above all else, and may name another sign (on Windows)."""
    for line in lines:
        if found := _ESCAPE.fullmatch(line.strip()):
            return found[1]
        if not _DIRECTIVE.fullmatch(line.strip()):
            break
    return "\\"


def _end_of(lines: list[str], start: int, name: str, *, tabs: bool) -> int:
    """Return the line below a here-document, 0 where it has no end."""
    for at in range(start, len(lines)):
        if (lines[at].lstrip("\t") if tabs else lines[at]) == name:
            return at + 1
    return 0
