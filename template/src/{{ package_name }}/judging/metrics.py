"""Metrics that take a weight per row, and intervals made by resampling those weights. numpy only.

Resampling n rows with replacement is the same as giving row i a random whole weight, how often it was drawn. So each
metric is prepared once for labels and scores (sorting is the expensive part) and then called with weights. The
definitions are those of scikit-learn, against which tests/model/test_metrics.py holds them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "LOWER_IS_BETTER",
    "Scorer",
    "binary_scorers",
    "interval",
    "log_losses",
    "multiclass_scorers",
    "regression_scorers",
    "resample",
]

Scorer = Callable[[np.ndarray], float]  # weights, one per row -> value; NaN where the metric is not defined
LOWER_IS_BETTER = frozenset({"log_loss", "brier", "mae", "rmse"})
_SMALLEST = float(np.finfo(np.float32).eps)  # probabilities are float32: none is told from 0 or 1 below this


def log_losses(codes: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return minus the logarithm of the probability that each row's true class was given.

    Args:
        codes: int64, true class per row; a class that the model does not know (negative) was given none.
        probabilities: n x classes.
    """
    given = np.where(codes >= 0, probabilities[np.arange(len(codes)), np.maximum(codes, 0)], 0.0)
    return -np.log(np.clip(given.astype(np.float64), _SMALLEST, 1.0))


def binary_scorers(codes: np.ndarray, probabilities: np.ndarray, threshold: float) -> dict[str, Scorer]:
    """Prepare the metrics of a two-class model.

    Args:
        codes: int64, 1 for the positive class.
        probabilities: n x 2, the positive class second.
        threshold: predicted positive from this probability on.
    """
    positive, score = codes == 1, probabilities[:, 1].astype(np.float64)
    predicted = score >= threshold
    return {
        "log_loss": _mean(log_losses(codes, probabilities)),
        "roc_auc": _roc_auc(positive, score),
        "average_precision": _average_precision(positive, score),
        "brier": _mean((score - positive) ** 2),
        "f1": lambda w: _ratio(2 * w[positive & predicted].sum(), w[positive].sum() + w[predicted].sum()),
        "precision": lambda w: _ratio(w[positive & predicted].sum(), w[predicted].sum()),
        "recall": lambda w: _ratio(w[positive & predicted].sum(), w[positive].sum()),
        "accuracy": _mean(positive == predicted),
    }


def multiclass_scorers(codes: np.ndarray, probabilities: np.ndarray) -> dict[str, Scorer]:
    """Prepare the metrics of a model of several classes; `codes` and `probabilities` as in `log_losses`."""
    predicted = probabilities.argmax(axis=1)
    classes = probabilities.shape[1] + 1  # one more for labels that the model does not know
    cells = (codes + 1) * classes + predicted + 1

    def confusion(weights: np.ndarray) -> np.ndarray:
        return np.bincount(cells, weights, minlength=classes**2).reshape(classes, classes)

    def balanced_accuracy(weights: np.ndarray) -> float:
        table = confusion(weights)
        present = table.sum(axis=1) > 0
        return float((np.diag(table)[present] / table.sum(axis=1)[present]).mean())

    def macro_f1(weights: np.ndarray) -> float:
        table = confusion(weights)
        sizes = table.sum(axis=0) + table.sum(axis=1)
        return float((2 * np.diag(table)[sizes > 0] / sizes[sizes > 0]).mean())

    return {
        "log_loss": _mean(log_losses(codes, probabilities)),
        "accuracy": _mean(codes == predicted),
        "balanced_accuracy": balanced_accuracy,
        "macro_f1": macro_f1,
    }


def regression_scorers(actual: np.ndarray, predicted: np.ndarray) -> dict[str, Scorer]:
    """Prepare the metrics of a model of amounts; both arguments in units of the target."""
    error = predicted - actual
    squared = _mean(error**2)

    def r2(weights: np.ndarray) -> float:
        spread = np.average((actual - np.average(actual, weights=weights)) ** 2, weights=weights)
        return 1 - _ratio(squared(weights), float(spread))

    return {"rmse": lambda w: float(np.sqrt(squared(w))), "mae": _mean(np.abs(error)), "r2": r2}


def resample(scorers: Mapping[str, Scorer], rows: int, rounds: int, seed: int) -> dict[str, np.ndarray]:
    """Return the value of each metric in each of `rounds` bootstrap samples of `rows` rows.

    Equal `rows`, `rounds` and `seed` draw equal samples, so the results of two models on the same rows are paired.
    """
    rng = np.random.default_rng(seed)
    values = {name: np.empty(rounds) for name in scorers}
    for number in range(rounds):
        weights = np.bincount(rng.integers(0, rows, rows), minlength=rows).astype(np.float64)
        for name, scorer in scorers.items():
            values[name][number] = scorer(weights)
    return values


def interval(values: np.ndarray, confidence: float) -> tuple[float, float]:
    """Return the percentile interval of bootstrap values, NaN twice where none is defined."""
    defined = values[~np.isnan(values)]
    if not defined.size:
        return float("nan"), float("nan")
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole > 0 else float("nan")


def _mean(values: np.ndarray) -> Scorer:
    return lambda weights: float(np.average(values, weights=weights))


def _tie_groups(score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return an order from high to low score, and where in it each run of equal scores starts."""
    order = np.argsort(-score, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(score[order]) != 0])
    return order, starts


def _roc_auc(positive: np.ndarray, score: np.ndarray) -> Scorer:
    """Share of pairs (positive, negative) in which the positive row has the higher score; ties count half."""
    order, starts = _tie_groups(score)

    def roc_auc(weights: np.ndarray) -> float:
        hits = np.add.reduceat((weights * positive)[order], starts)
        misses = np.add.reduceat((weights * ~positive)[order], starts)
        below = misses.sum() - misses.cumsum()
        return _ratio((hits * (below + misses / 2)).sum(), hits.sum() * misses.sum())

    return roc_auc


def _average_precision(positive: np.ndarray, score: np.ndarray) -> Scorer:
    """Precision at each distinct score, weighted by the recall gained there."""
    order, starts = _tie_groups(score)

    def average_precision(weights: np.ndarray) -> float:
        hits = np.add.reduceat((weights * positive)[order], starts)
        drawn = np.add.reduceat(weights[order], starts).cumsum()
        precision = np.divide(hits.cumsum(), drawn, out=np.zeros_like(drawn), where=drawn > 0)
        return _ratio((hits * precision).sum(), hits.sum())

    return average_precision
