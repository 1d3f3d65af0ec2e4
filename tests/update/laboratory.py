"""A small laboratory: a template with versions, a project of it, and what a team does to it."""

import json
import os
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mlscaffold.cli import main

CONFIG = "_subdirectory: template\nname: {type: str, default: demo}\n"
ANSWERS = {"template/{{_copier_conf.answers_file}}.jinja": "{{ _copier_answers|to_nice_yaml }}"}
Files = Mapping[str, str | bytes | None]  # None: the file goes


def run_git(folder: Path, *args: str) -> str:
    who = ["-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *args], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def put(folder: Path, files: Files) -> None:
    for name, content in files.items():
        place = folder / name
        if content is None:
            place.unlink()
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())


class Lab(NamedTuple):
    """A template and a project made from its first version."""

    template: Path
    project: Path
    capture: pytest.CaptureFixture[str]

    def release(self, tag: str, files: Files, config: str = "", changelog: str = "") -> None:
        """Make a version of the template; `files` are added to what it has, below `template/`."""
        put(self.template, {f"template/{name}": content for name, content in files.items()})
        if config:
            put(self.template, {"copier.yml": CONFIG + config})
        if changelog:
            put(self.template, {"CHANGELOG.md": changelog})
        run_git(self.template, "add", "-A")
        run_git(self.template, "commit", "-qm", tag, "--allow-empty")
        run_git(self.template, "tag", tag)

    def commit(self, files: Files, message: str = "work") -> None:
        """Do a team's work."""
        put(self.project, files)
        run_git(self.project, "add", "-A")
        run_git(self.project, "commit", "-qm", message, "--allow-empty")

    def run(self, *args: str) -> tuple[int, str, str]:
        """Run a command of mlscaffold in the project."""
        self.capture.readouterr()
        code = main(["-C", str(self.project), *args])
        said = self.capture.readouterr()
        return code, said.out, said.err

    def update(self, *args: str) -> int:
        """Update without questions; return the exit code."""
        return self.run("update", "--defaults", *args)[0]

    def plan(self, *args: str) -> dict[str, Any]:
        """Return the plan as a machine sees it."""
        _code, out, err = self.run("update", "--json", *args)
        assert out, err
        found: dict[str, Any] = json.loads(out)
        return found

    def actions(self, *args: str) -> dict[str, str]:
        """Return path -> what would happen to it."""
        return {file["path"]: file["action"] for file in self.plan("--preview", *args)["files"]}

    def text(self, path: str) -> str:
        """Return a file of the project."""
        return (self.project / path).read_text(encoding="utf-8")

    def git(self, *args: str) -> str:
        """Run git in the project."""
        return run_git(self.project, *args)


def start(
    folder: Path, capture: pytest.CaptureFixture[str], files: Files, config: str = "", at: str = "project"
) -> Lab:
    """Make a template at v1.0.0 and a project of it."""
    lab = Lab(folder / "template", folder / at, capture)
    lab.template.mkdir()
    run_git(lab.template, "init", "-q", "-b", "main")
    put(lab.template, {"copier.yml": CONFIG + config, **ANSWERS})
    lab.release("v1.0.0", files)
    new = ["new", str(lab.project), "--template", str(lab.template), "--defaults", "--quiet", "--no-sync"]
    assert main(new) == 0
    return lab


def snapshot(project: Path) -> dict[str, tuple[str, bytes]]:
    """Return everything below a folder but git's own: path -> kind and bytes."""
    found: dict[str, tuple[str, bytes]] = {}
    for base, folders, names in os.walk(project):
        if ".git" in folders:
            folders.remove(".git")
        for name in [*names, *(name for name in folders if Path(base, name).is_symlink())]:
            place = Path(base, name)
            mode = place.lstat().st_mode
            if stat.S_ISLNK(mode):
                found[str(place.relative_to(project))] = ("link", str(place.readlink()).encode())
            else:
                found[str(place.relative_to(project))] = (f"{mode & 0o777:o}", place.read_bytes())
    return found


def index(project: Path) -> str:
    """Return the index as git lists it."""
    return run_git(project, "ls-files", "--stage")


def everything(project: Path) -> dict[str, tuple[str, bytes]]:
    """Return every byte of a project, git's own included."""
    inside = {f".git/{path}": held for path, held in snapshot(project / ".git").items()}
    return snapshot(project) | inside
