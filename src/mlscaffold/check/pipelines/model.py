"""A CI pipeline, the same for every provider."""

__all__ = ["DEFAULT_BRANCHES", "Job", "Pipeline", "Trigger", "mapping", "texts"]

from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

# "push" is a push to any branch but the default one, "main" one to the default branch; "call" is another pipeline.
Trigger = Literal["pull_request", "push", "main", "tag", "schedule", "manual", "dispatch", "call", "other"]

# No file of a repository tells the name of its default branch: these are taken for it where a pipeline names them.
DEFAULT_BRANCHES: Final = ("main", "master", "trunk", "develop", "development", "dev")


class Job(NamedTuple):
    """One job of a pipeline.

    Attributes:
        name: its key, or what Azure calls it.
        path: the file it stands in: that of the pipeline, or one that this includes.
        keys: where it stands in that file, for `Repository.line_of`.
        triggers: what may start it, as far as its conditions can be decided.
        commands: all it runs: the text of scripts, names of actions and tasks, and what these are given.
        bounded: whether it ends by itself, after the time that it or its provider sets.
        cancels: whether a newer run for the same change ends it.
        opaque: whether it runs something that is kept elsewhere.
    """

    name: str
    path: str
    keys: tuple[str | int, ...]
    triggers: frozenset[Trigger]
    commands: str
    bounded: bool
    cancels: bool
    opaque: bool


class Pipeline(NamedTuple):
    """One pipeline file. In GitLab, that one file is what runs for every event: there, look at the triggers of jobs.

    It is opaque where it may have more jobs, in files that are kept elsewhere.
    """

    provider: Literal["github", "gitlab", "azure"]
    path: str
    name: str
    jobs: tuple[Job, ...]
    opaque: bool = False

    @property
    def triggers(self) -> frozenset[Trigger]:
        """What may start one of its jobs."""
        return frozenset(trigger for job in self.jobs for trigger in job.triggers)


def mapping(value: Any) -> dict[str, Any]:
    """Return `value` where it is a table, {} where it is something else."""
    return value if isinstance(value, dict) else {}


def texts(value: Any) -> Iterator[str]:
    """Yield all texts inside tables and lists."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)
