"""Which rows train, validate and test the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import polars as pl

from ..errors import UserError

if TYPE_CHECKING:
    from ..contract.records import Contract

__all__ = ["FEWEST_ROWS", "Shares", "Split", "split"]

FEWEST_ROWS = 30  # below this, 20 % of the rows say nothing about a model
_FEWEST_OF_A_CLASS = 3  # one row each for train, valid and test; a rarer class is only trained on
_FEWEST_TIMES = 3  # one time each for train, valid and test
_TARGET_BANDS = 10  # deciles of a regression target take the place of classes


class Shares(Protocol):
    """What `split` reads of the `[split]` section of the configuration: shares of the labelled rows, 0 to 1."""

    @property
    def valid(self) -> float:
        """Share of the rows on which the threshold is chosen."""
        ...

    @property
    def test(self) -> float:
        """Share of the rows on which the model is judged."""
        ...


@dataclass(frozen=True, kw_only=True)
class Split:
    """Row indices (int64, ascending) into the conformed frame; `unlabelled` counts the rows without a target."""

    train: np.ndarray
    valid: np.ndarray
    test: np.ndarray
    unlabelled: int
    kind: Literal["temporal", "stratified"]


def split(frame: pl.DataFrame, contract: Contract, config: Shares, seed: int) -> Split:
    """Split the labelled rows of a conformed frame.

    By time where the contract has a time column with at least 3 distinct values: test is the newest, then valid;
    rows of equal time stay together, rows without a time go to train. Else at random within each class, or within each
    tenth of a regression target. Raises UserError for fewer than 30 labelled rows or for a single class in train.
    """
    target = frame[contract.target.field]
    labelled = target.is_not_null().arg_true().cast(pl.Int64).to_numpy()
    if len(labelled) < FEWEST_ROWS:
        raise UserError(f"{len(labelled)} rows have a value in {contract.target.name!r}, training needs {FEWEST_ROWS}")
    times = frame[contract.time.field][labelled] if contract.time else pl.Series([], dtype=pl.Datetime("us"))
    temporal = times.drop_nulls().n_unique() >= _FEWEST_TIMES
    if temporal:
        parts = _by_time(times, config)
    else:
        parts = _by_stratum(_strata(target[labelled], contract), config, np.random.default_rng(seed))
    result = Split(
        train=labelled[parts == 0],
        valid=labelled[parts == 1],
        test=labelled[parts == 2],
        unlabelled=frame.height - len(labelled),
        kind="temporal" if temporal else "stratified",
    )
    _refuse_single_class(target[result.train], contract, result.kind)
    return result


def _by_time(times: pl.Series, config: Shares) -> np.ndarray:
    """0 train, 1 valid, 2 test for each row; the borders are the times nearest to the shares asked for."""
    known = times.drop_nulls()
    distinct, counts = np.unique(known.to_numpy(), return_counts=True)
    before = np.concatenate([[0], np.cumsum(counts)[:-1]]) / len(known)  # share of the rows older than each time
    first_valid = 1 + int(np.argmin(np.abs(before[1:-1] - (1 - config.valid - config.test))))
    later = before[first_valid + 1 :]
    first_test = first_valid + 1 + int(np.argmin(np.abs(later - (1 - config.test))))
    place = np.searchsorted(distinct, times.fill_null(distinct[0]).to_numpy())
    return (place >= first_valid).astype(np.int64) + (place >= first_test)


def _by_stratum(strata: np.ndarray, config: Shares, generator: np.random.Generator) -> np.ndarray:
    """0 train, 1 valid, 2 test for each row, in the same shares within every stratum."""
    parts = np.zeros(len(strata), dtype=np.int64)
    for stratum in np.unique(strata):
        rows = generator.permutation(np.flatnonzero(strata == stratum))
        if len(rows) < _FEWEST_OF_A_CLASS:
            continue
        valid, test = (max(1, round(len(rows) * share)) for share in (config.valid, config.test))
        parts[rows[:valid]] = 1
        parts[rows[valid : valid + test]] = 2
    return parts


def _strata(target: pl.Series, contract: Contract) -> np.ndarray:
    if contract.task != "regression":
        return target.to_numpy().astype(str)
    ranks = target.rank("ordinal").to_numpy().astype(np.int64) - 1
    return ranks * _TARGET_BANDS // len(target)


def _refuse_single_class(train: pl.Series, contract: Contract, kind: str) -> None:
    if train.n_unique() > 1:
        return
    advice = "; give the time column the role ignore in contracts/data.toml" if kind == "temporal" else ""
    raise UserError(f"all {len(train)} rows to train on have {contract.target.name!r} = {train[0]!r}{advice}")
