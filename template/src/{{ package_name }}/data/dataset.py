"""The rows that a model is trained and judged on: one arrival or several, their features, hashes and split."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from ..contract.conform import conform
from ..featurelib import columns_of, compute
from .split import Split, split
from .tables import read_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ..config import SplitConfig
    from ..contract.records import Contract
    from ..featurelib import Columns

__all__ = ["Dataset", "case_hashes", "load_dataset", "row_hashes", "take"]


_STRIDE = np.uint64(0x9E3779B97F4A7C15)  # 2^64 by the golden ratio: its multiples spread evenly over all numbers


@dataclass(frozen=True)
class Dataset:
    """All rows of the arrivals, one value per row; their order depends on the files alone, not on the contract."""

    features: Columns  # name -> float32 or object
    target: np.ndarray  # labels (object) or amounts (float64); rows without one are in no part of the split
    split: Split
    columns: Columns  # every column of the contract by field, as `columns_of` gives it
    hashes: np.ndarray  # uint64 (see `case_hashes`)
    times: np.ndarray | None  # datetime64[us] of the time column, NaT where missing; None without such a column


def load_dataset(paths: Sequence[Path], contract: Contract, shares: SplitConfig, seed: int) -> Dataset:
    """Read raw tables, oldest first, and compute features and split; the same arguments give the same rows, always."""
    frame = _stacked(paths, contract)
    columns, hashes = columns_of(frame), case_hashes(frame, contract)
    return Dataset(
        features=compute(columns, contract),
        target=columns[contract.target.field],
        split=split(frame, hashes, contract, shares, seed),
        columns=columns,
        hashes=hashes,
        times=columns[contract.time.field] if contract.time else None,
    )


def case_hashes(frame: pl.DataFrame, contract: Contract) -> np.ndarray:
    """Hash each row as `row_hashes` does, and equal rows apart where they are different cases, not copies.

    They are where most rows that agree in all but the target differ in it: then the columns (some texts, some flags, no
    identifier) do not tell cases apart, and whoever keeps equal rows together learns and judges on different kinds.
    """
    hashes, target = row_hashes(frame, contract), pl.col(contract.target.field)
    others = [column.field for column in contract.columns if column.role not in {"target", "ignore"}]
    alike = frame.select(rows=pl.len().over(others), targets=target.n_unique().over(others)).filter(pl.col("rows") > 1)
    if 2 * alike["targets"].gt(1).sum() <= len(alike):
        return hashes
    order = np.argsort(hashes, kind="stable")
    _, starts, counts = np.unique(hashes[order], return_index=True, return_counts=True)
    number = np.empty(len(hashes), dtype=np.uint64)  # 0 for the first of equal rows, 1 for the second ...
    number[order] = np.arange(len(hashes)) - np.repeat(starts, counts)
    return hashes + number * _STRIDE


def row_hashes(frame: pl.DataFrame, contract: Contract) -> np.ndarray:
    """Hash each row of a conformed frame, but for ignored columns, to a uint64: the same on every machine (BLAKE2b)."""
    fields = sorted(column.field for column in contract.columns if column.role != "ignore")
    joined = pl.select(pl.concat_str([_as_text(frame[field]) for field in fields], separator="\x1f")).to_series()
    digests = b"".join(blake2b(row.encode(), digest_size=8).digest() for row in joined)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def take(features: Columns, rows: np.ndarray) -> Columns:
    """The features of some rows, by row number."""
    return {name: values[rows] for name, values in features.items()}


def _stacked(paths: Sequence[Path], contract: Contract) -> pl.DataFrame:
    """Conformed rows; one that stands in an older table is left out, a column that a table lacks is missing there."""
    frames = [read_table(path) for path in paths]
    # As text, because a column may be numbers in one file and text in the next. No header is "" (see `read_table`).
    texts = [frame.cast(pl.String).with_columns(pl.lit(place).alias("")) for place, frame in enumerate(frames)]
    stacked = pl.concat(texts, how="diagonal")
    names = [name for name in stacked.columns if name]
    absent = [[pl.lit(None).alias(name) for name in names if name not in frame.columns] for frame in frames]
    conformed = pl.concat([conform(f.with_columns(a), contract) for f, a in zip(frames, absent, strict=True)])
    return conformed.filter(stacked.select(pl.col("") == pl.col("").first().over(names)).to_series())


def _as_text(values: pl.Series) -> pl.Series:
    """Numbers by their bits: however a library prints them one day, the hash stays."""
    missing = values.is_null()
    if values.dtype == pl.Float64:
        values = pl.Series((values.to_numpy() + 0.0).view(np.int64))  # + 0.0 makes -0.0 the same as 0.0
    elif values.dtype.is_temporal():
        values = values.cast(pl.Int64)
    return values.cast(pl.String).set(missing, "\x1e")
