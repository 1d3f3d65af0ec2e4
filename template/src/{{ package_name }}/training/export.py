"""From a fitted pipeline to one ONNX graph, and the proof that both say the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType

from ..bundle.graph import PREFIX, run_graph

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onnxruntime import InferenceSession
    from sklearn.pipeline import Pipeline

__all__ = ["TOLERANCE", "Parity", "ParityError", "check_parity", "edge_rows", "input_frame", "reference", "to_onnx"]

TOLERANCE = 1e-5  # of probabilities, or of amounts in units of the target's spread
_UNSEEN = "\N{SNOWMAN} never seen \N{SNOWMAN}"


class ParityError(Exception):
    """The exported graph and scikit-learn disagree: a defect in the conversion, so nothing is released."""


@dataclass(frozen=True)
class Parity:
    """How close graph and pipeline are: rows compared, largest difference, and predicted classes that differ."""

    rows: int
    max_difference: float
    labels_changed: int


def input_frame(features: Mapping[str, np.ndarray]) -> pl.DataFrame:
    """Return the features as the frame that the pipeline is fitted on: Float32 and String columns, graph names."""
    types = {name: pl.String if values.dtype == object else pl.Float32 for name, values in features.items()}
    return pl.DataFrame([pl.Series(PREFIX + name, features[name], dtype=kind) for name, kind in types.items()])


def to_onnx(pipeline: Pipeline, features: Mapping[str, np.ndarray]) -> bytes:
    """Convert a fitted pipeline; `features` gives names and types of the inputs, in order.

    Equal pipelines give equal bytes, in any process: the graph has a fixed name, and its operator sets, which skl2onnx
    lists in the order of a set (that is, by Python's hash seed), are sorted.
    """
    inputs = [
        (PREFIX + name, StringTensorType([None, 1]) if values.dtype == object else FloatTensorType([None, 1]))
        for name, values in features.items()
    ]
    classifier = hasattr(pipeline, "predict_proba")
    options = {id(pipeline): {"zipmap": False}} if classifier else None  # a plain matrix instead of a list of dicts
    model = convert_sklearn(pipeline, name="model", initial_types=inputs, options=options)
    model.opset_import.sort(key=lambda opset: opset.domain)
    return model.SerializeToString(deterministic=True)


def reference(pipeline: Pipeline, features: Mapping[str, np.ndarray]) -> np.ndarray:
    """Score rows with scikit-learn, in the shape that `graph.run_graph` returns."""
    frame = input_frame(features)
    if hasattr(pipeline, "predict_proba"):
        return pipeline.predict_proba(frame)
    return pipeline.predict(frame).reshape(-1, 1)


def edge_rows(features: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return four rows at the edges of `features`: all missing or unseen, all smallest, all largest, one of each."""
    edges = {}
    for name, values in features.items():
        if values.dtype == object:
            edges[name] = np.array(["", _UNSEEN, values[0], _UNSEEN], dtype=object)
        else:
            known = values[np.isfinite(values)]
            low, high = (known.min(), known.max()) if known.size else (0, 0)
            edges[name] = np.array([np.nan, low, high, high], dtype=np.float32)
    return edges


def check_parity(pipeline: Pipeline, session: InferenceSession, features: Mapping[str, np.ndarray]) -> Parity:
    """Compare graph and pipeline on `features` and on rows at their edges.

    Raises ParityError when a probability differs by more than `TOLERANCE`, or an amount by more than `TOLERANCE` times
    the target's spread (or times itself, where it is larger than that).
    """
    edges = edge_rows(features)
    rows = {name: np.concatenate([values, edges[name]]) for name, values in features.items()}
    expected, served = reference(pipeline, rows), run_graph(session, rows)
    difference = np.abs(served - expected) / np.maximum(1, np.abs(expected))
    worst = float(difference.max())
    if not worst <= TOLERANCE:  # also when it is NaN
        message = f"the exported model is off by {worst:.2g} in {(difference > TOLERANCE).any(axis=1).sum()} rows"
        raise ParityError(f"{message} of {len(expected)}: change model.py so that it converts exactly")
    changed = int((served.argmax(axis=1) != expected.argmax(axis=1)).sum())
    return Parity(len(expected), worst, changed)
