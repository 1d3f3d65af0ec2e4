"""Small repositories for tests of `mlscaffold check`, in real git, and the real engine over them."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlscaffold.check.findings import Finding
from mlscaffold.check.listing import tracked
from mlscaffold.check.run import check

__all__ = ["codes", "findings", "repository"]


def repository(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files and let git track them; call it again to change some."""
    root.mkdir(parents=True, exist_ok=True)
    if not (root / ".git").exists():
        subprocess.run(["git", "init", "--quiet", root], check=True)
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    subprocess.run(["git", "add", "--all", "--force"], cwd=root, check=True)
    return root


def findings(root: Path, files: Mapping[str, str | bytes] | None = None, **settings: Any) -> list[Finding]:
    """Return what `check` reports of these files; settings are keys of [tool.mlscaffold.check], `_` for `-`."""
    if files is not None:
        repository(root, files)
    overrides = {key.replace("_", "-"): value for key, value in settings.items()}
    return list(check(os.fspath(root), tracked(os.fspath(root)), overrides, keep=False).answer.findings)


def codes(root: Path, files: Mapping[str, str | bytes] | None = None, **settings: Any) -> list[str]:
    """Return the codes that are reported, one a finding."""
    return [one.code for one in findings(root, files, **settings)]
