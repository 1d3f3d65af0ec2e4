"""MLB704: a tag is a name that its owner may move."""

from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.rules.mlb._images import fault_of, images
from mlscaffold.check.rules.mlb._places import aside
from mlscaffold.check.targets.dockerfile import Dockerfile

BAD: Final[tuple[Example, ...]] = ({"Dockerfile": "FROM python:3.12-slim\n"},)
OK: Final[tuple[Example, ...]] = (
    {"Dockerfile": f"FROM python:3.12-slim@sha256:{'0123abcd' * 8}\n"},
    {"Dockerfile": "ARG PYTHON=3.12\nFROM python:${PYTHON}-slim\n"},
)


@rule("MLB704", "base-digest", on=Dockerfile, level="strict", hint="append the digest: image:1.2@sha256:...")
def base_digest(dockerfile: Dockerfile, _: None) -> Iterator[Finding]:
    """A base image is named by a tag alone, without a digest.

    Why: whoever owns the image may put another one behind the same tag, and does so with every rebuild: neither an
    audit nor a second build finds the image that was tried.

    How to fix: append the digest, as `docker buildx imagetools inspect image:1.2` shows it, and let Dependabot or
    Renovate keep it current. A tag that an ARG chooses at build time is left alone: no digest can stand beside it.
    """
    if aside(dockerfile.path):
        return
    for one in images(dockerfile):
        chosen_at_build = "$" in one.written.partition(":")[2]
        if "@" not in one.name and not chosen_at_build and not fault_of(one.name):
            yield dockerfile.at(one.instruction, f"image `{one.name}` has no digest; append @sha256:...")
