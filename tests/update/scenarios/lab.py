"""The laboratory: makes a scenario's template, its project and what the team did, and copies of them to work on."""

__all__ = ["Case", "Outcome", "Tool", "build", "fresh_copy", "write_files"]

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Protocol

from scenarios.acts import commit, run_git
from scenarios.model import Act, Exec, Files, Link, Scenario
from scenarios.snapshot import Trees, read_files


class Outcome(NamedTuple):
    """What an update said: its exit code (0 clean, 1 conflicts left, 2 refused), and the paths it named."""

    code: int
    conflicts: frozenset[str] = frozenset()
    told: frozenset[str] | None = None  # None: this tool has no report
    version: str | None = None  # what the project now records; None: this tool does not say
    said: str = ""


class Tool(Protocol):
    """A tool that makes projects and updates them."""

    name: str
    state: frozenset[str]  # its own files in a project

    def inapplicable(self, scenario: Scenario) -> str:
        """Say why this scenario cannot be put to the tool ("" if it can)."""

    def write_version(self, scenario: Scenario, number: int, folder: Path) -> None:
        """Write version `number` (from 0) of the template into an empty folder."""

    def new(self, source: Path, target: Path, scenario: Scenario) -> None:
        """Make the project at the first version."""

    def update(self, case: "Case") -> Outcome:
        """Update the project to the newest version."""


class Case(NamedTuple):
    """A scenario set up for one tool: `base` and `theirs` are what the template gives at the two versions."""

    scenario: Scenario
    template: Path
    sandbox: Path
    project: Path
    base: Trees
    theirs: Trees | None  # None: the last version cannot be rendered


def write_files(folder: Path, files: Files) -> None:
    """Write files, links and all, below `folder`."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        match content:
            case Link(target):
                place.symlink_to(target)
            case Exec(text):
                place.write_bytes(text.encode())
                place.chmod(0o755)
            case bytes():
                place.write_bytes(content)
            case str():
                place.write_bytes(content.encode())


def _empty(folder: Path) -> None:
    for child in folder.iterdir():
        if child.name == ".git":
            continue
        shutil.rmtree(child) if child.is_dir() and not child.is_symlink() else child.unlink()


def _write_template(scenario: Scenario, tool: Tool, folder: Path, *, number: int) -> None:
    _empty(folder)
    tool.write_version(scenario, number, folder)
    if scenario.versioned:
        run_git(folder, "add", "--all", "--force")  # a `.gitignore` of the template is not for the template
        run_git(folder, "commit", "--quiet", "--allow-empty", "--message", f"v{number + 1}")
        run_git(folder, "tag", f"v{number + 1}")


def build(scenario: Scenario, tool: Tool, place: Path, theirs: Trees | None) -> Case:
    """Set the scenario up below the empty folder `place`."""
    template, sandbox = place / "template", place / "sandbox"
    for folder in (template, sandbox):
        folder.mkdir(parents=True)
    last = len(scenario.versions) - 1
    if scenario.versioned:
        run_git(template, "init", "--quiet")
    for number in range(last + 1 if scenario.versioned else last):
        _write_template(scenario, tool, template, number=number)
    layout = scenario.layout
    _do(layout.first, sandbox)
    project = sandbox / layout.place
    tool.new(template, project, scenario)
    base = read_files(project)
    _do(layout.made, sandbox)
    if not run_git(project, "rev-parse", "--git-dir", check=False):
        run_git(project, "init", "--quiet")
    commit("start")(project)
    if not scenario.versioned:
        _write_template(scenario, tool, template, number=last)
    if scenario.team:
        _do(scenario.team, project)
        commit("the team's work")(project)
    _do(layout.last, sandbox)
    project = sandbox / (layout.moves_to or layout.place)
    _do(scenario.loose, project)
    return Case(scenario, template, sandbox, project, base, theirs)


def _do(acts: Iterable[Act], folder: Path) -> None:
    for act in acts:
        act(folder)


def fresh_copy(case: Case, place: Path) -> Case:
    """Return the case with a sandbox of its own in the folder `place`, which must not exist."""
    shutil.copytree(case.sandbox, place, symlinks=True)
    project = place / case.project.relative_to(case.sandbox)
    for linked in place.glob("*/.git/worktrees"):
        run_git(linked.parents[1], "worktree", "repair", str(project))
    run_git(project, "update-index", "-q", "--refresh", check=False)
    return case._replace(sandbox=place, project=project)
