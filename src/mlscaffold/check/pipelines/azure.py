"""Azure Pipelines: files with triggers are pipelines, the others are templates of theirs."""

__all__ = ["azure_pipelines"]

import posixpath
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mlscaffold.check.pipelines.branches import pushed
from mlscaffold.check.pipelines.conditions import holds
from mlscaffold.check.pipelines.model import DEFAULT_BRANCHES, Job, Pipeline, Trigger, mapping, texts
from mlscaffold.check.repository import Repository

_FILES: Final = tuple(
    f"{place}.{suffix}"
    for suffix in ("yml", "yaml")
    for place in ("azure-pipelines*", "*azure-pipelines/**", ".azuredevops/**", ".azure/**", ".pipelines/**")
)
_USUAL: Final = frozenset({"azure-pipelines.yml", "azure-pipelines.yaml"})
_STARTS: Final = frozenset({"trigger", "pr", "schedules"})
_SCRIPTS: Final = ("script", "bash", "pwsh", "powershell", "task")
_NAMES: Final = ("job", "deployment", "displayName", "template")
# Azure batches pushes where it is told to: they have two reasons, and none is taken for granted.
_REASONS: Final[dict[Trigger, str]] = {"pull_request": "PullRequest", "schedule": "Schedule", "manual": "Manual"}
_Keys = tuple[str | int, ...]


class _Place(NamedTuple):
    """Where something stands: file and keys; the conditions of what holds it; files around it; what they give it."""

    path: str
    keys: _Keys
    conditions: tuple[str, ...]
    inside: tuple[str, ...]
    given: str


def azure_pipelines(repository: Repository) -> Iterator[Pipeline]:
    """Yield the pipelines of a repository."""
    for path in repository.glob(*_FILES):
        document = repository.table(path)
        if path not in _USUAL and not _STARTS & document.keys():
            continue
        triggers = frozenset(_triggers(document))
        cancels = mapping(document.get("pr")).get("autoCancel") is not False
        found = _jobs(repository, _Place(path, (), (), (path,), ""), document)
        jobs = tuple(_job(repository, place, table, triggers, cancels=cancels) for place, table in found)
        if jobs:
            yield Pipeline("azure", path, path, jobs)


def _triggers(document: dict[str, Any]) -> Iterator[Trigger]:
    yield "manual"
    if document.get("schedules"):
        yield "schedule"
    if document.get("pr") != "none":  # where it is missing, all pull requests; Azure Repos asks its own policies
        yield "pull_request"
    on = document.get("trigger")
    if on == "none":
        return
    branches, tags = mapping(on).get("branches"), mapping(on).get("tags")
    if tags:
        yield "tag"
    if branches or not tags:
        wanted = texts(on if isinstance(on, list) else mapping(branches).get("include", branches))
        left_out = texts(mapping(branches).get("exclude"))
        patterns = ([name.removeprefix("refs/heads/") for name in names] for names in (wanted, left_out))
        yield from pushed(next(patterns) or ["*"], next(patterns))


def _jobs(repository: Repository, place: _Place, holder: dict[str, Any]) -> Iterator[tuple[_Place, dict[str, Any]]]:
    """Yield the jobs of a file or a stage, those of templates included."""
    if "steps" in holder:
        yield place, holder
        return
    if "extends" in holder:
        yield from _of_template(repository, place._replace(keys=("extends",)), mapping(holder["extends"]))
    # The condition of a stage holds for all its jobs.
    inner = place._replace(conditions=(*place.conditions, *texts(holder.get("condition"))))
    for key in ("stages", "jobs"):
        for keys, item in _items(holder.get(key), (*place.keys, key)):
            here = inner._replace(keys=keys)
            if "template" in item:
                yield from _of_template(repository, here, item)
            elif "job" in item or "deployment" in item:
                yield here, item
            else:
                yield from _jobs(repository, here, item)


