"""`mlscaffold adopt`, from the command line, on real repositories of every kind."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import copier
import pytest

from mlscaffold.cli import main
from mlscaffold.project.lock import load_lock
from mlscaffold.project.project import find_project
from mlscaffold.tree import blob_id, read_tree

Git = Callable[..., str]
Run = Callable[..., subprocess.CompletedProcess[str]]
Make = Callable[..., Path]

HAND_MADE = {
    "pyproject.toml": '[project]\nname = "acme-tools"\ndescription = "Counts."\nrequires-python = ">=3.13"\n'
    'authors = [{name = "Ada", email = "ada@localhost"}]\n',
    "README.md": "# Acme tools\n\nby hand\n",
    "src/acme/__init__.py": "",
    "src/acme/cli.py": "print('ours')\n",
    "notes.txt": "ours\n",
}


def files(folder: Path) -> dict[str, bytes]:
    return {path: file.data for path, file in read_tree(folder, skip=lambda path: path == ".git").items()}


def done(run: Run, folder: Path, *args: str) -> dict[str, Any]:
    ended = run(folder, "--json", *args)
    assert ended.returncode == 0, ended.stderr
    answer: dict[str, Any] = json.loads(ended.stdout)
    return answer


def other(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mlscaffold", *args]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


# A repository made by hand


def test_every_byte_of_the_team_stays_and_the_rest_is_added(make_repository: Make, run: Run) -> None:
    project = make_repository(HAND_MADE)
    answer = done(run, project)
    after = files(project)
    assert {path: after[path] for path in HAND_MADE} == {path: text.encode() for path, text in HAND_MADE.items()}
    assert set(after) == {*HAND_MADE, *answer["added"], ".copier-answers.yml", ".mlscaffold/lock"}
    assert "src/acme/features.py" in after
    recorded = find_project(project).answers
    assert recorded["package_name"] == "acme"
    assert recorded["project_name"] == "Acme tools"
    assert (recorded["author_name"], recorded["author_email"]) == ("Ada", "ada@localhost")
    assert (recorded["description"], recorded["python_version"]) == ("Counts.", "3.13")
    assert [entry["path"] for entry in answer["disagree"]] == [
        "README.md",
        "pyproject.toml",
        "src/acme/__init__.py",
        "src/acme/cli.py",
    ]


def test_the_lock_holds_what_the_template_gives_for_every_path(make_repository: Make, run: Run) -> None:
    project = make_repository(HAND_MADE)
    answer = done(run, project)
    lock = load_lock(project)
    assert lock is not None
    assert len(lock.files) == answer["likeness"]["files"] + 1  # and the answers file
    assert lock.files["README.md"].blob != blob_id((project / "README.md").read_bytes())
    assert lock.files["src/acme/features.py"].owner == "seed"
    for path in answer["added"]:
        assert lock.files[path].blob == blob_id((project / path).read_bytes())


def test_status_and_diff_work_afterwards(make_repository: Make, run: Run, git: Git) -> None:
    project = make_repository(HAND_MADE)
    done(run, project)
    git(project, "add", "-A")
    git(project, "commit", "-qm", "adopted")
    told = json.loads(other(project, "status", "--json").stdout)
    assert told["changed"] == ["README.md", "pyproject.toml", "src/acme/__init__.py", "src/acme/cli.py"]
    assert told["deleted"] == []
    assert "+by hand\n" in other(project, "diff").stdout


def test_the_plan_is_told_in_plain_words(make_repository: Make, run: Run, small_template: Path) -> None:
    project = make_repository(
        {"README.md": "# x\n\n4 things\n", "src/x/main.py": "print('hello')\n", "notes.md": "ours\n"}
    )
    said = run(project, "--template", str(small_template)).stdout
    assert f"template {small_template}: 3 of 4 files are there, 2 of them the same\n" in said
    assert "  project_name = x\n  count = 4\n" in said
    assert "added          1\n  .gitignore\n" in said
    assert "the same       2\n" in said
    assert "yours stay     1\n  notes.md (1 lines differ)\n" in said
    assert "git add --all . && git commit" in said
    assert "mlscaffold update --preview" in said


def test_what_is_set_wins_over_what_is_found(make_repository: Make, run: Run, small_template: Path) -> None:
    project = make_repository({"README.md": "# x\n\n4 things\n"})
    (project / "a.yml").write_text("project_name: filed\ncount: 5\n")
    answer = done(run, project, "--template", str(small_template), "--answers", "a.yml", "--set", "count=6")
    assert answer["answers"] == {"project_name": "filed", "count": 6}


def test_a_preview_and_a_diff_write_nothing(
    make_repository: Make, run: Run, small_template: Path, snapshot: Callable[[Path], Any]
) -> None:
    project = make_repository({"README.md": "# x\n\nmany things\n", "notes.md": "ours\n"})
    before = snapshot(project)
    told = run(project, "--preview", "--template", str(small_template)).stdout
    assert "Nothing was written" in told
    patch = run(project, "--diff", "--template", str(small_template)).stdout
    assert "-yours\n+ours\n" in patch
    answer = done(run, project, "--preview", "--diff", "--template", str(small_template))
    assert (answer["written"], answer["next"]) == (False, [])
    assert "-yours\n+ours\n" in answer["patch"]
    assert snapshot(project) == before


def test_the_plan_and_what_is_done_are_the_same(make_repository: Make, run: Run) -> None:
    project = make_repository(HAND_MADE)
    planned, made = done(run, project, "--preview"), done(run, project)
    assert {**planned, "written": True, "next": made["next"]} == made


# A project of this or another tool


def test_a_project_that_lost_answers_and_lock_gets_them_back(
    tmp_path: Path, git_template: Path, run: Run, git: Git
) -> None:
    target = str(tmp_path / "demo")
    options = ["--set", "count=8", "--set", "project_name=lost", "--defaults", "-q"]
    assert main(["new", target, "--template", str(git_template), "--at", "v1.0.0", *options]) == 0
    project = Path(target)
    before = files(project)
    (project / ".copier-answers.yml").unlink()
    (project / ".mlscaffold/lock").unlink()
    git(project, "commit", "-qam", "lost")
    answer = done(run, project, "--template", str(git_template))
    assert answer["added"] == []
    assert files(project) == before


@pytest.mark.parametrize("source", ["", "git+file://"])
def test_a_project_of_copier_keeps_its_answers_file(
    tmp_path: Path, git_template: Path, run: Run, git: Git, source: str
) -> None:
    project = tmp_path / "made"
    copier.run_copy(source + str(git_template), project, data={"count": 9}, vcs_ref="v1.0.0", defaults=True, quiet=True)
    git(project, "init", "-q")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "by copier")
    (project / "README.md").write_text("ours\n")
    before = files(project)
    answer = done(run, project)
    assert (answer["version"], answer["answers_file"]) == ("v1.0.0", "kept")
    assert answer["answers"] == {"count": 9, "project_name": "demo"}
    after = files(project)
    assert after.pop(".mlscaffold/lock")
    assert after == before
    assert json.loads(other(project, "status", "--json").stdout)["changed"] == ["README.md"]


def test_cruft_is_told_that_its_template_cannot_be_rendered(
    make_repository: Make, run: Run, small_template: Path
) -> None:
    context = {"Project-Name": "crufty", "count": "11", "_template": "x", "extensions": ["a"], "full_name": "Ada"}
    state = {"template": "gh:owner/cookie", "commit": "abc", "context": {"cookiecutter": context}}
    project = make_repository({".cruft.json": json.dumps(state)})
    answer = done(run, project, "--template", str(small_template), "--preview")
    assert answer["answers"] == {"project_name": "crufty", "count": 11}
    assert answer["notes"] == [
        "the cookiecutter template gh:owner/cookie cannot be rendered here, its answers are used"
    ]
    answer = done(run, project)
    assert "compared with the built-in template" in answer["notes"][0]
    assert (answer["answers"]["author_name"], answer["answers"]["project_name"]) == ("Ada", "crufty")


@pytest.mark.parametrize("text", ["{", "[]", '{"template": 1}'])
def test_a_cruft_file_that_makes_no_sense_is_passed_over(
    make_repository: Make, run: Run, small_template: Path, text: str
) -> None:
    answer = done(run, make_repository({".cruft.json": text}), "--template", str(small_template))
    assert answer["notes"] == [".cruft.json cannot be understood and is passed over"]


def test_in_a_monorepo_nothing_outside_the_folder_is_touched(
    make_repository: Make, run: Run, git: Git, small_template: Path
) -> None:
    top = make_repository(
        {"one/src/one/main.py": "ours\n", "one/notes.md": "n\n", "two/README.md": "# two\n", "README.md": "top\n"}
    )
    git(top, "rm", "-q", "one/notes.md")
    git(top, "commit", "-qm", "gone")
    (top / "two/README.md").write_text("dirty\n")
    outside = {path: data for path, data in files(top).items() if not path.startswith("one/")}
    answer = done(run, top, "one", "--template", str(small_template))
    assert answer["answers"]["project_name"] == "one"
    assert answer["added"] == [".gitignore", "README.md"]
    assert [entry["path"] for entry in answer["kept_out"]] == ["notes.md"]
    assert [entry["path"] for entry in answer["disagree"]] == ["src/one/main.py"]
    assert {path: data for path, data in files(top).items() if not path.startswith("one/")} == outside


# What may stand where a file would go


def test_nothing_that_stands_in_the_way_is_touched(
    make_repository: Make, run: Run, tmp_path: Path, small_template: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    project = make_repository({"notes.md/inside.txt": "a folder\n", "readme.md": "another case\n"})
    (project / "src").symlink_to(elsewhere)
    (project / ".gitignore").symlink_to("nowhere")
    answer = done(run, project, "--template", str(small_template), "--set", "project_name=x")
    assert answer["in_the_way"] == [
        {"path": ".gitignore", "reason": "it is a link"},
        {"path": "README.md", "reason": "readme.md differs by case only"},
        {"path": "notes.md", "reason": "it is a folder"},
        {"path": "src/x/main.py", "reason": "src is a link"},
    ]
    assert answer["added"] == []
    assert list(elsewhere.iterdir()) == []
    lock = load_lock(project)
    assert lock is not None
    assert "src/x/main.py" in lock.files


def test_a_file_or_a_repository_where_a_folder_would_go_stays(
    make_repository: Make, run: Run, git: Git, small_template: Path
) -> None:
    project = make_repository({"src": "a file\n"})
    assert done(run, project, "--preview", "--template", str(small_template))["in_the_way"] == [
        {"path": "src/acme/main.py", "reason": "src is a file"}
    ]
    (project / "src").unlink()
    (project / "src/acme").mkdir(parents=True)
    git(project / "src/acme", "init", "-q")
    assert done(run, project, "--template", str(small_template))["in_the_way"] == [
        {"path": "src/acme/main.py", "reason": "src/acme is a repository of its own"}
    ]
    assert [entry.name for entry in (project / "src/acme").iterdir()] == [".git"]


def test_a_pipe_is_not_read(make_repository: Make, run: Run, small_template: Path) -> None:
    project = make_repository({"a.txt": ""})
    os.mkfifo(project / "notes.md")
    answer = done(run, project, "--template", str(small_template))
    assert answer["in_the_way"] == [{"path": "notes.md", "reason": "it is no file"}]


def test_untracked_and_ignored_files_count_as_there(make_repository: Make, run: Run, small_template: Path) -> None:
    project = make_repository({".gitignore": "notes.md\nREADME.md\n/src\n.mlscaffold\n"})
    (project / "notes.md").write_text("ignored, ours\n")
    (project / "README.md").write_text("ignored, ours\n")
    answer = done(run, project, "--template", str(small_template))
    assert answer["added"] == ["src/acme/main.py"]
    assert answer["notes"] == ["git ignores .mlscaffold/lock and 1 more: use `git add --force`"]
    assert (project / "notes.md").read_text() == "ignored, ours\n"


def test_what_the_team_deleted_stays_deleted(make_repository: Make, run: Run, git: Git, small_template: Path) -> None:
    project = make_repository(
        {"notes.md": "n\n", "README.md": "r\n", ".gitignore": "", ".copier-answers.yml": "x: 1\n"}
    )
    git(project, "rm", "-q", "notes.md", ".copier-answers.yml")
    git(project, "commit", "-qm", "gone")
    (project / "README.md").unlink()
    answer = done(run, project, "--template", str(small_template))
    assert answer["kept_out"] == [
        {"path": "README.md", "reason": "in the last commit, but not on disk"},
        {"path": "notes.md", "reason": "the team deleted it, so it stays deleted"},
    ]
    assert sorted(answer["added"]) == ["src/acme/main.py"]
    assert json.loads(other(project, "status", "--json").stdout)["deleted"] == ["README.md", "notes.md"]


def test_a_file_that_a_merge_dropped_was_deleted_too(
    make_repository: Make, run: Run, git: Git, small_template: Path
) -> None:
    project = make_repository({"a.txt": "a\n"})
    git(project, "checkout", "-qb", "side")
    (project / "notes.md").write_text("n\n")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "side")
    git(project, "checkout", "-q", "main")
    git(project, "merge", "-q", "--no-ff", "--no-commit", "side")
    git(project, "rm", "-qf", "notes.md")
    git(project, "commit", "-qm", "merged without it")
    answer = done(run, project, "--template", str(small_template))
    assert [entry["path"] for entry in answer["kept_out"]] == ["notes.md"]


def test_line_ends_and_filters_of_git_are_no_disagreement(
    make_repository: Make, run: Run, git: Git, small_template: Path
) -> None:
    project = make_repository({"a.txt": ""}, "demo")
    (project / "notes.md").write_bytes(b"yours\r\n")
    (project / "README.md").write_text("# DEMO\n\n3 THINGS\n")
    told = done(run, project, "--preview", "--template", str(small_template), "--set", "project_name=demo")
    assert [(entry["path"], entry["lines"]) for entry in told["disagree"]] == [("README.md", 2), ("notes.md", 0)]
    git(project, "config", "core.autocrlf", "true")
    git(project, "config", "filter.loud.clean", "tr A-Z a-z")
    (project / ".gitattributes").write_text("README.md filter=loud\n")
    told = done(run, project, "--preview", "--template", str(small_template), "--set", "project_name=demo")
    assert told["disagree"] == []
    git(project, "config", "filter.loud.clean", "false")
    git(project, "config", "filter.loud.required", "true")
    told = done(run, project, "--template", str(small_template), "--set", "project_name=demo")
    assert [entry["path"] for entry in told["disagree"]] == ["README.md", "notes.md"]


def test_modes_links_and_binaries_disagree_in_words(make_repository: Make, run: Run, small_template: Path) -> None:
    run_me = small_template / "template/run.sh"
    run_me.write_text("echo\n")
    run_me.chmod(0o755)
    config = small_template / "copier.yml"
    config.write_text(config.read_text() + "_preserve_symlinks: true\n")
    (small_template / "template/link").symlink_to("notes.md")
    (small_template / "template/new").symlink_to("notes.md")
    (small_template / "template/same").symlink_to("notes.md")
    project = make_repository({"run.sh": "echo\n", "notes.md": b"\0", "link": "a file\n"})
    (project / "same").symlink_to("notes.md")
    answer = done(run, project, "--template", str(small_template))
    assert [(entry["path"], entry["why"]) for entry in answer["disagree"]] == [
        ("link", "one is a link"),
        ("notes.md", "not text"),
        ("run.sh", "one may be executed"),
    ]
    assert answer["agree"] == ["same"]
    assert (project / "new").readlink() == Path("notes.md")
    assert not (project / "run.sh").stat().st_mode & stat.S_IXUSR


def test_an_added_file_may_be_executed_if_the_templates_may(
    make_repository: Make, run: Run, small_template: Path
) -> None:
    (small_template / "template/run.sh").write_text("echo\n")
    (small_template / "template/run.sh").chmod(0o755)
    project = make_repository({"a.txt": ""})
    done(run, project, "--template", str(small_template))
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((project / "run.sh").stat().st_mode) == 0o777 & ~mask
    assert stat.S_IMODE((project / "README.md").stat().st_mode) == 0o666 & ~mask


# Twice


def test_a_second_time_says_so_and_changes_nothing(
    make_repository: Make, run: Run, git: Git, small_template: Path, snapshot: Callable[[Path], Any]
) -> None:
    project = make_repository({"README.md": "ours\n"})
    done(run, project, "--template", str(small_template))
    for commit in range(2):
        before = snapshot(project)
        again = run(project, "--template", str(small_template))
        assert (again.returncode, again.stdout) == (0, f"{project} is adopted already: use `mlscaffold update`\n")
        assert done(run, project)["already"] is True
        assert snapshot(project) == before
        (project / "own.txt").write_text(f"{commit}\n")
        git(project, "add", "-A")
        git(project, "commit", "-qm", "by hand")


def test_hostile_configuration_changes_nothing(
    make_repository: Make, run: Run, home: Path, git: Git, small_template: Path
) -> None:
    project = make_repository({"notes.md": "n\n", "README.md": "ours\n"})
    git(project, "rm", "-q", "notes.md")
    git(project, "commit", "-qm", "gone")
    plain = done(run, project, "--diff", "--template", str(small_template))
    (home / "gitconfig").write_text(
        "[core]\n\tquotePath = true\n[diff]\n\tnoprefix = true\n\trenames = copies\n\texternal = /bin/false\n"
        "\trelative = false\n[color]\n\tui = always\n[log]\n\tshowSignature = true\n[status]\n\trelativePaths = false\n"
    )
    assert done(run, project, "--diff", "--template", str(small_template)) == plain


def test_a_sha256_repository_gets_a_lock_of_its_kind(
    tmp_path: Path, write: Callable[..., Path], run: Run, git: Git, small_template: Path
) -> None:
    project = write(tmp_path / "long", {"notes.md": "yours\n"})
    git(project, "init", "-q", "--object-format=sha256")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "start")
    assert done(run, project, "--template", str(small_template))["agree"] == ["notes.md"]
    lock = load_lock(project)
    assert lock is not None
    assert lock.files["notes.md"].blob == git(project, "rev-parse", "HEAD:notes.md")
