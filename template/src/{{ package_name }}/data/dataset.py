"""The rows that a model is trained and judged on: one arrival, its features and its split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..contract.conform import conform
from ..featurelib import columns_of, compute
from .split import Split, split
from .tables import read_table

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from ..config import SplitConfig
    from ..contract.records import Contract

__all__ = ["Dataset", "load_dataset", "take"]


@dataclass(frozen=True)
class Dataset:
    """All rows of one arrival.

    features    name -> float32 or object array, one value per row
    target      labels (object) or amounts (float64), one per row; rows without one are in no part of the split
    split       row numbers of the three parts
    """

    features: dict[str, np.ndarray]
    target: np.ndarray
    split: Split


def load_dataset(path: Path, contract: Contract, shares: SplitConfig, seed: int) -> Dataset:
    """Read a raw table and compute its features and split; the same arguments give the same rows, always."""
    frame = conform(read_table(path), contract)
    columns = columns_of(frame)
    target = columns[contract.target.field]
    return Dataset(compute(columns, contract), target, split(frame, contract, shares, seed))


def take(features: dict[str, np.ndarray], rows: np.ndarray) -> dict[str, np.ndarray]:
    """Return the features of some rows, by row number."""
    return {name: values[rows] for name, values in features.items()}
