"""`mlscaffold check` as it is called: exit codes, options, and a clean run that imports nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlscaffold.check import command
from mlscaffold.check.command import EXIT_BUG, EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE, main
from mlscaffold.cli.overview import overview
from toolbox.checking import repository

BROKEN = {"a.py": "def f(:\n"}
CLEAN = {"a.py": "x = 1\n"}
ONLY = ("--select", "MLZ002")


def run(root: Path, *arguments: str) -> int:
    return main(["-C", os.fspath(root), *ONLY, *arguments])


def program(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "mlscaffold", "check", *arguments]
    return subprocess.run(call, cwd=root, capture_output=True, text=True, check=False)


def test_the_overview_names_it() -> None:
    assert "\n  check " in overview()
    assert "mlscaffold check\n" in overview()


def test_exit_codes_say_how_it_went(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(repository(tmp_path / "clean", CLEAN)) == EXIT_CLEAN
    assert capsys.readouterr().out == "1 file, no findings\n"
    assert run(repository(tmp_path / "broken", BROKEN)) == EXIT_FINDINGS
    assert capsys.readouterr().out.startswith("a.py:1: MLZ002 ")


def test_the_whole_report_comes_out_though_the_process_ends_at_once(tmp_path: Path) -> None:
    files = {f"{name:04}.py": "def (\n" for name in range(1500)}
    report = json.loads(program(repository(tmp_path, files), "--output", "json").stdout)
    assert len(report["findings"]) == len(files)


def test_a_report_that_the_terminal_cannot_spell_comes_out_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)  # or nothing waits to be written when the process ends
    done = program(repository(tmp_path, {"größe.py": "def (\n"}))
    assert "gr\\xf6\\xdfe.py:1: MLZ002" in done.stdout
    assert done.returncode == EXIT_FINDINGS


@pytest.mark.parametrize("name", ["a", "ö"])
def test_a_reader_that_has_gone_is_no_fault(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    repository(tmp_path, {f"{name}{number}.py": "def (\n" for number in range(20)})
    call = [sys.executable, "-m", "mlscaffold", "check"]
    with subprocess.Popen(call, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 1


def test_exit_codes_are_those_that_the_help_names() -> None:
    assert (EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE, EXIT_BUG) == (0, 1, 2, 3)


def test_no_cache_neither_reads_nor_writes_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository(tmp_path, BROKEN)
    os.utime(tmp_path / "a.py", (1, 1))
    assert run(tmp_path, "--no-cache") == EXIT_FINDINGS
    assert not (tmp_path / ".mlscaffold_cache").exists()
    assert run(tmp_path) == EXIT_FINDINGS
    last = tmp_path / ".mlscaffold_cache" / "last.json"
    last.write_text(last.read_text(encoding="utf-8").replace("is no Python", "was tampered with"), encoding="utf-8")
    capsys.readouterr()
    assert run(tmp_path) == EXIT_FINDINGS
    assert "was tampered with" in capsys.readouterr().out  # so it was read
    assert run(tmp_path, "--no-cache") == EXIT_FINDINGS
    assert "is no Python" in capsys.readouterr().out


@pytest.mark.parametrize("again", [1, 2])
@pytest.mark.parametrize("form", ["concise", "full", "json", "github", "gitlab", "sarif", "markdown"])
def test_the_second_run_says_what_the_first_one_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str, again: int
) -> None:
    repository(tmp_path, BROKEN)
    os.utime(tmp_path / "a.py", (1, 1))
    assert run(tmp_path, "--output", form) == EXIT_FINDINGS
    first = capsys.readouterr().out
    for _ in range(again):
        assert run(tmp_path, "--output", form) == EXIT_FINDINGS
        assert capsys.readouterr().out == first


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--select", "NOPE"], "error: the command line: select: no rule begins with 'NOPE'"),
        (["no/such.py"], "error: no/such.py is not there; name files or folders of "),
        ([".."], "error: .. is outside of "),
        (["--explain", "MLX80"], "error: MLX80 is no rule; did you mean 'MLX80"),
        (["--output", "json", "--output-file", "no/such/x.json"], "x.json cannot be written: No such file"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    repository(tmp_path, CLEAN)
    assert main(["-C", os.fspath(tmp_path), *arguments]) == EXIT_USAGE
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert told in said.err


@pytest.mark.parametrize(
    "arguments", [["--no-such-option"], ["--output", "xml"], ["--persona", "hard"], ["--sel", "X"]]
)
def test_an_unknown_option_is_exit_code_2(tmp_path: Path, arguments: list[str]) -> None:
    done = program(repository(tmp_path, CLEAN), *arguments)
    assert done.returncode == EXIT_USAGE
    assert "mlscaffold check: error: " in done.stderr


def test_outside_of_a_repository_it_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == EXIT_USAGE
    assert "is in no git repository: make one with `git init`" in capsys.readouterr().err


def test_a_fault_of_ours_is_told_with_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("nobody knows")

    monkeypatch.setenv("TMPDIR", os.fspath(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(command, "print_answer", broken)
    assert run(repository(tmp_path / "project", CLEAN)) == EXIT_BUG
    told = capsys.readouterr().err
    assert told.startswith("error: a fault of mlscaffold, not of your repository: ZeroDivisionError")
    report = Path(told.rsplit(maxsplit=1)[1])
    assert "nobody knows" in report.read_text(encoding="utf-8")


def test_paths_narrow_what_is_reported_from_the_folder_that_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository(tmp_path, {"one/a.py": "def f(:\n", "two/a.py": "def f(:\n", "onemore.py": "def f(:\n"})
    assert main(["-C", os.fspath(tmp_path / "one"), *ONLY, "-q", "."]) == EXIT_FINDINGS
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == ["one/a.py"]
    assert run(tmp_path, "-q", "two/a.py", "one/") == EXIT_FINDINGS
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == ["one/a.py", "two/a.py"]


def test_a_folder_or_file_may_be_a_link(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository(tmp_path / "real", {"one/a.py": "def f(:\n", "b.py": "def f(:\n"})
    (tmp_path / "link").symlink_to("real")
    assert run(tmp_path / "link", "-q", "one") == EXIT_FINDINGS
    assert capsys.readouterr().out.count("\n") == 1
    (tmp_path / "real" / "to_b.py").symlink_to("b.py")
    assert run(tmp_path / "link", "-q", "to_b.py") == EXIT_CLEAN  # the link itself has no faults


def test_quiet_and_statistics_and_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository(tmp_path, BROKEN)
    assert run(tmp_path, "-q") == EXIT_FINDINGS
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert run(tmp_path, "--statistics") == EXIT_FINDINGS
    assert capsys.readouterr().out == "1 MLZ002 unreadable-file\n1 finding in 1 file\n"
    assert run(tmp_path, "--output", "json", "--output-file", "out/../report.json") == EXIT_USAGE
    assert run(tmp_path, "--output", "json", "--output-file", "report.json") == EXIT_FINDINGS
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["findings"][0]["code"] == "MLZ002"


def test_rules_are_explained_and_listed_anywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", os.fspath(tmp_path), "--explain", "MLZ001"]) == EXIT_CLEAN
    assert capsys.readouterr().out.startswith("MLZ001 unused-ignore")
    assert main(["-C", os.fspath(tmp_path), "--list"]) == EXIT_CLEAN
    assert "MLZ001" in capsys.readouterr().out


def test_codes_of_the_command_line_are_lists_and_ignores_need_no_reason(tmp_path: Path) -> None:
    repository(tmp_path, BROKEN)
    assert main(["-C", os.fspath(tmp_path), "--select", "MLX, MLZ002"]) == EXIT_FINDINGS
    assert run(tmp_path, "--ignore", "MLZ002", "--persona", "strict") == EXIT_CLEAN


def test_a_baseline_that_knows_too_much_is_red_in_ci_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    repository(tmp_path, BROKEN)
    assert main(["-C", os.fspath(tmp_path), "--update-baseline"]) == EXIT_CLEAN
    assert main(["-C", os.fspath(tmp_path)]) == EXIT_CLEAN
    assert "1 known before" in capsys.readouterr().out
    repository(tmp_path, CLEAN)
    assert main(["-C", os.fspath(tmp_path)]) == EXIT_CLEAN
    assert "1 of the baseline gone" in capsys.readouterr().out
    monkeypatch.setenv("CI", "true")
    assert main(["-C", os.fspath(tmp_path)]) == EXIT_FINDINGS
    assert "run `mlscaffold check --update-baseline`" in capsys.readouterr().err


def test_a_baseline_beside_git_is_looked_at_again(tmp_path: Path) -> None:
    repository(tmp_path, BROKEN)
    os.utime(tmp_path / "a.py", (1, 1))
    assert main(["-C", os.fspath(tmp_path), "--update-baseline"]) == EXIT_CLEAN
    assert main(["-C", os.fspath(tmp_path)]) == EXIT_CLEAN
    (tmp_path / ".mlscaffold" / "baseline.json").unlink()
    assert main(["-C", os.fspath(tmp_path)]) == EXIT_FINDINGS
