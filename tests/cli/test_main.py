import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from mlscaffold import __version__
from mlscaffold.cli import main
from mlscaffold.cli.overview import COMMANDS, overview

HEAVY = ("typer", "copier", "pydantic", "jinja2", "rich", "yaml")


def run(*args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mlscaffold", *args], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("args", [["--help"], ["-h"], [], ["--version"], ["-V"]])
def test_help_and_version_import_nothing_heavy(args: list[str]) -> None:
    program = (
        "import sys, mlscaffold.cli as cli\n"
        f"code = cli.main({args!r})\n"
        f"print(code, [name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "0 []"


def test_the_guard_on_imports_can_go_red() -> None:
    program = f"import sys, mlscaffold.cli.app\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "typer" in done.stdout


def test_version_is_single_sourced(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"mlscaffold {__version__}\n"


def test_the_overview_lists_exactly_the_commands_that_there_are() -> None:
    from mlscaffold.cli.app import app

    assert set(get_command(app).commands) == set(COMMANDS)
    assert all(f"  {name} " in overview() for name in COMMANDS)


@pytest.mark.parametrize(
    "command", [["new"], ["status"], ["diff"], ["template"], ["template", "versions"], ["template", "eject"]]
)
def test_every_command_has_help_with_an_example(command: list[str]) -> None:
    done = run(*command, "--help")
    assert done.returncode == 0
    assert command == ["template"] or "mlscaffold " + " ".join(command) in done.stdout.split("xample")[-1]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["nwe"], "Did you mean 'new'"),
        (["new", "x", "--no-such"], "--no-such"),
        (["new"], "PATH"),
        (["status", "-C", "/no/such/folder"], "is not a folder"),
        (["diff", "-C", "/"], "is not in a project"),
        (["new", "x", "--set", "nonsense"], "--set name=value"),
        (["new", "x", "--answers", "/no/such.yml"], "cannot be read"),
        (["new", "x", "--at", "9.9.9"], "has no version '9.9.9'"),
        (["new", "x", "--template", "/no/such/template"], "no template at"),
        (["new", "x", "--target", "y"], "--data FILE"),
    ],
)
def test_what_a_user_gets_wrong_is_one_line_and_exit_code_2(tmp_path: Path, args: list[str], told: str) -> None:
    done = run(*args, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("error: ")
    assert told in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    import mlscaffold.commands.status

    def broken(*_args: object, **_options: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(mlscaffold.commands.status, "find_project", broken)
    with pytest.raises(ZeroDivisionError):
        main(["status"])


def test_global_options_work_before_and_after_the_command(tmp_path: Path, small_template: Path) -> None:
    made = run("new", "p", "--defaults", "--template", str(small_template), "--no-git", "-q", cwd=tmp_path)
    assert (made.returncode, made.stdout, made.stderr) == (0, "", "")
    before = run("-C", str(tmp_path / "p"), "status", "--json")
    after = run("status", "--json", "-C", str(tmp_path / "p"))
    assert json.loads(before.stdout) == json.loads(after.stdout)
    assert json.loads(after.stdout)["project"] == str(tmp_path / "p")


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    script = f"{sys.executable} -m mlscaffold template versions | head -c 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.stderr == ""


def test_completion_can_be_shown() -> None:
    done = run("--show-completion", "bash")
    assert "_MLSCAFFOLD_COMPLETE" in done.stdout
