"""MLS008: notebooks in the order in which they are to be read."""

from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.lazy import expression
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository

_EMPTY: Final = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}\n'
# 01-look, 1.0-jqp-first-look, 2024-05-01_errors: a number, then words.
_NAME: Final = expression(r"\d[\d.]*([-_][\w.-]*[^\W\d][\w.-]*)\.ipynb")
BAD: Final[tuple[Example, ...]] = ({"notebooks/Untitled3.ipynb": _EMPTY},)
OK: Final[tuple[Example, ...]] = ({"notebooks/01-look.ipynb": _EMPTY, "notebooks/1.0-jd-split.ipynb": _EMPTY},)


@rule(
    "MLS008", "notebook-name", on=Repository, level="strict", hint="name notebooks by number and topic: 01-look.ipynb"
)
def notebook_name(repository: Repository, _: None) -> Iterator[Finding]:
    """The name of a notebook does not tell its place in the order, or its topic.

    Why: a folder of `Untitled3.ipynb` and `final_v2.ipynb` is read by nobody but its author, and only this month.

    How to fix: begin with a number and go on with the topic, as in `03-errors-by-region.ipynb`.
    """
    for path in repository.role("notebooks"):
        name = path.rpartition("/")[2]
        if name.endswith(".ipynb") and not _NAME.fullmatch(name):
            yield Finding(path, 0, f"`{name}` tells no order and topic; rename it, as in 03-errors-by-region.ipynb")
