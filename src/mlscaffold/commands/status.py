"""`mlscaffold status`: where a project stands towards its template."""

__all__ = ["status"]

from pathlib import Path
from typing import Any, NamedTuple

from mlscaffold.commands.ui import Ui
from mlscaffold.errors import UserError
from mlscaffold.project.drift import Drift, drift
from mlscaffold.project.project import Project, find_project, unfinished
from mlscaffold.template.sources import Newer, newer_versions

_MOST = 20  # paths shown of each kind; --json has them all


class Standing(NamedTuple):
    """All that is known of a project: `drift` is None without a lock; `offline` says why newer versions are unknown."""

    project: Project
    newer: tuple[Newer, ...]
    offline: str
    drift: Drift | None
    unfinished: tuple[str, ...]


def status(folder: Path, ui: Ui, *, offline: bool = False, prereleases: bool = False) -> int:
    """Print where the project at `folder` stands; return 0. Raises `UserError` where there is no project."""
    standing = _standing(find_project(folder), ask_template=not offline, prereleases=prereleases)
    if ui.as_json:
        ui.emit(_facts(standing))
    else:
        _show(standing, ui)
    return 0


def _standing(project: Project, *, ask_template: bool, prereleases: bool) -> Standing:
    newer: list[Newer] = []
    problem = ""
    if ask_template:
        try:
            newer = newer_versions(project.source, project.version, prereleases=prereleases)
        except UserError as unreachable:
            problem = str(unreachable)
    found = drift(project, project.lock) if project.lock else None
    return Standing(project, tuple(newer), problem, found, tuple(unfinished(project)))


def _facts(standing: Standing) -> dict[str, Any]:
    changed = standing.drift
    return {
        "project": str(standing.project.root),
        "template": standing.project.source,
        "version": standing.project.version or None,
        "newer": [{"version": newer.version, "changes": list(newer.changes)} for newer in standing.newer],
        "newer_unknown": standing.offline or None,
        "changed": list(changed.changed) if changed else None,
        "deleted": list(changed.deleted) if changed else None,
        "unfinished": list(standing.unfinished),
    }


def _show(standing: Standing, ui: Ui) -> None:
    project = standing.project
    ui.say(f"project   {project.root}")
    ui.say(f"template  {project.source} {project.version or '(a folder without versions)'}")
    _show_newer(standing, ui)
    if standing.drift is None:
        ui.say("files     unknown: the project has no lock yet (it was made by Copier)")
    else:
        total = len(project.lock.files) if project.lock else 0
        changed, deleted = standing.drift
        ui.say(f"files     {total} from the template: {len(changed)} changed, {len(deleted)} deleted")
        _show_paths("changed", changed, ui)
        _show_paths("deleted", deleted, ui)
    for line in standing.unfinished:
        ui.say(f"unfinished  {line}")
    if standing.drift and standing.drift.changed:
        ui.say("See what changed with `mlscaffold diff`.")


def _show_newer(standing: Standing, ui: Ui) -> None:
    if standing.offline:
        ui.say(f"newer     unknown: {standing.offline}")
    for newer in standing.newer:
        ui.say(f"newer     {newer.version}")
        for line in newer.changes:
            ui.say(f"            {line}")
    if not standing.newer and not standing.offline:
        ui.say("newer     none")


def _show_paths(kind: str, paths: tuple[str, ...], ui: Ui) -> None:
    for path in paths[:_MOST]:
        ui.say(f"  {kind}  {path}")
    if len(paths) > _MOST:
        ui.say(f"  {kind}  ... and {len(paths) - _MOST} more (all with --json)")
