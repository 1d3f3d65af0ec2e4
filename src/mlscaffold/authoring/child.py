"""Renders a template in a process of its own: a job comes in; path -> mode and id of each rendering goes out."""

__all__ = ["Job", "digest", "main"]

import json
import pickle
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

from mlscaffold.errors import UserError
from mlscaffold.render import Answers, render
from mlscaffold.template import Template, parse_spec
from mlscaffold.tree import File, Tree, blob_id


class Job(NamedTuple):
    """A template, and the answers to render it with; all plain values, pickled because JSON has no dates."""

    source: str
    version: str | None
    commit: str | None
    files: Mapping[str, tuple[Any, ...]]
    answers: list[tuple[Any, ...]]
    trust: bool


def digest(tree: Mapping[str, File]) -> dict[str, str]:
    """Return path -> mode and blob id."""
    return {path: f"{file.mode} {blob_id(file.data)}" for path, file in tree.items()}


def main() -> int:
    """Read the job from stdin, write the answer to stdout."""
    job = Job(*pickle.load(sys.stdin.buffer))  # noqa: S301 - from the process that started this one
    files = Tree({path: File(*file) for path, file in job.files.items()})
    template = Template(job.source, job.version, job.commit, files, parse_spec(files, job.source))
    json.dump([_rendered(template, Answers(*answers), trust=job.trust) for answers in job.answers], sys.stdout)
    return 0


def _rendered(template: Template, answers: Answers, *, trust: bool) -> dict[str, str]:
    try:
        return digest(render(template, answers, trust=trust).tree)
    except UserError:
        return {}


if __name__ == "__main__":
    sys.exit(main())
