"""`mlscaffold update --continue`, `--abort` and `--undo`: end an update, or take it back."""

__all__ = ["abort", "resume", "undo"]

from pathlib import Path

from mlscaffold.commands.plan_text import write_facts
from mlscaffold.commands.ui import Ui
from mlscaffold.commands.update import CONFLICTS
from mlscaffold.errors import UserError
from mlscaffold.git.place import Place, find_place
from mlscaffold.git.scratch import scratch
from mlscaffold.project.project import locate_project
from mlscaffold.update import state
from mlscaffold.update.abort import abort as put_back
from mlscaffold.update.apply import apply
from mlscaffold.update.resume import resume as go_on
from mlscaffold.update.undo import plan_undo


def resume(folder: Path, ui: Ui) -> int:
    """End an update whose conflicts are resolved; return 0. Raises `UserError` while some are left."""
    pending = go_on(_place(folder))
    ui.say(f"The update to {pending.new_version or 'the template as it is'} is complete. Next:")
    ui.say("  git commit")
    return 0


def abort(folder: Path, ui: Ui) -> int:
    """Put everything back to before an unfinished update; return 0. Raises `UserError` if there is none."""
    put_back(_place(folder))
    ui.say("Everything is as it was before the update.")
    return 0


def undo(folder: Path, ui: Ui, *, preview: bool = False) -> int:
    """Take the last update back and leave the result to be committed; return 0, or 1 with conflicts."""
    place = _place(folder)
    with scratch(place) as work:
        write = plan_undo(place, work)
        if not preview:
            apply(write, work)
            if not write.conflicts:
                state.forget(place)  # it is undone: to undo that as well, update again
    if ui.as_json:
        ui.emit(write_facts(write, applied=not preview))
    went = "would go" if preview else "are"
    ui.say(f"{len(write.delta)} files {went} back from {write.old_version} to {write.new_version}.")
    for conflict in write.conflicts:
        ui.say(f"  conflict  {conflict.path}: {conflict.reason}")
    return CONFLICTS if write.conflicts else 0


def _place(folder: Path) -> Place:
    place = find_place(locate_project(folder)[0])
    if place is None:
        raise UserError(f"{folder} is not in a git repository", hint="an update needs one: `git init`")
    return place
