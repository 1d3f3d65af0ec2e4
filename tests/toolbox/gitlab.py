"""GitLab's pipelines on this machine, by gitlab-ci-local: which jobs an event selects, and the jobs themselves.

Jobs run in a shell and not in their images, with `pip` and Python of an environment of their own; time limits, caches
and resource groups do nothing here.
"""

__all__ = ["Ran", "chosen", "prepare", "run"]

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from toolbox.debian import debian
from toolbox.debian import environment as found_in
from toolbox.npm import node, npm
from toolbox.projects import environment
from toolbox.triggers import Event
from toolbox.triggers.gitlab import variables

# An address that no machine has: gitlab-ci-local wants one, and asks nothing of it.
_REMOTE: Final = "https://gitlab.example.invalid/team/flights.git"
_LONGEST: Final = 1800  # seconds, on a machine that does much else


class Ran(NamedTuple):
    """What a pipeline came to: its exit code, what was printed, and where each job has a folder of what it kept."""

    code: int
    text: str
    kept: Path


def prepare(project: Path) -> Path:
    """Give a clone the remote that gitlab-ci-local looks for; returns the clone."""
    for command in (
        ("remote", "remove", "origin"),
        ("remote", "add", "origin", _REMOTE),
        ("update-ref", "refs/remotes/origin/main", "HEAD"),
        ("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"),
    ):
        subprocess.run(["git", *command], cwd=project, check=command[1] != "remove", capture_output=True)
    return project


def chosen(project: Path, event: Event) -> dict[str, str]:
    """Return the jobs that the event selects, each with when it runs: on_success, always, manual."""
    done = _local(project, event, "--list-json", env=environment())
    if done.returncode:
        raise RuntimeError(f"gitlab-ci-local: {done.stdout}{done.stderr}")
    found = json.loads(done.stdout[done.stdout.index("[\n") :])
    return {job["name"]: job["when"] for job in found if job["when"] != "never"}


def run(project: Path, event: Event, **more: str) -> Ran:
    """Run the jobs that the event selects, with `more` in their environment."""
    state = project / ".gitlab-ci-local"
    path = os.pathsep.join([str(_python() / "bin"), found_in(_rsync())["PATH"]])
    libraries = found_in(_rsync())["LD_LIBRARY_PATH"]
    # The packages that this machine has already; a runner starts from the cache of uv.lock.
    packages = subprocess.run(["uv", "cache", "dir"], capture_output=True, text=True, check=True).stdout.strip()
    env = environment(PATH=path, LD_LIBRARY_PATH=libraries, **more)
    done = _local(project, event, "--variable", f"UV_CACHE_DIR={packages}", env=env, errors=subprocess.STDOUT)
    return Ran(done.returncode, done.stdout, state / "artifacts")


def _local(
    project: Path, event: Event, *arguments: str, env: dict[str, str], errors: int = subprocess.PIPE
) -> "subprocess.CompletedProcess[str]":
    program = npm("gitlab-ci-local") / "gitlab-ci-local/dist/index.js"
    told = variables(event)
    command: list[str | Path] = [node(), program, "--home", _home(), "--force-shell-executor", "--shell-isolation"]
    command += ["--no-artifacts-to-source"]
    command += ["--no-color", "--ignore-predefined-vars", ",".join(told)]
    command += [word for name, value in told.items() for word in ("--variable", f"{name}={value}")]
    if "CI_COMMIT_BRANCH" not in told:
        command += ["--unset-variable", "CI_COMMIT_BRANCH"]
    return subprocess.run(
        [*command, *arguments],
        cwd=project,
        env=env,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        check=False,
        timeout=_LONGEST,
    )


@cache
def _rsync() -> Path:
    return debian("rsync", "libpopt0", "libxxhash0")


@cache
def _home() -> Path:
    return _scratch()


@cache
def _python() -> Path:
    """Return an environment that stands for the image: Python and pip, nothing else."""
    place = _scratch() / "python"
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    return place


def _scratch() -> Path:
    """Return a folder that is gone when the tests are."""
    place = Path(tempfile.mkdtemp(prefix="gitlab-ci-local-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place
