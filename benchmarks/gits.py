"""How many git processes a command starts, counted by a `git` of our own in front of the real one; and a calm home."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

_WHO = "[user]\n\tname = Bench\n\temail = bench@localhost\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n"


def calm_home(place: Path) -> None:
    """Give this process, and all that it starts, a home of its own in the new folder `place`."""
    place.mkdir(parents=True)
    (place / "gitconfig").write_text(_WHO, encoding="utf-8")
    # Every installed program has its bytecode beside it; this one may run from its source.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ |= {
        "HOME": str(place),
        "XDG_CACHE_HOME": str(place / "cache"),
        "XDG_CONFIG_HOME": str(place / "config"),
        "GIT_CONFIG_GLOBAL": str(place / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def count_git(command: Sequence[str], scratch: Path) -> int:
    """Run the command once, and return how often it started git. Raises if it fails."""
    real, place, log = shutil.which("git"), scratch / "git-in-front", scratch / "git.log"
    place.mkdir(exist_ok=True)
    log.write_bytes(b"")
    (place / "git").write_text(f"#!/bin/sh\necho >> '{log}'\nexec '{real}' \"$@\"\n", encoding="utf-8")
    (place / "git").chmod(0o755)
    environment = {**os.environ, "PATH": f"{place}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return log.read_bytes().count(b"\n")
