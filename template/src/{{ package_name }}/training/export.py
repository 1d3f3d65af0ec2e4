"""From a fitted pipeline to one ONNX graph, and the proof that both say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType

from ..bundle.graph import PREFIX, run_graph

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onnxruntime import InferenceSession
    from sklearn.pipeline import Pipeline

__all__ = ["TOLERANCE", "Parity", "ParityError", "check_parity", "input_frame", "reference", "to_onnx"]

TOLERANCE = 1e-5  # of probabilities, or of amounts in units of the target's spread
_UNSEEN = "\N{SNOWMAN} never seen \N{SNOWMAN}"


class ParityError(Exception):
    """The exported graph and scikit-learn disagree: a defect in the conversion, so nothing is released."""


class Parity(NamedTuple):
    """How close graph and pipeline are: rows compared, largest difference, and predicted classes that differ."""

    rows: int
    max_difference: float
    labels_changed: int


def input_frame(features: Mapping[str, np.ndarray]) -> pl.DataFrame:
    """Return the features as the frame that the pipeline is fitted on: Float32 and String columns, graph names."""
    types = {PREFIX + name: pl.String if values.dtype == object else pl.Float32 for name, values in features.items()}
    return pl.DataFrame(dict(zip(types, features.values(), strict=True)), schema=types)


def to_onnx(pipeline: Pipeline, features: Mapping[str, np.ndarray]) -> bytes:
    """Convert a fitted pipeline with these inputs, in this order; equal pipelines give equal bytes, in any process."""
    inputs = [
        (PREFIX + name, StringTensorType([None, 1]) if values.dtype == object else FloatTensorType([None, 1]))
        for name, values in features.items()
    ]
    classifier = hasattr(pipeline, "predict_proba")
    options = {id(pipeline): {"zipmap": False}} if classifier else None  # a plain matrix instead of a list of dicts
    model = convert_sklearn(pipeline, name="model", initial_types=inputs, options=options)
    model.opset_import.sort(key=lambda opset: opset.domain)  # skl2onnx lists them by Python's hash seed
    return model.SerializeToString(deterministic=True)


def reference(pipeline: Pipeline, features: Mapping[str, np.ndarray]) -> np.ndarray:
    """Score rows with scikit-learn, in the shape that `graph.run_graph` returns."""
    frame = input_frame(features)
    if hasattr(pipeline, "predict_proba"):
        return pipeline.predict_proba(frame)
    return pipeline.predict(frame).reshape(-1, 1)


def check_parity(pipeline: Pipeline, session: InferenceSession, features: Mapping[str, np.ndarray]) -> Parity:
    """Compare graph and pipeline on `features` and on four rows at their edges.

    Raises ParityError when an output differs by more than `TOLERANCE`, times its size where that is above 1.
    """
    rows = {name: np.concatenate([values, _edges(values)]) for name, values in features.items()}
    expected, served = reference(pipeline, rows), run_graph(session, rows)
    difference = np.abs(served - expected) / np.maximum(1, np.abs(expected))
    worst = float(difference.max())
    if not worst <= TOLERANCE:  # also when it is NaN
        message = f"the exported model is off by {worst:.2g} in {(difference > TOLERANCE).any(axis=1).sum()} rows"
        raise ParityError(f"{message} of {len(expected)}: change model.py so that it converts exactly")
    changed = int((served.argmax(axis=1) != expected.argmax(axis=1)).sum())
    return Parity(len(expected), worst, changed)


def _edges(values: np.ndarray) -> np.ndarray:
    """Return missing, smallest, largest, largest; of texts missing, unseen, a known one, unseen."""
    if values.dtype == object:
        return np.array(["", _UNSEEN, values[0], _UNSEEN], dtype=object)
    known = values[np.isfinite(values)]
    low, high = (known.min(), known.max()) if known.size else (0, 0)
    return np.array([np.nan, low, high, high], dtype=np.float32)
