"""Runs a pipeline of Azure on this machine, or tells which of its jobs would run."""

import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from toolbox.azure.agent import Agent, Run, StepFailed, expand, note
from toolbox.azure.description import Job, Pipeline, Step, load
from toolbox.azure.expressions import Context, evaluate, truth
from toolbox.azure.tasks import do
from toolbox.triggers.model import Event

__all__ = ["Result", "plan", "run"]

_REASONS: Final = {"schedule": "Schedule", "hand": "Manual", "dispatch": "Manual", "pull request": "PullRequest"}
_MINUTES: Final = 60  # where a job does not say
_TOKEN: Final = "system.accesstoken"  # noqa: S105 - its name


class Result(NamedTuple):
    """What a run came to; jobs by the names that people see."""

    jobs: dict[str, str]  # succeeded, failed, skipped
    logs: dict[str, str]
    left: Run


def plan(pipeline: Pipeline, event: Event, variables: Mapping[str, str], red: Iterable[str] = ()) -> dict[str, str]:
    """Return what becomes of each job when all that run succeed, but those in `red`."""
    return _walk(pipeline, _variables(event, variables), lambda job: "failed" if job.name in red else "succeeded")


def run(
    repository: Path,
    name: str,
    event: Event,
    place: Path,
    *,
    variables: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    caches: Path | None = None,
) -> Result:
    """Run azure-pipelines/NAME.yml of the repository's HEAD for an event, each job in a fresh clone below `place`.

    `variables` and `secrets` are those of the pipeline's settings.
    """
    source = place / "source"
    subprocess.run(["git", "clone", "--quiet", repository.as_uri(), source], check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=source, check=True, capture_output=True, text=True)
    pipeline = load(source, name)
    hidden = {_TOKEN: "token-of-the-job"} | {key.lower(): text for key, text in (secrets or {}).items()}
    shared = Run(repository, place, caches or place / "caches", hidden)
    outer = _variables(event, variables or {}) | {"build.sourceversion": head.stdout.strip()}
    logs: dict[str, str] = {}

    def execute(job: Job) -> str:
        agent = _agent(job, pipeline, outer, shared)
        for step in job.steps:
            _take(agent, step)
        logs[job.name] = "\n".join(agent.log)
        return agent.status

    return Result(_walk(pipeline, outer, execute), logs, shared)


def _take(agent: Agent, step: Step) -> None:
    context = Context(agent.variables, results=[agent.status])
    if not truth(evaluate(step.condition, context)):
        note(agent, f"== {step.name}: skipped")
        return
    note(agent, f"== {step.name}")
    try:
        do(agent, step)
    except StepFailed as problem:
        note(agent, f"error: {problem}")
        agent.status = "failed"


def _agent(job: Job, pipeline: Pipeline, outer: Mapping[str, str], shared: Run) -> Agent:
    place = shared.place / job.name
    temporary = place / "_temp"
    temporary.mkdir(parents=True)
    system = {
        "agent.os": "Linux",
        "agent.tempdirectory": str(temporary),
        "pipeline.workspace": str(place),
        "system.defaultworkingdirectory": str(place / "s"),
        "system.jobname": job.id,
        "tf_build": "True",
    }
    agent = Agent(shared, job.name, {**outer, **system}, time.monotonic() + (job.minutes or _MINUTES) * 60)
    for name, text in {**pipeline.variables, **job.variables}.items():
        agent.variables[name.lower()] = _settled(text, outer, agent)
    return agent


def _settled(text: str, outer: Mapping[str, str], agent: Agent) -> str:
    """Return a variable's value when the job starts."""
    if text.startswith("$[") and text.endswith("]"):
        return str(evaluate(text[2:-1], Context(outer, status=False)) or "")
    return expand(text, agent)


def _variables(event: Event, given: Mapping[str, str]) -> dict[str, str]:
    """Return the variables, in lower case, that tell a run what it is about."""
    ref = {"tag": f"refs/tags/{event.ref}", "pull request": "refs/pull/7/merge"}.get(
        event.kind, f"refs/heads/{event.ref}"
    )
    known = {name.lower(): text for name, text in given.items()}
    known |= {
        "build.reason": _REASONS.get(event.kind, "IndividualCI"),
        "build.sourcebranch": ref,
        "build.buildid": "12",
    }
    if event.kind == "pull request":
        known["system.pullrequest.pullrequestid"] = "7"
        known["system.pullrequest.isfork"] = str(event.fork)
        known["system.pullrequest.targetbranch"] = f"refs/heads/{event.ref}"
    return known


def _walk(pipeline: Pipeline, variables: Mapping[str, str], execute: Callable[[Job], str]) -> dict[str, str]:
    """Do the jobs in order, as conditions allow; return what became of each."""
    found: dict[str, str] = {}
    stages: dict[str, str] = {}
    before: dict[str, set[str]] = {}
    for stage in pipeline.stages:
        before[stage.id] = set(stage.after).union(*(before[other] for other in stage.after))
        starts = _holds(stage.condition, variables, [stages[other] for other in before[stage.id]])
        jobs = _jobs(stage.jobs, variables, execute) if starts else {job.name: "skipped" for job in stage.jobs}
        found |= jobs
        results = set(jobs.values())
        stages[stage.id] = next((result for result in ("failed", "succeeded") if result in results), "skipped")
    return found


def _jobs(jobs: Iterable[Job], variables: Mapping[str, str], execute: Callable[[Job], str]) -> dict[str, str]:
    found: dict[str, str] = {}
    results: dict[str, str] = {}
    before: dict[str, set[str]] = {}
    for job in jobs:
        before[job.id] = set(job.after).union(*(before[other] for other in job.after))
        starts = _holds(job.condition, variables, [results[other] for other in before[job.id]])
        results[job.id] = found[job.name] = execute(job) if starts else "skipped"
    return found


def _holds(condition: str, variables: Mapping[str, str], results: list[str]) -> bool:
    return truth(evaluate(condition, Context(variables, results=results)))
