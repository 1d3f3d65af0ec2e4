"""Reader of `.github/workflows/`: the triggers and keys that we render. Another trigger is an error."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from .conditions import Value, holds
from .model import PROBES, Event, Job, Pipeline, Pipelines, cron, folders

__all__ = ["read", "selected"]

_ON: Final = {
    "push": {"branches", "branches-ignore", "tags"},
    "pull_request": {"branches"},
    "repository_dispatch": {"types"},
    "workflow_dispatch": set(),
}


def selected(project: Path, event: Event) -> set[tuple[str, str]]:
    """Return the jobs, each as (workflow, job), that the event runs."""
    return {
        (name, job)
        for name, workflow in _files(project).items()
        if _starts(name, workflow["on"], event)
        for job in workflow["jobs"]
        if _runs(workflow["jobs"], job, _names(event))
    }


def read(project: Path) -> Pipelines:
    """Return the workflows, each file a pipeline."""
    started = {name: selected(project, probe) for name, probe in PROBES.items()}
    return {
        name: Pipeline(
            crons=frozenset(cron(time["cron"]) for time in workflow["on"].get("schedule", ())),
            cancels=workflow["concurrency"]["cancel-in-progress"],
            jobs={
                job: _job(workflow, job, frozenset(probe for probe in PROBES if (name, job) in started[probe]))
                for job in workflow["jobs"]
            },
        )
        for name, workflow in _files(project).items()
    }


def _files(project: Path) -> dict[str, dict[str, Any]]:
    return {file.stem: _file(file.read_text(encoding="utf-8")) for file in project.glob(".github/workflows/*.yml")}


@cache
def _file(text: str) -> dict[str, Any]:
    said = yaml.safe_load(text)
    return {"on" if key is True else key: value for key, value in said.items()}  # YAML 1.1 reads `on` as true


def _starts(name: str, on: Mapping[str, Any], event: Event) -> bool:
    """Tell whether the event starts the workflow. Raises ValueError for a trigger or filter that is not known."""
    for trigger, filters in on.items():
        if trigger != "schedule" and (trigger not in _ON or set(filters or ()) - _ON[trigger]):
            raise ValueError(f".github/workflows/{name}.yml: on.{trigger} is not read here: {filters}")
    match event.kind:
        case "push" | "tag" if "push" in on:
            return _pushed(on["push"] or {}, event)
        case "pull request" if "pull_request" in on:
            return _matches((on["pull_request"] or {}).get("branches", ["**"]), event.ref)
        case "schedule":
            return name == event.pipeline and "schedule" in on
        case "hand":
            return name == event.pipeline and "workflow_dispatch" in on
        case "dispatch" if "repository_dispatch" in on:
            return event.type in (on["repository_dispatch"] or {}).get("types", [event.type])
    return False


def _pushed(filters: Mapping[str, list[str]], event: Event) -> bool:
    """Tell whether a push starts it: with filters for branches only, no tag does, and the other way round."""
    if event.kind == "tag":
        return not filters or _matches(filters.get("tags", []), event.ref)
    if "branches-ignore" in filters:
        return not _matches(filters["branches-ignore"], event.ref)
    return not filters or _matches(filters.get("branches", []), event.ref)


def _matches(patterns: list[str], name: str) -> bool:
    """Match as GitHub does: `*` ends at a slash, `**` does not."""
    if odd := [pattern for pattern in patterns if re.search(r"[!?+\[\]]", pattern)]:
        raise ValueError(f"patterns of GitHub that are not read here: {odd}")
    forms = (re.escape(pattern).replace(r"\*\*", ".*").replace(r"\*", "[^/]*") for pattern in patterns)
    return any(re.fullmatch(form, name) for form in forms)


def _names(event: Event) -> dict[str, Value]:
    """Return what conditions of jobs may name."""
    kinds = {"pull request": "pull_request", "hand": "workflow_dispatch", "dispatch": "repository_dispatch"}
    refs = {"tag": f"refs/tags/{event.ref}", "pull request": "refs/pull/5/merge"}
    return {
        "github.event_name": kinds.get(event.kind, "push" if event.kind == "tag" else event.kind),
        "github.ref": refs.get(event.kind, f"refs/heads/{event.ref}"),
        "github.ref_name": "5/merge" if event.kind == "pull request" else event.ref,
        "github.repository": "team/name",
        "github.event.pull_request.head.repo.full_name": "other/name" if event.fork else "team/name",
        "github.event.pull_request.head.repo.fork": event.fork,
        "vars.IMAGE": "host/team/name" if event.image else "",
    }


def _runs(jobs: Mapping[str, Any], job: str, names: Mapping[str, Value]) -> bool:
    needs = _listed(jobs[job].get("needs", []))
    return all(_runs(jobs, other, names) for other in needs) and holds(_bare(jobs[job].get("if", "true")), names)


def _job(workflow: Mapping[str, Any], name: str, starts: frozenset[str]) -> Job:
    job = workflow["jobs"][name]
    command = _command(name, job["steps"])
    variables = {**workflow.get("env", {}), **job.get("env", {}), **command.get("env", {})}
    kept = [step for step in job["steps"] if "/upload-artifact@" in step.get("uses", "")]
    red = [step for step in kept if holds(_bare(step.get("if", "success()")), {}, red=True)]
    setups = [step["with"] for step in job["steps"] if "/setup-uv@" in step.get("uses", "")]
    return Job(
        runs=command["run"].removeprefix("uv run "),
        starts=starts,
        after=_before(workflow["jobs"], name),
        environment=job.get("environment", ""),
        minutes=job["timeout-minutes"],
        keeps=_paths(kept),
        keeps_when_red=folders(_paths(red)),
        days=max((step["with"]["retention-days"] for step in kept), default=0),
        settings=next((value for key, value in variables.items() if key.endswith("_ENV")), ""),
        cached=any(setup["enable-cache"] for setup in setups),
        tokens=frozenset(key for key in variables if key.endswith("_TOKEN")),
    )


def _command(name: str, steps: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the step that runs the one command. Raises ValueError where there are none or more."""
    found = [step for step in steps if "uv run" in step.get("run", "")]
    if len(found) != 1:
        raise ValueError(f".github/workflows, {name}: {len(found)} steps with `uv run ...`, not one")
    return found[0]


def _paths(steps: list[dict[str, Any]]) -> frozenset[str]:
    return frozenset(path.rstrip("/") for step in steps for path in step["with"]["path"].split())


def _before(jobs: Mapping[str, Any], name: str) -> frozenset[str]:
    needs = _listed(jobs[name].get("needs", []))
    return frozenset(needs).union(*(_before(jobs, other) for other in needs))


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _bare(condition: str) -> str:
    return condition.strip().removeprefix("${{").removesuffix("}}").strip()
