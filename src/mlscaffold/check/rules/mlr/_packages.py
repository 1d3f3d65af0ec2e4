"""Which packages a project asks for, and which of them its locks name."""

__all__ = ["in_lock", "loose", "normal", "pins_all", "wanted"]

import re
from collections.abc import Iterator
from typing import Any, Final

from mlscaffold.check.lazy import expression
from mlscaffold.check.repository import Repository

_NAME: Final = expression(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_LOCKED: Final = expression(rb'^\s*name = "([^"]+)"', re.MULTILINE)
_PINNED: Final = expression(r"[^=<>~!]+===?\s*[^*\s,;]+\s*(?:[;\\#].*|\s--hash.*)?|[^@]+@\s*\S+.*")


def wanted(repository: Repository) -> set[str]:
    """Return the names of the packages that pyproject.toml asks for, as indexes write them."""
    project = repository.table("pyproject.toml", "project")
    own = normal(str(project.get("name")))
    listed: Any = project.get("dependencies")
    given = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
    given += [name for name in repository.table("pyproject.toml", "tool", "poetry", "dependencies") if name != "python"]
    names = (_NAME.match(each) for each in given if ";" not in each)  # a marker may rule the package out here
    return {normal(found[1]) for found in names if found} - {own}


def in_lock(repository: Repository, path: str) -> set[str]:
    """Return the names of the packages in a lock file of uv, Poetry, PDM or PEP 751."""
    return {normal(name.decode(errors="replace")) for name in _LOCKED.findall(repository.read(path))}


def _requirements(text: str) -> Iterator[tuple[str, str]]:
    """Yield lines and the names in them; options as `-r more.txt` have none."""
    for line in text.replace("\\\n", " ").splitlines():
        stripped = re.sub(r"(^|\s)#.*", "", line).strip()
        if found := _NAME.match(stripped):
            yield stripped, found[1]


def loose(text: str) -> list[str]:
    """Return what a requirements file leaves open, in its order."""
    return [name for line, name in _requirements(text) if not _PINNED.fullmatch(line)]


def pins_all(text: str, names: set[str]) -> bool:
    """Return whether lines such as `numpy==2.1` pin all that they name, and name all of `names`."""
    return not loose(text) and names <= {normal(name) for _, name in _requirements(text)}


def normal(name: str) -> str:
    """Return the name of a package as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()
