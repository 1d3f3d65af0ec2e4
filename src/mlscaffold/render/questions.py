"""Asking all questions of a template, in order. Source of the rules: Copier's `Worker._ask` and `Question.get_default`.

An answer is taken from what is given, else from a person, else from the user's defaults, else from the template.
"""

__all__ = ["RECORDABLE", "own_defaults", "refuse_unknown", "resolve"]

import hashlib
import os
from collections import ChainMap
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from mlscaffold.errors import UserError, nearest
from mlscaffold.render.blame import BeyondNative
from mlscaffold.render.casts import typed_text
from mlscaffold.render.context import build_context
from mlscaffold.render.environment import Engine
from mlscaffold.render.model import NO_DEFAULT, Answers, Ask, AskedQuestion, InvalidAnswerError
from mlscaffold.render.question import AnswerError, LiveQuestion
from mlscaffold.render.source import SourceTree
from mlscaffold.template import Question, Template

RECORDABLE: Final = (dict, list, str, int, float, bool, type(None))  # what an answers file can hold

# Copier offers these two to templates. A default may use them: the answer is recorded, so it stays what it is.
_FUNCTIONS: Final = {
    "now": lambda: datetime.now(tz=UTC),
    "make_secret": lambda: hashlib.sha512(os.urandom(48)).hexdigest(),
}


def resolve(
    template: Template,
    given: Mapping[str, Any],
    *,
    defaults: Mapping[str, Any] | None = None,
    ask: Ask | None = None,
    folder: str = "project",
    forget_hidden: bool = False,
) -> Answers:
    """Answer every question of `template`; without `ask` nobody is asked. `defaults` for other templates are ignored.

    With `forget_hidden`, a question whose `when` does not hold takes the template's default, as it will the next time.

    Raises:
        UserError: a name that is no question, an answer that is invalid or missing, or a fault of the template.
    """
    refuse_unknown(template, given)
    own = own_defaults(template, defaults or {})
    return _Questionnaire(template, dict(given), own, folder, forget_hidden=forget_hidden).run(ask)


def refuse_unknown(template: Template, given: Mapping[str, Any]) -> None:
    """Raise `UserError`, with the nearest names, if something is given that is no question of `template`."""
    names = [question.name for question in template.spec.questions]
    for name in given:
        if name not in names:
            hint = f"drop --set {name}=..."
            raise UserError(f"{template.source} has no question {name!r}{nearest(name, names)}", hint=hint)


def own_defaults(template: Template, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return the user's defaults for questions that `template` has."""
    names = {question.name for question in template.spec.questions}
    return {name: value for name, value in defaults.items() if name in names}


class _Questionnaire:
    """The answers so far."""

    def __init__(
        self,
        template: Template,
        given: dict[str, Any],
        defaults: dict[str, Any],
        folder: str,
        *,
        forget_hidden: bool,
    ) -> None:
        self._template = template
        self._engine = Engine(template.spec, SourceTree(template.files), predictable=False)
        self._given = given
        self._defaults = defaults
        self._folder = folder
        self._forget_hidden = forget_hidden
        self._answered: dict[str, Any] = {}
        self._hidden = {question.name for question in template.spec.questions if question.secret}

    def run(self, ask: Ask | None) -> Answers:
        for question in self._template.spec.questions:
            try:
                value = self._answer(question, ask)
            except AnswerError as error:
                raise _invalid(question.name, error) from error
            except BeyondNative as error:
                raise UserError(f"question {question.name} uses {error}, which mlscaffold does not offer") from error
            if value is not NO_DEFAULT:
                self._answered[question.name] = value
        return self._answers()

    def _answers(self) -> Answers:
        # Copier's order, which a template can see in `_copier_answers`
        values = dict(ChainMap(self._answered, self._given, self._defaults))
        shown = {k: v for k, v in values.items() if k not in self._hidden and isinstance(v, RECORDABLE)}
        return Answers(values, shown, self._folder, self._given, self._defaults)

    def _answer(self, question: Question, ask: Ask | None) -> Any:
        context = {**_FUNCTIONS, **build_context(self._template, self._answers(), self._engine, "prompt")}
        live = LiveQuestion(question, self._engine, context)
        wanted = live.flag(question.ask)
        if not live.is_asked:
            self._hidden.add(question.name)
        if question.name in self._given:
            return _checked(live, self._given[question.name])
        if live.is_asked and wanted and ask:
            value = ask(self._show(live))
            if question.secret:
                self._given[question.name] = value  # recorded nowhere else
            return value
        value = self._default(live)
        if value is NO_DEFAULT and live.is_asked and wanted:
            raise UserError(
                f"question {question.name} needs an answer: it has no default", hint=f"add --set {question.name}=..."
            )
        return value

    def _default(self, live: LiveQuestion) -> Any:
        """Return the default, cast; computed and secret ones are not validated. Raises `AnswerError`."""
        value = self._raw_default(live)
        if value is NO_DEFAULT:
            return value
        value = live.parse(value)
        if live.is_asked and not live.question.secret:
            live.validate(value)
        return value

    def _raw_default(self, live: LiveQuestion) -> Any:
        name = live.question.name
        known = name in self._defaults and (live.is_asked or not self._forget_hidden)
        return self._defaults[name] if known else live.template_default()

    def _show(self, live: LiveQuestion) -> AskedQuestion:
        question, multiline = live.question, live.flag(live.question.multiline)
        default = self._raw_default(live)
        try:
            default = default if default is NO_DEFAULT else live.parse(default)
        except AnswerError:
            default = NO_DEFAULT  # the person will give a better one

        def check(answer: Any) -> Any:
            try:
                if answer is default:  # cast already, and a text of type yaml would not survive a second time
                    live.validate(answer)
                    return answer
                return _checked(live, answer)
            except AnswerError as error:
                raise _invalid(question.name, error) from error

        return AskedQuestion(
            name=question.name,
            help=str(live.text(question.help)) or question.name,
            type=live.type_name,
            default=default,
            default_text="" if default is NO_DEFAULT else typed_text(default, live.type_name, multiline=multiline),
            choices=live.choices,
            multiselect=question.multiselect,
            secret=question.secret,
            multiline=multiline,
            placeholder=str(live.text(question.placeholder)),
            check=check,
        )


def _checked(live: LiveQuestion, answer: Any) -> Any:
    value = live.parse(answer)
    live.validate(value)
    return value


def _invalid(name: str, error: AnswerError) -> InvalidAnswerError:
    return InvalidAnswerError(name, str(error))
