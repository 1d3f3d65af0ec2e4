"""Make a fitted pipeline exact in float32, in which the exported graph computes.

scikit-learn keeps what it learned in float64; skl2onnx 1.20 rounds it to the nearest float32, without a warning, which
moves values across the splits of trees: with eight-digit integers a probability was off by 0.9. So it is rounded here,
before the next step is fitted on it, and in the direction that changes no prediction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.pipeline import Pipeline

if TYPE_CHECKING:
    import polars as pl

__all__ = ["fit_exactly", "round_down"]


def fit_exactly(pipeline: Pipeline, frame: pl.DataFrame, target: np.ndarray) -> Pipeline:
    """Fit step "prepare", round what it learned, then fit step "model" on what the rounded "prepare" gives."""
    prepare = pipeline.named_steps["prepare"].fit(frame)
    for _, step, _ in prepare.transformers_:
        for part in step.named_steps.values() if isinstance(step, Pipeline) else ():
            for name in {"statistics_", "mean_", "scale_"} & vars(part).keys():  # of SimpleImputer, StandardScaler
                setattr(part, name, getattr(part, name).astype(np.float32).astype(np.float64))
    model = pipeline.named_steps["model"].fit(prepare.transform(frame), target)
    # Histogram boosting: there is no public way to the fitted trees; skl2onnx reads the same private attribute.
    for tree in (tree for trees in getattr(model, "_predictors", ()) for tree in trees):
        tree.nodes["num_threshold"] = round_down(tree.nodes["num_threshold"])
    return pipeline


def round_down(values: np.ndarray) -> np.ndarray:
    """Return, as float64, the largest float32 `r` not above each `t`: for a float32 `x`, `x <= r` is `x <= t`."""
    nearest = values.astype(np.float32)
    return np.where(nearest > values, np.nextafter(nearest, np.float32(-np.inf)), nearest).astype(np.float64)
