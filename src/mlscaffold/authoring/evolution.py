"""Updates of projects at released versions to what is checked: untouched ones, and ones that a team has edited."""

__all__ = ["check_updates"]

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

from mlscaffold.authoring.edits import Line, edit
from mlscaffold.authoring.exploring import explore
from mlscaffold.authoring.finding import Finding
from mlscaffold.authoring.questions import question_place
from mlscaffold.authoring.recorded import lost_answers
from mlscaffold.authoring.subject import Subject, without_tasks
from mlscaffold.authoring.trials import Trial
from mlscaffold.authoring.updating import Old, Updated, update, updating_from
from mlscaffold.authoring.verdict import edited_faults, expected, untouched_faults
from mlscaffold.authoring.workshop import History, make_history
from mlscaffold.errors import UserError
from mlscaffold.project.project import ANSWERS_PATH
from mlscaffold.render import render, resolve
from mlscaffold.template import Template
from mlscaffold.template.sources import load_template

Stage = Callable[[str], AbstractContextManager[None]]


class Evolution(NamedTuple):
    """What the updates of one version showed: findings, one line about it, and the renames that were recognised."""

    findings: tuple[Finding, ...]
    told: str
    renames: tuple[str, ...] = ()


def check_updates(
    subject: Subject, versions: tuple[str, ...], base: Trial, stage: Stage, *, trust: bool
) -> Iterator[Evolution]:
    """Update from each of `versions` to what is checked; `base` is that with its default answers."""
    if ANSWERS_PATH not in base.rendering.tree:
        return  # told already, and no project of it can be updated
    with tempfile.TemporaryDirectory(prefix="mlscaffold-") as name:
        trees = {version: without_tasks(subject.load(version)) for version in versions}
        history = make_history(Path(name, "template"), trees, without_tasks(subject.files), subject.version)
        for number, version in enumerate(versions):
            with stage(f"Updating projects from {version}"):
                yield _from(version, history, Path(name, str(number)), base, trust=trust)


def _from(version: str, history: History, place: Path, base: Trial, *, trust: bool) -> Evolution:
    try:
        template = load_template(history.source, version)
        explored = explore(template, {}, trust=trust)
        old = Old(template, explored, render(template, explored.answers, trust=trust))
    except UserError as problem:
        return Evolution((), f"{version}: left out, for it cannot be rendered: {problem.what}")
    if ANSWERS_PATH not in old.rendering.tree:
        return Evolution((), f"{version}: left out, for its projects have no answers file")
    target = load_template(history.source, history.target)
    given, asked = _needed(version, target, base, old)
    lost = lost_answers(version, old, target, given, trust=trust)
    try:
        plain = update(place / "plain" / "project", history, old, old.rendering.tree, given, trust=trust)
        fresh = _fresh(target, plain, trust=trust)
        edited = edit(old.rendering.tree, old.owner)
        ours = update(place / "edited" / "project", history, old, edited.files, given, trust=trust)
    except UserError as problem:
        fix, seen = problem.hint or "mend the template", updating_from(version)
        refused = Finding("refused", target.spec.path, f"the update is refused: {problem.what}", fix, seen)
        return Evolution((*asked, *lost, refused), f"{version}: refused")
    faults = [*untouched_faults(version, old, plain, fresh), *edited_faults(version, old, edited, ours, fresh)]
    renamed = [change for change in plain.plan.changes if change.action == "rename"]
    renames = tuple(f"{version}: {change.origin} is known as {change.path} now" for change in renamed)
    return Evolution((*asked, *lost, *faults), _told(version, plain, ours, old, edited.lines), renames)


def _needed(version: str, target: Template, base: Trial, old: Old) -> tuple[dict[str, Any], list[Finding]]:
    """Return answers to the new questions that have no default, and a finding for each."""
    given, findings = {}, []
    for name, value in base.explored.stand_ins.items():
        if name not in old.explored.answers.recorded:
            given[name] = value
            what = "it is new and has no good default: `mlscaffold update --defaults` is refused"
            place = question_place(target.spec, name)
            findings.append(Finding("needs-answer", place, what, "give it a default", updating_from(version)))
    return given, findings


def _fresh(target: Template, plain: Updated, *, trust: bool) -> Mapping[str, bytes]:
    """Render the target for the answers that the update carried over, on a path of its own."""
    kept = plain.plan.target.rendering.answers
    answers = resolve(target, {}, defaults={**kept.recorded, **kept.given}, folder=kept.folder, trust=trust)
    return {path: file.data for path, file in render(target, answers, trust=trust).tree.items()}


def _told(version: str, plain: Updated, ours: Updated, old: Old, lines: Iterable[Line]) -> str:
    conflicts = len(ours.plan.conflicts)
    unavoidable = sum(expected(conflict, ours, old, lines) for conflict in ours.plan.conflicts)
    changed = len(plain.plan.delta)
    if not conflicts:
        return f"{version}: {changed} files change; with a team's edits no conflict"
    where = "all" if unavoidable == conflicts else str(unavoidable)
    return f"{version}: {changed} files change; with a team's edits {conflicts} in conflict, {where} as expected"
