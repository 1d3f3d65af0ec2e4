"""Each finding with its line of the source, and what to do: for reading."""

__all__ = ["report"]

from collections.abc import Iterator

from mlscaffold.check.findings import Finding
from mlscaffold.check.reports.answer import Answer
from mlscaffold.check.reports.sources import Sources
from mlscaffold.check.reports.text import shown

_WIDEST = 160  # characters of a source line


def report(answer: Answer, sources: Sources, *, quiet: bool = False) -> str:
    """Return a block of lines for each finding, and a summary."""
    blocks = ["\n".join(_block(one, answer, sources)) for one in answer.findings]
    return "\n\n".join(blocks + ([] if quiet else [answer.summary])) + ("\n" if blocks or not quiet else "")


def _block(one: Finding, answer: Answer, sources: Sources) -> Iterator[str]:
    column = sources.column(one)
    place = ":".join(str(part) for part in (one.path, one.line, column) if part)
    yield shown(f"{place}: {one.code} {answer.names[one.code]}: {one.message}") + (" [*]" if one.fix else "")
    if text := sources.line(one.path, one.line).rstrip():
        number = str(one.line)
        yield f"  {number} | {_visible(text[:_WIDEST])}{'...' if len(text) > _WIDEST else ''}"
        if 0 < column <= min(len(text), _WIDEST):
            yield f"  {' ' * len(number)} | {' ' * len(_visible(text[: column - 1]))}^"
    yield shown(f"  next: {answer.hints[one.code]}")


def _visible(text: str) -> str:
    return "".join(shown(part) if part != "\t" else "    " for part in text)
