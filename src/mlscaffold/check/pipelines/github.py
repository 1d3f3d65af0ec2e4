"""GitHub Actions: each file of .github/workflows is a pipeline."""

__all__ = ["workflows"]

from collections.abc import Iterator
from typing import Any, Final

from mlscaffold.check.pipelines.branches import pushed
from mlscaffold.check.pipelines.conditions import holds
from mlscaffold.check.pipelines.model import DEFAULT_BRANCHES, Job, Pipeline, Trigger, mapping, texts
from mlscaffold.check.repository import Repository

_EVENTS: Final[dict[str, Trigger]] = {
    "pull_request": "pull_request",
    "pull_request_target": "pull_request",
    "merge_group": "main",
    "schedule": "schedule",
    "workflow_dispatch": "manual",
    "repository_dispatch": "dispatch",
    "workflow_call": "call",
    "release": "tag",
}
# Types of pull_request that come with new commits; without any of them, nothing checks a change.
_CHANGES: Final = frozenset({"opened", "synchronize", "reopened", "ready_for_review", "enqueued"})


def workflows(repository: Repository) -> Iterator[Pipeline]:
    """Yield the workflows of a repository; what has no jobs is none."""
    for path in repository.glob(".github/workflows/*.yml", ".github/workflows/*.yaml"):
        document = repository.table(path)
        jobs = mapping(document.get("jobs"))
        triggers = frozenset(_triggers(document.get("on")))
        cancels = _cancels(document)
        read = tuple(_job(repository, path, name, job, triggers, cancels) for name, job in jobs.items())
        if read:
            yield Pipeline("github", path, str(document.get("name") or path.rpartition("/")[2]), read)


def _triggers(on: Any) -> Iterator[Trigger]:
    events = on if isinstance(on, dict) else dict.fromkeys(texts(on))
    for event, how in events.items():
        if event == "push":
            yield from _pushes(mapping(how))
        elif event.startswith("pull_request") and (types := mapping(how).get("types")):
            yield "pull_request" if _CHANGES.intersection(texts(types)) else "other"
        else:
            yield _EVENTS.get(event, "other")


def _pushes(how: dict[str, Any]) -> Iterator[Trigger]:
    branches, left_out = list(texts(how.get("branches"))), list(texts(how.get("branches-ignore")))
    tags = "tags" in how or "tags-ignore" in how
    if tags or not (branches or left_out):
        yield "tag"
    if branches or left_out or not tags:
        yield from pushed(branches or ["**"], left_out)


def _cancels(holder: dict[str, Any]) -> bool:
    return mapping(holder.get("concurrency")).get("cancel-in-progress", False) not in (False, "false")


def _job(repository: Repository, path: str, name: str, raw: Any, triggers: frozenset[Trigger], cancels: bool) -> Job:
    job = mapping(raw)
    commands, opaque = _commands(repository, job, (path,))
    condition = str(job.get("if", ""))
    kept = frozenset(trigger for trigger in triggers if _may_run(condition, trigger))
    return Job(name, path, ("jobs", name), kept, commands, _bounded(job), cancels or _cancels(job), opaque)


def _bounded(job: dict[str, Any]) -> bool:
    # A job that calls a workflow cannot have a time: that workflow's jobs can.
    steps = _steps(job)
    each = bool(steps) and all("timeout-minutes" in step for step in steps)
    return "timeout-minutes" in job or "uses" in job or each


def _may_run(condition: str, trigger: Trigger) -> bool:
    branches = [name for name in DEFAULT_BRANCHES if name in condition] or ["main"]
    return any(holds(condition, scene) is not False for name in branches for scene in _scenes(trigger, name))


def _scenes(trigger: Trigger, default: str) -> list[dict[str, Any]]:
    """Return what the expressions of a job may see in runs that `trigger` starts."""
    main = {"github.ref": f"refs/heads/{default}", "github.ref_name": default, "github.ref_type": "branch"}
    other = {"github.ref": "refs/heads/some-change", "github.ref_name": "some-change", "github.ref_type": "branch"}
    tag = {"github.ref": "refs/tags/v1.0.0", "github.ref_name": "v1.0.0", "github.ref_type": "tag"}
    queue = {"github.ref": f"refs/heads/gh-readonly-queue/{default}/pr-1", "github.ref_type": "branch"}
    pull = {"github.ref": "refs/pull/1/merge", "github.ref_name": "1/merge", "github.base_ref": default}
    seen: dict[Trigger, list[dict[str, Any]]] = {
        "pull_request": [
            {"github.event_name": "pull_request", **pull},
            {"github.event_name": "pull_request_target", **main, "github.base_ref": default},
        ],
        "push": [{"github.event_name": "push", **other}],
        "main": [{"github.event_name": "push", **main}, {"github.event_name": "merge_group", **queue}],
        "tag": [{"github.event_name": "push", **tag}, {"github.event_name": "release", **tag}],
        "schedule": [{"github.event_name": "schedule", **main}],
        "manual": [{"github.event_name": "workflow_dispatch"}],
        "dispatch": [{"github.event_name": "repository_dispatch", **main}],
    }
    known = {"github.event.repository.default_branch": default}
    return [known | scene for scene in seen.get(trigger, [{}])]


def _commands(repository: Repository, job: dict[str, Any], inside: tuple[str, ...]) -> tuple[str, bool]:
    """Return what a job runs, local workflows and actions included, and whether some of it is kept elsewhere."""
    found = list(texts(mapping(job.get("strategy")).get("matrix")))
    found += [f"cd {place}" for place in _places(job)]
    opaque = False
    called = job.get("uses")
    if isinstance(called, str):
        path = called.removeprefix("./")
        read = path in repository.files and path not in inside
        jobs = repository.table(path, "jobs") if read else {}
        opaque = not jobs
        for one in jobs.values():
            text, unknown = _commands(repository, mapping(one), (*inside, path))
            found.append(text)
            opaque = opaque or unknown
    for step in _steps(job):
        text, unknown = _step(repository, step, inside)
        found.append(text)
        opaque = opaque or unknown
    return "\n".join(found), opaque


def _steps(job: dict[str, Any]) -> list[dict[str, Any]]:
    steps = job.get("steps")
    return [mapping(step) for step in steps] if isinstance(steps, list) else []


def _places(job: dict[str, Any]) -> Iterator[str]:
    for one in [mapping(mapping(job.get("defaults")).get("run")), *_steps(job)]:
        yield from texts(one.get("working-directory"))


def _step(repository: Repository, step: dict[str, Any], inside: tuple[str, ...]) -> tuple[str, bool]:
    found = [*texts(step.get("run")), *texts(step.get("uses")), *texts(step.get("with"))]
    action = step.get("uses")
    if not isinstance(action, str) or not action.startswith("./"):
        return "\n".join(found), False
    folder = action.removeprefix("./").rstrip("/")
    paths = [path for name in ("yml", "yaml") if (path := f"{folder}/action.{name}".lstrip("/")) in repository.files]
    runs = repository.table(paths[0], "runs") if paths and paths[0] not in inside else {}
    text, unknown = _commands(repository, runs, (*inside, paths[0])) if "steps" in runs else ("", True)
    return "\n".join([*found, text]), unknown
