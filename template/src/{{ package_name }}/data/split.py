"""Which rows train, validate and test the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from ..errors import UserError

if TYPE_CHECKING:
    from ..config import SplitConfig
    from ..contract.records import Contract

__all__ = ["FEWEST_ROWS", "Split", "split"]

FEWEST_ROWS = 30  # below this, 20 % of the rows say nothing about a model
_FEWEST_KEYS = 3  # distinct times, or distinct rows of a class: one each for train, valid and test
_TARGET_BANDS = 10  # deciles of a regression target take the place of classes


@dataclass(frozen=True)
class Split:
    """Row indices (int64, ascending) into the conformed frame; `unlabelled` counts the rows without a target."""

    train: np.ndarray
    valid: np.ndarray
    test: np.ndarray
    unlabelled: int
    kind: Literal["temporal", "stratified"]


def split(frame: pl.DataFrame, hashes: np.ndarray, contract: Contract, shares: SplitConfig, seed: int) -> Split:
    """Split the labelled rows of a conformed frame; `hashes` has one uint64 per row (see `dataset.case_hashes`).

    By time where at least 3 differ: test is the newest, then valid; rows of equal time stay together, rows without a
    time go to train. Else by hash within each class, or each tenth of a regression target: equal rows stay together,
    and a row keeps its part when more arrive, unless it lies near a border. Raises UserError for fewer than 30 labelled
    rows or for a single class in train.
    """
    target = frame[contract.target.field]
    labelled = target.is_not_null().arg_true().cast(pl.Int64).to_numpy()
    if len(labelled) < FEWEST_ROWS:
        raise UserError(f"{len(labelled)} rows have a value in {contract.target.name!r}, training needs {FEWEST_ROWS}")
    times = frame[contract.time.field][labelled] if contract.time else pl.Series([], dtype=pl.Datetime("us"))
    temporal = times.drop_nulls().n_unique() >= _FEWEST_KEYS
    parts = np.zeros(len(labelled), dtype=np.int64)
    if temporal:
        parts[times.is_not_null().to_numpy()] = _in_order(times.drop_nulls().to_numpy(), shares)
    else:
        # An odd factor permutes the 64-bit numbers: another seed, another order, and equal rows stay equal.
        factor = np.random.default_rng(seed).integers(2**63, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
        keys, strata = hashes[labelled] * factor, target[labelled].to_numpy()
        if contract.task == "regression":
            strata = (target[labelled].rank("min").to_numpy().astype(np.int64) - 1) * _TARGET_BANDS // len(labelled)
        for stratum in np.unique(strata):
            rows = np.flatnonzero(strata == stratum)
            if len(np.unique(keys[rows])) >= _FEWEST_KEYS:  # a rarer class is only trained on
                parts[rows] = _in_order(keys[rows], shares)
    train, valid, test = (labelled[parts == part] for part in range(3))
    if target[train].n_unique() == 1:
        advice = "; give the time column the role ignore in contracts/data.toml" if temporal else ""
        raise UserError(f"all {len(train)} training rows have {contract.target.name!r} = {target[train][0]!r}{advice}")
    return Split(train, valid, test, frame.height - len(labelled), "temporal" if temporal else "stratified")


def _in_order(keys: np.ndarray, shares: SplitConfig) -> np.ndarray:
    """0 train, 1 valid, 2 test by rising key; equal keys stay together, and the borders lie nearest to the shares."""
    _, place, counts = np.unique(keys, return_inverse=True, return_counts=True)
    before = (np.cumsum(counts) - counts) / len(keys)  # share of the rows below each key
    first_valid = 1 + int(np.argmin(np.abs(before[1:-1] - (1 - shares.valid - shares.test))))
    first_test = first_valid + 1 + int(np.argmin(np.abs(before[first_valid + 1 :] - (1 - shares.test))))
    return (place >= first_valid).astype(np.int64) + (place >= first_test)
