import errno
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mlscaffold.cli import main
from mlscaffold.commands.new import read_answers
from mlscaffold.errors import UserError
from mlscaffold.new import apply
from mlscaffold.new.apply import make
from mlscaffold.new.plan import Wishes, plan
from mlscaffold.project.lock import load_lock
from mlscaffold.project.project import find_project
from mlscaffold.tree import read_tree

Git = Callable[..., str]


@contextmanager
def quiet(_text: str) -> Iterator[None]:
    yield


def run(*args: str, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mlscaffold", "new", *args]
    return subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env=os.environ | (env or {}),
    )


def leftovers(folder: Path, *known: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()} - {place.name for place in known}


def test_a_project_is_made_committed_and_locked(tmp_path: Path, git_template: Path, git: Git) -> None:
    done = run("demo", "--template", str(git_template), "--defaults", "--set", "count=7", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    project = tmp_path / "demo"
    assert (project / "README.md").read_text() == "# demo\n\n7 things\n"
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "log", "--format=%s") == f"Start from the template {git_template} v1.1.0"
    lock = load_lock(project)
    assert lock is not None
    assert (lock.template, lock.version) == (str(git_template), "v1.1.0")
    assert lock.commit == git(git_template, "rev-parse", "v1.1.0")
    for path, entry in lock.files.items():
        assert git(project, "rev-parse", f"HEAD:{path}") == entry.blob
    assert lock.files["README.md"].source == "template/README.md.jinja"
    assert lock.files["src/demo/main.py"].source == "template/src/{{ project_name }}/main.py"
    assert {path: entry.owner for path, entry in lock.files.items() if entry.owner != "merge"} == {
        ".gitignore": "lines",
        "notes.md": "seed",
    }
    assert find_project(project / "src").version == "v1.1.0"


def test_the_answers_file_is_coppiers(tmp_path: Path, git_template: Path) -> None:
    run("demo", "--template", str(git_template), "--defaults", cwd=tmp_path)
    text = (tmp_path / "demo" / ".copier-answers.yml").read_text()
    assert "_commit: v1.1.0" in text
    assert f"_src_path: {git_template}" in text
    assert read_answers(tmp_path / "demo" / ".copier-answers.yml") == {"count": 3, "project_name": "demo"}


@pytest.mark.parametrize(
    ("args", "version"),
    [
        ([], "v1.1.0"),
        (["--at", "v1.0.0"], "v1.0.0"),
        (["--prereleases"], "v2.0.0rc1"),
        (["--at", "v2.0.0rc1"], "v2.0.0rc1"),
    ],
)
def test_the_version_is_the_newest_release_unless_another_is_asked_for(
    tmp_path: Path, git_template: Path, args: list[str], version: str
) -> None:
    assert run("demo", "--template", f"file://{git_template}", "--defaults", *args, cwd=tmp_path).returncode == 0
    lock = load_lock(tmp_path / "demo")
    assert lock is not None
    assert lock.version == version


def test_a_dry_run_prints_the_tree_and_writes_nothing(tmp_path: Path, small_template: Path) -> None:
    done = run("demo", "--template", str(small_template), "--defaults", "--dry-run", cwd=tmp_path)
    assert done.returncode == 0
    assert "└── main.py" in done.stdout
    assert "nothing was written" in done.stdout
    assert leftovers(tmp_path, small_template) == set()


def test_json_is_one_document_on_stdout(tmp_path: Path, small_template: Path) -> None:
    done = run("demo", "--template", str(small_template), "--json", cwd=tmp_path)
    answer = json.loads(done.stdout)
    assert answer["answers"] == {"project_name": "demo", "count": 3}
    assert answer["commit"]
    assert "README.md" in answer["files"]


def test_answers_come_from_a_file_and_set_wins(tmp_path: Path, small_template: Path) -> None:
    (tmp_path / "a.yml").write_text("_commit: ignored\nproject_name: from_file\ncount: 4\n")
    run("demo", "--template", str(small_template), "--answers", "a.yml", "--set", "count=5", cwd=tmp_path)
    assert (tmp_path / "demo" / "README.md").read_text() == "# from_file\n\n5 things\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [("- a list\n", "does not hold answers"), ("a: [", "is no YAML"), ("", "does not hold answers")],
)
def test_a_file_without_answers_is_told(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "a.yml").write_text(content)
    with pytest.raises(UserError, match=told):
        read_answers(tmp_path / "a.yml")


@pytest.mark.parametrize(("setting", "told"), [("count=many", "count"), ("cuont=3", "nearest: count")])
def test_a_wrong_answer_names_the_question(tmp_path: Path, small_template: Path, setting: str, told: str) -> None:
    done = run("demo", "--template", str(small_template), "--set", setting, cwd=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert leftovers(tmp_path, small_template) == set()


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path, small_template: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "mine.txt").write_text("mine")
    done = run("demo", "--template", str(small_template), "--defaults", cwd=tmp_path)
    assert done.returncode == 2
    assert "adopt" in done.stderr
    assert leftovers(tmp_path / "demo") == {"mine.txt"}


