"""A table for the summary of a pipeline step, or a comment on a merge request."""

__all__ = ["report"]

from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.reports.answer import Answer
from mlscaffold.check.reports.text import shown

# Forges cut off or refuse what is longer than a megabyte.
_MOST_ROWS: Final = 500
_SIGNS: Final = str.maketrans({sign: f"&#{ord(sign)};" for sign in "\\`*_{}[]()#~|@!<>&\"'$:"})


def report(answer: Answer, *, quiet: bool = False) -> str:
    """Return a table of findings, the hints, and a summary."""
    lines = [] if quiet else [f"**mlscaffold check**: {answer.summary.translate(_SIGNS)}", ""]
    if answer.findings:
        lines += ["| where | code | what |", "| --- | --- | --- |", *map(_row, answer.findings[:_MOST_ROWS])]
        if len(answer.findings) > _MOST_ROWS:
            lines += ["", f"and {len(answer.findings) - _MOST_ROWS} more"]
        if not quiet:
            lines += ["", *(f"- {code}: {_text(hint)}" for code, hint in sorted(answer.hints.items()))]
    return "".join(f"{line}\n" for line in lines)


def _row(one: Finding) -> str:
    place = f"{one.path}:{one.line}" if one.line else one.path
    return f"| {_code(place)} | {one.code} | {_text(one.message)}{' (has a fix)' if one.fix else ''} |"


def _text(text: str) -> str:
    """Return text in which only pairs of backticks mean something."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return shown(text).translate(_SIGNS)
    return "".join(_code(part) if number % 2 else shown(part).translate(_SIGNS) for number, part in enumerate(parts))


def _code(text: str) -> str:
    return f"<code>{shown(text).translate(_SIGNS)}</code>"
