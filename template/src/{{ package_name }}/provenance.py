"""Who, when, from which code and with which packages: what a manifest says about its origin."""

from __future__ import annotations

import getpass
import hashlib
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["commit", "now", "packages", "sha256_bytes", "sha256_file", "who"]

_PACKAGES = ("numpy", "polars", "scikit-learn", "skl2onnx", "onnx", "onnxruntime")


def now() -> str:
    """Return the time in UTC, to the second, as ISO 8601 text ("2026-01-31T12:00:00Z")."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def who(root: Path) -> str:
    """Return git's user name in `root`, else the login name, else "unknown" (a container without either)."""
    name = _git(root, "config", "user.name")
    if name:
        return name
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def commit(root: Path) -> tuple[str | None, bool]:
    """Return the commit that is checked out (None outside git or before the first) and whether files differ from it."""
    head = _git(root, "rev-parse", "--verify", "HEAD")
    return head, bool(_git(root, "status", "--porcelain"))


def packages() -> dict[str, str]:
    """Return the installed versions of the packages that shape a model, and of Python."""
    return {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES}


def sha256_bytes(content: bytes) -> str:
    """Return the SHA-256 of `content` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _git(root: Path, *arguments: str) -> str | None:
    """Return what git prints, or None where there is no git, no repository or no answer."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip() or None