def test_an_empty_folder_is_filled_where_it_stands(tmp_path: Path, small_template: Path) -> None:
    (tmp_path / "demo").mkdir()
    before = (tmp_path / "demo").stat().st_ino
    assert run(".", "--template", str(small_template), "--defaults", cwd=tmp_path / "demo").returncode == 0
    assert (tmp_path / "demo").stat().st_ino == before
    assert (tmp_path / "demo" / "README.md").read_text().startswith("# demo")


def test_missing_parents_are_made_and_modes_follow_the_umask(tmp_path: Path, small_template: Path) -> None:
    assert run("a/b/demo", "--template", str(small_template), "--defaults", cwd=tmp_path).returncode == 0
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((tmp_path / "a/b/demo").stat().st_mode) == 0o777 & ~mask


def test_a_file_in_the_way_is_told(tmp_path: Path, small_template: Path) -> None:
    (tmp_path / "a").write_text("")
    done = run("a/demo", "--template", str(small_template), "--defaults", cwd=tmp_path)
    assert done.returncode == 2
    assert "is no folder" in done.stderr


# Git: identity, signing, hooks, other repositories, no git, old git.


def test_the_first_commit_needs_no_identity(tmp_path: Path, small_template: Path, git: Git) -> None:
    assert run("demo", "--template", str(small_template), "--defaults", cwd=tmp_path).returncode == 0
    assert git(tmp_path / "demo", "log", "--format=%an") == "mlscaffold"


def test_a_configured_identity_signs_the_first_commit_and_is_the_default_answer(
    tmp_path: Path, home: Path, small_template: Path, git: Git
) -> None:
    (home / "gitconfig").write_text("[user]\n\tname = Ada\n\temail = ada@localhost\n")
    assert run("demo", "--template", str(small_template), "--defaults", cwd=tmp_path).returncode == 0
    assert git(tmp_path / "demo", "log", "--format=%an <%ae>") == "Ada <ada@localhost>"


def test_hostile_configuration_does_not_stop_the_first_commit(
    tmp_path: Path, home: Path, small_template: Path, git: Git
) -> None:
    hook = home / "hooks" / "pre-commit"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    (home / "gitconfig").write_text(
        "[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = /bin/false\n[core]\n"
        f"\thooksPath = {hook.parent}\n\tautocrlf = true\n\tsafecrlf = true\n\texcludesFile = {home}/ignore\n"
        "[init]\n\tdefaultBranch = trunk\n[status]\n\tshowUntrackedFiles = no\n"
    )
    assert run("demo", "--template", str(small_template), "--defaults", cwd=tmp_path).returncode == 0
    assert git(tmp_path / "demo", "log", "--format=%s%n%G?").splitlines()[-1] == "N"


def test_inside_another_repository_none_is_made_unless_asked_for(
    tmp_path: Path, small_template: Path, git: Git
) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q")
    done = run("one", "--template", str(small_template), "--defaults", cwd=outer)
    assert done.returncode == 0
    assert "lies inside" in done.stderr
    assert not (outer / "one" / ".git").exists()
    assert run("two", "--template", str(small_template), "--defaults", "--git", cwd=outer).returncode == 0
    assert (outer / "two" / ".git").is_dir()


def test_inside_another_repository_a_person_is_asked(tmp_path: Path, small_template: Path, git: Git) -> None:
    git(tmp_path, "init", "-q")
    asked: list[str] = []
    wishes = Wishes(tmp_path / "demo", source=str(small_template))
    assert plan(wishes, confirm=lambda text: bool(asked.append(text)) or True).repository
    assert not plan(wishes, confirm=lambda _text: False).repository
    assert "inside the git repository" in asked[0]


def _only_these(tmp_path: Path, **programs: str) -> dict[str, str]:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, body in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)
    return {"PATH": str(folder)}


def test_without_git_the_user_is_told_and_no_git_is_possible(tmp_path: Path, small_template: Path) -> None:
    env = _only_these(tmp_path)
    args = ("demo", "--template", str(small_template), "--defaults")
    done = run(*args, cwd=tmp_path, env=env)
    assert done.returncode == 2
    assert "git is not installed" in done.stderr
    assert leftovers(tmp_path, small_template, tmp_path / "bin") == set()
    assert run(*args, "--no-git", cwd=tmp_path, env=env).returncode == 0


