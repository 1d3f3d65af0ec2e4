"""A line or path of a template as a regular expression that finds answers in what was rendered from it."""

__all__ = ["Finder", "Marks", "finder", "marks_of"]

import re
from functools import cache
from typing import Final, NamedTuple

from mlscaffold.template import Spec

_MOST_BLANKS: Final = 4  # more in one line would make matching slow, and what is found a guess
_FEWEST: Final = 1  # other characters in it, lest it matches any line
_OPENING: Final = {"if": "(?:", "elif": "|", "else": "|", "endif": ")?"}


class Marks(NamedTuple):
    """What opens and closes an expression, a tag and a comment in one template."""

    expression: tuple[str, str] = ("{{", "}}")
    tag: tuple[str, str] = ("{%", "%}")
    comment: tuple[str, str] = ("{#", "#}")


class Finder(NamedTuple):
    """A pattern for a whole line, the literal text that it starts with, and the expression of each of its groups."""

    pattern: re.Pattern[str]
    start: str
    expressions: tuple[str, ...]


def marks_of(spec: Spec) -> Marks:
    """Return the marks that the template uses."""

    def pair(kind: str, usual: tuple[str, str]) -> tuple[str, str]:
        opening, closing = (
            str(spec.envops.get(f"{kind}_{side}_string", usual[end])) for end, side in enumerate(("start", "end"))
        )
        return opening, closing

    usual = Marks()
    return Marks(pair("variable", usual.expression), pair("block", usual.tag), pair("comment", usual.comment))


@cache
def finder(text: str, marks: Marks, *, within: str = ".", bare: bool = False) -> Finder | None:
    """Return what finds the answers in a rendered `text`, or None if it has none, or too few other characters.

    Args:
        text: one line or path of the template.
        marks: the template's marks.
        within: which characters an answer may have, as a regular expression for one of them.
        bare: whether an expression may stand alone; then any line would match.
    """
    parts: list[str] = []
    expressions: list[str] = []
    literal = depth = 0
    for token in _tokens(marks).split(text):
        if token.startswith(marks.expression[0]) and token.endswith(marks.expression[1]):
            expressions.append(_inside(token, marks.expression))
            parts.append(f"({within}*?)")
        elif token.startswith(marks.tag[0]) and token.endswith(marks.tag[1]):
            word = (_inside(token, marks.tag).split() or [""])[0]
            if word not in _OPENING:
                return None
            parts.append(_OPENING[word])
            depth += {"if": 1, "endif": -1}.get(word, 0)
        elif not token.startswith(marks.comment[0]):
            literal += len(re.sub(r"[\s/]", "", token))
            parts.append(re.escape(token))
    if depth or not 0 < len(expressions) <= _MOST_BLANKS or (literal < _FEWEST and not bare):
        return None
    try:
        pattern = re.compile("".join(parts))
    except re.error:  # tags that are closed before they are opened
        return None
    return Finder(pattern, _tokens(marks).split(text)[0], tuple(expressions))


@cache
def _tokens(marks: Marks) -> re.Pattern[str]:
    kinds = (f"{re.escape(opening)}.*?{re.escape(closing)}" for opening, closing in marks)
    return re.compile(f"({'|'.join(kinds)})")


def _inside(token: str, marks: tuple[str, str]) -> str:
    return token[len(marks[0]) : -len(marks[1])].strip("-+").strip()
