"""Predict from a bundle.

Neither scikit-learn nor skl2onnx is imported on this path (tests/infra/test_serving.py), so that a service stays small.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from ..contract.conform import conform
from ..contract.validate import Violation, validate
from ..errors import DataRefusedError
from ..featurelib import columns_of, compute
from .graph import run_graph

if TYPE_CHECKING:
    from .store import Bundle, Manifest

__all__ = ["check_input", "predict"]

_REFUSED = {"missing column", "type"}


def check_input(bundle: Bundle, frame: pl.DataFrame, source: str) -> list[Violation]:
    """Hold a raw table against the bundle's contract, the target aside.

    Returns:
        the broken rules that a prediction survives (a value out of range, an unknown category): to be told.

    Raises:
        DataRefusedError: a column is missing, or values cannot be read as what they should be.
    """
    violations = validate(frame, bundle.contract, require_target=False)
    refused = [violation for violation in violations if violation.rule in _REFUSED]
    if refused:
        raise DataRefusedError(source, refused)
    return violations


def predict(bundle: Bundle, frame: pl.DataFrame) -> pl.DataFrame:
    """Score a raw table (from `tables.read_table`); it needs no target.

    Returns:
        one row per row of `frame`, in its order: the identifiers, `prediction` (a label, or an amount in units of the
        target) and, for classes, `probability_<class>` (of the positive class only where there are two).
    """
    columns = columns_of(conform(frame, bundle.contract, require_target=False))
    output = run_graph(bundle.session, compute(columns, bundle.contract))
    predicted = _read_output(bundle.manifest, output)
    for column in bundle.contract.with_role("id"):
        name = f"id_{column.name}" if column.name in predicted else column.name
        predicted = {name: pl.Series(columns[column.field], dtype=pl.String), **predicted}
    return pl.DataFrame(predicted)


def _read_output(manifest: Manifest, output: np.ndarray) -> dict[str, pl.Series]:
    """Return the columns that the graph's numbers mean, as the manifest says."""
    if manifest.task == "regression":
        return {"prediction": pl.Series(manifest.target.amounts(output[:, 0]))}
    if manifest.threshold is not None:
        codes, shown = (output[:, 1] >= manifest.threshold).astype(int), manifest.classes[1:]
    else:
        codes, shown = output.argmax(axis=1), manifest.classes
    labels = pl.Series(np.array(manifest.classes, dtype=object)[codes], dtype=pl.String)
    first = len(manifest.classes) - len(shown)
    probabilities = {f"probability_{name}": pl.Series(output[:, first + place]) for place, name in enumerate(shown)}
    return {"prediction": labels, **probabilities}
