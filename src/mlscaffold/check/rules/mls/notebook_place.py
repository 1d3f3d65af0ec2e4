"""MLS003: exploration inside the package is shipped with it."""

from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.patterns import fits_any
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mls._notebooks import FOR_READERS

_EMPTY: Final = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}\n'
_PACKAGE: Final = {"src/acme/__init__.py": "", "src/acme/train.py": "def train():\n    return 1\n"}
BAD: Final[tuple[Example, ...]] = ({**_PACKAGE, "src/acme/try-lightgbm.ipynb": _EMPTY},)
OK: Final[tuple[Example, ...]] = (
    {**_PACKAGE, "notebooks/02-try-lightgbm.ipynb": _EMPTY},
    {**_PACKAGE, "docs/tutorials/first-steps.ipynb": _EMPTY},
)


@rule(
    "MLS003",
    "notebook-place",
    on=Repository,
    hint="move the notebook to notebooks/, and what is worth keeping of it into functions",
    options={"leave": ["notebook/", "notebooks/", *FOR_READERS]},
)
def notebook_place(repository: Repository, _: None) -> Iterator[Finding]:
    """A notebook stands inside a package, among the modules that are imported.

    Why: it is installed with the package, is no part of its tests, and reads as if it were the product. What is tried
    out and what is relied upon should be told apart by their place.

    How to fix: move it to `notebooks/`; turn what others need into functions of the package, and import them there.
    """
    leave = repository.options("MLS003")["leave"]
    for path in repository.glob("*.ipynb"):
        if package := _package(repository, path):
            if repository.roles_of(path) & {"notebooks", "tests"} or fits_any(path.lower(), leave):
                continue
            name = path.rpartition("/")[2]
            yield Finding(path, 0, f"the notebook stands in the package {package}; move it to notebooks/{name}")


def _package(repository: Repository, path: str) -> str:
    """Return the outermost package around a file, or ""; the root itself is none, whatever it holds."""
    parts = path.split("/")[:-1]
    above = ("/".join(parts[:end]) for end in range(1, len(parts) + 1))
    return next((folder for folder in above if f"{folder}/__init__.py" in repository.files), "")
