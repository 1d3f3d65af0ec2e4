"""Why this answer: Shapley values of one row on the served graph, against the bundle's reference row.

A feature's contribution is its average effect when the features of the reference row are replaced by those of the
explained row one after the other, in every order (Shapley 1953; Strumbelj and Kononenko 2014).
"""

from __future__ import annotations

from math import factorial, prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .graph import run_graph

if TYPE_CHECKING:
    from .store import Bundle

__all__ = ["Explanation", "contributions", "reference_row"]

_EXACT = 8  # features that differ from the reference: up to here all 2^n coalitions are asked
_ROWS = 320  # asked of the graph at most, beyond that: what a few milliseconds allow
_SMALLEST = 1e-7  # float32 probabilities of 0 and 1 have no log-odds


class Explanation(NamedTuple):
    """`base` (the reference row's output) plus all contributions is `output` (the explained row's).

    Log-odds of the positive class, for several classes of the predicted one; units of the target for regression.
    """

    base: float
    output: float
    by_feature: dict[str, float]


def reference_row(bundle: Bundle) -> dict[str, np.ndarray]:
    """Return the features that rows are explained against: feature -> array of one value."""
    kinds, row = bundle.manifest.features, bundle.reference["row"]
    dtypes = {name: object if kind == "category" else np.float32 for name, kind in kinds.items()}
    return {name: np.array([np.nan if row[name] is None else row[name]], dtypes[name]) for name in kinds}


def contributions(bundle: Bundle, features: dict[str, np.ndarray]) -> Explanation:
    """Explain one row, as `featurelib.compute` gives it: feature -> array of one value.

    Exact where at most 8 features differ from the reference row; else the mean over a fixed sample of orders, each
    taken forwards and backwards (Mitchell et al. 2022). Either way the contributions add up.
    """
    reference = reference_row(bundle)
    changed = [name for name in reference if str(features[name][0]) != str(reference[name][0])]  # "nan" is "nan"
    n, exact = len(changed), len(changed) <= _EXACT
    # When each feature joins: orders x n, every order followed by its opposite.
    ranks = np.random.default_rng(0).permuted(np.tile(np.arange(n), (max(1, _ROWS // (2 * n + 2)), 1)), axis=1)
    ranks = np.concatenate([ranks, n - 1 - ranks])
    # Who takes part: coalitions x n, or orders x steps x n; nobody first, everybody last.
    mask = (np.arange(2**n)[:, None] >> np.arange(n)) & 1 == 1 if exact else np.arange(n + 1)[:, None] > ranks[:, None]
    nobody = np.zeros(prod(mask.shape[:-1]), dtype=bool)
    joined = dict(zip(changed, mask.reshape(len(nobody), n).T, strict=True))
    asked = {name: np.where(joined.get(name, nobody), features[name], values) for name, values in reference.items()}
    scores = _scores(bundle, run_graph(bundle.session, asked)).reshape(mask.shape[:-1])
    effects = _exact(mask, scores) if exact else _sampled(ranks, scores)
    by_feature = dict.fromkeys(reference, 0.0) | dict(zip(changed, effects.tolist(), strict=True))
    return Explanation(float(scores[..., 0].mean()), float(scores[..., -1].mean()), by_feature)


def _exact(mask: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Weigh what each feature adds to each coalition without it."""
    n, size = mask.shape[1], mask.sum(axis=1)
    weights = np.array([factorial(k) * factorial(n - k - 1) / factorial(n) for k in range(n)])
    return np.array([weights[size[~joins]] @ (scores[joins] - scores[~joins]) for joins in mask.T])


def _sampled(ranks: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Average what each feature adds when it joins; scores: orders x (n + 1)."""
    return np.take_along_axis(np.diff(scores, axis=1), ranks, axis=1).mean(axis=0)


def _scores(bundle: Bundle, output: np.ndarray) -> np.ndarray:
    if bundle.manifest.task == "regression":
        return bundle.manifest.target.amounts(output[:, 0])
    shown = 1 if bundle.manifest.threshold is not None else int(output[-1].argmax())
    probability = np.clip(output[:, shown].astype(np.float64), _SMALLEST, 1 - _SMALLEST)
    return np.log(probability / (1 - probability))
