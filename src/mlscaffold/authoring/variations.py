"""Which answers to try: every choice on top of the defaults, texts that templates forget about, and some pairs."""

__all__ = ["MADE_UP", "Variation", "texts", "variations"]

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mlscaffold.errors import UserError
from mlscaffold.render import AskedQuestion

# What people type: accents, quotes, two words, what looks like Jinja, more than fits a line, a colon and a hash.
MADE_UP: Final = (
    "Crème brûlée", "it's \"quoted\"", "two words", "{{ 7 * 7 }} {% raw %}", "long " * 29 + "text", "a: b # c",
)  # fmt: skip
# Where a validator takes none of these, something else than the default all the same.
_PLAIN: Final = ("example", "Example", "table.csv", "1.2.3", "someone@example.org", "https://example.org/x", "42")


class Variation(NamedTuple):
    """Another answer to one question."""

    name: str
    value: Any


def variations(question: AskedQuestion) -> list[Variation]:
    """Return every other choice of `question` that it takes (of several: none, each, all); none without choices."""
    values: list[Any] = []
    choices = [choice.value for choice in question.choices if not choice.disabled]
    if question.multiselect:
        values = [[], *([choice] for choice in choices), *([choices] if len(choices) > 1 else [])]
    elif choices:
        values = choices
    elif question.type == "bool":
        values = [True, False]
    others = [value for value in values if value != question.default]
    return [Variation(question.name, value) for value in others if _takes(question, value)]


def texts(question: AskedQuestion) -> Iterator[Variation]:
    """Yield made-up texts that `question` takes, if it takes text."""
    if question.type != "str" or question.choices or question.secret:
        return
    taken = [text for text in MADE_UP if _takes(question, text)]
    plain = (text for text in _PLAIN if text != question.default and _takes(question, text))
    for text in taken or [text for text in (next(plain, None),) if text is not None]:
        yield Variation(question.name, text)


def _takes(question: AskedQuestion, value: Any) -> bool:
    try:
        question.check(value)
    except UserError:
        return False
    return True
