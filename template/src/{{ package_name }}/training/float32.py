"""Make a fitted pipeline exact in float32, in which the exported graph computes.

Inputs are float32 on both sides, but scikit-learn keeps what it learned in float64. Rounding that on export moves
values across the splits of trees: with eight-digit integers a probability was off by 0.9, without a warning (skl2onnx
1.20 rounds the thresholds of histogram boosting to the nearest float32). So the parameters are rounded *here*, before
the next step is fitted on them, and in the direction that changes no prediction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

if TYPE_CHECKING:
    import polars as pl
    from sklearn.compose import ColumnTransformer

__all__ = ["fit_exactly", "round_down"]


def fit_exactly(pipeline: Pipeline, frame: pl.DataFrame, target: np.ndarray) -> Pipeline:
    """Fit step "prepare", round what it learned, then fit step "model" on what the rounded "prepare" gives."""
    prepare = pipeline.named_steps["prepare"].fit(frame)
    _round_preparation(prepare)
    model = pipeline.named_steps["model"].fit(prepare.transform(frame), target)
    if isinstance(model, HistGradientBoostingClassifier | HistGradientBoostingRegressor):
        # scikit-learn has no public way to its fitted trees; skl2onnx reads the same private attribute.
        for tree in (tree for trees in model._predictors for tree in trees):  # noqa: SLF001
            tree.nodes["num_threshold"] = round_down(tree.nodes["num_threshold"])
    return pipeline


def round_down(values: np.ndarray) -> np.ndarray:
    """Return, as float64, the largest float32 `r` that is not above each value `t`.

    For a float32 `x`, `x <= t` and `x <= r` are the same question.
    """
    nearest = values.astype(np.float32)
    return np.where(nearest > values, np.nextafter(nearest, np.float32(-np.inf)), nearest).astype(np.float64)


def _round_preparation(prepare: ColumnTransformer) -> None:
    for _, step, _ in prepare.transformers_:
        for part in step.named_steps.values() if isinstance(step, Pipeline) else ():
            scales = ("mean_", "scale_") if isinstance(part, StandardScaler) else ()
            for name in ("statistics_",) if isinstance(part, SimpleImputer) else scales:
                setattr(part, name, getattr(part, name).astype(np.float32).astype(np.float64))
