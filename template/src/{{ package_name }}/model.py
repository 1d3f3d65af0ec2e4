"""The model of this project: yours to change.

`build_model` returns an unfitted scikit-learn pipeline. Three rules keep it convertible, and the parity check of
`train` holds them: trees see unscaled numbers, categories are one-hot encoded (never native), and the steps are called
"prepare" and "model".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

    from .config import ModelConfig
    from .contract.records import Task

__all__ = ["build_model"]


def build_model(
    config: ModelConfig, numeric: list[str], categories: dict[str, list[str]], task: Task, seed: int
) -> Pipeline:
    """Build the pipeline that is fitted, exported and served; it is returned unfitted.

    `numeric` names the float32 columns, `categories` the text columns, each with the values that get a column of their
    own (any other value is encoded as zeros).
    """
    linear = config.kind == "linear"
    steps = []
    if numeric:
        fill = SimpleImputer(strategy="median", keep_empty_features=True)
        scale = [("scale", StandardScaler())] if linear else []
        steps.append(("numeric", Pipeline([("fill", fill), *scale]), numeric))
    if categories:
        known = [np.array(values, dtype=object) for values in categories.values()]
        encode = OneHotEncoder(categories=known, handle_unknown="ignore", sparse_output=False, dtype=np.float32)
        steps.append(("categorical", encode, list(categories)))
    model = _linear(config, task) if linear else _boosting(config, task, seed)
    return Pipeline([("prepare", ColumnTransformer(steps)), ("model", model)])


def _linear(config: ModelConfig, task: Task) -> BaseEstimator:
    if task == "regression":
        return Ridge(alpha=config.l2)
    return LogisticRegression(C=1 / config.l2, max_iter=1000)


def _boosting(config: ModelConfig, task: Task, seed: int) -> BaseEstimator:
    kind = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier
    return kind(
        learning_rate=config.learning_rate,
        max_iter=config.max_iter,
        max_leaf_nodes=config.max_leaf_nodes,
        min_samples_leaf=config.min_samples_leaf,
        l2_regularization=config.l2,
        early_stopping=False,  # it would hold rows back at random; the number of trees is a setting
        random_state=seed,
    )
