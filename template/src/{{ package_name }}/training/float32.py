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
    """Fit `prepare`, round what it learned, then fit `model` on what the rounded `prepare` gives.

    Args:
        pipeline: from `model.build_model`, with the steps "prepare" and "model".
        frame: model inputs, one row per observation, Float32 and String columns.
        target: int64 codes or float64 amounts, as `targets.Target.encode` returns them.

    Returns:
        the same pipeline, fitted.
    """
    prepare = pipeline.named_steps["prepare"].fit(frame)
    _round_preparation(prepare)
    model = pipeline.named_steps["model"].fit(prepare.transform(frame), target)
    if isinstance(model, HistGradientBoostingClassifier | HistGradientBoostingRegressor):
        _round_thresholds(model)
    return pipeline


def round_down(values: np.ndarray) -> np.ndarray:
    """Return, as float64, the largest float32 that is not above each value.

    For a float32 `x`, `x <= t` and `x <= round_down(t)` are the same question.
    """
    nearest = values.astype(np.float32)
    return np.where(nearest > values, np.nextafter(nearest, np.float32(-np.inf)), nearest).astype(np.float64)


def _round_preparation(prepare: ColumnTransformer) -> None:
    for _, step, _ in prepare.transformers_:
        for part in step.named_steps.values() if isinstance(step, Pipeline) else ():
            if isinstance(part, SimpleImputer):
                part.statistics_ = _nearest(part.statistics_)
            if isinstance(part, StandardScaler):
                part.mean_ = _nearest(part.mean_)
                part.scale_ = _nearest(part.scale_)


def _nearest(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32).astype(np.float64)


def _round_thresholds(model: HistGradientBoostingClassifier | HistGradientBoostingRegressor) -> None:
    # scikit-learn has no public way to its fitted trees; skl2onnx reads the same private attribute.
    for trees in model._predictors:  # noqa: SLF001
        for tree in trees:
            tree.nodes["num_threshold"] = round_down(tree.nodes["num_threshold"])
