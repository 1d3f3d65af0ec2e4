"""Run a GitHub workflow in a clone by act, on this machine itself, with stubs in place of published actions.

act does not look at what starts a workflow (`on:`), nor at permissions, concurrency and environments.
"""

__all__ = ["REPOSITORY", "Job", "Run", "act"]

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from toolbox.projects import environment
from toolbox.workflows import actions, uses

_STUBS: Final = Path(__file__).resolve().parents[1] / "pipelines/stubs"
_RUNNER: Final = "ubuntu-24.04=-self-hosted"
REPOSITORY: Final = "owner/flights"
_COLOURS: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Job(NamedTuple):
    """How a job ended (success or failure), and what its steps printed, without colours."""

    result: str
    log: str


class Run(NamedTuple):
    """What a workflow came to: the jobs that ran (skipped ones did not), kept artifacts, the run's page, act's log."""

    jobs: dict[str, Job]
    artifacts: Path
    page: str
    log: str

    def results(self) -> dict[str, str]:
        """Return how each job ended."""
        return {name: job.result for name, job in self.jobs.items()}


def act(
    clone: Path,
    workflow: str,
    event: str,
    payload: Mapping[str, Any],
    *,
    variables: Mapping[str, str] = {},
    secrets: Mapping[str, str] = {},
    machine: Mapping[str, str] = {},
    **env: str,
) -> Run:
    """Run one workflow of a clone; `env` is seen by every step, `machine` is what the runner itself has (a PATH).

    Fails the test if act is missing, or if an action has no stub: act would fetch it from the internet.
    """
    if shutil.which("act") is None:
        pytest.fail("act is missing: `pip install -r requirements/operations.txt`", pytrace=False)
    if unknown := set(uses(clone)) - actions():
        pytest.fail(f"no stub for {', '.join(action.name for action in unknown)}", pytrace=False)
    beside = _fresh(clone)
    artifacts, cache = beside / "artifacts", beside / "cache"
    artifacts.mkdir()
    (beside / "event.json").write_text(json.dumps(payload), encoding="utf-8")
    stubs = [
        f"{a.name}@{a.commit}={_STUBS / a.name.rpartition('/')[2]}" for a in actions() if a.name != "actions/checkout"
    ]
    told = {"STUB_ARTIFACTS": str(artifacts), "GITHUB_REPOSITORY": REPOSITORY} | env
    options = [
        *("--workflows", f".github/workflows/{workflow}.yml", "--eventpath", beside / "event.json"),
        *("--platform", _RUNNER, "--pull=false", "--no-cache-server", "--action-offline-mode", "--json"),
        *("--action-cache-path", cache, "--artifact-server-addr", "127.0.0.1"),
        *(word for stub in stubs for word in ("--local-repository", stub)),
        *(word for pair in variables.items() for word in ("--var", "=".join(pair))),
        *(word for pair in secrets.items() for word in ("--secret", "=".join(pair))),
        *(word for pair in told.items() for word in ("--env", "=".join(pair))),
    ]
    outside = environment(**{"NO_COLOR": "1", "UV_NO_PROGRESS": "1", **machine})
    done = subprocess.run(["act", event, *options], cwd=clone, env=outside, capture_output=True, text=True, check=False)
    return _read(done.stdout, done.stderr, artifacts)


def _fresh(clone: Path) -> Path:
    """Return a new folder beside the clone: act copies the clone with all that lies in it."""
    runs = sum(1 for _ in clone.parent.glob(f"{clone.name}-act-*"))
    place = clone.with_name(f"{clone.name}-act-{runs}")
    place.mkdir()
    return place


def _read(stdout: str, stderr: str, artifacts: Path) -> Run:
    lines = [json.loads(line) for line in stdout.splitlines() if line.startswith("{")]
    logs: dict[str, str] = {}
    results: dict[str, str] = {}
    for line in lines:
        if "jobID" not in line:
            continue
        if line.get("raw_output"):
            logs[line["jobID"]] = logs.get(line["jobID"], "") + _plain(line["msg"])
        if "jobResult" in line:
            results[line["jobID"]] = line["jobResult"]
    page = "\n".join(line["content"] for line in lines if line.get("command") == "summary")
    jobs = {name: Job(result, logs.get(name, "")) for name, result in results.items()}
    return Run(jobs, artifacts, page, "\n".join([*(_plain(line.get("msg", "")).rstrip() for line in lines), stderr]))


def _plain(text: str) -> str:
    return _COLOURS.sub("", text)
