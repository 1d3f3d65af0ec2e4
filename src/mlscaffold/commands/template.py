"""`mlscaffold template`: the versions of a template, and the built-in one as a repository of your own."""

__all__ = ["eject", "versions"]

import shutil
from pathlib import Path

from mlscaffold import git
from mlscaffold.commands.ui import Ui
from mlscaffold.staging import all_or_nothing, free_target, move, user_errors
from mlscaffold.template import builtin
from mlscaffold.template.sources import template_versions
from mlscaffold.tree import write_tree


def versions(source: str, ui: Ui, *, prereleases: bool = False) -> int:
    """Print the versions of the template at `source`, oldest first; return 0."""
    known = template_versions(source, prereleases=prereleases)
    if ui.as_json:
        ui.emit([{"version": entry.version, "changes": list(entry.changes)} for entry in known])
        return 0
    for entry in known:
        ui.say(entry.version)
        for line in entry.changes:
            ui.say(f"  {line}")
    if not known:
        ui.note(f"{source} has no versions: it has no tags")
    return 0


def eject(folder: Path, ui: Ui) -> int:
    """Write the built-in template as a git repository with one tag per release; return 0.

    Raises:
        UserError: the folder is taken or cannot be written.
    """
    target = free_target(folder)
    git.require()
    with user_errors(target), all_or_nothing(target) as staging:
        git.init(staging)
        for release in builtin.releases():
            _commit_release(release, staging)
        move(staging, target)
    newest = builtin.releases()[-1].version
    ui.say(f"{target} is there, at v{newest}. Use it with:")
    ui.say(f"  mlscaffold new NAME --template {target}")
    return 0


def _commit_release(release: builtin.Release, staging: Path) -> None:
    for child in staging.iterdir():
        if child.name != ".git":
            shutil.rmtree(child) if child.is_dir() and not child.is_symlink() else child.unlink()
    write_tree(builtin.load(release.version)[1], staging)
    git.commit_all(
        staging, f"Template {release.version}\n\n" + "\n".join(f"- {line}" for line in release.changes), ignored=True
    )
    git.tag(staging, f"v{release.version}")
