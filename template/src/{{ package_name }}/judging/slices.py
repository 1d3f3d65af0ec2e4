"""The model by the values of a field: a good average hides a bad corner, and groups that are treated unlike.

Between many small groups there are large differences by chance alone. So fairness comes with what chance reaches when
the groups are dealt out anew: among all rows for selection, among rows of the same class for the error rates.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UserError
from .evaluation import Fairness, Interval, Slice
from .metrics import Draws, intervals, ratio, task_scorers

if TYPE_CHECKING:
    from ..bundle.store import Manifest
    from ..config import EvaluateConfig
    from ..contract.records import Contract

__all__ = ["fairness_of", "fewer", "partition", "slice_fields", "slices_of"]

_Pair = tuple[np.ndarray, np.ndarray]
_ROUNDS = 200  # of the bootstrap, at most: slices are many
_BANDS = 4
_SMALL_ONES_SHOWN = 10  # of one field


def slice_fields(contract: Contract, settings: EvaluateConfig) -> list[str]:
    """Return the fields to look at the model by: the contract's groups, and `[evaluate] slices`."""
    unknown = [field for field in settings.slices if field not in contract.by_field]
    if unknown:
        raise UserError(f"setting `evaluate.slices`: the contract has no field {unknown[0]!r}; see config/base.toml")
    return list(dict.fromkeys([*(column.field for column in contract.groups), *settings.slices]))


def partition(values: np.ndarray) -> dict[str, np.ndarray]:
    """Return the rows of each value (texts, yes and no, few numbers), month or quartile, the largest part first."""
    if values.dtype.kind == "M":
        labels = values.astype("datetime64[M]").astype(str)
    else:
        labels = values.astype(str) if values.dtype == object else _bands(values)
    found, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    rows = np.split(np.argsort(codes, kind="stable"), counts.cumsum()[:-1])
    return {str(found[place]) or "missing": rows[place] for place in np.argsort(-counts, kind="stable")}


def fewer(draws: Draws) -> Draws:
    """Return draws that many slices can afford."""
    return draws._replace(rounds=min(draws.rounds, _ROUNDS))


def slices_of(
    manifest: Manifest, field: str, values: np.ndarray, answers: _Pair, draws: Draws, fewest: int
) -> list[Slice]:
    """Score each part of a field. `answers`: what was the case (labels or amounts) and the graph's output."""
    found = []
    for value, rows in partition(values).items():
        scorers, judged = task_scorers(manifest, *(array[rows] for array in answers)), len(rows) >= fewest
        metrics = intervals(scorers, len(rows), fewer(draws)) if judged else {}
        found.append(Slice(field=field, value=value, rows=len(rows), judged=judged, metrics=metrics))
    return found[: sum(part.judged for part in found) + _SMALL_ONES_SHOWN]


def fairness_of(field: str, values: np.ndarray, answers: _Pair, draws: Draws, fewest: int) -> Fairness:
    """Compare the groups of `field` that have `fewest` rows. `answers`: bool, whether positive and whether said so."""
    parts = {value: rows for value, rows in partition(values).items() if len(rows) >= fewest}
    if len(parts) < 2:
        nothing = Interval(value=None, low=None, high=None)
        return Fairness(field=field, selection_ratio=nothing, odds_difference=nothing, rates={})
    rows, count = np.concatenate([*parts.values()]), len(parts)
    group = np.repeat(np.arange(count), [len(part) for part in parts.values()])
    actual, said = (flags[rows] for flags in answers)
    ones, rng, draws = np.ones(len(rows)), np.random.default_rng(draws.seed), fewer(draws)

    def rates(weights: np.ndarray, group: np.ndarray = group) -> np.ndarray:
        among = [ones, actual, ~actual]
        whole = np.array([np.bincount(group, weights * part, count) for part in among])
        hits = np.array([np.bincount(group, weights * part * said, count) for part in among])
        return np.divide(hits, whole, out=np.full_like(hits, np.nan), where=whole > 0)

    dealt = [(rng.permutation(group), _dealt(group, actual, rng)) for _ in range(draws.rounds)]
    least = np.quantile([_selection_ratio(rates(ones, anew)) for anew, _ in dealt], 1 - draws.confidence)
    most = np.quantile([_odds_difference(rates(ones, anew)) for _, anew in dealt], draws.confidence)
    scorers = {"ratio": lambda w: _selection_ratio(rates(w)), "difference": lambda w: _odds_difference(rates(w))}
    found = intervals(scorers, len(rows), draws)
    names, table = (
        ("rows", "selection", "true_positive", "false_positive"),
        np.vstack([np.bincount(group), rates(ones)]),
    )
    return Fairness(
        field=field,
        selection_ratio=found["ratio"].model_copy(update={"chance": float(least)}),
        odds_difference=found["difference"].model_copy(update={"chance": float(most)}),
        rates={value: dict(zip(names, line, strict=True)) for value, line in zip(parts, table.T, strict=True)},
    )


def _selection_ratio(rates: np.ndarray) -> float:
    return ratio(rates[0].min(), rates[0].max())


def _odds_difference(rates: np.ndarray) -> float:
    # fmax and fmin pass over groups without a row of that class.
    return float(np.max(np.fmax.reduce(rates[1:], axis=1) - np.fmin.reduce(rates[1:], axis=1)))


def _dealt(group: np.ndarray, within: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shuffle the groups among the rows of each class."""
    shuffled = group.copy()
    for rows in (np.flatnonzero(within), np.flatnonzero(~within)):
        shuffled[rows] = group[rng.permutation(rows)]
    return shuffled


def _bands(values: np.ndarray) -> np.ndarray:
    known = np.unique(values[~np.isnan(values)])
    if len(known) <= _BANDS:
        return np.array(["" if np.isnan(value) else f"{value:g}" for value in values])
    edges = np.unique(np.nanquantile(values, np.arange(1, _BANDS) / _BANDS))
    names = [f"{low:.4g} to {high:.4g}" for low, high in pairwise([known[0], *edges, known[-1]])]
    return np.array([*names, ""])[np.where(np.isnan(values), len(names), np.searchsorted(edges, values))]
