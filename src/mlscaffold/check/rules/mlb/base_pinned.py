"""MLB701: an image that is another one tomorrow."""

from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.rules.mlb._images import fault_of, images
from mlscaffold.check.rules.mlb._places import aside
from mlscaffold.check.targets.dockerfile import Dockerfile

BAD: Final[tuple[Example, ...]] = (
    {"Dockerfile": 'FROM python:latest\nCOPY train.py ./\nUSER 1000\nCMD ["python", "train.py"]\n'},
    {"Dockerfile": 'FROM pytorch/pytorch\nCMD ["python"]\n'},
)
OK: Final[tuple[Example, ...]] = (
    {"Dockerfile": 'FROM python:3.12-slim\nCOPY train.py ./\nUSER 1000\nCMD ["python", "train.py"]\n'},
    {"Dockerfile": "ARG PYTHON=3.12\nFROM python:${PYTHON}-slim AS base\nFROM base AS service\n"},
)


@rule("MLB701", "base-pinned", on=Dockerfile, hint="name a version in the tag: image:1.2")
def base_pinned(dockerfile: Dockerfile, _: None) -> Iterator[Finding]:
    """A base image has no tag, or one that moves from release to release.

    Why: the next build has another Python and other system libraries, and nobody has changed a line. What was
    evaluated is then not what is served (ML Test Score, infrastructure 1: training is reproducible).

    How to fix: name the version in the tag, as in `python:3.12-slim`. A digest (`@sha256:...`) pins the very bytes.
    """
    if aside(dockerfile.path):
        return
    for one in images(dockerfile):
        if told := fault_of(one.name):
            yield dockerfile.at(one.instruction, told)
