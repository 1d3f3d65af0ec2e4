"""Lints of the questions and of Copier's settings."""

__all__ = ["lint_questions", "lint_settings", "question_place"]

from collections.abc import Iterator

import yaml

from mlscaffold.authoring.exploring import Explored, Refused
from mlscaffold.authoring.finding import Finding
from mlscaffold.authoring.trials import Trials, with_answers
from mlscaffold.errors import nearest
from mlscaffold.render import NO_DEFAULT
from mlscaffold.template import Question, Spec
from mlscaffold.tree import Tree

_NOT_SETTINGS = frozenset({"path", "questions", "suffix", "messages", "includes", "unknown", "mlscaffold"})


def question_place(spec: Spec, name: str) -> str:
    """Return how a finding names a question."""
    return f"{spec.path}, question {name}"


def lint_settings(spec: Spec, files: Tree) -> Iterator[Finding]:
    """Yield what Copier cannot read, and the settings and keys that mlscaffold does not know."""
    try:
        # Copier's own parser is stricter than ours, for example with a `?` inside of braces.
        list(yaml.parse(files[spec.path].data, Loader=yaml.SafeLoader))
    except yaml.YAMLError as problem:
        yield Finding("unreadable", spec.path, f"Copier cannot read it: {problem}", "quote the text that it names")
    known = [f"_{name}" for name in Spec._fields if name not in _NOT_SETTINGS] + ["_templates_suffix", "_mlscaffold"]
    for key in spec.unknown:
        what = f"the setting {key} is not known{nearest(key, known)}"
        yield Finding("unknown-setting", spec.path, what, "correct its spelling, or take it out")
    keys = [name for name in Question._fields if name not in {"name", "unknown"}]
    for question in spec.questions:
        for key in question.unknown:
            what = f"the key {key!r} is not known{nearest(key, keys)}"
            yield Finding("unknown-key", question_place(spec, question.name), what, "correct its spelling")


def lint_questions(spec: Spec, trials: Trials) -> Iterator[Finding]:
    """Yield the questions that `--defaults` cannot answer, with the default answers or with another choice."""
    explored = [trials.explored] if trials.explored else []
    explored += [trial.explored for trial in trials.all if trial.plain]
    for one in explored:
        for refused in one.refused:
            yield from _refused(spec, one, refused)


def _refused(spec: Spec, explored: Explored, refused: Refused) -> Iterator[Finding]:
    question = next(question for question in spec.questions if question.name == refused.name)
    place, answers = question_place(spec, question.name), with_answers(explored.given)
    if refused.problem:
        what = f"its own default is refused: {refused.problem}"
        yield Finding("refused-default", place, what, "change the default or the validator", answers)
    elif question.default is NO_DEFAULT or "UNSET" in str(question.default):
        if not explored.given:  # a question that is not asked by default may ask
            what = "it has no default, so nobody can use this template without being asked"
            yield Finding("no-default", place, what, "give it a `default`, or a `when` that is false by default")
    elif question.choices:
        what = f"its default {question.default!r} is not among its choices"
        yield Finding("not-a-choice", place, what, "make one of the choices the default", answers)
    else:
        what = f"its default {question.default!r} is not of type {question.type}"
        yield Finding("refused-default", place, what, "change the default or the type", answers)
