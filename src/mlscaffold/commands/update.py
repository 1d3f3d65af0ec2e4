"""`mlscaffold update`: bring a project to another version of its template, or show what that would do."""

__all__ = ["CONFLICTS", "Ways", "update"]

import sys
from typing import NamedTuple

from mlscaffold.commands.plan_text import diff_text, facts, show_plan
from mlscaffold.commands.ui import Ui
from mlscaffold.errors import UserError
from mlscaffold.git.scratch import Scratch, scratch
from mlscaffold.render import Ask
from mlscaffold.update import publish
from mlscaffold.update.apply import apply
from mlscaffold.update.plan import UpdatePlan, plan_update
from mlscaffold.update.standing import Standing, stand
from mlscaffold.update.verify import declared
from mlscaffold.update.verify import verify as run_checks
from mlscaffold.update.wishes import Wishes
from mlscaffold.update.write import write_of

CONFLICTS = 1  # the exit status of an update that left something to a person


class Ways(NamedTuple):
    """How an update is carried out and shown."""

    preview: bool = False
    diff: bool = False
    defaults: bool = False
    commit: bool = False
    branch: str | None = None
    verify: bool = False


def update(wishes: Wishes, ways: Ways, ui: Ui) -> int:
    """Plan the update, then show or apply it; return 0, or 1 if conflicts or failed checks are left.

    Raises:
        UserError: it is refused; nothing was written.
    """
    with ui.stage("Reading the project"):
        standing = stand(wishes.folder, work_tree=wishes.work_tree)
    with scratch(standing.place) as work:
        plan = plan_update(wishes, work, standing, _ask(ways, ui))
        for note in plan.notes:
            ui.note(note)
        if ways.preview:
            return _preview(plan, work, ways, ui)
        if plan.dirty:
            raise UserError(
                f"the update would write files with changes that are not committed: {_list(plan.dirty)}",
                hint="commit or stash them, or see the plan with `mlscaffold update --preview`",
            )
        if ways.branch:
            return _publish(wishes, plan, standing, work, ways.branch, ui)
        return _apply(wishes, plan, work, ways, ui)


def _ask(ways: Ways, ui: Ui) -> Ask | None:
    if ways.defaults or ways.preview or ui.as_json or not sys.stdin.isatty():
        return None
    from mlscaffold.commands.asking import ask_question

    return lambda question: ask_question(ui, question)


def _list(paths: tuple[str, ...]) -> str:
    return ", ".join(paths[:10]) + (f" and {len(paths) - 10} more" if paths[10:] else "")


def _preview(plan: UpdatePlan, work: Scratch, ways: Ways, ui: Ui) -> int:
    patch = diff_text(plan, work) if ways.diff else ""
    if ui.as_json:
        ui.emit(facts(plan, applied=False) | ({"diff": patch} if ways.diff else {}))
    else:
        show_plan(plan, ui)
        sys.stdout.write(patch)
        if plan.dirty:
            ui.note(f"it would be refused now: changes are not committed in {_list(plan.dirty)}")
        ui.say("Nothing was written." if not plan.is_empty else "")
    return CONFLICTS if plan.conflicts else 0


def _apply(wishes: Wishes, plan: UpdatePlan, work: Scratch, ways: Ways, ui: Ui) -> int:
    commit = ""
    if ways.verify:
        declared(plan, wishes)  # refused before anything is written
    patch = diff_text(plan, work) if ways.diff else ""
    if not plan.is_empty:
        with ui.stage("Writing"):
            apply(write_of(plan), work)
        if ways.commit and not plan.conflicts:
            commit = publish.commit_update(plan, work)
    checks = run_checks(plan, wishes, ui.stage) if ways.verify and not plan.conflicts else None
    if ui.as_json:
        more = {"commit": commit or None, "verified": checks and checks.good} | ({"diff": patch} if ways.diff else {})
        ui.emit(facts(plan, applied=not plan.is_empty) | more)
    else:
        show_plan(plan, ui, applied=True)
        sys.stdout.write(patch)
        if checks is not None and checks.good:
            ui.say(f"Verified: {checks.told}.")
        _show_next(plan, commit, ui)
    if checks is not None and not checks.good:
        ui.note(f"{checks.told}\nThe update is there; `mlscaffold update --undo` takes it back")
        return CONFLICTS
    return CONFLICTS if plan.conflicts else 0


def _show_next(plan: UpdatePlan, commit: str, ui: Ui) -> None:
    if plan.is_empty:
        return
    to = f" to {plan.new_version}" if plan.new_version not in {"", plan.old_version} and not plan.partial else ""
    if plan.conflicts:
        commands = ["git status", "mlscaffold update --continue", "mlscaffold update --abort"]
    elif commit:
        commands = [f"git show {commit[:7]}", "mlscaffold status", "mlscaffold update --undo"]
    else:
        commands = [
            "git diff --cached",
            f"git commit -m 'Update the template{to}'",
            "mlscaffold update --undo",
        ]
    ui.say("Next:")
    for command in commands:
        ui.say(f"  {command}")


def _publish(wishes: Wishes, plan: UpdatePlan, standing: Standing, work: Scratch, branch: str, ui: Ui) -> int:
    """Commit on a branch what does not conflict; what does is told, and offered again by the next update."""
    told, left = plan, tuple(f"{conflict.path}: {conflict.reason}" for conflict in plan.conflicts)
    if plan.conflicts:
        aside = {stage.path for conflict in plan.conflicts for stage in conflict.stages}
        aside |= {change.origin for change in plan.changes if change.action == "conflict" and change.origin}
        plan = plan_update(wishes, work, standing, None, aside=frozenset(aside))
    done = not plan.conflicts and not plan.is_empty
    commit = publish.publish(plan, work, branch, publish.message(plan, left)) if done else ""
    if ui.as_json:
        ui.emit(facts(told, applied=done) | {"branch": branch if done else None, "commit": commit or None})
    else:
        show_plan(told, ui)
        if done:
            ui.say(f"Committed as {commit[:7]} on the branch {branch}; nothing else was touched.")
        elif left:
            ui.say(f"The branch {branch} was not made: nothing is left without what conflicts.")
        for line in left:
            ui.say(f"  left out: {line}")
    return CONFLICTS if told.conflicts else 0
