"""One description for the pipelines of all three providers, and what may happen to a repository."""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Final, Literal, NamedTuple

__all__ = ["PROBES", "PROVIDERS", "Cron", "Event", "Job", "Pipeline", "Pipelines", "cron", "differences", "folders"]

PROVIDERS = ("github", "gitlab", "azure")
Cron = tuple[frozenset[int], ...]
_LOWEST_HIGHEST = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))


class Event(NamedTuple):
    """Something that happens to the repository on its forge."""

    kind: Literal["push", "tag", "pull request", "schedule", "hand", "dispatch"]
    ref: str = "main"  # branch or tag; of a pull request, the branch it is to be merged into
    pipeline: str = ""  # by hand and by schedule: which one
    type: str = ""  # of a dispatch
    fork: bool = False
    merging: bool = False  # of a push: has its branch an open pull request?
    image: bool = False  # is the variable IMAGE set?


_STARTED: Final = ("nightly", "convert", "update-template")
# What is tried on every provider. What it starts is what the triggers and conditions come to, however they are written.
PROBES: Final[Mapping[str, Event]] = {
    "push to a branch": Event("push", "feature/x"),
    "push to main": Event("push"),
    "tag v1.2.0": Event("tag", "v1.2.0"),
    "tag v1.2.0, IMAGE set": Event("tag", "v1.2.0", image=True),
    "tag of another form": Event("tag", "snapshot"),
    "pull request": Event("pull request"),
    "pull request of a fork": Event("pull request", fork=True),
    **{f"{name} by schedule": Event("schedule", pipeline=name) for name in _STARTED},
    **{f"{name} by hand": Event("hand", pipeline=name) for name in _STARTED},
    "nightly by hand on another branch": Event("hand", "feature/x", pipeline="nightly"),
    "new data": Event("dispatch", type="new-data"),
    "request to retrain": Event("dispatch", type="retrain"),
}


class Job(NamedTuple):
    """What one job does, whatever the provider calls it. None: the provider's files cannot say."""

    runs: str  # the one command after `uv run`: "nox -s branch"
    starts: frozenset[str]  # the probes that run it
    after: frozenset[str]  # all jobs before it
    environment: str
    minutes: int
    keeps: frozenset[str]  # of a green run
    keeps_when_red: frozenset[str]  # folders only: a file is there where its command succeeded
    days: int | None
    settings: str  # value of the variable *_ENV
    cached: bool
    tokens: frozenset[str] | None  # names of the secrets that its command gets


class Pipeline(NamedTuple):
    """When a pipeline runs by the clock, whether a newer run of a pull request ends it, and its jobs."""

    crons: frozenset[Cron]
    cancels: bool
    jobs: Mapping[str, Job]


Pipelines = Mapping[str, Pipeline]


def folders(paths: Iterable[str]) -> frozenset[str]:
    """Return the paths that are no files."""
    return frozenset(path for path in paths if not PurePosixPath(path).suffix)


def differences(one: Pipelines, other: Pipelines) -> list[str]:
    """Return what the two descriptions differ in: where, what one says, what the other says."""
    found = [f"{name}: {name in one} / {name in other}" for name in sorted(set(one) ^ set(other))]
    for name in sorted(set(one) & set(other)):
        mine, theirs = one[name], other[name]
        found += _compared(name, mine._replace(jobs={}), theirs._replace(jobs={}))
        found += [
            f"{name}, {job}: {job in mine.jobs} / {job in theirs.jobs}"
            for job in sorted(mine.jobs.keys() ^ theirs.jobs)
        ]
        for job in sorted(mine.jobs.keys() & theirs.jobs):
            found += _compared(f"{name}, {job}", mine.jobs[job], theirs.jobs[job])
    return found


def _compared(place: str, one: NamedTuple, other: NamedTuple) -> list[str]:
    pairs = zip(one._fields, one, other, strict=True)
    return [
        f"{place}, {field}: {_shown(mine)} / {_shown(theirs)}"
        for field, mine, theirs in pairs
        if mine != theirs and mine is not None and theirs is not None
    ]


def _shown(value: object) -> str:
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(_shown(part) for part in value)) + "}"
    return " ".join(_shown(part) for part in value) if isinstance(value, tuple) else str(value)


def cron(text: str) -> Cron:
    """Return the times of a cron line as sets of numbers, so that two ways to write one time are equal.

    Raises:
        ValueError: if a field is no number, list, range or step in its limits.
    """
    fields = text.split()
    if len(fields) != len(_LOWEST_HIGHEST):
        raise ValueError(f"{text!r} is no cron line of five fields")
    return tuple(_numbers(field, *limits) for field, limits in zip(fields, _LOWEST_HIGHEST, strict=True))


def _numbers(field: str, lowest: int, highest: int) -> frozenset[int]:
    numbers: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = (f"{lowest}-{highest}" if span == "*" else span).partition("-")
        numbers |= set(range(int(first), int(last or first) + 1, int(step or 1)))
    if not numbers or min(numbers) < lowest or max(numbers) > highest:
        raise ValueError(f"{field!r} is not within {lowest} and {highest}")
    return frozenset(numbers)
