"""What a run remembers: nothing heavy is imported where nothing changed, and every change is noticed."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mlscaffold.check import memo
from mlscaffold.check.catalogue import load
from mlscaffold.check.command import main
from mlscaffold.check.index import known_rules
from mlscaffold.check.keeping import FOLDER
from mlscaffold.check.registry import rule
from toolbox.checking import repository

# Each of these costs more than all the rest of a warm run may.
HEAVY = {"typer", "click", "rich", "yaml", "pydantic", "jinja2", "copier", "tomllib", "ast", "pathlib", "subprocess"}
ALSO = {"argparse", "dataclasses", "importlib.metadata", "hashlib", "difflib", "logging", "inspect", "tokenize"}
LOADED = (
    "import sys; from mlscaffold.cli import main; code = main(sys.argv[1:]); "
    "print(*sys.modules, file=sys.stderr); sys.exit(code)"
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


def test_the_rules_that_are_kept_say_what_the_rules_say(project: Path) -> None:
    kept = known_rules(os.fspath(project), keep=True)
    assert type(kept["MLE401"].look) is not type(load()["MLE401"].look)  # not imported yet
    assert [one._replace(look=rule) for one in kept.values()] == [one._replace(look=rule) for one in load().values()]


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
    poisoned(project)
    os.utime(project / "src/acme/train.py")
    assert "from the cache" in check(project).stdout
    assert "from the cache" not in check(project, "--no-cache").stdout


def poisoned(project: Path) -> None:
    """Make what is kept of the last run, and of one file, something that no run would find."""
    files, last = project / FOLDER / "files.json", project / FOLDER / "last.json"
    head, _, heavy = files.read_text(encoding="utf-8").partition("\n")
    kept = json.loads(head)
    kept["files"]["src/acme/train.py"][3]["findings"] = [
        ["src/acme/train.py", 1, "from the cache", 0, 0, None, "MLZ002"]
    ]
    files.write_text(f"{json.dumps(kept)}\n{heavy}", encoding="utf-8")
    key, _, rest = last.read_text(encoding="utf-8").partition("\n")
    answer, watched = json.loads(rest)
    answer[0] = [[".", 0, "from the memo", 0, 0, None, "MLZ002"]]
    answer[-2:] = {"MLZ002": "none"}, {"MLZ002": "none"}
    last.write_text(f"{key}\n{json.dumps([answer, watched])}", encoding="utf-8")


@pytest.mark.parametrize("changed", ["", "python", "program"])
def test_another_python_and_another_program_read_again(
    project: Path, changed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    poisoned(project)
    if changed == "python":
        monkeypatch.setattr(sys, "hexversion", 0x030B00F0)
    if changed == "program":
        monkeypatch.setattr(memo, "_own", [1])
    main(["-C", os.fspath(project)])
    assert ("from the memo" in capsys.readouterr().out) == (not changed)
    (project / FOLDER / "last.json").unlink()
    main(["-C", os.fspath(project)])
    assert ("from the cache" in capsys.readouterr().out) == (not changed)


def test_the_program_is_known_by_when_its_code_changed() -> None:
    places = Path(memo.__file__).parent.rglob("*.py")
    assert memo.own_code() == max(place.stat().st_mtime_ns for place in places)


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


@pytest.mark.parametrize("tracked", [True, False])
def test_settings_behind_a_link_are_noticed(project: Path, *, tracked: bool) -> None:
    shared = project.parent / f"{project.name}.toml"
    if not tracked:
        subprocess.run(["git", "rm", "--quiet", "--force", "--cached", "pyproject.toml"], cwd=project, check=True)
    (project / "pyproject.toml").unlink()
    (project / "pyproject.toml").symlink_to(shared)
    (project / "src/acme/train.py").write_text(BAD, encoding="utf-8")
    for exclude, code in (("no/**", 1), ("src/**", 0), ("no/**", 1)):
        shared.write_text(f"[tool.mlscaffold.check]\nselect = ['MLZ']\nexclude = ['{exclude}']\n", encoding="utf-8")
        time.sleep(0.1)
        assert [check(project).returncode for _again in range(2)] == [code, code]


def test_settings_too_young_for_the_clock_are_read_again(project: Path) -> None:
    place = project / "pyproject.toml"
    later = place.stat().st_mtime_ns + 3600 * 10**9
    repository(project, {"src/acme/train.py": BAD})
    for exclude, code in (("nnn/**", 1), ("src/**", 0), ("nnn/**", 1)):
        place.write_text(f"[tool.mlscaffold.check]\nselect = ['MLZ']\nexclude = ['{exclude}']\n", encoding="utf-8")
        os.utime(place, ns=(later, later))
        assert check(project).returncode == code


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


def test_a_cache_that_is_damaged_behind_its_first_line_costs_time_only(project: Path) -> None:
    place = project / FOLDER / "files.json"
    head, *heavy = place.read_text(encoding="utf-8").split("\n")
    place.write_text("\n".join([head, *("[" for _ in heavy)]), encoding="utf-8")
    (project / "src/acme/other.py").write_text(GOOD, encoding="utf-8")
    subprocess.run(["git", "add", "--all"], cwd=project, check=True)
    assert check(project).returncode == 0


def test_an_option_of_a_rule_on_files_is_noticed(project: Path) -> None:
    unsafe = "import torch\n\ntorch.load('model.pt', weights_only=False)\n"
    settings = "[tool.mlscaffold.check]\nselect = ['MLX']\n"
    repository(project, {"src/acme/train.py": unsafe, "pyproject.toml": settings})
    assert check(project).returncode == 1
    repository(project, {"pyproject.toml": settings + "[tool.mlscaffold.check.rules.MLX801]\nallow = ['src/**']\n"})
    assert check(project).returncode == 0


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


BESIDE = """
from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import rule
from mlscaffold.check.repository import Repository


@rule("ACM001", "beside", on=Repository, hint="none")
def beside(repository, _):
    if repository.root and "bad" in repository.text("PATH"):
        yield Finding(".", 0, "bad")
"""


@pytest.mark.parametrize("path", ["link.md", "secret.md"])
def test_what_git_does_not_track_is_noticed(tmp_path: Path, path: str) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("ok\n", encoding="utf-8")
    (tmp_path / "link.md").symlink_to("secret.md")
    settings = "[tool.mlscaffold.check]\nselect = ['ACM']\nrules-files = ['rules.py']\n"
    repository(tmp_path, {"rules.py": BESIDE.replace("PATH", path), "pyproject.toml": settings})
    subprocess.run(["git", "rm", "--quiet", "--cached", "secret.md"], cwd=tmp_path, check=True)
    time.sleep(0.1)  # all files are older than a tick of the clock: the answer is remembered
    assert check(tmp_path).returncode == 0
    assert "ast" not in modules(check(tmp_path))
    secret.write_text("bad\n", encoding="utf-8")
    assert check(tmp_path).returncode == 1
