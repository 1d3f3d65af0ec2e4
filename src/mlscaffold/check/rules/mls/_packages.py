"""Where the product of a repository lives: `src/`, or packages at the root."""

__all__ = ["distribution", "is_distribution", "package_folders"]

import re
from typing import Any, Final

from mlscaffold.check.repository import Repository

# Folders at the root that hold modules and are no product.
_ASIDE: Final = frozenset([
    "test", "tests", "testing", "doc", "docs", "example", "examples", "tutorials", "notebooks", "scripts", "script",
    "bin", "benchmark", "benchmarks", "tools", "tasks", "ci", "docker", "deploy", "ops", "exercises", "homework",
    "labs", "template", "templates", "vendor", "third_party",
])  # fmt: skip


def package_folders(repository: Repository) -> list[str]:
    """Return the folders of the product: `src` where it holds packages, else packages at the root.

    Without a description of a distribution, folders at the root are somebody's scripts, and so is a `src` of loose
    modules.
    """
    inits = [path.split("/")[:-1] for path in repository.modules if path.endswith("/__init__.py")]
    described = is_distribution(repository)
    if any(folders[0] == "src" for folders in inits) or (described and repository.has("src")):
        return ["src"]
    return sorted(folders[0] for folders in inits if described and not folders[1:] and folders[0] not in _ASIDE)


def is_distribution(repository: Repository) -> bool:
    """Return whether somebody has described how to install this repository."""
    return bool(distribution(repository)) or repository.has("setup.py") or repository.has("setup.cfg")


def distribution(repository: Repository) -> str:
    """Return the name of the distribution in pyproject.toml as its package would be called, or ""."""
    name: Any = repository.table("pyproject.toml", "project").get("name")
    name = name or repository.table("pyproject.toml", "tool", "poetry").get("name")
    return re.sub("[-_.]+", "_", name).lower() if isinstance(name, str) else ""
