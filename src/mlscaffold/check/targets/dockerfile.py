"""A Dockerfile as rules see it: its instructions, with continued lines joined."""

__all__ = ["Dockerfile", "Instruction"]

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mlscaffold.check.findings import Finding

_HEREDOC: Final = re.compile(r"<<-?\s*([\"']?)(\w+)\1")
_STARTS: Final = re.compile(r"[A-Za-z]+")


class Instruction(NamedTuple):
    """One instruction: its line and last line, its word in capitals, and what follows, on one line."""

    line: int
    end_line: int
    word: str
    value: str


class Dockerfile:
    """A Dockerfile; `instructions` are in their order."""

    def __init__(self, path: str, data: bytes, options: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.path, self.source, self.options = path, data, options or {}
        self.instructions = tuple(_instructions(data.decode("utf-8-sig", errors="replace").splitlines()))

    def all(self, word: str) -> list[Instruction]:
        """Return the instructions with this word, as `FROM`."""
        return [one for one in self.instructions if one.word == word]

    def at(self, one: Instruction, message: str) -> Finding:
        """Return a finding at an instruction."""
        return Finding(self.path, one.line, message, end_line=one.end_line)


def _instructions(lines: list[str]) -> Iterator[Instruction]:
    at = 0
    while at < len(lines):
        first, text = at, lines[at].strip()
        at += 1
        if not text or text.startswith("#"):
            continue
        while text.endswith("\\") and at < len(lines):
            following = lines[at].strip()
            at += 1
            if not following.startswith("#"):  # comments may stand between continued lines
                text = f"{text[:-1].rstrip()} {following}"
        word, _, value = text.partition(" ")
        if word.upper() in {"RUN", "COPY", "ADD"}:
            for _, end in _HEREDOC.findall(value):
                body: list[str] = []
                while at < len(lines) and lines[at].strip() != end:
                    body.append(lines[at].strip())
                    at += 1
                at += 1
                value += "\n" + "\n".join(body)
        if _STARTS.fullmatch(word):
            yield Instruction(first + 1, max(at, first + 1), word.upper(), value.strip().rstrip("\\").strip())
