"""Start a project and run its README, as a stranger would: `python tests/generated/tour.py FOLDER [OPTIONS of new]`."""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from pathlib import Path

# Histogram boosting gets ten times slower when processes share cores; no library here may call home.
QUIET = {"OMP_NUM_THREADS": "1", "DO_NOT_TRACK": "1"}


def environment() -> dict[str, str]:
    """Return the environment of a fresh shell: the project has a virtual environment of its own."""
    ours = {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "PYTHONPATH"}  # nox names its environment to uv, too
    return {name: value for name, value in os.environ.items() if name not in ours} | QUIET


def commands(readme: Path) -> list[list[str]]:
    """Return the commands of the first `sh` block of a README. Raises `ValueError` if it has none."""
    block = re.search(r"^```sh\n(.*?)^```", readme.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    if block is None:
        message = f"{readme} has no block of commands"
        raise ValueError(message)
    return [words for line in block[1].splitlines() if (words := shlex.split(line, comments=True))]


def start(folder: Path, *options: str) -> None:
    """Run `mlscaffold new`. Raises `CalledProcessError` if it fails."""
    _run([sys.executable, "-m", "mlscaffold", "new", str(folder), "--defaults", "--git", *options], Path.cwd())


def follow_readme(folder: Path) -> None:
    """Run every command of the project's README. Raises `CalledProcessError` if one fails."""
    for command in commands(folder / "README.md"):
        # The gate decides: promoted, rejected, held. All three are answers; that it cannot tell (2) is none.
        _run(command, folder, good={0, 1, 3} if command[-1] == "gate" else {0})


def _run(command: Sequence[str], cwd: Path, good: Collection[int] = (0,)) -> None:
    sys.stdout.write(f"$ {shlex.join(command)}\n")
    sys.stdout.flush()
    began = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=environment(), check=False)
    if done.returncode not in good:
        raise subprocess.CalledProcessError(done.returncode, command)
    sys.stdout.write(f"  ({time.perf_counter() - began:.1f} s)\n")


if __name__ == "__main__":
    place = Path(sys.argv[1]).resolve()
    start(place, *sys.argv[2:])
    follow_readme(place)
