"""What the pipelines of a rendered project say, in one description for all three providers, and what an event starts.

The matching of events is our reading of the providers' documentation: no provider can be asked here.
"""

from pathlib import Path

from . import azure, github, gitlab
from .model import PROBES, PROVIDERS, Event, Job, Pipeline, Pipelines, cron, differences

__all__ = [
    "PROBES",
    "PROVIDERS",
    "Event",
    "Job",
    "Pipeline",
    "Pipelines",
    "cron",
    "differences",
    "pipelines",
    "selected",
]

_READERS = {"github": github, "gitlab": gitlab, "azure": azure}


def pipelines(provider: str, project: Path) -> Pipelines:
    """Return what the provider's files in `project` say."""
    return _READERS[provider].read(project)


def selected(provider: str, project: Path, event: Event) -> set[tuple[str, str]]:
    """Return the jobs, each as (pipeline, job), that the event runs when nothing goes wrong before them."""
    return _READERS[provider].selected(project, event)
