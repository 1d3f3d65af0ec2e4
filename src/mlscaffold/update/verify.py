"""`--verify`: the quick tests that the template declares, run in the updated project."""

__all__ = ["Checks", "verify"]

import shlex
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, NamedTuple

from mlscaffold.errors import UserError
from mlscaffold.project.environment import project_environment
from mlscaffold.render import render_texts
from mlscaffold.template.sources import BUILTIN
from mlscaffold.update.plan import UpdatePlan
from mlscaffold.update.wishes import Wishes

_SHOWN: Final = 20  # lines of a failed command's output


class Checks(NamedTuple):
    """How the commands ended."""

    good: bool
    told: str  # which command failed, and the end of what it said


def verify(plan: UpdatePlan, wishes: Wishes, stage: Callable[[str], AbstractContextManager[None]]) -> Checks:
    """Run the commands of `_mlscaffold: verify` in the project, one after the other, until one fails.

    Raises:
        UserError: the template declares none, or is not trusted to run any.
    """
    commands = declared(plan, wishes)
    for command in commands:
        with stage(f"Running {command}"):
            done = _run(command, plan)
        if done:
            return Checks(good=False, told=f"`{command}` failed: {done}")
    return Checks(good=True, told=f"{len(commands)} passed")


def declared(plan: UpdatePlan, wishes: Wishes) -> list[str]:
    """Return the commands. Raises `UserError` if there are none, they are no list, or they are not trusted."""
    template = plan.target.template
    texts = template.spec.mlscaffold.get("verify", [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise UserError(f"{template.spec.path}: _mlscaffold: verify wants a list of commands", hint="mend the template")
    commands = [text.strip() for text in render_texts(template, plan.target.rendering.answers, texts) if text.strip()]
    if not commands:
        raise UserError(f"{template.source} declares nothing to verify", hint="run your own tests")
    if template.source != BUILTIN and not wishes.trust:
        raise UserError(
            f"{template.source} would run {' && '.join(commands)}", hint="if you trust its authors, add --trust"
        )
    return commands


def _run(command: str, plan: UpdatePlan) -> str:
    """Return why the command failed, with the end of what it printed, or ""."""
    try:
        done = subprocess.run(
            shlex.split(command),
            cwd=plan.place.root,
            env=project_environment(),
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as problem:
        return str(problem)
    lines = (done.stdout + done.stderr).rstrip().splitlines()
    if not done.returncode:
        return ""
    return "\n" + "\n".join(lines[-_SHOWN:]) if lines else f"exit status {done.returncode}"
