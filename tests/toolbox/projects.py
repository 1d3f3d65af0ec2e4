"""Generated projects to try things on: rendered from the work tree's template, set up, cloned."""

__all__ = ["ROOT", "clone", "environment", "ready", "rendered"]

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from toolbox.once import locked

ROOT: Final = Path(__file__).resolve().parents[2]
_ALL: Final = ("github", "gitlab", "azure")
_ANSWERS: Final = {
    "project_name": "flights",
    "package_name": "flights",
    "author_name": "Model owners",
    "author_email": "",
    "python_version": f"{sys.version_info.major}.{sys.version_info.minor}",  # the one that is surely here
    "mlscaffold_requirement": "",  # no version that is published
}
_CACHES: Final = shutil.ignore_patterns("__pycache__", ".ruff_cache", ".pytest_cache")
# What a pipeline that runs these tests, their pytest and their environment would tell the project under test.
_OURS: Final = ("GITHUB_", "CI_", "GITLAB_", "SYSTEM_", "BUILD_", "PYTEST_", "NOX_", "COV_")
_OUR_NAMES: Final = frozenset(
    {"CI", "TF_BUILD", "FORGE_TOKEN", "MLSCAFFOLD", "IMAGE", "VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "PYTHONPATH"}
)
_QUIET: Final = {
    "OMP_NUM_THREADS": "1",  # two fits beside each other that share cores take ten times as long
    "DO_NOT_TRACK": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "UV_PYTHON_DOWNLOADS": "never",
}
_A_DAY: Final = 86400


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a fresh shell outside any pipeline, and `more`."""
    kept = {name: text for name, text in os.environ.items() if name not in _OUR_NAMES and not name.startswith(_OURS)}
    return kept | _QUIET | more


def rendered(ci: Sequence[str] = _ALL, **answers: Any) -> Path:
    """Return a project that was rendered and committed, not set up: to be read, not changed. Made once per process."""
    return _rendered(tuple(ci), tuple(sorted(answers.items())))


@cache
def _rendered(ci: tuple[str, ...], answers: tuple[tuple[str, Any], ...]) -> Path:
    return _new(_own_place() / "project", "--no-sync", ci=list(ci), **dict(answers))


def ready() -> Path:
    """Return the flights project with all pipelines, set up as by `mlscaffold new`: to be cloned. Made once per run."""
    place = _run_place() / "flights"
    with locked(place):
        if not place.exists():
            draft = _new(_own_place() / "flights", "--trust", ci=list(_ALL))
            # A virtual environment cannot be moved; clones make their own.
            shutil.rmtree(draft / ".venv")
            draft.rename(place)
    return place


def clone(project: Path, to: Path, *, sync: bool = True) -> Path:
    """Return a fresh clone, as a runner of a pipeline has it; with `sync` its environment is installed from the lock.

    Raises:
        CalledProcessError: git or uv fail.
    """
    subprocess.run(["git", "clone", "--quiet", project, to], check=True)
    if sync:
        subprocess.run(["uv", "sync", "--quiet", "--locked"], cwd=to, env=environment(), check=True)
    return to


def _new(place: Path, *options: str, **answers: Any) -> Path:
    """Run `mlscaffold new` with the template of the work tree. Raises `CalledProcessError` if it fails."""
    given = place.with_name("answers.yml")
    given.write_text(yaml.safe_dump(_ANSWERS | answers), encoding="utf-8")
    command = [sys.executable, "-m", "mlscaffold", "new", place, "--quiet", "--defaults", "--git"]
    command += ["--template", _template(), "--answers", given, *options]
    subprocess.run(command, env=environment(), check=True, stdout=subprocess.DEVNULL)
    return place


@cache
def _template() -> Path:
    """Return a copy of the template and nothing else: the repository also holds environments and tools."""
    place = _own_place() / "template"
    shutil.copytree(ROOT / "template", place / "template", ignore=_CACHES)
    shutil.copy(ROOT / "copier.yml", place)
    return place


def _own_place() -> Path:
    return Path(tempfile.mkdtemp(dir=_run_place()))


@cache
def _run_place() -> Path:
    """Return this run's folder, the same for all its processes; those of earlier days are removed."""
    runs = Path(tempfile.gettempdir()) / f"mlscaffold-tests-{os.getuid()}"
    for old in runs.glob("*"):
        if time.time() - old.stat().st_mtime > _A_DAY:
            shutil.rmtree(old, ignore_errors=True)
    place = runs / os.environ.get("PYTEST_XDIST_TESTRUNUID", f"{os.getpid()}")
    place.mkdir(parents=True, exist_ok=True)
    return place
