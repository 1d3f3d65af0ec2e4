"""What the training rows looked like: kept in the bundle as reference.json, for explanations and for drift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["describe", "frequent"]

_TENTHS = np.arange(1, 10) / 10
_FEW_VALUES = 10  # of a number: each gets a bin, or a rare flag would lie in one with its opposite
_MOST_VALUES = 50  # of a category; the others are counted together


def describe(features: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Describe rows of features as JSON.

    rows     how many
    row      feature -> median or most frequent value; None where every number is missing
    profile  feature -> `missing` (share of all rows) and, of the others, `shares`: of numbers, those between
             `edges`, the deciles or few distinct values (an edge belongs to the bin above it); of texts, those of
             `values` and, last, of the rest
    """
    return {
        "rows": len(next(iter(features.values()))),
        "row": {name: _usual(values) for name, values in features.items()},
        "profile": {name: _profile(values) for name, values in features.items()},
    }


def frequent(values: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the `limit` most frequent texts (of equals: first by alphabet), sorted, and their counts."""
    texts, counts = np.unique(values.astype(str), return_counts=True)
    often = np.sort(np.argsort(-counts, kind="stable")[:limit])
    return texts[often], counts[often]


def _usual(values: np.ndarray) -> str | float | None:
    if values.dtype == object:
        return str(frequent(values, 1)[0][0])
    known = values[~np.isnan(values)]
    return float(np.quantile(known, 0.5, method="inverted_cdf")) if known.size else None  # a value that occurs


def _profile(values: np.ndarray) -> dict[str, Any]:
    if values.dtype == object:
        known = values[values != ""]
        texts, counts = frequent(known, _MOST_VALUES)
        counted = np.append(counts, len(known) - counts.sum())
        bins = {"kind": "category", "values": texts.tolist()}
    else:
        known = values[~np.isnan(values)]
        edges = np.unique(known)
        if len(edges) > _FEW_VALUES:
            edges = np.unique(np.quantile(known, _TENTHS, method="inverted_cdf"))
        counted = np.bincount(np.searchsorted(edges, known, side="right"), minlength=len(edges) + 1)
        bins = {"kind": "number", "edges": edges.astype(float).tolist()}
    return bins | {"shares": (counted / max(1, len(known))).tolist(), "missing": 1 - len(known) / len(values)}