def test_an_old_git_is_told(tmp_path: Path, small_template: Path) -> None:
    env = _only_these(tmp_path, git="echo git version 2.34.1")
    done = run("demo", "--template", str(small_template), "--defaults", cwd=tmp_path, env=env)
    assert done.returncode == 2
    assert "2.34.1 is too old, 2.38 or newer" in done.stderr


# The user's own table, and the set-up. A stand-in template takes a table and "sets up" with a shell script.


@pytest.fixture
def table_template(small_template: Path) -> Path:
    config = small_template / "copier.yml"
    extra = (
        "  table: {file: data_file, target: column, into: data/incoming}\n"
        "  setup: [sh setup.sh]\n"
        "  next: [look around]\n"
    )
    questions = "data_file: {type: str, default: ''}\ncolumn: {type: str, default: ''}\n"
    config.write_text(config.read_text().replace("project_name:", f"{extra}project_name:", 1) + questions)
    (small_template / "template" / "setup.sh").write_text("touch was-set-up\n")
    return small_template


def test_the_table_comes_along_and_its_column_is_an_answer(tmp_path: Path, table_template: Path) -> None:
    (tmp_path / "t.csv").write_text("a,churned\n1,2\n")
    done = run(
        "demo",
        "--template",
        str(table_template),
        "--defaults",
        "--data",
        "t.csv",
        "--target",
        "churned",
        "--trust",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "demo/data/incoming/t.csv").read_text() == "a,churned\n1,2\n"
    assert read_answers(tmp_path / "demo/.copier-answers.yml")["column"] == "churned"
    assert "look around" in done.stdout


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--data", "tt.csv", "--target", "a"], "nearest: t.csv"),
        (["--data", "t.csv", "--target", "chruned"], "nearest: churned"),
        (["--data", "t.csv"], "add `--target COLUMN`, one of: a, churned"),
        (["--data", "empty.csv", "--target", "a"], "is empty"),
        (["--data", "binary.csv", "--target", "a"], "NUL bytes"),
        (["--set", "data_file=t.csv"], "does not bring the table along"),
    ],
)
def test_a_wrong_table_or_column_is_told_at_once(
    tmp_path: Path, table_template: Path, args: list[str], told: str
) -> None:
    (tmp_path / "t.csv").write_text("a,churned\n1,2\n")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "binary.csv").write_bytes(b"\0\1")
    before = leftovers(tmp_path)
    done = run("demo", "--template", str(table_template), "--defaults", *args, cwd=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert leftovers(tmp_path) == before


@pytest.mark.parametrize("into", ["../outside", "/outside", ".git", "inner", "README.md"])
def test_a_template_cannot_send_the_table_out_of_the_project(tmp_path: Path, table_template: Path, into: str) -> None:
    (tmp_path / "t.csv").write_text("a\n1\n")
    (table_template / "copier.yml").write_text(
        (table_template / "copier.yml").read_text().replace("into: data/incoming", f"into: {into}")
        + "_preserve_symlinks: true\n"
    )
    (table_template / "template" / "inner").symlink_to("src")
    before = leftovers(tmp_path)
    args = ("--template", str(table_template), "--defaults", "--data", "t.csv", "--target", "a")
    done = run("demo", *args, cwd=tmp_path)
    assert done.returncode == 2
    assert "may not write" in done.stderr
    assert leftovers(tmp_path) == before


@pytest.mark.parametrize(
    "setting", ["table: [a]", "table: {file: x}", "setup: uv sync", "next: [1]", "classes: [a]", "classes: {seed: x}"]
)
def test_nonsense_in_our_own_setting_is_told(tmp_path: Path, small_template: Path, setting: str) -> None:
    (small_template / "copier.yml").write_text(f"_mlscaffold: {{{setting}}}\nname: x\n_subdirectory: template\n")
    done = run("demo", "--template", str(small_template), "--defaults", cwd=tmp_path)
    assert done.returncode == 2
    assert "copier.yml: _mlscaffold: " in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_template_that_takes_no_table_says_so(tmp_path: Path, small_template: Path) -> None:
    (tmp_path / "t.csv").write_text("a\n1\n")
    done = run("demo", "--template", str(small_template), "--data", "t.csv", "--target", "a", cwd=tmp_path)
    assert done.returncode == 2
    assert "takes no table" in done.stderr


def test_a_foreign_set_up_runs_only_with_trust(tmp_path: Path, table_template: Path, git: Git) -> None:
    done = run("one", "--template", str(table_template), "--defaults", cwd=tmp_path)
    assert not (tmp_path / "one" / "was-set-up").exists()
    assert "sh setup.sh" in done.stderr
    run("two", "--template", str(table_template), "--defaults", "--trust", cwd=tmp_path)
    assert (tmp_path / "two" / "was-set-up").exists()
    assert git(tmp_path / "two", "log", "--format=%s").splitlines()[0] == "Set up the project"
    assert git(tmp_path / "two", "status", "--porcelain") == ""


def test_a_missing_program_is_told_with_what_to_type(tmp_path: Path, table_template: Path) -> None:
    config = table_template / "copier.yml"
    config.write_text(config.read_text().replace("[sh setup.sh]", "[no-such-program sync]"))
    done = run("demo", "--template", str(table_template), "--defaults", "--trust", cwd=tmp_path)
    assert done.returncode == 0
    assert "no-such-program is not installed" in done.stderr
    assert "no-such-program sync" in done.stderr


def test_what_the_set_up_warns_of_is_told(tmp_path: Path, table_template: Path) -> None:
    (table_template / "template" / "setup.sh").write_text("echo feature a; echo 'warning: b: known only afterwards'\n")
    done = run("demo", "--template", str(table_template), "--defaults", "--trust", cwd=tmp_path)
    assert done.returncode == 0
    assert "note: b: known only afterwards" in done.stderr.splitlines()
    assert "feature a" not in done.stderr + done.stdout


def test_a_set_up_that_fails_leaves_a_whole_project_and_exit_code_1(tmp_path: Path, table_template: Path) -> None:
    (table_template / "template" / "setup.sh").write_text("echo no network >&2; exit 7\n")
    done = run("demo", "--template", str(table_template), "--defaults", "--trust", cwd=tmp_path)
    assert done.returncode == 1
    assert "failed: no network" in done.stderr
    assert (tmp_path / "demo" / "README.md").exists()


# Nothing half-made: a full disk, and Ctrl-C at each stage.


def test_a_full_disk_leaves_nothing(tmp_path: Path, small_template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned = plan(Wishes(tmp_path / "a" / "demo", source=str(small_template)))
    real = Path.write_bytes
    written: list[Path] = []

    def full(self: Path, data: bytes) -> int:
        written.append(self)
        if len(written) > 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UserError, match="No space left on device"):
        make(planned, quiet)
    assert len(written) == 4
    assert leftovers(tmp_path, small_template) == set()


@pytest.mark.parametrize("step", ["write_tree", "_bring_table", "_first_commit", "move", "run_setup"])
@pytest.mark.parametrize("was_there", [False, True])
def test_ctrl_c_at_each_stage_leaves_nothing(
    tmp_path: Path, table_template: Path, monkeypatch: pytest.MonkeyPatch, step: str, was_there: bool
) -> None:
    (tmp_path / "t.csv").write_text("a\n1\n")
    if was_there:
        (tmp_path / "demo").mkdir()
    before = read_tree(tmp_path)
    real = getattr(apply, step)

    def interrupted(*args: object, **options: object) -> None:
        real(*args, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(apply, step, interrupted)
    monkeypatch.chdir(tmp_path)
    args = [
        "new",
        "demo",
        "--template",
        str(table_template),
        "--defaults",
        "--trust",
        "--data",
        "t.csv",
        "--target",
        "a",
    ]
    assert main(args) == 130
    assert read_tree(tmp_path) == before
    assert (tmp_path / "demo").exists() is was_there


def test_a_real_ctrl_c_during_the_set_up_leaves_nothing(tmp_path: Path, table_template: Path) -> None:
    (table_template / "template" / "setup.sh").write_text("touch started; sleep 30\n")
    command = [
        sys.executable,
        "-m",
        "mlscaffold",
        "new",
        "demo",
        "--template",
        str(table_template),
        "--defaults",
        "--trust",
    ]
    running = subprocess.Popen(
        command,
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Whoever runs the tests in the background may have switched Ctrl-C off for all below.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    )
    deadline = time.monotonic() + 20
    while not (tmp_path / "demo" / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGINT)
    _, told = running.communicate(timeout=20)
    assert running.returncode == 130
    assert len(told.strip().splitlines()) == 1
    assert leftovers(tmp_path, table_template) == set()


def test_a_project_is_a_copier_project_that_copier_can_update(tmp_path: Path, git_template: Path, git: Git) -> None:
    assert run("demo", "--template", str(git_template), "--at", "v1.0.0", "--defaults", cwd=tmp_path).returncode == 0
    copier = [str(Path(sys.executable).parent / "copier"), "update", "--defaults", "--quiet"]
    done = subprocess.run(copier, cwd=tmp_path / "demo", check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "demo/new.txt").read_text() == "second\n"
    assert "_commit: v1.1.0" in (tmp_path / "demo/.copier-answers.yml").read_text()


def test_the_set_up_does_not_inherit_the_environment_of_whoever_runs_it(
    tmp_path: Path, table_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (table_template / "template" / "setup.sh").write_text("env > seen.txt\n")
    for name in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    run("demo", "--template", str(table_template), "--defaults", "--trust", cwd=tmp_path)
    assert "elsewhere" not in (tmp_path / "demo" / "seen.txt").read_text()
