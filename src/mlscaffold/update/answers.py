"""The answers of a project carried over to another version of its template."""

__all__ = ["AnswerChanges", "Carried", "carry"]

from collections.abc import Mapping
from typing import Any, NamedTuple

from mlscaffold.errors import UserError
from mlscaffold.render import NO_DEFAULT, Answers, Ask, AskedQuestion, InvalidAnswerError, resolve
from mlscaffold.template import Template


class AnswerChanges(NamedTuple):
    """How the recorded answers change: name -> value for new ones, name -> (old, new) for changed ones."""

    new: Mapping[str, Any]
    changed: Mapping[str, tuple[Any, Any]]
    gone: tuple[str, ...]


class Carried(NamedTuple):
    """The answers for the wanted version, how they differ from the recorded ones, and what the user should know."""

    answers: Answers
    changes: AnswerChanges
    notes: tuple[str, ...]


def carry(
    template: Template,
    recorded: Mapping[str, Any],
    given: Mapping[str, Any],
    *,
    ask: Ask | None,
    folder: str,
    trust: bool,
) -> Carried:
    """Answer the questions of `template` from what is `recorded`; only what is new is asked.

    Args:
        template: the wanted version.
        recorded: the answers of the version before, by its names.
        given: answers that the user changes now.
        ask: puts a question to a person; None takes the defaults.
        folder: the name of the project's folder.
        trust: whether code of the template may run.

    Raises:
        UserError: an unknown or invalid answer in `given`, a new question without any answer, or a faulty declaration.
    """
    notes: list[str] = []
    old = _migrated(template, recorded, notes)
    wanted = _ask_new(ask, old) if ask else None
    answers: Answers | None = None
    while answers is None:
        try:
            answers = resolve(template, given, defaults=old, ask=wanted, folder=folder, forget_hidden=True, trust=trust)
        except InvalidAnswerError as invalid:
            if invalid.name in given or invalid.name not in old:
                raise
            # validators change with the template: what was good once is not worth a refused update
            notes.append(f"the answer {old.pop(invalid.name)!r} to {invalid.name} no longer fits ({invalid.problem})")
    return Carried(answers, _changes(recorded, answers.recorded), tuple(notes))


def _ask_new(ask: Ask, old: Mapping[str, Any]) -> Ask:
    def only_new(question: AskedQuestion) -> Any:
        if question.name in old and question.default is not NO_DEFAULT:
            try:
                return question.check(question.default)
            except UserError:
                pass  # the person gives a better one
        return ask(question)

    return only_new


def _migrated(template: Template, recorded: Mapping[str, Any], notes: list[str]) -> dict[str, Any]:
    """Apply what the template declares of its questions: `renamed` and `retyped`; drop what it no longer asks."""
    renamed, retyped = _declared(template, "renamed"), _declared(template, "retyped")
    names = {question.name for question in template.spec.questions}
    old: dict[str, Any] = {}
    for name, value in recorded.items():
        now = _last_name(name, renamed) if name not in names else name
        if now not in names:
            notes.append(f"the template no longer asks for {name} (it was {value!r})")
        elif now == name or now not in recorded:
            old[now] = _retyped(retyped.get(now, {}), value)
    return old


def _last_name(name: str, renamed: Mapping[str, Any]) -> str:
    seen = {name}
    while (name := str(renamed.get(name, name))) not in seen:
        seen.add(name)
    return name


def _declared(template: Template, key: str) -> dict[str, Any]:
    found: Any = template.spec.mlscaffold.get(key, {})
    if not isinstance(found, dict) or (key == "retyped" and not all(isinstance(v, dict) for v in found.values())):
        wants = "a mapping of old to new names" if key == "renamed" else "question: {old value: new value}"
        raise UserError(f"{template.spec.path}: _mlscaffold: {key} wants {wants}", hint="mend the template")
    return found


def _retyped(values: Mapping[Any, Any], value: Any) -> Any:
    # `true: github` maps the answer true, whatever YAML made of either
    matching = [new for old, new in values.items() if type(old) is type(value) and old == value]
    matching += [new for old, new in values.items() if str(old).lower() == str(value).lower()]
    return matching[0] if matching else value


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> AnswerChanges:
    return AnswerChanges(
        new={name: value for name, value in new.items() if name not in old},
        changed={name: (old[name], value) for name, value in new.items() if name in old and old[name] != value},
        gone=tuple(name for name in old if name not in new),
    )
