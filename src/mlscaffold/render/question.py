"""One question while it is asked: templates rendered, answers cast and validated, as Copier's `Question` does."""

__all__ = ["AnswerError", "LiveQuestion"]

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import jinja2
import yaml

from mlscaffold.errors import UserError
from mlscaffold.render.blame import BeyondNative, template_errors
from mlscaffold.render.casts import CASTS, cast_to_bool, parse_yaml_list
from mlscaffold.render.environment import Engine, UnsetError
from mlscaffold.render.model import NO_DEFAULT, Choice
from mlscaffold.template import Question


class AnswerError(ValueError):
    """An answer that the question does not take; the message says why."""


class LiveQuestion:
    """A question in the context of the answers before it."""

    def __init__(self, question: Question, engine: Engine, context: Mapping[str, Any]) -> None:
        """Render nothing yet: each part is rendered when it is asked for."""
        self.question = question
        self._engine = engine
        self._context = context
        self._where = f"{engine.spec.path}: question {question.name}"

    def text(self, value: Any) -> Any:
        """Render a string, or the strings of a list; anything else stays. Raises `UserError` for a faulty template."""
        if isinstance(value, str):
            return self._engine.text(value, self._context, self._where)
        return [self.text(item) for item in value] if isinstance(value, list) else value

    def flag(self, value: str | bool) -> bool:
        """Render a condition."""
        with template_errors(self._where):
            return cast_to_bool(self.text(value))

    @cached_property
    def is_asked(self) -> bool:
        """Whether its `when` holds; else its answer is computed and not recorded."""
        return self.flag(self.question.when)

    @cached_property
    def type_name(self) -> str:
        """The type, rendered. Raises `UserError` for one that does not exist."""
        name = str(self.text(self.question.type))
        if name not in CASTS:
            raise UserError(f"{self._where}: there is no type {name!r}", hint=f"use one of {', '.join(sorted(CASTS))}")
        return name

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """The choices, rendered and cast. Raises `UserError` if the template's choices make no sense."""
        with template_errors(f"{self._where}: choices"):
            choices = self.question.choices
            if isinstance(choices, str):
                choices = yaml.safe_load(self.text(choices))
            return tuple(self._choice(choice) for choice in (choices.items() if isinstance(choices, dict) else choices))

    def _choice(self, choice: Any) -> Choice:
        """Read one of: a value, a pair of label and value, or a pair of label and {value, validator}."""
        paired = isinstance(choice, (tuple, list))
        label, value = choice if paired else (choice, choice)
        label, disabled = str(self.text(label)), ""
        if paired and isinstance(value, dict):
            validator = value.get("validator", "")
            if "value" not in value or not isinstance(validator, str):
                raise AnswerError(f"choice {label!r} needs a `value`, and its `validator` must be text")
            disabled, value = self.text(validator), value["value"]
        value = self.text(value)
        return Choice(label, self.cast(label if value is None else value), disabled)

    def cast(self, answer: Any) -> Any:
        """Cast one answer, or each of a list, to the question's type. Raises `AnswerError`."""
        kind = self.type_name
        if answer is None and kind not in {"json", "yaml"}:
            raise AnswerError(f"an answer of type {kind} is needed, not nothing")
        try:
            if self.question.multiselect and isinstance(answer, list):
                return [CASTS[kind](item) for item in answer]
            return CASTS[kind](answer)
        except (TypeError, AttributeError) as error:
            if kind in {"json", "yaml"}:
                return answer  # parsed already: it came from a file or from the template
            raise AnswerError(f"{answer!r} is not of type {kind}") from error
        except (ValueError, OverflowError) as error:
            raise AnswerError(f"{answer!r} is not of type {kind} ({error})") from error

    def parse(self, answer: Any) -> Any:
        """Cast an answer and find it among the choices, if there are any. Raises `AnswerError`."""
        if not self.question.multiselect:
            return self._parse_one(answer)
        try:
            items = list(parse_yaml_list(answer) if isinstance(answer, str) else answer)
        except (TypeError, yaml.YAMLError) as error:
            raise AnswerError(f"{answer!r} is not a list, such as [a, b]") from error
        chosen = [self._parse_one(item) for item in items]
        return [choice.value for choice in self.choices if choice.value in chosen]

    def _parse_one(self, answer: Any) -> Any:
        value = self.cast(answer)
        same = [choice for choice in self.choices if choice.value == value]
        if not self.choices or any(not choice.disabled for choice in same):
            return value
        if same:
            raise AnswerError(str(same[0].disabled))
        raise AnswerError(f"{value!r} is not in {[choice.value for choice in self.choices if not choice.disabled]}")

    def validate(self, value: Any) -> None:
        """Ask the template's validator. Raises `AnswerError` with its message, or with what went wrong in it."""
        try:
            message = self._engine.unguarded(
                self.question.validator, {**self._context, self.question.name: value}
            ).strip()
        except BeyondNative:
            raise
        except Exception as error:  # noqa: BLE001 - Copier's rule: a validator that fails refuses the answer
            message = str(error) or type(error).__name__
        if message:
            raise AnswerError(message)

    def template_default(self) -> Any:
        """Return the template's own default, rendered; NO_DEFAULT if it has none or is `UNSET`."""
        default = self.question.default
        if default is NO_DEFAULT or not isinstance(default, str):
            return self.text(default)
        seen = {**self._context, "UNSET": jinja2.StrictUndefined("UNSET", exc=UnsetError)}
        try:
            with template_errors(self._where):
                return self._engine.unguarded(default, seen)
        except UserError as error:
            if isinstance(error.__cause__, UnsetError):
                return NO_DEFAULT
            raise
