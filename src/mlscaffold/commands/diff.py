"""`mlscaffold diff`: what the team changed against the pristine template at the project's version."""

__all__ = ["diff"]

import sys
from pathlib import Path

from mlscaffold import git
from mlscaffold.commands.ui import Ui
from mlscaffold.errors import UserError
from mlscaffold.project.drift import drift, given_files, pristine
from mlscaffold.project.lock import Lock
from mlscaffold.project.project import Project, find_project
from mlscaffold.tree import File, Tree


def diff(folder: Path, ui: Ui, *, stat: bool = False, name_only: bool = False) -> int:
    """Print the difference as a patch (or its summary, or the names); return 0.

    Raises:
        UserError: there is no project, it has no lock, or the pristine files cannot be had.
    """
    project = find_project(folder)
    if project.lock is None:
        raise UserError(
            f"{project.root} has no lock yet: it was made by Copier", hint="its first `mlscaffold update` writes one"
        )
    changed = drift(project, project.lock)
    touched = {*changed.changed, *changed.deleted}
    if name_only:
        for path in sorted(touched):
            ui.say(path)
        return 0
    if not touched:
        ui.note("nothing differs from the template")
        return 0
    given = pristine(project, project.lock, touched, _rendered(project, project.lock, touched))
    ours = given_files(project.root, project.lock)
    text = git.diff_trees(given, _only(ours, touched), "--stat" if stat else "--patch")
    sys.stdout.write(text)
    return 0


def _only(tree: Tree, paths: set[str]) -> Tree:
    return Tree({path: file for path, file in tree.items() if path in paths})


def _rendered(project: Project, lock: Lock, touched: set[str]) -> dict[str, File]:
    """Render the template anew, but only where the object store does not have what it gave."""
    if git.enclosing_repository(project.root) is not None:
        wanted = {lock.files[path].blob for path in touched}
        if wanted <= set(git.blobs(project.root, wanted)):
            return {}
    from mlscaffold.render import render, resolve
    from mlscaffold.template.sources import load_template

    template = load_template(project.source, lock.version or None)
    answers = resolve(template, project.answers, folder=project.root.name)
    return dict(render(template, answers).tree)
