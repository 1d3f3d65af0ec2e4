"""Whole projects, made and run: slow, and the only proof that a stranger gets what the README promises."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tables import CASES
from tour import environment, follow_readme, start

from mlscaffold.cli import main

pytestmark = pytest.mark.slow
Git = Callable[..., str]


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work") / "flights"
    start(folder)
    return folder


def asked_for(project: Path, git: Git, *options: str) -> str:
    """Run `check` on all that git would take, and return what it says; "" where it finds nothing."""
    git(project, "add", "--all")
    command = [sys.executable, "-m", "mlscaffold", "check", "--no-cache", "--persona", "strict", "--quiet", *options]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, env=environment())
    assert done.returncode == bool(done.stdout), done.stderr
    return done.stdout


def say_what_people_know(project: Path) -> None:
    """Fill in `[card]`, as the card asks for, and write the card anew."""
    place = project / "config/base.toml"
    text = place.read_text(encoding="utf-8")
    for key in ("intended_use", "limits", "license"):
        assert f'\n{key} = ""' in text
        text = text.replace(f'\n{key} = ""', f'\n{key} = "apache-2.0"')
    place.write_text(text, encoding="utf-8")
    subprocess.run(["uv", "run", project.name, "card"], cwd=project, check=True, env=environment())


def test_the_flights_project_is_set_up_and_clean(flights: Path, git: Git) -> None:
    assert git(flights, "log", "--format=%s").splitlines() == [
        "Set up the project",
        "Start from the template mlscaffold:builtin 0.4.0",
    ]
    assert git(flights, "status", "--porcelain") == ""
    assert "uv.lock" in git(flights, "ls-files").splitlines()


def test_every_command_of_its_readme_ends_well(flights: Path) -> None:
    follow_readme(flights)
    assert (flights / "docs/model-card.md").stat().st_size > 1000


def test_it_keeps_to_its_conventions_when_it_has_a_champion(flights: Path, git: Git) -> None:
    """Comes after its README: there are reports, a registry, a promoted model, and a card for people to finish."""
    assert asked_for(flights, git) == ""
    # What its pyproject.toml leaves for people to do, with a reason, is all that there is.
    found = asked_for(flights, git, "--no-ignores")
    assert set(re.findall(r"^(\S+?):\d+: (ML[A-Z]\d+) ", found, re.MULTILINE)) == {
        ("docs/model-card.md", "MLM502"),
        ("docs/model-card.md", "MLM503"),
    }, found
    say_what_people_know(flights)
    assert asked_for(flights, git, "--no-ignores") == ""


@pytest.mark.parametrize("tool", [["ruff", "check"], ["ruff", "format", "--check"], ["ty", "check"]])
def test_its_own_linters_find_nothing(flights: Path, tool: list[str]) -> None:
    subprocess.run(["uv", "run", *tool], cwd=flights, check=True, env=environment())


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_the_linter_finds_nothing_whatever_python_is_chosen(tmp_path: Path, python: str) -> None:
    """Each version brings rules and a style of its own, such as type parameters from 3.12 on."""
    start(tmp_path / "flights", "--no-sync", "--set", f"python_version={python}")
    for command in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command]
        subprocess.run(ruff, cwd=tmp_path / "flights", check=True, env=environment())


@pytest.mark.parametrize("session", ["branch"])
def test_its_own_pipeline_ends_well(flights: Path, session: str) -> None:
    subprocess.run(["uv", "run", "nox", "-s", session], cwd=flights, check=True, env=environment())


@pytest.mark.parametrize("name", CASES)
def test_an_own_table_goes_all_the_way_without_editing_a_file(tmp_path: Path, name: str, git: Git) -> None:
    table = CASES[name].make(tmp_path)
    project = tmp_path / "project"
    start(project, "--data", str(table), "--target", CASES[name].target)
    assert {"contracts/data.toml", "data/sample.csv", "uv.lock"} <= set(git(project, "ls-files").splitlines())
    follow_readme(project)
    git(project, "add", "--all")
    committed = {path for path in git(project, "ls-files").splitlines() if path.startswith(("data/", "models/"))}
    assert committed == {"data/incoming/.gitkeep", "data/ledger.jsonl", "data/sample.csv"}  # never the table itself
    assert asked_for(project, git) == ""
    say_what_people_know(project)
    left = set(re.findall(r": (ML[A-Z]\d+) ", asked_for(project, git, "--no-ignores")))
    assert left <= {"MLE403"}  # bars, which come after the first evaluation


def test_a_table_that_cannot_be_learnt_from_is_refused_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "one-class.csv"
    table.write_text("a,b\n" + "".join(f"{n},x\n" for n in range(50)))
    command = [
        sys.executable,
        "-m",
        "mlscaffold",
        "new",
        "project",
        "--defaults",
        "--data",
        str(table),
        "--target",
        "b",
        "--set",
        "mlscaffold_requirement=mlscaffold-cli==0.2.0",  # of an editable one nothing is known, which would be noted
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment())
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.startswith("error: the target 'b' is 'x' in every row")
    assert [entry.name for entry in tmp_path.iterdir()] == ["one-class.csv"]


def test_without_uv_the_user_is_told_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    git_program = subprocess.run(["which", "git"], check=True, capture_output=True, text=True).stdout.strip()
    (programs / "git").symlink_to(git_program)
    monkeypatch.setenv("PATH", str(programs))
    assert main(["new", str(tmp_path / "flights"), "--defaults", "--git"]) == 0
    assert "uv is not installed" in capsys.readouterr().err
    assert (tmp_path / "flights" / "README.md").exists()
