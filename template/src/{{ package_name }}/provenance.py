"""Who, when, from which code, with which packages and at what expense: what a manifest says about its origin."""

from __future__ import annotations

import getpass
import hashlib
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

__all__ = ["commit", "features_sha256", "now", "packages", "peak_megabytes", "sha256_bytes", "sha256_file", "who"]

_PACKAGES = ("numpy", "polars", "scikit-learn", "skl2onnx", "onnx", "onnxruntime")
_SHAPING = ("src", "config", "contracts", "pyproject.toml", "uv.lock")


def now() -> str:
    """The time in UTC, to the second, as ISO 8601 text ("2026-01-31T12:00:00Z")."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def who(root: Path) -> str:
    """Git's user name in `root`, else the login name, else "unknown" (a container without either)."""
    try:
        return _git(root, "config", "user.name") or getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def commit(root: Path) -> tuple[str | None, bool]:
    """The commit that holds this project, and whether what shapes a model differs from it (so it does for None)."""
    if _git(root, "rev-parse", "--verify", "--quiet", "HEAD:./pyproject.toml") is None:
        return None, True
    return _git(root, "rev-parse", "HEAD"), _git(root, "status", "--porcelain", "--", *_SHAPING) is not None


def packages() -> dict[str, str]:
    """The installed versions of the packages that shape a model, and of Python."""
    return {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES}


def features_sha256() -> str:
    """The SHA-256 of this project's features.py."""
    return sha256_file(Path(__file__).with_name("features.py"))


def peak_megabytes() -> float:
    """The most memory that this process has held, 0 where the system does not tell."""
    try:
        import resource  # noqa: PLC0415 - Unix only
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10  # bytes there, kilobytes elsewhere


def sha256_bytes(content: bytes) -> str:
    """The SHA-256 of `content` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def sha256_file(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _git(root: Path, *arguments: str) -> str | None:
    """What git prints, or None where it prints nothing, or there is no git or no repository."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip() or None
