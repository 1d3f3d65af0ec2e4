"""The images of others that a Dockerfile takes something from, and what their names leave open."""

__all__ = ["Image", "fault_of", "images"]

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from mlscaffold.check.lazy import expression
from mlscaffold.check.targets.dockerfile import Dockerfile, Instruction

# A bare name may also be a context that the build names.
_COPIED: Final = expression(r"--from=[\"']?([^\s\"']+[/:][^\s\"']+)")
# What is not known before the build: an ARG without a default, or a place in a template.
_OPEN: Final = expression(r"\$|\{[{%]|<%")


class Image(NamedTuple):
    """The name of an image, with defaults of ARGs filled in and as it is written; and the instruction that takes it."""

    name: str
    written: str
    instruction: Instruction


def images(dockerfile: Dockerfile) -> Iterator[Image]:
    """Yield the images that a registry holds: no stages of the file itself, and none that is named at build time."""
    stages: set[str] = {"scratch"}
    for number, stage in enumerate(dockerfile.stages()):
        copied = [(one, found[1]) for one in stage.body if one.word == "COPY" and (found := _COPIED.search(one.value))]
        taken = [Image(stage.base, stage.written, stage.opening), *(Image(name, name, one) for one, name in copied)]
        for image in taken:
            if image.name and image.name.lower() not in stages and not _OPEN.search(image.name):
                yield image
        stages |= {stage.name, str(number)}


def fault_of(name: str) -> str:
    """Return what is wrong with the name of an image: no tag, or one that moves."""
    if "@" in name:
        return ""
    tag = name.rpartition("/")[2].partition(":")[2]
    bare = name.removesuffix(f":{tag}")
    if not tag:
        return f"image `{name}` has no tag, which means latest; write {name}:VERSION"
    if "latest" in re.split(r"[-_.]", tag.lower()):
        return f"tag `{tag}` of image `{bare}` moves with every release; name a version"
    return ""
