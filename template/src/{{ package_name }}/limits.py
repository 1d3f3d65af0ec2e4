"""Limits that the values seen suggest.

They have slack, so that the next arrival of the same kind passes, and not so much that a change of unit would.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypedDict

import numpy as np

if TYPE_CHECKING:
    import polars as pl

    from .contract import Role, Type
    from .profile import Profile

__all__ = ["Limits", "limits_of"]

_CLOSED_VALUES = 30  # longer lists of texts are never called complete
_CLOSED_SEEN = 5  # nor lists with a text that came less often: the next new one is then likely near (Good-Turing)
_NULL_SLACK = 0.05
_HEAVY_TAIL = 10
_DIGITS = 3


class Limits(TypedDict, total=False):
    """The invariants of `contract.Column`."""

    minimum: float
    maximum: float
    values: tuple[str, ...]
    null_share: float
    unique: bool


def limits_of(column: Profile, role: Role, kind: Type) -> Limits:
    """Invariants for one column; none for ignored ones, which nobody reads."""
    if role == "ignore":
        return {}
    limits: Limits = {"null_share": _null_share(column)}
    if role == "id":
        return {**limits, "unique": True}
    if kind in {"number", "integer"}:
        limits["minimum"], limits["maximum"] = _range(column.values.drop_nulls())
    if kind == "category" and (values := _closed_set(column)):
        limits["values"] = values
    return limits


def _null_share(column: Profile) -> float:
    """Twice the share seen and five points more; 0 for a column of an identifier or time without a gap."""
    share = column.nulls / column.rows
    return round(min(1.0, 2 * share + _NULL_SLACK), 2)


def _range(values: pl.Series) -> tuple[float, float]:
    """The range seen, widened on both sides by the greatest of: its own width; a tenth of the largest magnitude.

    With n rows the width is taken 1 + 20/n times, as few rows say little about the ends. A heavy tail (maximum more
    than 10 times the 90 % quantile) gets 10 times the maximum. No slack crosses zero: where nothing is negative, a
    negative value is an error, not news. A hundredfold change of unit stays outside in every case.
    """
    seen = values.to_numpy()
    low, high = float(seen.min()), float(seen.max())
    slack = max((high - low) * (1 + 20 / len(seen)), 0.1 * max(abs(low), abs(high)))
    top = high + slack
    if low >= 0 and high > _HEAVY_TAIL * np.quantile(seen, 0.9):
        top = max(top, _HEAVY_TAIL * high)
    minimum = max(0.0, low - slack) if low >= 0 else low - slack
    maximum = min(0.0, top) if high <= 0 else top
    return min(low, _rounded(minimum)), max(high, _rounded(maximum))


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _closed_set(column: Profile) -> tuple[str, ...] | None:
    if column.distinct > _CLOSED_VALUES:
        return None
    counts = Counter(column.texts.drop_nulls().to_list())
    if min(counts.values()) < _CLOSED_SEEN:
        return None
    return tuple(sorted(counts))
