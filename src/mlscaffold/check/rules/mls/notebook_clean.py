"""MLS004: outputs are data, and nobody reviews them."""

from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Edit, Finding, Fix
from mlscaffold.check.patterns import fits_any
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.rules.mls._notebooks import FOR_READERS
from mlscaffold.check.targets.notebook import Notebook

_KEEP: Final = frozenset({"keep-output", "keep_output", "keep-outputs"})
_EMPTY: Final = {"outputs": "[]", "execution_count": "null"}
_START: Final = '{\n "cells": [\n  {\n   "cell_type": "code",\n'
_END: Final = (
    '   "source": [\n    "patients.head()"\n   ]\n  }\n ],\n'
    ' "metadata": {},\n "nbformat": 4,\n "nbformat_minor": 5\n}\n'
)
BAD: Final[tuple[Example, ...]] = (
    {
        "notebooks/01-look.ipynb": f'{_START}   "execution_count": 7,\n   "metadata": {{}},\n   "outputs": [\n'
        '    {\n     "name": "stdout",\n     "output_type": "stream",\n     "text": [\n'
        f'      "name: J. Doe, diagnosis: ..."\n     ]\n    }}\n   ],\n{_END}'
    },
)
OK: Final[tuple[Example, ...]] = (
    {
        "notebooks/01-look.ipynb": f'{_START}   "execution_count": null,\n   "metadata": {{}},\n'
        f'   "outputs": [],\n{_END}'
    },
)


@rule(
    "MLS004",
    "notebook-clean",
    on=Notebook,
    level="strict",  # whether outputs belong to a notebook is for each team to say: many keep them on purpose
    fix="unsafe",
    needles=(b'"output_type"',),
    hint="empty the outputs (--fix --unsafe-fixes), or keep those of a cell by the tag keep-output",
    options={"keep-outputs-in": FOR_READERS, "words-per-code-cell": 10},
)
def notebook_clean(notebook: Notebook, _: None) -> Iterator[Finding]:
    """A notebook of exploration is committed with its outputs.

    Why: outputs are rows of data, which stay in the history for good; they make every diff unreadable, and no review
    looks at them (87 of 95 notebooks in public ML repositories have them). Pages for readers are left alone: where
    `keep-outputs-in` says, and wherever there are `words-per-code-cell` of text.

    How to fix: empty the outputs, and let a hook (nbstripout) do so from now on. A cell whose output is wanted gets
    the tag `keep-output`. The fix empties outputs and execution counts and leaves every other byte as it is.
    """
    options = notebook.options["MLS004"]
    if (
        fits_any(notebook.path.lower(), options["keep-outputs-in"])
        or _words(notebook) >= options["words-per-code-cell"]
    ):
        return
    cells = [
        cell for cell in notebook.cells if cell.kind == "code" and not (cell.keep or _KEEP.intersection(cell.tags))
    ]
    if full := [cell.number for cell in cells if cell.outputs]:
        told = ", ".join(map(str, full[:5])) + (", ..." if full[5:] else "")
        message = f"{len(full)} cell{'s hold' if full[1:] else ' holds'} outputs ({told}); empty them before committing"
        yield notebook.at(message)._replace(fix=_fix(notebook, [cell.number for cell in cells]))


def _words(notebook: Notebook) -> float:
    """Return how many words of text there are for each cell of code: a page explains, a scratch pad does not."""
    code = sum(cell.kind == "code" for cell in notebook.cells)
    return sum(len(cell.source.split()) for cell in notebook.cells if cell.kind == "markdown") / max(code, 1)


def _fix(notebook: Notebook, numbers: list[int]) -> Fix | None:
    spans = notebook.spans()
    edits = [
        Edit(notebook.path, *spans[number - 1][key], empty)
        for number in numbers
        for key, empty in _EMPTY.items()
        if spans and key in spans[number - 1] and notebook.raw["cells"][number - 1][key] not in ([], None)
    ]
    return Fix(tuple(edits), safe=False) if edits else None
