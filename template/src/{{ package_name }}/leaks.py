"""Columns that give the answer away: copies, recodings and by-products of the target.

One column at a time, on at most 20,000 rows. Classification: on two halves in turn, each row gets the class of the
nearest value (numbers) or the same value (texts) in the other half. Regression: each row gets the target's rank from
its neighbours in the order of the column. Both are blind to the shape of the relation, and both predict worse than a
model would, so an honest strong column stays below the bar.

The bars. A copy, a recoding, or what the target was computed from scores 0.999 and more on any table. The strongest
honest columns stay away from it: iris petal width 0.96, penguin flipper length 0.8, diamonds' width to weight 0.98.
Hence 0.99 balanced accuracy, and 0.999 of the variance of ranks for numbers. Where the target follows the order of
the file, as in a growing series, everything that grows explains it (population the national product: 0.9993); there
only 0.9999 accuses. Small tables can be separated honestly (iris setosa by its petals alone), so a many-valued column
is accused from 200 rows on; one with hardly more values than the target has classes, and a straight-line copy, from 20.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from .profile import Profile

__all__ = ["leak_message"]

_ROWS = 20_000
_FEWEST, _FEWEST_MANY_VALUED = 20, 200
_FEWEST_OF_A_CLASS = 5  # recall over fewer rows is chance
_ACCURACY_BAR, _LINE_BAR = 0.99, 0.99999
_RANKS_BAR, _RANKS_BAR_OF_SERIES, _SERIES = 0.999, 0.9999, 0.99


def leak_message(column: Profile, target: pl.Series, *, regression: bool) -> str:
    """Why `column` gives away `target` (labels as String or numbers as Float64, null where missing), or ""."""
    known = target.is_not_null()
    rows = _subset(known.arg_true().to_numpy())
    if len(rows) < _FEWEST:
        return ""
    values = column.values[rows]
    if regression:
        return _line_or_ranks(values, target[rows].to_numpy(), rows) if values.dtype != pl.String else ""
    labels = target[rows].rank("dense").to_numpy().astype(np.int64) - 1
    distinct = values.n_unique()
    if distinct > 2 * (labels.max() + 1) and len(rows) < _FEWEST_MANY_VALUED:
        return ""
    score = _accuracy(_codes(values), labels)
    return f"it alone finds the class with a balanced accuracy of {score:.4f}" if score >= _ACCURACY_BAR else ""


def _subset(rows: np.ndarray) -> np.ndarray:
    """The same rows every time, in an order that has nothing to do with that of the file."""
    return np.random.default_rng(0).permutation(rows)[:_ROWS]


def _codes(values: pl.Series) -> np.ndarray:
    """Float64; texts become numbers far apart, so that only equal ones are near; missing is a value of its own."""
    if values.dtype == pl.String:
        return values.fill_null("").rank("dense").cast(pl.Float64).to_numpy()
    numbers = values.to_physical().cast(pl.Float64).to_numpy()
    filled = numbers[~np.isnan(numbers)]
    far_below = filled.min() - 2 * np.ptp(filled) - 1 if len(filled) else 0.0
    return np.where(np.isnan(numbers), far_below, numbers)


def _accuracy(codes: np.ndarray, labels: np.ndarray) -> float:
    """Balanced accuracy over both halves; 0 when fewer than two classes have rows enough."""
    half = len(codes) // 2
    found = np.concatenate(
        [_nearest(codes[half:], labels[half:], codes[:half]), _nearest(codes[:half], labels[:half], codes[half:])]
    )
    sizes = np.bincount(labels)
    counted = np.flatnonzero(sizes >= _FEWEST_OF_A_CLASS)
    if len(counted) < 2:
        return 0.0
    right = np.bincount(labels[found == labels], minlength=len(sizes))
    return float(np.mean(right[counted] / sizes[counted]))


def _nearest(known: np.ndarray, labels: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """For each asked value the most frequent class at the nearest known one."""
    points, place = np.unique(known, return_inverse=True)
    counts = np.zeros((len(points), labels.max() + 1), dtype=np.int64)
    np.add.at(counts, (place, labels), 1)
    right = np.searchsorted(points, asked).clip(1, max(len(points) - 1, 1))
    right = right.clip(0, len(points) - 1)
    left = (right - 1).clip(0)
    nearest = np.where(np.abs(asked - points[left]) <= np.abs(points[right] - asked), left, right)
    return counts[nearest].argmax(axis=1)


def _line_or_ranks(values: pl.Series, target: np.ndarray, places: np.ndarray) -> str:
    filled = values.is_not_null().to_numpy()
    column = values.to_physical().cast(pl.Float64).to_numpy()[filled]
    target, places = target[filled], places[filled]
    if len(column) < _FEWEST or column.std() == 0 or target.std() == 0:
        return ""
    line = float(np.corrcoef(column, target)[0, 1] ** 2)
    if line >= _LINE_BAR:
        return f"the target is a straight line of it (R² {line:.5f})"
    if len(column) < _FEWEST_MANY_VALUED:
        return ""
    ranks = _explained_ranks(column, target)
    if ranks < _RANKS_BAR or (ranks < _RANKS_BAR_OF_SERIES and _explained_ranks(places, target) >= _SERIES):
        return ""
    return f"its order alone explains {ranks:.4f} of the variance of the target's ranks"


def _explained_ranks(column: np.ndarray, target: np.ndarray) -> float:
    ranks = pl.Series(target).rank("average").to_numpy()
    frame = pl.DataFrame({"x": column, "y": ranks}).group_by("x").agg(pl.col("y").sum(), pl.len().alias("n")).sort("x")
    # Each value's neighbours: all rows of the values below and above, and the other rows of its own.
    total, count = frame["y"].to_numpy(), frame["n"].to_numpy()
    padded_y, padded_n = np.pad(total, 1), np.pad(count, 1)
    around_y, around_n = padded_y[:-2] + padded_y[2:], padded_n[:-2] + padded_n[2:]
    place = np.searchsorted(frame["x"].to_numpy(), column)
    several = count[place] > 1
    own_y, own_n = total[place] - ranks, count[place] - 1
    guess = np.where(several, own_y / np.maximum(own_n, 1), around_y[place] / np.maximum(around_n[place], 1))
    return float(1 - np.mean((ranks - guess) ** 2) / ranks.var())
