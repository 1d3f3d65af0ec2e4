"""MLS007: an answer that nobody gets who runs the notebook from top to bottom."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.targets.notebook import Notebook


def _notebook(*counts: int) -> Example:
    cells = ",\n".join(
        f'  {{"cell_type": "code", "execution_count": {count}, "metadata": {{}}, "outputs": [], "source": ["x += 1"]}}'
        for count in counts
    )
    tail = '"metadata": {}, "nbformat": 4, "nbformat_minor": 5'
    return {"notebooks/01-look.ipynb": f'{{\n "cells": [\n{cells}\n ],\n {tail}\n}}\n'}


BAD: Final[tuple[Example, ...]] = (_notebook(5, 2),)
OK: Final[tuple[Example, ...]] = (_notebook(1, 2),)


@rule(
    "MLS007",
    "notebook-order",
    on=Notebook,
    level="strict",
    needles=(b'"execution_count"',),
    hint="restart the kernel and run all cells, from top to bottom",
)
def notebook_order(notebook: Notebook, _: None) -> Iterator[Finding]:
    """The cells of a notebook were run in another order than they stand in.

    Why: what it shows comes from a state that running it from top to bottom does not reach; it may depend on a cell
    that was changed or deleted since (16 of 95 notebooks in public ML repositories).

    How to fix: restart the kernel and run all cells, or empty the outputs and counts.
    """
    run = [(cell.number, cell.execution_count) for cell in notebook.cells if cell.execution_count is not None]
    for (first, before), (second, after) in pairwise(run):
        if after <= before:
            told = f"cell {second} (run {after}) was run before cell {first} (run {before})"
            yield notebook.at(f"{told}; restart the kernel and run all cells in order")
            return
