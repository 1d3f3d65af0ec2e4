"""Who the program in an image is: root, or somebody with fewer rights."""

__all__ = ["Root", "root_of"]

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from mlscaffold.check.lazy import expression
from mlscaffold.check.targets.dockerfile import Dockerfile, Instruction, Stage

# What gives up the rights of root when the container starts, and a platform that asks for root.
_BY_ITSELF: Final = expression(rb"\b(gosu|su-exec|setpriv|runuser|s6-setuidgid|sagemaker)\b|/opt/ml\b", re.IGNORECASE)
_SHELL: Final = expression(r"\W*(?:/bin/|/usr/bin/env )?(?:ba|z)?sh\W*")


class Root(NamedTuple):
    """The instruction to change, and why."""

    instruction: Instruction
    told: str


def root_of(dockerfile: Dockerfile, other_bases: Sequence[str]) -> Root | None:
    """Return where the last stage stays root, or None; `other_bases` are parts of images that have another user.

    Only an image that runs a program is asked: one without a command is a base, one with a shell is for people.
    """
    stages = dockerfile.stages()
    if not stages or _BY_ITSELF.search(dockerfile.source):
        return None
    line = _line(stages)
    commands = [one for stage in line for one in stage.body if one.word in {"CMD", "ENTRYPOINT"}]
    if all(_SHELL.fullmatch(one.value) for one in commands):
        return None
    users = [one for stage in line for one in stage.body if one.word == "USER"]
    if users:
        name = users[-1].value.strip("\"'").partition(":")[0]
        return Root(users[-1], "runs its program as root") if name in {"root", "0"} else None
    base = line[0].base
    if "$" in base or "{" in base or any(part in base.lower() for part in other_bases):
        return None
    return Root(line[-1].opening, "names no USER, so its program runs as root")


def _line(stages: Sequence[Stage]) -> list[Stage]:
    """Return the last stage and those it is made from, the first of them first."""
    named = {stage.name: stage for stage in stages if stage.name}
    line = [stages[-1]]
    while (above := named.get(line[0].base.lower())) and above not in line:
        line.insert(0, above)
    return line
