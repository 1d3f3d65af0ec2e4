"""`mlscaffold adopt`: bring an existing repository under a template."""

__all__ = ["adopt"]

import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mlscaffold.adopt.apply import Added, apply
from mlscaffold.adopt.compare import Aside, Differing, differences
from mlscaffold.adopt.plan import AdoptPlan, Found, find, plan
from mlscaffold.adopt.standing import adopted
from mlscaffold.adopt.wishes import Wishes
from mlscaffold.commands.ui import Ui
from mlscaffold.project.project import ANSWERS_PATH, Project
from mlscaffold.template import Template
from mlscaffold.template.sources import BUILTIN

_MOST = 20  # paths shown of each kind; --json has them all


def adopt(wishes: Wishes, ui: Ui, *, defaults: bool = False, preview: bool = False, diff: bool = False) -> int:
    """Plan the adoption, then show it (`preview`, `diff`) or make it; return 0.

    Raises:
        UserError: something the user can mend.
    """
    if (project := adopted(wishes.target)) is not None:
        _show_adopted(project, ui)
        return 0
    with ui.stage("Looking for the likeliest version and answers"):
        found = find(wishes)
    person = not defaults and not ui.as_json and sys.stdin.isatty()
    planned = _ask_and_plan(found, wishes, ui) if person else plan(found, wishes)
    if not person:
        _show_found(found, ui)
    for note in planned.notes:
        ui.note(note)
    added = None if preview or diff else apply(planned)
    patch = differences(planned.compared, planned.rendering.tree, planned.look) if diff else None
    if ui.as_json:
        ui.emit(_facts(planned, added) | ({} if patch is None else {"patch": patch}))
        return 0
    _show_plan(planned, added, ui)
    if patch is not None:
        sys.stdout.write(patch)
    _show_end(planned, added, ui)
    return 0


def _ask_and_plan(found: Found, wishes: Wishes, ui: Ui) -> AdoptPlan:
    from mlscaffold.commands.asking import ask_question

    _show_found(found, ui)
    return plan(found, wishes, ask=lambda question: ask_question(ui, question))


def _show_adopted(project: Project, ui: Ui) -> None:
    if ui.as_json:
        ui.emit({"project": str(project.root), "template": project.source, "already": True})
        return
    ui.say(f"{project.root} is adopted already: use `mlscaffold update`")


def _show_found(found: Found, ui: Ui) -> None:
    like = found.guess.likeness
    said = f", as {ANSWERS_PATH} says" if found.before.project is not None else ""
    ui.say(
        f"template {_named(found.guess.template)}{said}: {like.there} of {like.total} files are there,"
        f" {like.same} of them the same"
    )


def _named(template: Template) -> str:
    version = template.version or template.commit or ""
    source = "" if template.source == BUILTIN else template.source
    return f"{source} {version}".strip()


def _show_plan(planned: AdoptPlan, added: Added | None, ui: Ui) -> None:
    compared = planned.compared
    for name, value in planned.rendering.answers.recorded.items():
        ui.say(f"  {name} = {value}")
    new = compared.added if added is None else added.written
    _show("to add" if added is None else "added", new, ui)
    ui.say(f"the same       {len(compared.agree)}")
    _show("yours stay", map(_differing, compared.disagree), ui)
    _show("stay deleted", map(_aside, compared.kept_out), ui)
    _show("in the way", map(_aside, (*compared.in_the_way, *(added.missed if added else ()))), ui)


def _show(kind: str, lines: Iterable[str], ui: Ui) -> None:
    listed = list(lines)
    ui.say(f"{kind:<14} {len(listed)}")
    for line in listed[:_MOST]:
        ui.say(f"  {line}")
    if listed[_MOST:]:
        ui.say(f"  ... and {len(listed) - _MOST} more (all with --json)")


def _differing(file: Differing) -> str:
    return f"{file.path} ({file.why or f'{file.lines} lines differ'})"


def _aside(aside: Aside) -> str:
    return f"{aside.path} ({aside.reason})"


def _show_end(planned: AdoptPlan, added: Added | None, ui: Ui) -> None:
    if added is None:
        ui.say("Nothing was written.")
        return
    ui.say()
    ui.say(f"{ui.bold(planned.root.name)} follows the template {_named(planned.template)} now. Look at it, then:")
    for command in _next(planned):
        ui.say(f"  {command}")


def _next(planned: AdoptPlan) -> list[str]:
    enter = [] if planned.root == Path.cwd() else [f"cd {shlex.quote(str(planned.root))}"]
    return [
        *enter,
        "git add --all . && git commit -m 'Adopt the template'",
        "mlscaffold diff",
        "mlscaffold update --preview",
    ]


def _facts(planned: AdoptPlan, added: Added | None) -> dict[str, Any]:
    compared, like = planned.compared, planned.likeness
    missed = added.missed if added else ()
    return {
        "project": str(planned.root),
        "template": planned.template.source,
        "version": planned.template.version,
        "commit": planned.template.commit,
        "answers": dict(planned.rendering.answers.recorded),
        "likeness": {"files": like.total, "there": like.there, "same": like.same, "score": round(like.score, 3)},
        "already": False,
        "written": added is not None,
        "added": list(compared.added if added is None else added.written),
        "agree": list(compared.agree),
        "disagree": [{"path": path, "lines": lines, "why": why or None} for path, lines, why in compared.disagree],
        "kept_out": [aside._asdict() for aside in compared.kept_out],
        "in_the_way": [aside._asdict() for aside in (*compared.in_the_way, *missed)],
        "answers_file": "kept" if planned.keeps_answers else "added",
        "notes": list(planned.notes),
        "next": [] if added is None else _next(planned),
    }