def _of_template(
    repository: Repository, place: _Place, item: dict[str, Any]
) -> Iterator[tuple[_Place, dict[str, Any]]]:
    path = _file_of(place.path, item)
    document = _document(repository, path, place.inside)
    if document:
        given = "\n".join([place.given, *texts(item.get("parameters"))])
        inner = place._replace(path=path, keys=(), inside=(*place.inside, path), given=given)
        yield from _jobs(repository, inner, document)
    else:
        yield place, item


def _job(
    repository: Repository, place: _Place, table: dict[str, Any], triggers: frozenset[Trigger], *, cancels: bool
) -> Job:
    conditions = [*place.conditions, *texts(table.get("condition"))]
    kept = frozenset(trigger for trigger in triggers if all(_may_run(one, trigger) for one in conditions))
    commands, opaque = _commands(repository, place.path, table, place.inside)
    name = next(texts([table.get(key) for key in _NAMES]), place.path)
    # An hour, where nothing is said; 0 is as long as the agent allows.
    bounded = str(table.get("timeoutInMinutes", 60)) != "0"
    opaque = opaque or "template" in table
    return Job(name, place.path, place.keys, kept, f"{place.given}\n{commands}", bounded, cancels, opaque)


def _commands(repository: Repository, path: str, holder: dict[str, Any], inside: tuple[str, ...]) -> tuple[str, bool]:
    """Return what steps run, those of templates included, and whether some are kept elsewhere."""
    found = list(texts(mapping(holder.get("strategy")).get("matrix")))
    opaque = False
    for _, step in _items(_steps(holder), ()):
        found += texts([step.get(key) for key in (*_SCRIPTS, "inputs", "parameters")])
        found += [f"cd {place}" for place in texts(step.get("workingDirectory"))]
        if "template" in step:
            name = _file_of(path, step)
            document = _document(repository, name, inside)
            text, unknown = _commands(repository, name, document, (*inside, name)) if document else ("", True)
            found.append(text)
            opaque = opaque or unknown
    return "\n".join(found), opaque


def _steps(holder: dict[str, Any]) -> list[Any]:
    """Return the steps of a job; a deployment keeps them deep inside its strategy."""
    found = holder["steps"] if isinstance(holder.get("steps"), list) else []
    inside = (value for value in holder.values() if isinstance(value, dict))
    return [*found, *(step for one in inside for step in _steps(one))]


def _items(value: Any, keys: _Keys) -> Iterator[tuple[_Keys, dict[str, Any]]]:
    """Yield the tables of a list and where they stand; those below a condition (`${{ if ... }}:`) are among them."""
    for number, item in enumerate(value if isinstance(value, list) else ()):
        inserted = [key for key in mapping(item) if key.startswith("${{")]
        for key in inserted:
            yield from _items(item[key], (*keys, number, key))
        if isinstance(item, dict):
            yield (*keys, number), item


def _document(repository: Repository, path: str, inside: tuple[str, ...]) -> dict[str, Any]:
    return repository.table(path) if path in repository.files and path not in inside else {}


def _file_of(path: str, item: dict[str, Any]) -> str:
    """Return the path of a template: from the root, or from the file that names it."""
    name = str(item.get("template")).removesuffix("@self")
    folder = "" if name.startswith("/") else posixpath.dirname(path)
    return posixpath.normpath(f"{folder}/{name}").lstrip("/")


def _may_run(condition: str, trigger: Trigger) -> bool:
    branches = [name for name in DEFAULT_BRANCHES if name in condition] or ["main"]
    return any(holds(condition, _scene(trigger, name)) is not False for name in branches)


def _scene(trigger: Trigger, default: str) -> dict[str, Any]:
    """Return the variables of a run that `trigger` starts, where the default branch is called `default`."""
    known = {"Build.Reason": _REASONS[trigger]} if trigger in _REASONS else {}
    if trigger != "manual":  # by hand, any branch can be chosen
        name = {"push": "some-change", "tag": "v1.0.0", "pull_request": "merge"}.get(trigger, default)
        kind = {"tag": "refs/tags/", "pull_request": "refs/pull/1/"}.get(trigger, "refs/heads/")
        known |= {"Build.SourceBranch": kind + name, "Build.SourceBranchName": name}
    return known | {f"variables.{key}": value for key, value in known.items()}
