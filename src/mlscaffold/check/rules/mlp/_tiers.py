"""The tiers of a repository's pipelines: what runs for a change, and what runs at night."""

__all__ = ["CHANGE", "jobs_are", "listed", "nightly", "tier"]

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from mlscaffold.check.pipelines.model import Job, Pipeline, Trigger

# A push to any branch looks at a change as well as a pull request does.
CHANGE: Final[frozenset[Trigger]] = frozenset({"pull_request", "push"})
_NAMED: Final = 4
# What runs on schedules to keep a repository clean is no nightly pipeline.
_CHORE: Final = (
    r"(?i)stale|codeql|scorecard|dependabot|renovate|link|lock|update|upgrade|bump|sync|label|clean|prune|security|audit|"
    r"zizmor|docs|triage|cache|greet|welcome|backup|mirror|badge|stat(?:s|istics)\b|convert"
)


def tier(pipelines: Iterable[Pipeline], triggers: Collection[Trigger]) -> list[tuple[Pipeline, Job]]:
    """Return the jobs that one of `triggers` may start, and their pipelines."""
    return [(one, job) for one in pipelines for job in one.jobs if not job.triggers.isdisjoint(triggers)]


def nightly(pipelines: Iterable[Pipeline]) -> list[tuple[Pipeline, Job]]:
    """Return the jobs that run on a schedule, but for those that keep the repository clean."""
    found = tier(pipelines, {"schedule"})
    return [(one, job) for one, job in found if not re.search(_CHORE, f"{one.path} {one.name} {job.name}")]


def listed(words: Sequence[str]) -> str:
    """Return words as people list them: a, b and c."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def jobs_are(jobs: Sequence[Job], one: str, several: str) -> str:
    """Return which jobs `one` (`several`) is said of: as many of their names as fit into a line."""
    names = [f"`{job.name}`" for job in jobs]
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} more"]
    return f"job {names[0]} {one}" if len(jobs) == 1 else f"jobs {listed(names)} {several}"
