"""What a run remembers: nothing heavy is imported where nothing changed, and every change is noticed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlscaffold.check.keeping import FOLDER
from toolbox.checking import repository

# Each of these costs more than all the rest of a warm run may.
HEAVY = {"typer", "click", "rich", "yaml", "pydantic", "jinja2", "copier", "tomllib", "ast", "pathlib", "subprocess"}
ALSO = {"argparse", "dataclasses", "importlib.metadata", "hashlib", "difflib", "logging", "inspect", "tokenize"}
LOADED = (
    "import sys; from mlscaffold.cli import main; code = main(); print(*sys.modules, file=sys.stderr); sys.exit(code)"
)
BAD = "def train(:\n"
GOOD = "def train():\n    return 1\n"
SALTLESS, STRANGE = '{"salt": 1}', '{"salt": 0, "files": {"a": 1}}'


def check(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {LOADED}", "check", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def modules(done: subprocess.CompletedProcess[str]) -> set[str]:
    return set(done.stderr.split())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository that was checked once, without findings."""
    repository(tmp_path, {"src/acme/train.py": GOOD, "pyproject.toml": "[tool.mlscaffold.check]\nselect = ['MLZ']\n"})
    assert check(tmp_path).returncode == 0
    return tmp_path


def test_a_run_without_a_change_imports_nothing_heavy(project: Path) -> None:
    warm = check(project)
    assert warm.returncode == 0
    assert "mlscaffold.check.memo" in modules(warm)
    assert modules(warm) & (HEAVY | ALSO) == set()
    assert [name for name in modules(warm) if name.startswith("mlscaffold.check.rules")] == []


def test_the_list_of_heavy_modules_is_one_that_a_run_can_break(project: Path) -> None:
    (project / "src/acme/train.py").write_text(GOOD + "x = 1\n", encoding="utf-8")
    cold = check(project)
    assert "ast" in modules(cold)
    assert "tomllib" not in modules(cold)
    assert modules(cold) & {"typer", "click", "rich", "pydantic", "jinja2", "copier", "yaml"} == set()


def test_settings_are_parsed_only_when_they_change(project: Path) -> None:
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("# more\n")
    assert "tomllib" in modules(check(project))


def test_findings_are_remembered_too(project: Path) -> None:
    (project / "src/acme/train.py").write_text(BAD, encoding="utf-8")
    first, second = check(project), check(project)
    assert first.returncode == second.returncode == 1
    assert first.stdout == second.stdout
    assert "ast" in modules(first) - modules(second)


def test_an_edit_of_the_same_size_is_noticed(project: Path) -> None:
    (project / "src/acme/train.py").write_text(GOOD.replace("():", "((:")[: len(GOOD)], encoding="utf-8")
    assert check(project).returncode == 1


def test_an_edit_within_the_same_tick_of_the_clock_is_noticed_by_its_size(project: Path) -> None:
    place = project / "src/acme/train.py"
    times = (place.stat().st_atime_ns, place.stat().st_mtime_ns)
    place.write_text(BAD, encoding="utf-8")
    os.utime(place, ns=times)
    assert check(project).returncode == 1


def test_a_file_too_young_for_the_clock_is_read_again(project: Path) -> None:
    place = project / "src/acme/train.py"
    later = place.stat().st_mtime_ns + 3600 * 10**9
    for content, code in ((GOOD, 0), (GOOD.replace("():", "((:")[: len(GOOD)], 1)):
        place.write_text(content, encoding="utf-8")
        os.utime(place, ns=(later, later))
        assert check(project).returncode == code


def test_a_touched_file_is_not_parsed_again(project: Path) -> None:
    os.utime(project / "src/acme/train.py")
    head, _, heavy = (project / FOLDER / "files.json").read_text(encoding="utf-8").partition("\n")
    kept = json.loads(head)
    kept["files"]["src/acme/train.py"][3]["findings"] = [
        ["src/acme/train.py", 1, "from the cache", 0, 0, None, "MLZ002"]
    ]
    (project / FOLDER / "files.json").write_text(f"{json.dumps(kept)}\n{heavy}", encoding="utf-8")
    assert "from the cache" in check(project).stdout
    assert "from the cache" not in check(project, "--no-cache").stdout


def test_a_new_file_and_one_that_is_gone_are_noticed(project: Path) -> None:
    repository(project, {"src/acme/other.py": BAD})
    assert check(project).returncode == 1
    (project / "src/acme/other.py").unlink()
    assert check(project).returncode == 0


def test_settings_that_change_are_noticed(project: Path) -> None:
    repository(project, {"src/acme/train.py": BAD, "pyproject.toml": "[tool.mlscaffold.check]\nexclude = ['src/**']\n"})
    assert "MLZ002" not in check(project).stdout
    repository(project, {"pyproject.toml": "[tool.mlscaffold.check]\n"})
    assert "MLZ002" in check(project).stdout


def test_options_of_one_run_are_not_those_of_the_next(project: Path) -> None:
    repository(project, {"src/acme/train.py": BAD})
    assert check(project, "--ignore", "MLZ").returncode == 0
    assert check(project).returncode == 1


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "NUL", SALTLESS, STRANGE])
@pytest.mark.parametrize("name", ["files.json", "last.json"])
def test_a_damaged_cache_costs_time_only(project: Path, name: str, content: str) -> None:
    (project / FOLDER / name).write_text(content.replace("NUL", "\x00"), encoding="utf-8")
    assert check(project).returncode == 0
    (project / "src/acme/train.py").write_text(BAD, encoding="utf-8")
    assert check(project).returncode == 1


def test_the_cache_keeps_itself_out_of_git(project: Path) -> None:
    listed = subprocess.run(["git", "status", "--porcelain"], cwd=project, capture_output=True, text=True, check=True)
    assert FOLDER not in listed.stdout


def test_a_folder_that_cannot_be_written_is_checked_all_the_same(project: Path) -> None:
    for path in (project / FOLDER).iterdir():
        path.unlink()
    (project / FOLDER).rmdir()
    (project / FOLDER).write_text("in the way", encoding="utf-8")
    assert check(project).returncode == 0


def test_without_a_cache_nothing_is_written(tmp_path: Path) -> None:
    repository(tmp_path, {"src/acme/train.py": GOOD})
    check(tmp_path, "--no-cache")
    assert not (tmp_path / FOLDER).exists()
