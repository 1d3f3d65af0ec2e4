"""GitLab CI: one file for all events, so that each job says itself, by its rules, when it runs."""

__all__ = ["gitlab_pipeline"]

from collections.abc import Iterator
from typing import Any, Final

from mlscaffold.check.pipelines.gitlab_rules import TRIGGERS, may_run
from mlscaffold.check.pipelines.model import Job, Pipeline, mapping, texts
from mlscaffold.check.repository import Repository

_FILE: Final = ".gitlab-ci.yml"
_NO_JOBS: Final = frozenset(
    {
        *("default", "include", "stages", "types", "variables", "workflow", "spec"),
        *("image", "services", "cache", "before_script", "after_script"),
    }
)
_SCRIPTS: Final = ("before_script", "script", "after_script")


def gitlab_pipeline(repository: Repository) -> Iterator[Pipeline]:
    """Yield the pipeline of .gitlab-ci.yml and what it includes from the repository; nothing where there is none."""
    if _FILE not in repository.files:
        return
    found = _Files(repository)
    found.read(_FILE)
    jobs = tuple(
        job
        for name, raw in found.document.items()
        if name not in _NO_JOBS and not name.startswith(".") and isinstance(raw, dict)
        for job in [_job(found, name)]
        if job.commands or job.opaque
    )
    if jobs or found.elsewhere:
        yield Pipeline("gitlab", _FILE, _FILE, jobs, found.elsewhere)


class _Files:
    """One document, of a file and all that it includes.

    Attributes:
        document: the merged one; what includes goes over what is included.
        places: the file in which each key at the top stands.
        elsewhere: whether something is included that is not in the repository.
    """

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.document: dict[str, Any] = {}
        self.places: dict[str, str] = {}
        self.elsewhere = False
        self._read: set[str] = set()

    def read(self, path: str) -> None:
        """Read a file after those that it includes."""
        if path in self._read:
            return
        self._read.add(path)
        document = self.repository.table(path)
        # A header (`spec:`) may stand before the pipeline, as a document of its own.
        parts = document.get("---")
        for part in parts if isinstance(parts, list) else [document]:
            for included in _included(mapping(part).get("include")):
                paths = self.repository.glob("/" + included.lstrip("/")) if included else []
                self.elsewhere = self.elsewhere or not paths
                for one in paths:
                    self.read(one)
            self.places.update(dict.fromkeys(mapping(part), path))
            self.document = _merged(self.document, mapping(part))

    def extended(self, name: str, inside: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return a job with what it extends below it."""
        job = mapping(self.document.get(name))
        found: dict[str, Any] = {}
        for base in texts(job.get("extends")):
            if base not in inside:
                found = _merged(found, self.extended(base, (*inside, name)))
        return _merged(found, job)

    def referred(self, value: Any, inside: tuple[tuple[str, ...], ...] = ()) -> Any:
        """Return a list with what `!reference [.setup, script]` stands for; the tag itself is not kept."""
        if not isinstance(value, list):
            return value
        if value and all(isinstance(key, str) for key in value) and (held := self._held(value)) is not None:
            return self.referred(held, (*inside, tuple(value))) if tuple(value) not in inside else []
        flat: list[Any] = []
        for item in value:
            inner = self.referred(item, inside)
            flat += inner if isinstance(inner, list) else [inner]
        return flat

    def _held(self, keys: list[str]) -> Any:
        held: Any = self.document
        for key in keys:
            held = mapping(held).get(key)
        return held if len(keys) > 1 else None


def _included(value: Any) -> Iterator[str]:
    """Yield paths of local files; "" for each include that comes from elsewhere."""
    for one in value if isinstance(value, list) else [value] if value else []:
        path = one.get("local") if isinstance(one, dict) else one
        yield path if isinstance(path, str) else ""


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    both = dict(below)
    for key, value in above.items():
        old = both.get(key)
        both[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return both


def _job(files: _Files, name: str) -> Job:
    job, usual = files.extended(name), mapping(files.document.get("default"))
    commands: list[str] = []
    for key in _SCRIPTS:
        commands += texts(files.referred(job.get(key, usual.get(key, files.document.get(key)))))
    opaque = "script" not in job and (files.elsewhere or "trigger" in job)
    child = mapping(job.get("trigger")).get("include")
    if child is not None:
        text, opaque = _child(files.repository, child)
        commands.append(text)
    cancels = job.get("interruptible", usual.get("interruptible")) is True
    # A job without a time takes that of the project: an hour, where nobody has set another.
    rules, of_all = (files.referred(mapping(one).get("rules")) for one in (job, files.document.get("workflow")))
    triggers = frozenset(trigger for trigger in TRIGGERS if may_run(job, rules, of_all, trigger))
    return Job(name, files.places.get(name, _FILE), (name,), triggers, "\n".join(commands), True, cancels, opaque)


def _child(repository: Repository, include: Any) -> tuple[str, bool]:
    inside = _Files(repository)
    for path in _included(include):
        if path.lstrip("/") in repository.files:
            inside.read(path.lstrip("/"))
        else:
            inside.elsewhere = True
    scripts = [inside.referred(mapping(job).get("script")) for job in inside.document.values()]
    return "\n".join(texts(scripts)), inside.elsewhere
