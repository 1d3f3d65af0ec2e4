"""The environment in which a project's own commands run."""

__all__ = ["project_environment"]

import os
from typing import Final

_OUR_OWN: Final = frozenset({"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "PYTHONHOME", "PYTHONPATH"})


def project_environment() -> dict[str, str]:
    """Return this process's environment without what names its own: a project has one (nox names its to uv, too)."""
    return {name: value for name, value in os.environ.items() if name not in _OUR_OWN}
