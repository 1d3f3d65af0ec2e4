"""The small committed sample that the tests run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from . import cells
from .conform import read_column

if TYPE_CHECKING:
    from pathlib import Path

    from .contract import Column, Contract

__all__ = ["draw_sample", "write_sample"]

_TARGET_BANDS = 10


def write_sample(frame: pl.DataFrame, contract: Contract, path: Path, *, rows: int = 1000, seed: int = 0) -> int:
    """Write at most `rows` rows of a raw table as CSV and return how many; nothing is written (0) if `path` exists."""
    if path.exists():
        return 0
    sample = draw_sample(frame, contract, rows=rows, seed=seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    sample.write_csv(path)
    return sample.height


def draw_sample(frame: pl.DataFrame, contract: Contract, *, rows: int, seed: int) -> pl.DataFrame:
    """At most `rows` rows in file order, every class in proportion and at least once, personal data masked."""
    strata = _strata(read_column(frame[contract.target.name], contract.target, contract))
    shuffled = np.random.default_rng(seed).permutation(frame.height)
    order = pl.DataFrame({"stratum": strata, "chance": shuffled}).with_row_index("row")
    # A row's place within its stratum, as a share: the smallest shares hold every stratum in proportion.
    share = (pl.col("chance").rank("ordinal").over("stratum") - 1) / pl.len().over("stratum")
    kept = order.sort(share, "chance")["row"].head(rows).sort()
    masked = [_masked(frame[c.name], c, contract) for c in contract.columns if c.personal and c.name in frame.columns]
    return frame.with_columns(masked)[kept]


def _strata(target: pl.Series) -> pl.Series:
    if target.dtype == pl.String:
        return target
    return ((target.rank("ordinal") - 1) * _TARGET_BANDS // max(target.count(), 1)).cast(pl.String)


def _masked(raw: pl.Series, column: Column, contract: Contract) -> pl.Series:
    """Dates keep their year; the rest becomes "masked-<number>": equal where it was equal, missing where missing."""
    if column.type == "datetime":
        first = (column.format or cells.ISO).split(" | ")[0]
        years = read_column(raw, column, contract).dt.truncate("1y")
        return years.dt.strftime("%Y-%m-%d" if first == cells.ISO else first)
    ranks = cells.text(raw, contract.missing).rank("dense")
    return ("masked-" + ranks.cast(pl.String)).alias(raw.name)
