"""Metrics that take a weight per row, and intervals made by resampling those weights. numpy only.

Resampling n rows with replacement is the same as giving row i a random whole weight, how often it was drawn. So each
metric is prepared once (sorting is the expensive part) and then called with weights; whatever is a function of weights
gets its interval in the same way, the difference of two models included. The definitions are those of scikit-learn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..training.baselines import log_losses
from .evaluation import Calibration, Interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..bundle.store import Manifest

__all__ = [
    "LOWER_IS_BETTER",
    "Draws",
    "Scorer",
    "binary_scorers",
    "calibration_of",
    "intervals",
    "multiclass_scorers",
    "ratio",
    "regression_scorers",
    "resample",
    "task_scorers",
]

Scorer = Callable[[np.ndarray], float]  # weights, one per row -> value; NaN where the metric is not defined
LOWER_IS_BETTER = frozenset({"log_loss", "brier", "mae", "rmse"})
_BINS = 10


class Draws(NamedTuple):
    """How intervals are drawn. Equal draws over equally many rows are equal samples: what they give is paired."""

    rounds: int
    confidence: float
    seed: int


def intervals(scorers: Mapping[str, Scorer], rows: int, draws: Draws) -> dict[str, Interval]:
    """Return each metric over all rows, with its percentile interval over bootstrap samples of them."""
    drawn, tails, found = resample(scorers, rows, draws.rounds, draws.seed), (1 - draws.confidence) / 2, {}
    for name, scorer in scorers.items():
        known = drawn[name][~np.isnan(drawn[name])]
        low, high = np.quantile(known, [tails, 1 - tails]) if known.size else (None, None)
        found[name] = Interval(value=scorer(np.ones(rows)), low=low, high=high)
    return found


def resample(scorers: Mapping[str, Scorer], rows: int, rounds: int, seed: int) -> dict[str, np.ndarray]:
    """Return the value of each metric in each of `rounds` bootstrap samples of `rows` rows."""
    rng, values = np.random.default_rng(seed), np.empty((len(scorers), rounds))
    for number in range(rounds):
        weights = np.bincount(rng.integers(0, rows, rows), minlength=rows).astype(np.float64)
        values[:, number] = [scorer(weights) for scorer in scorers.values()]
    return dict(zip(scorers, values, strict=True))


def task_scorers(manifest: Manifest, actual: np.ndarray, output: np.ndarray) -> dict[str, Scorer]:
    """Prepare the metrics of a model's task for labels or amounts and the graph's output; the first one is primary."""
    target = manifest.target
    if manifest.task == "regression":
        return regression_scorers(actual.astype(np.float64), target.amounts(output[:, 0]))
    codes = target.encode(actual)
    if manifest.threshold is not None:
        return binary_scorers(codes, output, manifest.threshold)
    return multiclass_scorers(codes, output)


def binary_scorers(codes: np.ndarray, probabilities: np.ndarray, threshold: float) -> dict[str, Scorer]:
    """Prepare the metrics of a two-class model; code 1 is the positive class, predicted from `threshold` on."""
    positive, score = codes == 1, probabilities[:, 1].astype(np.float64)
    predicted = score >= threshold
    hits, actual, said = (flags.astype(np.float64) for flags in (positive & predicted, positive, predicted))
    return {
        "log_loss": _mean(log_losses(codes, probabilities)),
        **_ranking_scorers(positive, score),
        "brier": _mean((score - positive) ** 2),
        "f1": _share(2 * hits, actual + said),
        "precision": _share(hits, said),
        "recall": _share(hits, actual),
        "accuracy": _mean(positive == predicted),
    }


def multiclass_scorers(codes: np.ndarray, probabilities: np.ndarray) -> dict[str, Scorer]:
    """Prepare the metrics of a model of several classes; a label that it does not know has the code -1."""
    predicted = probabilities.argmax(axis=1)
    classes = probabilities.shape[1] + 1  # one more for labels that the model does not know
    cells = (codes + 1) * classes + predicted + 1

    def balanced_accuracy(weights: np.ndarray) -> float:
        table = np.bincount(cells, weights, classes**2).reshape(classes, classes)
        present = table.sum(axis=1) > 0
        return float((np.diag(table)[present] / table.sum(axis=1)[present]).mean())

    def macro_f1(weights: np.ndarray) -> float:
        table = np.bincount(cells, weights, classes**2).reshape(classes, classes)
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
    squared, first, second = _mean(error**2), _mean(actual - actual.mean()), _mean((actual - actual.mean()) ** 2)
    return {
        "rmse": lambda w: float(np.sqrt(squared(w))),
        "mae": _mean(np.abs(error)),
        "r2": lambda w: 1 - ratio(squared(w), second(w) - first(w) ** 2),
    }


def calibration_of(codes: np.ndarray, probabilities: np.ndarray, draws: Draws) -> Calibration:
    """Do the probabilities of the positive class (or, of several, of the most likely one) come true?

    The error is never zero on few rows: `chance` is what a model reaches whose every probability is exactly true.
    """
    likely = np.ones(len(codes), dtype=np.int64) if probabilities.shape[1] == 2 else probabilities.argmax(axis=1)
    score, came_true = probabilities[np.arange(len(codes)), likely].astype(np.float64), codes == likely
    bins = np.argsort(np.argsort(score, kind="stable")) * _BINS // len(score)

    def error(weights: np.ndarray, came_true: np.ndarray = came_true) -> float:
        return float(np.abs(np.bincount(bins, weights * (score - came_true))).sum() / weights.sum())

    found, rng, ones = (
        intervals({"": error}, len(score), draws)[""],
        np.random.default_rng(draws.seed),
        np.ones(len(score)),
    )
    honest = [error(ones, rng.random(len(score)) < score) for _ in range(draws.rounds)]
    return Calibration(
        error=Interval(value=found.value, low=found.low, high=found.high, chance=np.quantile(honest, draws.confidence)),
        points=tuple((score[bins == number].mean(), came_true[bins == number].mean()) for number in np.unique(bins)),
    )


def ratio(part: float, whole: float) -> float:
    """Return part / whole, NaN where there is no whole."""
    return float(part) / float(whole) if whole > 0 else float("nan")


def _mean(values: np.ndarray) -> Scorer:
    numbers = values.astype(np.float64)
    return lambda weights: float(weights @ numbers / weights.sum())


def _share(part: np.ndarray, whole: np.ndarray) -> Scorer:
    return lambda weights: ratio(float(weights @ part), float(weights @ whole))


def _ranking_scorers(positive: np.ndarray, score: np.ndarray) -> dict[str, Scorer]:
    order = np.argsort(-score, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(score[order]) != 0])
    hit = positive[order].astype(np.float64)

    def at_each_score(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ordered = weights[order]
        return np.add.reduceat(ordered * hit, starts), np.add.reduceat(ordered * (1 - hit), starts)

    def roc_auc(weights: np.ndarray) -> float:
        """Share of pairs (positive, negative) in which the positive row has the higher score; ties count half."""
        hits, misses = at_each_score(weights)
        below = misses.sum() - misses.cumsum()
        return ratio((hits * (below + misses / 2)).sum(), hits.sum() * misses.sum())

    def average_precision(weights: np.ndarray) -> float:
        """Precision at each distinct score, weighted by the recall gained there."""
        hits, misses = at_each_score(weights)
        drawn = (hits + misses).cumsum()
        precision = np.divide(hits.cumsum(), drawn, out=np.zeros_like(drawn), where=drawn > 0)
        return ratio((hits * precision).sum(), hits.sum())

    return {"roc_auc": roc_auc, "average_precision": average_precision}
