"""MLS009: a notebook that changes the environment it was meant to be run in."""

from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.lazy import expression
from mlscaffold.check.patterns import fits_any
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.rules.mlb._installs import unlocked
from mlscaffold.check.rules.mls._notebooks import FOR_READERS
from mlscaffold.check.targets.notebook import Cell, Notebook

_SHELL: Final = expression(r"\s*(?:!|%|pip3? ).*")
# Cells of shell; and cells that are code all the same. Other cells (%%writefile, %%sql) are neither.
_WHOLE: Final = expression(r"%%(?:bash|sh|!)")
_TIMED: Final = expression(r"%%(?:capture|time|timeit)\b")


def _notebook(line: str) -> Example:
    cell = f'{{"cell_type": "code", "execution_count": null, "metadata": {{}}, "outputs": [], "source": ["{line}"]}}'
    return {
        "notebooks/01-look.ipynb": f'{{\n "cells": [\n  {cell}\n ],\n'
        ' "metadata": {}, "nbformat": 4, "nbformat_minor": 5\n}\n'
    }


BAD: Final[tuple[Example, ...]] = (_notebook("!pip install lightgbm"),)
OK: Final[tuple[Example, ...]] = (_notebook("import lightgbm"), _notebook("%pip install -r ../requirements.txt"))


@rule(
    "MLS009",
    "notebook-install",
    on=Notebook,
    needles=(b"install",),
    hint="declare the package in pyproject.toml and lock it; the notebook runs in that environment",
    options={"leave": FOR_READERS},
)
def notebook_install(notebook: Notebook, _: None) -> Iterator[Finding]:
    """A notebook installs a package by its name, without a version.

    Why: whoever runs it next month gets another package than the one the result came from, and what it adds is in no
    lock file: the code that grows out of the notebook fails on the next machine. Notebooks for Colab,
    and pages for readers (option `leave`), are left alone.

    How to fix: declare the package in `pyproject.toml`, lock it, and take the line out; or pin it, as in
    `%pip install lightgbm==4.6.0`.
    """
    # A notebook for Colab finds a machine with an environment of its own.
    if fits_any(notebook.path.lower(), notebook.options["MLS009"]["leave"]) or b"colab" in notebook.source:
        return
    for cell in notebook.cells:
        if cell.kind == "code" and (names := unlocked(_shell(cell))):
            told = ", ".join(f"`{name}`" for name in dict.fromkeys(names))
            yield notebook.at(f"cell {cell.number} installs {told} without a version; declare it in pyproject.toml")


def _shell(cell: Cell) -> str:
    """Return the lines of a cell that a shell runs."""
    first, _, rest = cell.source.partition("\n")
    if first.startswith("%%") and not _TIMED.match(first):
        return rest if _WHOLE.match(first) else ""
    source = cell.source.replace("\\\n", " ")
    found = (_SHELL.match(line) for line in source.splitlines())
    return "\n".join(one[0].strip().lstrip("!% ") for one in found if one)
