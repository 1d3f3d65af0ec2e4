"""Every refusal is one line that ends with the next command, and leaves everything as it was."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Git = Callable[..., str]
Run = Callable[..., subprocess.CompletedProcess[str]]
Make = Callable[..., Path]


@pytest.fixture
def refused(run: Run, snapshot: Callable[[Path], Any]) -> Callable[..., str]:
    """Run it, see it refused with nothing changed, and return the line without the project's place."""

    def go(folder: Path, *args: str) -> str:
        before = snapshot(folder)
        ended = run(folder, *args)
        assert (ended.returncode, ended.stdout) == (2, ""), ended.stderr
        assert snapshot(folder) == before
        return ended.stderr.replace(f"{folder}/", "").replace(str(folder), "HERE")

    return go


def test_what_is_no_folder(refused: Callable[..., str], tmp_path: Path) -> None:
    assert refused(tmp_path, "gone") == "error: gone is not a folder (give the folder of an existing project)\n"


def test_what_is_no_repository(refused: Callable[..., str], tmp_path: Path) -> None:
    assert refused(tmp_path) == (
        "error: HERE is not a git repository (git init && git add --all && git commit -m 'Start')\n"
    )


def test_a_repository_without_a_commit(refused: Callable[..., str], tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "-q")
    assert refused(tmp_path) == "error: HERE has no commit yet (git add --all && git commit -m 'Start')\n"


def test_a_bare_repository_and_a_git_directory(refused: Callable[..., str], tmp_path: Path, git: Git) -> None:
    told = "error: HERE is a bare repository or a git directory (adopt a clone of it: git clone)\n"
    bare = tmp_path / "bare.git"
    bare.mkdir()
    git(bare, "init", "-q", "--bare")
    assert refused(bare) == told
    git(tmp_path, "init", "-q", "work")
    assert refused(tmp_path / "work/.git") == told


@pytest.mark.parametrize("command", ["merge", "rebase", "cherry-pick", "revert"])
def test_what_git_has_in_progress(refused: Callable[..., str], make_repository: Make, git: Git, command: str) -> None:
    project = make_repository({"a.txt": "1\n"})
    git(project, "checkout", "-qb", "side")
    for text in ("2\n", "3\n"):
        (project / "a.txt").write_text(text)
        git(project, "commit", "-qam", text)
    git(project, "checkout", "-q", "main")
    (project / "a.txt").write_text("4\n")
    git(project, "commit", "-qam", "main")
    with pytest.raises(subprocess.CalledProcessError):
        git(project, command, "side~1" if command == "revert" else "side")
    assert (
        refused(project) == f"error: a {command} is in progress (git {command} --continue or git {command} --abort)\n"
    )


def test_a_conflict_that_nothing_waits_for(refused: Callable[..., str], make_repository: Make, git: Git) -> None:
    project = make_repository({"a.txt": "1\n"})
    (project / "a.txt").write_text("2\n")
    git(project, "stash")
    (project / "a.txt").write_text("3\n")
    git(project, "commit", "-qam", "3")
    with pytest.raises(subprocess.CalledProcessError):
        git(project, "stash", "pop")
    assert refused(project) == "error: a.txt is in conflict (resolve it, then git add and git commit)\n"


def test_an_update_that_waits(refused: Callable[..., str], make_repository: Make) -> None:
    project = make_repository({"a.txt": "1\n"})
    (project / ".git/mlscaffold").mkdir()
    (project / ".git/mlscaffold/update.json").write_text("{}")
    assert refused(project) == (
        "error: an update is in progress (mlscaffold update --continue or mlscaffold update --abort)\n"
    )


def test_a_template_itself(refused: Callable[..., str], make_repository: Make, run: Run, small_template: Path) -> None:
    project = make_repository({"copier.yml": "name: x\n", "a.txt": ""})
    assert refused(project) == (
        "error: HERE is itself a template: it has a copier.yml"
        " (give a project's folder, or the template to follow with `--template`)\n"
    )
    assert refused(project, "--template", ".") == "error: HERE is the template itself (give a project's folder)\n"
    assert run(project, "--template", str(small_template)).returncode == 0


