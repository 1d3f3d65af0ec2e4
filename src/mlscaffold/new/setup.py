"""Run the commands that set a finished project up: its environment, and what its own tools make of the user's table."""

__all__ = ["SetUp", "SetupFailedError", "run_setup"]

import shutil
import subprocess
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, NamedTuple

from mlscaffold.errors import EXIT_USER_ERROR, UserError
from mlscaffold.project.environment import project_environment

_WARNING: Final = "warning: "


class SetUp(NamedTuple):
    """What the user has to install first ("" if the commands ran), and what the commands warned of."""

    missing: str
    warnings: tuple[str, ...] = ()


class SetupFailedError(Exception):
    """A command of the set-up failed for a reason that is not the user's input; the project itself is whole."""


def run_setup(
    project: Path, commands: Sequence[Sequence[str]], stage: Callable[[str], AbstractContextManager[None]]
) -> SetUp:
    """Run the commands in the project, in order, and pass on the lines of stdout that start with `warning: `.

    Raises:
        UserError: the project's own tools refuse the user's table (their exit code 2), in their words.
        SetupFailedError: a command failed otherwise, for example for want of a network.
    """
    typed = " && ".join(" ".join(command) for command in commands)
    for command in commands:
        if shutil.which(command[0]) is None:
            return SetUp(f"{command[0]} is not installed, so the project is not set up; install it, then type: {typed}")
    warnings: list[str] = []
    for number, command in enumerate(commands):
        with stage(f"Running {' '.join(command)}"):
            env = project_environment()
            done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            _fail(command, done, " && ".join(" ".join(rest) for rest in commands[number:]))
        warnings += [line.removeprefix(_WARNING) for line in done.stdout.splitlines() if line.startswith(_WARNING)]
    return SetUp("", tuple(warnings))


def _fail(command: Sequence[str], done: subprocess.CompletedProcess[str], rest: str) -> None:
    lines = [line.strip() for line in (done.stderr.strip() or done.stdout.strip()).splitlines() if line.strip()]
    # uv's own failures end with 2 as well; only the project's command line, the second word on, speaks of the table.
    if done.returncode == EXIT_USER_ERROR and tuple(command[:2]) == ("uv", "run") and lines:
        said = lines[-1].removeprefix(f"{command[2]}: ")
        raise UserError(said, hint="change the table or the target, then run this again; nothing was left behind")
    reason = lines[-1] if lines else f"exit status {done.returncode}"
    raise SetupFailedError(
        f"the project is whole, but `{' '.join(command)}` failed: {reason}; in the project, type: {rest}"
    )
