"""Killed at any moment, a second run completes it; whatever happens, the team's bytes are the team's."""

import errno
import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlscaffold.adopt import apply as applying
from mlscaffold.adopt.apply import apply
from mlscaffold.adopt.plan import AdoptPlan, find, plan
from mlscaffold.adopt.wishes import Wishes
from mlscaffold.errors import UserError
from mlscaffold.tree import Tree, read_tree

Make = Callable[..., Path]
PART = ".mlscaffold-adopt.part"

# Runs adopt in copies of a project, killed at its first, second, ... change to the disk, until one run ends by itself;
# then killed in the middle of writing, once a file has so many bytes. Each time a second run follows.
DRIVER = """
import os, resource, shutil, signal, sys
from pathlib import Path
from mlscaffold.adopt import apply
from mlscaffold.cli import main

CHANGES = {"os.rename", "os.link", "os.symlink", "os.mkdir", "os.remove", "os.chmod", "os.truncate"}
project, template, out = map(Path, sys.argv[1:4])

def child(folder, last=0, most=None):
    number = os.fork()
    if number:
        return os.waitpid(number, 0)[1]
    count = 0
    def watch(event, args):
        nonlocal count
        place = str(args[0]) if args else ""
        writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if (event in CHANGES or writes) and str(folder) in place:
            count += 1
            if count == last:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(watch)
    if most is not None:
        if sys.argv[4:] == ["careless"]:
            apply._put = lambda place, file: place.write_bytes(file.data)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    os._exit(main(["adopt", str(folder), "--template", str(template), "--quiet"]))

def attempt(name, **how):
    folder = out / name / project.name
    shutil.copytree(project, folder, symlinks=True)
    ended = child(folder, **how)
    shutil.copytree(folder, out / name / "killed", symlinks=True)
    child(folder)
    return ended

number = 1
while attempt(str(number), last=number):
    number += 1
for most in (0, 1, 3, 9, 20, 60, 200):
    ended = attempt(f"most-{most}", most=most)
    assert os.WTERMSIG(ended) == signal.SIGXFSZ, ended
print(number)
"""


def kill_everywhere(project: Path, template: Path, out: Path, *fault: str) -> tuple[Tree, dict[str, tuple[Tree, Tree]]]:
    """Return what a run that is not killed gives, and for each that was: what it left, and what a second run gave."""
    command = [sys.executable, "-c", DRIVER, str(project), str(template), str(out), *fault]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    whole = given(out / ended.stdout.strip() / project.name)
    names = {folder.name for folder in out.iterdir()} - {ended.stdout.strip()}
    return whole, {name: (given(out / name / "killed"), given(out / name / project.name)) for name in sorted(names)}


def half_written(killed: Tree, whole: Tree) -> list[str]:
    return [path for path in killed if not path.endswith(PART) and killed[path] != whole.get(path)]


def given(folder: Path) -> Tree:
    return read_tree(folder, skip=lambda path: path == ".git")


def test_killed_at_any_moment_a_second_run_completes_it(
    make_repository: Make, small_template: Path, tmp_path: Path
) -> None:
    (small_template / "template/deep/er").mkdir(parents=True)
    (small_template / "template/deep/er/tool.sh").write_text("echo\n")
    (small_template / "template/deep/er/tool.sh").chmod(0o755)
    (small_template / "template/link").symlink_to("notes.md")
    config = small_template / "copier.yml"
    config.write_text(config.read_text() + "_preserve_symlinks: true\n")
    project = make_repository({"README.md": "# x\n\n4 things\n", "notes.md": "ours\n", "own.txt": "own\n"}, "x")
    team = given(project)
    whole, runs = kill_everywhere(project, small_template, tmp_path / "runs")
    assert len(runs) > 25
    assert ".mlscaffold/lock" in whole
    assert {path: whole[path] for path in team} == dict(team)
    for name, (killed, completed) in runs.items():
        assert {path: killed[path] for path in team} == dict(team), name
        assert half_written(killed, whole) == [], name
        assert completed == whole, name


def test_a_writer_without_care_is_found_out(make_repository: Make, small_template: Path, tmp_path: Path) -> None:
    project = make_repository({"README.md": "# x\n\n4 things\n", "own.txt": "own\n"}, "x")
    whole, runs = kill_everywhere(project, small_template, tmp_path / "runs", "careless")
    assert any(half_written(killed, whole) for killed, _completed in runs.values())


def planned(project: Path, template: Path) -> AdoptPlan:
    wishes = Wishes(project, str(template))
    return plan(find(wishes), wishes)


def test_what_a_killed_run_left_half_written_is_cleared_away(make_repository: Make, small_template: Path) -> None:
    project = make_repository({"own.txt": "own\n"})
    for folder in (project, project / "src/acme", project / ".mlscaffold"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PART).write_text("hal")
    apply(planned(project, small_template))
    assert list(project.rglob(PART)) == []


def test_a_file_that_came_to_be_since_the_plan_is_the_teams(make_repository: Make, small_template: Path) -> None:
    project = make_repository({"own.txt": "own\n"})
    decided = planned(project, small_template)
    (project / "README.md").write_text("just now\n")
    (project / "src").symlink_to("..")
    added = apply(decided)
    assert (project / "README.md").read_text() == "just now\n"
    assert [aside.path for aside in added.missed] == ["README.md", "src/acme/main.py"]
    assert added.written == (".gitignore", "notes.md")


def test_answers_that_came_to_be_since_the_plan_are_told(make_repository: Make, small_template: Path) -> None:
    project = make_repository({"own.txt": "own\n"})
    decided = planned(project, small_template)
    (project / ".copier-answers.yml").write_text("just: now\n")
    with pytest.raises(UserError, match="just come to be"):
        apply(decided)
    assert (project / ".copier-answers.yml").read_text() == "just: now\n"
    assert not (project / ".mlscaffold").exists()


def test_two_at_once_the_second_refuses(make_repository: Make, small_template: Path) -> None:
    project = make_repository({"own.txt": "own\n"})
    decided = planned(project, small_template)
    handle = os.open(project, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(UserError, match="another `mlscaffold adopt` is at work"):
        apply(decided)
    os.close(handle)
    assert sorted(given(project)) == ["own.txt"]
    apply(decided)


def test_a_disk_without_hard_links_will_do(
    make_repository: Make, small_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(applying.os, "link", refuse)
    project = make_repository({"own.txt": "own\n"})
    decided = planned(project, small_template)
    (project / "notes.md").write_text("just now\n")
    added = apply(decided)
    assert [aside.path for aside in added.missed] == ["notes.md"]
    assert (project / "README.md").read_text() == "# acme\n\n3 things\n"
    assert list(project.rglob(PART)) == []


def test_a_full_disk_is_told_and_nothing_half_written_stays(
    make_repository: Make, small_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, _target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(source))

    project = make_repository({"own.txt": "own\n"})
    decided = planned(project, small_template)
    monkeypatch.setattr(applying.os, "link", refuse)
    with pytest.raises(UserError, match=r"No space left on device.*run this again"):
        apply(decided)
    assert sorted(given(project)) == ["own.txt"]
