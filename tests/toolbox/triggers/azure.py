"""Reader of `azure-pipelines/`: the triggers and keys that we render. Another trigger is an error."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from .conditions import Value, holds
from .model import PROBES, Event, Job, Pipeline, Pipelines, cron, folders

__all__ = ["read", "selected"]

_FOLDER: Final = "azure-pipelines"
_REASONS: Final = {"pull request": "PullRequest", "schedule": "Schedule", "hand": "Manual", "dispatch": "Manual"}


def selected(project: Path, event: Event) -> set[tuple[str, str]]:
    """Return the jobs, each as (pipeline, job), that the event runs."""
    return {
        (name, job)
        for name, said in _files(project).items()
        if _starts(name, said, event)
        for job in _jobs(said)
        if _runs(_jobs(said), job, _names(event))
    }


def read(project: Path) -> Pipelines:
    """Return the pipelines, each a file."""
    started = {name: selected(project, probe) for name, probe in PROBES.items()}
    return {
        name: Pipeline(
            crons=frozenset(cron(time["cron"]) for time in said.get("schedules", ())),
            cancels=said["pr"] != "none" and said["pr"].get("autoCancel", True),
            jobs={
                job: _job(project, said, job, frozenset(probe for probe in PROBES if (name, job) in started[probe]))
                for job in _jobs(said)
            },
        )
        for name, said in _files(project).items()
    }


def _files(project: Path) -> dict[str, dict[str, Any]]:
    return {file.stem: _file(file.read_text(encoding="utf-8")) for file in (project / _FOLDER).glob("*.yml")}


@cache
def _file(text: str) -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load(text)
    return said


def _starts(name: str, said: Mapping[str, Any], event: Event) -> bool:
    """Tell whether the event starts the pipeline. Raises ValueError for a trigger that is not known.

    Azure lets people start every pipeline by hand, and programs in their name: meant to be are those with a schedule,
    and on new data the one that trains.
    """
    if unknown := {key for key in said if key in {"resources", "extends"}}:
        raise ValueError(f"{_FOLDER}/{name}.yml: {', '.join(sorted(unknown))} is not read here")
    match event.kind:
        case "push" | "tag":
            filters = _filters(name, said["trigger"], {"branches", "tags", "batch"})
            return _matches(filters.get("tags" if event.kind == "tag" else "branches"), event.ref)
        case "pull request":
            return _matches(_filters(name, said["pr"], {"branches", "autoCancel", "drafts"}).get("branches"), event.ref)
        case "dispatch":
            return name == "nightly"
    return name == event.pipeline and "schedules" in said


def _filters(name: str, trigger: Any, known: set[str]) -> Mapping[str, Any]:
    if trigger == "none":
        return {}
    if not isinstance(trigger, dict) or set(trigger) - known:
        raise ValueError(f"{_FOLDER}/{name}.yml: this trigger is not read here: {trigger}")
    return trigger


def _matches(patterns: Mapping[str, list[str]] | None, name: str) -> bool:
    if patterns is None:
        return False
    excluded = any(fnmatchcase(name, pattern) for pattern in patterns.get("exclude", ()))
    return not excluded and any(fnmatchcase(name, pattern) for pattern in patterns.get("include", ["*"]))


def _names(event: Event) -> dict[str, Value]:
    """Return what conditions may name."""
    refs = {"tag": f"refs/tags/{event.ref}", "pull request": "refs/pull/5/merge"}
    values = {
        "Build.Reason": _REASONS.get(event.kind, "IndividualCI"),
        "Build.SourceBranch": refs.get(event.kind, f"refs/heads/{event.ref}"),
        "System.PullRequest.IsFork": str(event.fork) if event.kind == "pull request" else "",
        "IMAGE": "host/team/name" if event.image else "",
    }
    return {f"variables['{name}']": value for name, value in values.items()}


def _jobs(said: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the jobs by name, each with all that it waits for and all conditions, its stage's too."""
    found: dict[str, dict[str, Any]] = {}
    before: list[str] = []
    members: dict[str, list[str]] = {}
    for stage in said.get("stages", [said]):
        waits = _listed(stage.get("dependsOn", before))
        before = [stage.get("stage", "")]
        for job in stage["jobs"]:
            name = (job.get("job") or job["deployment"]).replace("_", "-")
            members.setdefault(before[0], []).append(name)
            found[name] = job | {
                "after": [other for earlier in waits for other in members[earlier]]
                + [other.replace("_", "-") for other in _listed(job.get("dependsOn", []))],
                "conditions": [part["condition"] for part in (stage, job) if "condition" in part],
            }
    return found


def _runs(jobs: Mapping[str, Any], name: str, names: Mapping[str, Value]) -> bool:
    job = jobs[name]
    return all(_runs(jobs, other, names) for other in job["after"]) and all(
        holds(condition, names) for condition in job["conditions"]
    )


def _job(project: Path, said: Mapping[str, Any], name: str, starts: frozenset[str]) -> Job:
    jobs = _jobs(said)
    job = jobs[name]
    steps = list(_steps(project, job.get("steps") or job["strategy"]["runOnce"]["deploy"]["steps"]))
    command = _command(name, steps)
    variables = _variables(said) | _variables(job)
    kept = [step for step in steps if "publish" in step]
    red = [step for step in kept if holds(step.get("condition", "succeeded()"), {}, red=True)]
    return Job(
        runs=command["bash"].removeprefix("uv run "),
        starts=starts,
        after=_before(jobs, name),
        environment=job.get("environment", ""),
        minutes=job["timeoutInMinutes"],
        keeps=frozenset(step["publish"] for step in kept),
        keeps_when_red=folders(step["publish"] for step in red),
        days=None,  # a setting of the project there
        settings=next((value for key, value in variables.items() if key.endswith("_ENV")), ""),
        cached=any(step.get("task", "").startswith("Cache@") for step in steps),
        tokens=frozenset(key for key in command.get("env", {}) if key.endswith("_TOKEN")),
    )


def _steps(project: Path, steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give the steps, those of local templates in their place."""
    for step in steps:
        if "template" not in step:
            yield step
            continue
        template = _file((project / _FOLDER / step["template"]).read_text(encoding="utf-8"))
        defaults = {parameter["name"]: parameter["default"] for parameter in template.get("parameters", ())}
        yield from _chosen(template["steps"], defaults | step.get("parameters", {}))


def _chosen(steps: list[dict[str, Any]], parameters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for step in steps:
        key = next(iter(step))
        if not key.startswith("${{"):
            yield step
        elif holds(
            key.removeprefix("${{ if ").removesuffix(" }}"), {f"parameters.{n}": v for n, v in parameters.items()}
        ):
            yield from step[key]


def _command(name: str, steps: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the step that runs the one command. Raises ValueError where there are none or more."""
    found = [step for step in steps if "uv run" in step.get("bash", "")]
    if len(found) != 1:
        raise ValueError(f"{_FOLDER}, {name}: {len(found)} steps with `uv run ...`, not one")
    return found[0]


def _variables(place: Mapping[str, Any]) -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in place.get("variables", ()) if "name" in entry}


def _before(jobs: Mapping[str, Any], name: str) -> frozenset[str]:
    after = jobs[name]["after"]
    return frozenset(after).union(*(_before(jobs, other) for other in after))


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
