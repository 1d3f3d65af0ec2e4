"""Predict a table from a bundle, without scikit-learn. The service does without this module, and so without polars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from ..contract.conform import conform
from ..contract.validate import Violation, validate
from ..errors import DataRefusedError
from ..featurelib import columns_of, compute
from .graph import run_graph
from .output import read_output

if TYPE_CHECKING:
    from .store import Bundle

__all__ = ["check_input", "predict"]


def check_input(bundle: Bundle, frame: pl.DataFrame, source: str) -> list[Violation]:
    """Return the rules of the bundle's contract that a raw table breaks and a prediction survives, to be told.

    Raises DataRefusedError where a column is missing, or values cannot be read as what they should be.
    """
    violations = validate(frame, bundle.contract, require_target=False)
    refused = [violation for violation in violations if violation.rule in {"missing column", "type"}]
    if refused:
        raise DataRefusedError(source, refused)
    return violations


def predict(bundle: Bundle, frame: pl.DataFrame) -> pl.DataFrame:
    """Score a raw table (from `tables.read_table`); it needs no target.

    One row per row of `frame`, in its order: the identifiers, `prediction` (a label, or an amount in units of the
    target) and, for classes, `probability_<class>` (of the positive class only where there are two).
    """
    manifest, columns = bundle.manifest, columns_of(conform(frame, bundle.contract, require_target=False))
    output = run_graph(bundle.session, compute(columns, bundle.contract))
    dtype = pl.String if manifest.classes else pl.Float64
    predicted = {"prediction": pl.Series(read_output(manifest, output), dtype=dtype)}
    for place, name in enumerate(manifest.classes):
        if manifest.threshold is None or place == 1:
            predicted[f"probability_{name}"] = pl.Series(output[:, place])
    for column in bundle.contract.with_role("id"):
        name = f"id_{column.name}" if column.name in predicted else column.name
        predicted = {name: pl.Series(columns[column.field], dtype=pl.String), **predicted}
    return pl.DataFrame(predicted)
