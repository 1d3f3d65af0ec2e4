"""Make a planned project: everything beside its place first, then one move; a failure or Ctrl-C leaves nothing."""

__all__ = ["Made", "Stage", "make"]

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

from mlscaffold import git
from mlscaffold.new.plan import NewPlan
from mlscaffold.new.setup import SetupFailedError, run_setup
from mlscaffold.project.lock import LOCK_PATH, dump_lock, lock_for
from mlscaffold.staging import all_or_nothing, move, user_errors
from mlscaffold.tree import write_tree

Stage = Callable[[str], AbstractContextManager[None]]


class Made(NamedTuple):
    """What was made: the first commit (None without git), whether it is set up, and what to tell the user."""

    commit: str | None
    set_up: bool
    notes: tuple[str, ...]
    failed: bool = False  # the project is whole, but its set-up was started and did not end well


def make(plan: NewPlan, stage: Stage) -> Made:
    """Write the project and set it up; `stage(text)` is entered around each step, to show progress.

    Raises:
        UserError: it cannot be written, or its own set-up refuses the user's table. Then nothing is left.
    """
    with user_errors(plan.target), all_or_nothing(plan.target) as staging:
        with stage(f"Writing {len(plan.rendering.tree)} files"):
            write_tree(plan.rendering.tree, staging)
            _bring_table(plan, staging)
            commit = _first_commit(plan, staging)
        move(staging, plan.target)
        return _set_up(plan, commit, stage)


def _set_up(plan: NewPlan, commit: str | None, stage: Stage) -> Made:
    try:
        done = run_setup(plan.target, plan.setup, stage)
    except SetupFailedError as problem:
        return Made(commit, set_up=False, notes=(str(problem),), failed=True)
    if done.missing:
        return Made(commit, set_up=False, notes=(done.missing,))
    if plan.setup and plan.repository:
        with stage("Committing what the set-up made"):
            commands = "; ".join(" ".join(command) for command in plan.setup)
            git.commit_changes(plan.target, f"Set up the project\n\nMade by: {commands}")
    return Made(commit, set_up=bool(plan.setup), notes=done.warnings)


def _bring_table(plan: NewPlan, staging: Path) -> None:
    if plan.table is None:
        return
    source, place = plan.table
    destination = staging / place
    destination.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, destination)


def _first_commit(plan: NewPlan, staging: Path) -> str | None:
    if plan.repository:
        git.init(staging)
    _write_lock(plan, staging, git.object_format(staging) if plan.repository else "sha1")
    if not plan.repository:
        return None
    version = f" {plan.template.version}" if plan.template.version else ""
    return git.commit_all(staging, f"Start from the template {plan.template.source}{version}")


def _write_lock(plan: NewPlan, staging: Path, object_format: str) -> None:
    lock = lock_for(
        plan.rendering.tree,
        plan.rendering.sources,
        plan.owners.__getitem__,
        template=plan.template.source,
        version=plan.template.version,
        commit=plan.template.commit_id,
        object_format=object_format,
    )
    place = staging / LOCK_PATH
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(dump_lock(lock))
