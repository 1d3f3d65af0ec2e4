"""Run an exported model. Needs onnxruntime and numpy only: this is what prediction and serving import."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime as ort

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PREFIX", "open_graph", "run_graph"]

# Graph inputs are called in_<feature>: skl2onnx trips over columns that have the names of its own nodes ("label").
PREFIX = "in_"


def open_graph(model: bytes, threads: int) -> ort.InferenceSession:
    """Load an ONNX model for `threads` threads (0: all cores)."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads or os.cpu_count() or 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def run_graph(session: ort.InferenceSession, features: Mapping[str, np.ndarray]) -> np.ndarray:
    """Score rows: float32, n x classes (probabilities) or n x 1 (amounts in units of the spread).

    `features` holds float32 or object arrays of n values; those that the graph does not know are left out.
    """
    feed = {item.name: features[item.name.removeprefix(PREFIX)].reshape(-1, 1) for item in session.get_inputs()}
    return np.asarray(session.run([session.get_outputs()[-1].name], feed)[0])
