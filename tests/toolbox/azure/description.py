"""A pipeline of Azure as values: templates inserted, every keyword known. An unknown one is an error, never ignored."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from toolbox.azure.expressions import AzureError, Context, evaluate, truth

__all__ = ["FOLDER", "Job", "Pipeline", "Stage", "Step", "load", "names", "read"]

FOLDER: Final = "azure-pipelines"
_PIPELINE: Final = {"trigger", "pr", "schedules", "lockBehavior", "pool", "variables", "stages", "jobs"}
_STAGE: Final = {"stage", "displayName", "dependsOn", "condition", "jobs"}
_ANY_JOB: Final = {"displayName", "dependsOn", "condition", "timeoutInMinutes", "variables"}
_JOB, _DEPLOYMENT = _ANY_JOB | {"job", "steps"}, _ANY_JOB | {"deployment", "environment", "strategy"}
_STEPS: Final = {
    "checkout": {"fetchDepth", "persistCredentials"},
    "bash": {"displayName", "condition", "env"},
    "task": {"displayName", "condition", "inputs"},
    "publish": {"artifact", "displayName", "condition"},
    "download": set[str](),
}
_INSERT_IF: Final = re.compile(r"\$\{\{ *if (.+?) *\}\}")
_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Step(NamedTuple):
    """One step: its kind ("bash"), what stands there (the script, the name of a task) and the other keys."""

    kind: str
    what: str
    name: str
    condition: str
    more: Mapping[str, Any]


class Job(NamedTuple):
    """One job or deployment; `after` are jobs of the same stage."""

    id: str
    name: str  # as people see it: identifiers cannot have a dash
    after: tuple[str, ...]
    condition: str
    minutes: int  # 0: not said
    environment: str
    variables: Mapping[str, str]
    steps: tuple[Step, ...]


class Stage(NamedTuple):
    """Jobs that start together; a pipeline that only has jobs is one stage without a name."""

    id: str
    after: tuple[str, ...]
    condition: str
    jobs: tuple[Job, ...]


class Pipeline(NamedTuple):
    """What starts a pipeline (as written), and what it does."""

    name: str
    starts: Mapping[str, Any]  # trigger, pr, schedules
    variables: Mapping[str, str]
    stages: tuple[Stage, ...]


def names(project: Path) -> list[str]:
    """Return the names of the project's pipelines."""
    return sorted(path.stem for path in (project / FOLDER).glob("*.yml"))


def read(path: Path) -> Any:
    """Return the YAML with every scalar as text, as Azure and its schema take them."""
    return yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - it makes nothing but text


def load(project: Path, name: str) -> Pipeline:
    """Return the pipeline of azure-pipelines/NAME.yml.

    Raises:
        AzureError: something in it is not known here, or cannot be.
    """
    path = project / FOLDER / f"{name}.yml"
    text = read(path)
    _known(text, _PIPELINE, name)
    stages = text.get("stages") or [{"stage": "", "jobs": text["jobs"]}]
    starts = {key: text[key] for key in ("trigger", "pr", "schedules") if key in text}
    return Pipeline(name, starts, _variables(text.get("variables", []), path), tuple(_stages(stages, path)))


def _stages(stages: list[Any], path: Path) -> list[Stage]:
    found: list[Stage] = []
    for stage in stages:
        _known(stage, _STAGE, path.name)
        above = [known.id for known in found]
        after = _list(stage.get("dependsOn", above[-1:]))  # stages wait for the one above, jobs for none
        _above(after, above, path)
        jobs: list[Job] = []
        for text in stage["jobs"]:
            job = _job(text, path)
            _above(job.after, [known.id for known in jobs], path)
            jobs.append(job)
        found.append(Stage(stage["stage"], after, stage.get("condition", "succeeded()"), tuple(jobs)))
    return found


def _above(after: Sequence[str], above: Sequence[str], path: Path) -> None:
    if unknown := set(after) - set(above):
        raise AzureError(f"{path.name}: dependsOn names {', '.join(sorted(unknown))}, which does not stand above")


def _job(job: dict[str, Any], path: Path) -> Job:
    deployment = "deployment" in job
    _known(job, _DEPLOYMENT if deployment else _JOB, path.name)
    name = job["deployment" if deployment else "job"]
    if not _IDENTIFIER.fullmatch(name):
        raise AzureError(f"{path.name}: {name!r} cannot name a job: letters, digits and _ only")
    if deployment:
        match job["strategy"]:
            case {"runOnce": {"deploy": {"steps": list(steps), **rest}, **others}, **more} if not (
                rest or others or more
            ):
                pass
            case _:
                raise AzureError(f"{path.name}: {name} has a strategy that is not known here")
    else:
        steps = job["steps"]
    return Job(
        name,
        job.get("displayName", name),
        _list(job.get("dependsOn", [])),
        job.get("condition", "succeeded()"),
        int(job.get("timeoutInMinutes", 0)),
        job.get("environment", ""),
        _variables(job.get("variables", []), path),
        tuple(_steps(steps, path, {})),
    )


def _steps(steps: list[Any], path: Path, parameters: Mapping[str, Any]) -> list[Step]:
    found: list[Step] = []
    for step in steps:
        first = next(iter(step))
        if condition := _INSERT_IF.fullmatch(first):
            if truth(evaluate(condition[1], Context(parameters=parameters, status=False))):
                found += _steps(step[first], path, parameters)
        elif first == "template":
            _known(step, {"template", "parameters"}, path.name)
            found += _template(path.parent / step["template"], step.get("parameters", {}))
        else:
            found.append(_step(step, path))
    return found


def _template(path: Path, given: Mapping[str, str]) -> list[Step]:
    text = read(path)
    _known(text, {"parameters", "steps"}, path.name)
    declared = {entry["name"]: entry for entry in text.get("parameters", [])}
    _known(given, set(declared), path.name)
    values: dict[str, Any] = {}
    for name, entry in declared.items():
        value = given.get(name, entry.get("default"))
        if entry.get("type") != "boolean" or value not in {"true", "false"}:
            raise AzureError(f"{path.name}: parameter {name} can only be true or false here")
        values[name] = value == "true"
    return _steps(text["steps"], path, values)


def _step(step: dict[str, Any], path: Path) -> Step:
    kind = next(iter(step))
    if kind not in _STEPS:
        raise AzureError(f"{path.name}: the step {kind} is not known here")
    _known(step, _STEPS[kind] | {kind}, path.name)
    if "${{" in str(step):
        raise AzureError(f"{path.name}: ${{{{ }}}} inside a step is not known here")
    more = {key: value for key, value in step.items() if key not in {kind, "displayName", "condition"}}
    name = step.get("displayName", f"{kind} {step[kind]}".splitlines()[0])
    return Step(kind, step[kind], name, step.get("condition", "succeeded()"), more)


def _variables(variables: Any, path: Path) -> dict[str, str]:
    if isinstance(variables, dict):
        return dict(variables)
    found: dict[str, str] = {}
    for entry in variables:
        if "template" in entry:
            _known(entry, {"template"}, path.name)
            text = read(path.parent / entry["template"])
            _known(text, {"variables"}, entry["template"])
            found |= _variables(text["variables"], path)
        else:
            _known(entry, {"name", "value"}, path.name)
            found[entry["name"]] = entry["value"]
    return found


def _list(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def _known(mapping: Mapping[str, Any], keys: set[str], where: str) -> None:
    if unknown := set(mapping) - keys:
        raise AzureError(f"{where}: {', '.join(sorted(unknown))} is not known here")
