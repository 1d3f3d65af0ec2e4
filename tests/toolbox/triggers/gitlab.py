"""Reader of `.gitlab-ci.yml`: the keywords that we render. Another keyword, or another source of jobs, is an error."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from .conditions import holds
from .model import PROBES, Event, Job, Pipeline, Pipelines, cron, folders

__all__ = ["jobs", "read", "selected", "variables"]

_TOP: Final = {"variables", "workflow", "default"}
_JOB: Final = {
    *("extends", "rules", "timeout", "interruptible", "script", "artifacts", "needs", "resource_group"),
    *("variables", "services", "environment", "cache", "before_script", "image"),
}
_BY_HAND: Final = {"schedule": "schedule", "hand": "web", "dispatch": "trigger"}


def variables(event: Event) -> dict[str, str]:
    """Return the variables by which GitLab tells a pipeline what started it; a name without a value is not there."""
    told = {"IMAGE": "host/team/name"} if event.image else {}
    if event.kind == "pull request":
        return told | {
            "CI_PIPELINE_SOURCE": "merge_request_event",
            "CI_MERGE_REQUEST_IID": "5",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": event.ref,
            "CI_MERGE_REQUEST_PROJECT_ID": "1",
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2" if event.fork else "1",
        }
    if event.kind == "tag":
        return told | {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_TAG": event.ref}
    if event.pipeline:
        told["PIPELINE"] = event.pipeline
    if event.merging:
        told["CI_OPEN_MERGE_REQUESTS"] = "team/name!5"
    return told | {"CI_PIPELINE_SOURCE": _BY_HAND.get(event.kind, "push"), "CI_COMMIT_BRANCH": event.ref}


def jobs(project: Path) -> dict[str, dict[str, Any]]:
    """Return the jobs with what they extend and the defaults filled in.

    Raises:
        ValueError: if the file says something that is not read here.
    """
    said = _file(project)
    hidden = {name for name in said if name.startswith(".")}
    found = {name: said["default"] | _extended(said, name) for name in said if name not in _TOP | hidden}
    for name, job in found.items():
        if unknown := set(job) - _JOB:
            raise ValueError(f".gitlab-ci.yml, {name}: {', '.join(sorted(unknown))} is not read here")
    return found


def selected(project: Path, event: Event) -> set[tuple[str, str]]:
    """Return the jobs, each as (pipeline, job), that the event runs."""
    said, found = _file(project), jobs(project)
    told = _told(said, event)
    if _rule(said["workflow"]["rules"], told) is None:
        return set()
    return {(_first(found, name), name) for name, job in found.items() if _rule(job["rules"], told) is not None}


def read(project: Path) -> Pipelines:
    """Return the pipelines: jobs that need one another, under the name of the first."""
    said, found = _file(project), jobs(project)
    started = {name: selected(project, probe) for name, probe in PROBES.items()}
    described = {}
    for pipeline in dict.fromkeys(_first(found, name) for name in found):
        times = said[".schedules"].get(pipeline)
        described[pipeline] = Pipeline(
            crons=frozenset({cron(times)} if times else ()),
            cancels=_cancels(said, found, pipeline),
            jobs={
                name: _job(found, name, frozenset(probe for probe in PROBES if (pipeline, name) in started[probe]))
                for name in found
                if _first(found, name) == pipeline
            },
        )
    return described


def _file(project: Path) -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load((project / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    return said


def _extended(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the job over what it extends: mappings are merged, everything else is replaced."""
    job: dict[str, Any] = said[name]
    return _merged(_extended(said, job["extends"]), job) if "extends" in job else job


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = {key: _merged(below[key], above[key]) for key in below if isinstance(above.get(key), dict)}
    return {**below, **above, **both}


def _told(said: Mapping[str, Any], event: Event) -> dict[str, str | None]:
    """Return every variable that a rule may name: GitLab takes one that is not set for null."""
    own = {name: value["value"] if isinstance(value, dict) else str(value) for name, value in said["variables"].items()}
    every = {name for probe in PROBES.values() for name in variables(probe)} | {"IMAGE", "CI_OPEN_MERGE_REQUESTS"}
    return {f"${name}": value for name, value in (dict.fromkeys(every) | own | variables(event)).items()}


def _rule(rules: list[dict[str, Any]], told: Mapping[str, str | None]) -> dict[str, Any] | None:
    """Return the first rule that holds, or None where that says never, or none does."""
    for rule in rules:
        if unknown := set(rule) - {"if", "when", "auto_cancel"}:
            raise ValueError(f".gitlab-ci.yml: a rule with {', '.join(sorted(unknown))} is not read here")
        if holds(rule.get("if", "true"), told):
            return None if rule.get("when") == "never" else rule
    return None


def _cancels(said: Mapping[str, Any], found: Mapping[str, Any], pipeline: str) -> bool:
    """Tell whether a newer commit of the same merge request cancels the pipeline."""
    told = _told(said, Event("pull request"))
    rule = _rule(said["workflow"]["rules"], told) or {}
    how = rule.get("auto_cancel", said["workflow"]["auto_cancel"])["on_new_commit"]
    ends = how == "interruptible" and all(
        found[name].get("interruptible", False) for name in found if _first(found, name) == pipeline
    )
    return ends and _rule(found[pipeline]["rules"], told) is not None


def _first(found: Mapping[str, Any], name: str) -> str:
    """Return the job that everything before this one begins with; it gives the pipeline its name."""
    needs = found[name].get("needs")
    return _first(found, needs[0]) if needs else name


def _job(found: Mapping[str, Any], name: str, starts: frozenset[str]) -> Job:
    job = found[name]
    artifacts = job.get("artifacts", {})
    keeps = frozenset(path.rstrip("/") for path in artifacts.get("paths", ()))
    return Job(
        runs=_command(name, job),
        starts=starts,
        after=_before(found, name),
        environment=job.get("environment", ""),
        minutes=_number(job["timeout"], "minutes"),
        keeps=keeps,
        keeps_when_red=folders(keeps if artifacts.get("when") == "always" else ()),
        days=_number(artifacts["expire_in"], "days") if artifacts else 0,
        settings=next((value for key, value in job.get("variables", {}).items() if key.endswith("_ENV")), ""),
        cached=bool(job.get("cache")),
        tokens=None,  # variables of the project are given to every job
    )


def _command(name: str, job: Mapping[str, Any]) -> str:
    """Return the command of a job that has one and no other."""
    match job["script"]:
        case [str(command)] if command.startswith("uv run "):
            return command.removeprefix("uv run ")
    raise ValueError(f".gitlab-ci.yml, {name}: script is more than one `uv run ...`: {job['script']}")


def _before(found: Mapping[str, Any], name: str) -> frozenset[str]:
    needs = found[name].get("needs", [])
    return frozenset(needs).union(*(_before(found, other) for other in needs))


def _number(text: str, unit: str) -> int:
    number, _, said = text.partition(" ")
    if said != unit:
        raise ValueError(f".gitlab-ci.yml: {text!r} is not told in {unit}")
    return int(number)
