"""Answering a template's questions as automation would, and noting which questions it cannot answer that way."""

__all__ = ["Explored", "Refused", "UnanswerableError", "explore"]

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from mlscaffold.errors import UserError
from mlscaffold.render import NO_DEFAULT, Answers, AskedQuestion, InvalidAnswerError, resolve
from mlscaffold.template import Template

# Answers for questions that have no default: one of these suits nearly every validator.
_STAND_INS: Final[tuple[Any, ...]] = (
    "example", "Example", "Example name", "example-name", "1", "1.0.0", "2024", "example@example.org",
    "https://example.org/example", "example.csv", "0", "true", "{}", "[]",
)  # fmt: skip


class UnanswerableError(UserError):
    """A question without a default that takes none of the answers that were tried; `name` is the question's."""

    def __init__(self, name: str) -> None:
        """Keep the name for the report."""
        super().__init__(f"question {name} takes none of the answers that were tried", hint="give it a default")
        self.name = name


class Refused(NamedTuple):
    """A question whose default is missing ("") or not accepted (why)."""

    name: str
    problem: str


class Explored(NamedTuple):
    """The answers that came of it, the questions in the order they were asked, and what `--defaults` would refuse."""

    given: Mapping[str, Any]
    answers: Answers
    asked: tuple[AskedQuestion, ...]
    refused: tuple[Refused, ...]

    @property
    def stand_ins(self) -> dict[str, Any]:
        """What was answered where the template has no good default."""
        return {refused.name: self.answers.values[refused.name] for refused in self.refused}


def explore(template: Template, given: Mapping[str, Any], *, trust: bool) -> Explored:
    """Answer all questions from `given` and the defaults.

    Raises:
        UnanswerableError: a question has no default, and nobody can tell what it takes.
        UserError: the template is at fault otherwise.
    """
    asked: list[AskedQuestion] = []
    refused: list[Refused] = []

    def answer(question: AskedQuestion) -> Any:
        asked.append(question)
        if question.default is NO_DEFAULT:
            refused.append(Refused(question.name, ""))
            return _stand_in(question)
        try:
            return question.check(question.default)
        except InvalidAnswerError as invalid:
            refused.append(Refused(question.name, invalid.problem))
            try:
                return _stand_in(question)
            except UnanswerableError:
                return question.default  # the rest of the template can be looked at all the same

    # Copier itself asks on the terminal, so nobody is asked where it has to.
    by_copier = template.spec.jinja_extensions or template.spec.external_data
    answers = resolve(template, given, ask=None if by_copier else answer, trust=trust)
    return Explored(given, answers, tuple(asked), tuple(refused))


def _stand_in(question: AskedQuestion) -> Any:
    values = [choice.value for choice in question.choices if not choice.disabled]
    for value in ([values[:1]] if question.multiselect else values) or _STAND_INS:
        try:
            return question.check(value)
        except UserError:
            continue
    raise UnanswerableError(question.name)
