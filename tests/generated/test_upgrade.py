"""Projects of every released version, with a team's work in them, come to the newest one and still pass their tests."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tour import environment, start

from mlscaffold.cli import main
from mlscaffold.project.lock import load_lock
from mlscaffold.template import builtin
from mlscaffold.tree import read_tree

pytestmark = pytest.mark.slow
Git = Callable[..., str]
NEWEST = builtin.releases()[-1].version

FEATURE = '''

@feature(
    owner=OWNER,
    description="hour of the scheduled departure",
    inputs=("scheduled_departure",),
    example=({"scheduled_departure": [np.datetime64("2013-01-01T07:05"), None]}, [7.0, None]),
)
def departure_hour(scheduled_departure: np.ndarray) -> np.ndarray:
    """Return the hour, NaN where the time is missing."""
    return np.floor(departure_minute(scheduled_departure) / 60)
'''


OURS = '''"""A module of the team's own."""

from .features import departure_hour

__all__ = ["departure_hour"]
'''


def edit(place: Path, old: str, new: str) -> None:
    text = place.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} in {place.name}"
    place.write_text(text.replace(old, new), encoding="utf-8")


def work(project: Path) -> None:
    """What a team does in its first weeks."""
    package = project / "src/flights"
    with (package / "features.py").open("a", encoding="utf-8") as features:
        features.write(FEATURE)
    edit(project / "pyproject.toml", '    "jinja2>=3.1.6",\n', '    "jinja2>=3.1.6",\n    "packaging>=24",\n')
    edit(project / ".pre-commit-config.yaml", "entry: uv run ty check\n", "entry: uv run ty check --quiet\n")
    edit(project / "noxfile.py", 'session.run("ruff", "check")', 'session.run("ruff", "check", "--quiet")')
    (project / "README.md").write_text("# Our flights\n\nRewritten from first line to last.\n", encoding="utf-8")
    (roles,) = [*package.rglob("roles.py"), *project.glob("tools/*/roles.py")]  # its room is another one since 0.3.0
    edit(roles, '"disability", "disabled",', '"disability", "disabled", "pregnancy",')
    (package / "ours.py").write_text(OURS, encoding="utf-8")
    (project / "tests/model/test_metrics.py").rename(project / "tests/model/test_scores.py")
    next(project.glob("tests/*/test_leaks.py")).unlink()
    subprocess.run(["uv", "run", "ruff", "check", "--fix", "--quiet"], cwd=project, check=True, env=environment())


@pytest.mark.parametrize("version", [release.version for release in builtin.releases()[:-1]])
def test_a_project_with_work_in_it_comes_to_the_newest_version(tmp_path: Path, version: str, git: Git) -> None:
    project = tmp_path / "flights"
    start(project, "--at", version)
    work(project)
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "The team's work")
    before = {path: (project / path).read_bytes() for path in git(project, "ls-files").splitlines()}
    assert main(["-C", str(project), "update", "--defaults", "--verify"]) == 0
    assert (project / "README.md").read_bytes() == before["README.md"]
    assert "departure_hour" in (project / "src/flights/features.py").read_text(encoding="utf-8")
    assert '"pregnancy"' in (project / "tools/draft/roles.py").read_text(encoding="utf-8")
    assert (project / "src/flights/ours.py").read_bytes() == before["src/flights/ours.py"]
    assert (project / "tests/model/test_scores.py").exists()
    assert not (project / "tests/model/test_metrics.py").exists()
    assert not list(project.rglob("test_leaks.py"))
    assert f'version = "{NEWEST}"' in (project / ".mlscaffold/lock").read_text(encoding="utf-8")
    subprocess.run(["uv", "run", "pytest", "-q", "-x"], cwd=project, check=True, env=environment())


@pytest.mark.parametrize("version", ["0.1.0", "0.2.0"])
def test_a_module_that_the_team_renamed_and_the_template_moved_is_a_conflict_and_no_loss(
    tmp_path: Path, version: str, git: Git
) -> None:
    project = tmp_path / "flights"
    start(project, "--at", version, "--no-sync")
    package = project / "src/flights"
    (package / "metrics.py").rename(package / "scores.py")
    for place in project.rglob("*.py"):
        text = place.read_text(encoding="utf-8")
        for old, new in (("from .metrics import", "from .scores import"), ("flights.metrics", "flights.scores")):
            text = text.replace(old, new)
        place.write_text(text, encoding="utf-8")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "Metrics are called scores")
    assert main(["-C", str(project), "update", "--defaults"]) == 1
    assert git(project, "diff", "--name-only", "--diff-filter=U").splitlines() == [
        "judging/baselines.py",
        "judging/evaluate.py",
    ]
    assert (package / "scores.py").exists()
    assert not list(project.rglob("metrics.py"))
    assert main(["-C", str(project), "update", "--abort"]) == 0
    assert git(project, "status", "--porcelain") == ""


@pytest.mark.parametrize("version", [release.version for release in builtin.releases()[:-1]])
def test_an_untouched_project_becomes_what_new_makes_today(tmp_path: Path, version: str) -> None:
    for name, at in (("old", version), ("new", NEWEST)):
        start(tmp_path / name / "flights", "--at", at, "--no-sync")
    assert main(["-C", str(tmp_path / "old/flights"), "update", "--quiet", "--defaults", "--commit"]) == 0
    lock = load_lock(tmp_path / "new/flights")
    assert lock is not None
    yours = {path for path, entry in lock.files.items() if entry.owner == "seed"}
    old, new = (read_tree(tmp_path / name / "flights", skip=lambda path: path == ".git") for name in ("old", "new"))
    assert {path: file for path, file in old.items() if path not in yours} == {
        path: file for path, file in new.items() if path not in yours
    }
