"""Where mlscaffold keeps what it can make again: never in a project, always below the user's own cache folder."""

__all__ = ["cache_folder"]

import os
import sys
from pathlib import Path


def cache_folder(name: str) -> Path:
    """Return the folder called `name` in the cache; it may not exist yet. XDG_CACHE_HOME moves the whole cache."""
    if home := os.environ.get("XDG_CACHE_HOME"):
        return Path(home) / "mlscaffold" / name
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "mlscaffold" / name
    return Path.home() / ".cache" / "mlscaffold" / name
