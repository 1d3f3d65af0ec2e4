"""The checker alone, as hooks install it: built from `packaging/check`, in an environment with nothing else."""

import email
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from mlscaffold import __version__
from toolbox.checking import repository

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "packaging" / "check"


class Small(NamedTuple):
    """The wheel, and the program that it installs."""

    wheel: Path
    program: Path

    def check(self, folder: Path, *options: str) -> tuple[int, str]:
        """Run it and return its exit code and all that it says."""
        command = [self.program, *options]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    place = tmp_path_factory.mktemp("small")
    python = place / "venv" / "bin" / "python"
    subprocess.run(["uv", "build", "-q", "--wheel", "-o", place, PROJECT], check=True)
    (wheel,) = place.glob("*.whl")
    subprocess.run(["uv", "venv", "-q", "--python", sys.executable, place / "venv"], check=True)
    # By name: where uv is run from another environment, as nox does, it may take that one.
    subprocess.run(["uv", "pip", "install", "-q", "--python", python, wheel], check=True)
    return Small(wheel, python.with_name("mlscaffold-check"))


def test_it_holds_the_checker_and_nothing_of_the_rest(small: Small) -> None:
    names = [name for name in zipfile.ZipFile(small.wheel).namelist() if ".dist-info/" not in name]
    package = ROOT / "src" / "mlscaffold"
    wing = {path.relative_to(package.parent).as_posix() for path in (package / "check").rglob("*.py")}
    assert set(names) == {"mlscaffold/__init__.py", "mlscaffold/py.typed"} | wing


def test_it_needs_two_packages_and_has_the_version_and_licence_of_the_whole(small: Small) -> None:
    archive = zipfile.ZipFile(small.wheel)
    (place,) = {name.partition("/")[0] for name in archive.namelist() if ".dist-info/" in name}
    told = email.message_from_bytes(archive.read(f"{place}/METADATA"))
    assert (told["Name"], told["Version"]) == ("mlscaffold-check", __version__)
    assert told.get_all("Requires-Dist") == ["packaging>=24", "pyyaml>=6.0.2"]
    assert archive.read(f"{place}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()


def test_what_it_says_of_itself_is_what_the_whole_says() -> None:
    whole, part = (tomllib.loads((place / "pyproject.toml").read_text())["project"] for place in (ROOT, PROJECT))
    for key in ("license", "requires-python"):
        assert part[key] == whole[key]
    assert {wish for wish in whole["dependencies"] if wish.startswith(("packaging", "pyyaml"))} == set(
        part["dependencies"]
    )


def test_a_clean_repository_is_clean(small: Small, tmp_path: Path) -> None:
    assert small.check(repository(tmp_path, {"README.md": "# A\n"})) == (0, "1 file, no findings\n")


def test_it_finds_what_the_whole_finds_in_code_notebooks_yaml_and_toml(small: Small, tmp_path: Path) -> None:
    files = {
        "Dockerfile": "FROM python\n",
        ".github/workflows/a.yml": "on: push\njobs: {a: {runs-on: x, steps: [{run: [}]}}\n",
        "config/a.toml": "a = [\n",
        "notebooks/1.ipynb": '{"cells": 1',
        "src/a/model.py": "import torch\n\nMODEL = torch.load('m.pt', weights_only=False)\n",
    }
    repository(tmp_path, files)
    found = small.check(tmp_path, "--no-cache", "--persona", "strict")
    command = [sys.executable, "-m", "mlscaffold", "check", "--no-cache", "--persona", "strict"]
    whole = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found == (whole.returncode, whole.stdout + whole.stderr)
    assert found[0] == 1
    assert all(path in found[1] for path in files)


@pytest.mark.parametrize("form", ["full", "json", "github", "gitlab", "sarif", "markdown"])
def test_every_report_works_without_the_rest(small: Small, tmp_path: Path, form: str) -> None:
    repository(tmp_path, {"a.py": "def f(:\n", "Dockerfile": "FROM python:latest\n"})
    code, said = small.check(tmp_path, "--output", form)
    assert (code, "Traceback" in said) == (1, False)
    assert "MLB701" in said


def test_rules_are_listed_and_explained_outside_of_any_repository(small: Small, tmp_path: Path) -> None:
    code, said = small.check(tmp_path, "--list")
    assert (code, "MLB701" in said) == (0, True)
    code, said = small.check(tmp_path, "--explain", "MLB701")
    assert (code, "How to fix" in said) == (0, True)


def test_wrong_usage_is_told(small: Small, tmp_path: Path) -> None:
    code, said = small.check(tmp_path, "--output", "poem")
    assert (code, "--output" in said) == (2, True)
