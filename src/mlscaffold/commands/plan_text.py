"""An update plan as text for people and as data for machines."""

__all__ = ["diff_text", "facts", "show_plan", "write_facts"]

from collections import Counter
from typing import Any, Final

from mlscaffold.commands.ui import Ui
from mlscaffold.git.scratch import Scratch
from mlscaffold.update.apply import next_tree
from mlscaffold.update.plan import UpdatePlan
from mlscaffold.update.report import Change
from mlscaffold.update.write import Write, write_of

_WORDS: Final = {
    "add": "added",
    "change": "changed",
    "merge": "merged",
    "rename": "renamed",
    "delete": "deleted",
    "conflict": "in conflict",
    "keep": "kept as yours",
}
_MOST: Final = 40  # unremarkable paths shown; --json has them all


def facts(plan: UpdatePlan, *, applied: bool) -> dict[str, Any]:
    """Return the plan as plain data."""
    answers = plan.target.answers
    return {
        "project": str(plan.place.root),
        "template": plan.target.template.source,
        "from": plan.old_version,
        "to": plan.new_version,
        "applied": applied,
        "files": [
            {"path": change.path, "action": change.action, "reason": change.reason}
            | ({"from": change.origin} if change.origin else {})
            for change in plan.changes
        ],
        "conflicts": [
            {
                "path": conflict.path,
                "reason": conflict.reason,
                "stages": [stage.number for stage in conflict.stages],
                "hint": conflict.hint,
            }
            for conflict in plan.conflicts
        ],
        "kept": [change.path for change in plan.changes if change.action == "keep"],
        "missed": list(plan.missed),
        "resolved": [{"path": found.path, "notes": list(found.notes)} for found in plan.resolutions],
        "answers": {
            "new": dict(answers.new),
            "changed": {name: {"from": old, "to": new} for name, (old, new) in answers.changed.items()},
            "gone": list(answers.gone),
        },
        "changelog": [{"version": entry.version, "changes": list(entry.changes)} for entry in plan.changelog],
        "notes": list(plan.notes),
        "dirty": list(plan.dirty),
    }


def write_facts(write: Write, *, applied: bool) -> dict[str, Any]:
    """Return what `undo` or `heal` writes as plain data."""
    return {
        "project": str(write.place.root),
        "from": write.old_version,
        "to": write.new_version,
        "applied": applied,
        "files": sorted(write.delta),
        "conflicts": [{"path": conflict.path, "reason": conflict.reason} for conflict in write.conflicts],
    }


def show_plan(plan: UpdatePlan, ui: Ui, *, applied: bool = False) -> None:
    """Print the plan: versions, changelog, answers, what happens to which file, and a sum."""
    if plan.is_empty:
        ui.say(f"{plan.place.root.name} is up to date with its template {plan.new_version}".rstrip() + ".")
        return
    ui.say(ui.bold(f"{plan.place.root.name}: {plan.target.template.source} {plan.old_version} -> {plan.new_version}"))
    for entry in plan.changelog:
        ui.say(f"  {entry.version}")
        for line in entry.changes:
            ui.say(f"    {line}")
    answers = plan.target.answers
    if not plan.partial:  # else they are not recorded
        for name, value in answers.new.items():
            ui.say(f"  answer    {name} = {value!r} (new)")
        for name, (old, new) in answers.changed.items():
            ui.say(f"  answer    {name}: {old!r} -> {new!r}")
    _show_changes(plan, ui)
    for conflict in plan.conflicts if applied else ():
        if conflict.hint:
            ui.say(f"  what the template wanted: {conflict.hint}")


def _show_changes(plan: UpdatePlan, ui: Ui) -> None:
    shown: Counter[str] = Counter()
    for change in sorted(plan.changes, key=lambda change: (change.action == "conflict", change.action == "keep")):
        shown[change.action] += 1
        if shown[change.action] <= _MOST or change.action == "conflict":
            ui.say(_line(change, missed=change.action == "keep" and change.path in plan.missed))
        elif shown[change.action] == _MOST + 1:
            ui.say(f"  {change.action:<9} ... and more (all with --json)")
    named = {change.path for change in plan.changes}
    for found in plan.resolutions:
        if found.path not in named:  # your text came out of it, but not for want of another
            ui.say(f"  resolved  {found.path}  ({'; '.join(found.notes)})")
    parts = [f"{count} {_WORDS[action]}" for action, count in shown.items()]
    ui.say(f"{', '.join(parts) or 'only the recorded version changes'}.")


def _line(change: Change, *, missed: bool) -> str:
    name = f"{change.origin} -> {change.path}" if change.origin else change.path
    reasons = [change.reason] if change.reason else []
    reasons += ["the template changed it, --diff shows how"] if missed else []
    why = f"  ({'; '.join(reasons)})" if reasons else ""
    return f"  {change.action:<9} {name}{why}"


def diff_text(plan: UpdatePlan, work: Scratch) -> str:
    """Return the patch from HEAD to the result, and what the template changed in files that the team keeps."""
    text = work.diff(plan.place.head_tree, next_tree(write_of(plan), work, whole=True, keep=False))
    old = {path: gave for path, (gave, _gives) in plan.missed.items() if gave is not None}
    work.commit(
        [("missed-old", "", old), ("missed-new", "", {path: gives for path, (_, gives) in plan.missed.items()})], {}
    )
    missed = work.diff("missed-old", "missed-new") if plan.missed else ""
    return text + (f"\nNot applied, because these files are kept as yours:\n\n{missed}" if missed else "")