def test_code_of_the_template_without_trust(
    refused: Callable[..., str], make_repository: Make, run: Run, small_template: Path, tmp_path: Path
) -> None:
    config = small_template / "copier.yml"
    config.write_text(config.read_text() + f"_tasks: ['echo ran >> {tmp_path}/ran; echo made > made.txt']\n")
    project = make_repository({"README.md": "# x\n\n4 things\n"})
    assert refused(project, "--template", str(small_template)) == (
        f"error: {small_template} runs code of its own: 1 task(s) (if you trust its authors, add --trust)\n"
    )
    assert run(project, "--template", str(small_template), "--trust").returncode == 0
    assert (project / "made.txt").read_text() == "made\n"
    assert (tmp_path / "ran").read_text() == "ran\n"  # once, whatever it took to find the answers


def test_something_where_the_lock_or_the_answers_would_go(refused: Callable[..., str], make_repository: Make) -> None:
    project = make_repository({"a.txt": ""})
    (project / ".mlscaffold").write_text("")
    assert refused(project) == "error: .mlscaffold is in the way of the lock (move it aside)\n"
    (project / ".mlscaffold").unlink()
    (project / ".mlscaffold").symlink_to(".")
    assert refused(project) == "error: .mlscaffold is in the way of the lock (move it aside)\n"
    (project / ".mlscaffold").unlink()
    (project / ".mlscaffold/lock").mkdir(parents=True)
    assert "lock" in refused(project)
    (project / ".mlscaffold/lock").rmdir()
    (project / ".copier-answers.yml").symlink_to("nowhere")
    assert refused(project) == "error: .copier-answers.yml is in the way of the answers file (move it aside)\n"


def test_a_lock_without_answers(refused: Callable[..., str], make_repository: Make) -> None:
    project = make_repository({".mlscaffold/lock": "format = 1\n"})
    assert refused(project) == (
        "error: HERE has a lock but no .copier-answers.yml (restore it with `git checkout -- .copier-answers.yml`)\n"
    )


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ("count: 3\n", "does not say which template it came from (_src_path)"),
        ("_src_path: {source}\n", "does not say which version (_commit) (add a line such as _commit: v1.1.0)"),
        ("_src_path: {source}\n_commit: v9\n", "has no version 'v9'; there are: v1.0.0"),
        ("_src_path: {source}-gone\n_commit: v9\n", "(correct _src_path and _commit in .copier-answers.yml)"),
        ("_src_path: {source}\n_commit: v1.0.0\ncount: many\n", "(correct it in .copier-answers.yml)"),
    ],
)
def test_an_answers_file_that_does_not_say_what_made_the_project(
    refused: Callable[..., str], make_repository: Make, git_template: Path, answers: str, told: str
) -> None:
    project = make_repository({".copier-answers.yml": answers.format(source=git_template)})
    assert told in refused(project)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            ["--template", "builtin"],
            (
                ".copier-answers.yml says that the template is {source}"
                " (leave `--template` out, or correct _src_path there)"
            ),
        ),
        (
            ["--at", "v1.1.0"],
            (
                ".copier-answers.yml says that the version is v1.0.0"
                " (leave `--at` out; afterwards: mlscaffold update --to v1.1.0)"
            ),
        ),
        (
            ["--set", "count=4"],
            ".copier-answers.yml says count = 3 (leave `--set count=...` out; an update can change it)",
        ),
    ],
)
def test_what_contradicts_the_answers_file(
    refused: Callable[..., str], make_repository: Make, run: Run, git_template: Path, args: list[str], told: str
) -> None:
    text = f"_src_path: {git_template}\n_commit: v1.0.0\ncount: 3\nproject_name: x\n"
    project = make_repository({".copier-answers.yml": text})
    assert refused(project, *args) == f"error: {told.format(source=git_template)}\n"
    same = ["--template", str(git_template), "--at", "1.0.0", "--set", "count=3"]
    assert run(project, *same).returncode == 0


def test_a_template_that_writes_no_answers_file(
    refused: Callable[..., str], make_repository: Make, small_template: Path
) -> None:
    (small_template / "template/{{_copier_conf.answers_file}}.jinja").unlink()
    assert refused(make_repository({"a.txt": ""}), "--template", str(small_template)) == (
        f"error: {small_template} writes no .copier-answers.yml, so no project can follow it"
        " (add the file {{_copier_conf.answers_file}}.jinja to the template)\n"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="who is root may read everything")
def test_a_file_that_cannot_be_read(refused: Callable[..., str], make_repository: Make, run: Run) -> None:
    project = make_repository({"README.md": "n\n"})
    (project / "README.md").chmod(0)
    assert run(project).stderr == (
        f"error: {project}/README.md cannot be read: Permission denied (make it readable, then run this again)\n"
    )
