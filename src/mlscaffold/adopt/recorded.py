"""A project that Copier made says itself which version and answers it was made with: nothing is guessed, or changed."""

__all__ = ["recorded_guess"]

from pathlib import Path
from typing import Any

from mlscaffold.adopt.similarity import Measure
from mlscaffold.adopt.trials import Guess
from mlscaffold.adopt.wishes import Wishes
from mlscaffold.errors import UserError
from mlscaffold.project.project import ANSWERS_PATH, Project
from mlscaffold.render import Answers, render, resolve
from mlscaffold.template import Template
from mlscaffold.template.sources import BUILTIN, load_template


def recorded_guess(project: Project, wishes: Wishes, measure: Measure) -> Guess:
    """Return what the answers file records, rendered.

    Raises:
        UserError: the template cannot be had, or the user's wishes contradict the file, which is kept.
    """
    _refuse_another_template(project, wishes)
    template = _template(project, wishes)
    answers = _answers(project, wishes, template)
    rendering = render(template, answers, trust=wishes.trust)
    return Guess(template, answers, rendering, measure(rendering.tree))


def _refuse_another_template(project: Project, wishes: Wishes) -> None:
    if wishes.source is not None and not _same_source(wishes.source, project.source):
        raise UserError(
            f"{ANSWERS_PATH} says that the template is {project.source}",
            hint="leave `--template` out, or correct _src_path there",
        )
    if wishes.at and project.commit and wishes.at.removeprefix("v") != project.commit.removeprefix("v"):
        raise UserError(
            f"{ANSWERS_PATH} says that the version is {project.commit}",
            hint=f"leave `--at` out; afterwards: mlscaffold update --to {wishes.at}",
        )


def _same_source(one: str, other: str) -> bool:
    names = {BUILTIN if source == "builtin" else source for source in (one, other)}
    return len(names) == 1 or Path(one).expanduser().resolve() == Path(other).expanduser().resolve()


def _template(project: Project, wishes: Wishes) -> Template:
    try:
        template = load_template(project.source, project.commit or None, prereleases=wishes.prereleases)
    except UserError as problem:
        raise UserError(problem.what, hint=f"correct _src_path and _commit in {ANSWERS_PATH}") from problem
    if template.commit and not project.commit:
        raise UserError(
            f"{ANSWERS_PATH} does not say which version (_commit)",
            hint=f"add a line such as _commit: {template.commit}",
        )
    return template


def _answers(project: Project, wishes: Wishes, template: Template) -> Answers:
    names = {question.name for question in template.spec.questions}
    recorded = {name: value for name, value in project.answers.items() if name in names}
    # What Copier does not write down may be given; the rest is in the file.
    unrecorded = {question.name for question in template.spec.questions if question.secret}
    secret = {name: value for name, value in wishes.given.items() if name in unrecorded}
    answers = _resolved(project, wishes, template, recorded | secret)
    wanted = resolve(template, {**recorded, **wishes.given}, folder=project.root.name, trust=wishes.trust)
    for name, value in wanted.recorded.items():
        if value != answers.recorded.get(name):
            raise UserError(
                f"{ANSWERS_PATH} says {name} = {answers.recorded.get(name)!r}",
                hint=f"leave `--set {name}=...` out; an update can change it",
            )
    return answers


def _resolved(project: Project, wishes: Wishes, template: Template, given: dict[str, Any]) -> Answers:
    try:
        return resolve(template, given, folder=project.root.name, trust=wishes.trust)
    except UserError as problem:
        hint = f"correct it in {ANSWERS_PATH}" if "--set" in problem.hint else problem.hint
        raise UserError(problem.what, hint=hint) from problem
