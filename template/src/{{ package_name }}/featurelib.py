"""How features, plain functions of numpy columns, are declared and computed; they themselves stand in `features.py`.

Training and prediction call the same `compute`, so there is no second implementation that could differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FunctionType

    import polars as pl

    from .contract.records import Column, Contract

__all__ = ["REGISTRY", "Columns", "Feature", "columns_of", "compute", "feature"]

# field -> one value per row: float64 with NaN | object (str, "" for missing) | datetime64[us] with NaT
Columns = dict[str, np.ndarray]


@dataclass(frozen=True)
class Feature:
    """A registered feature: who answers for it, what it needs, and a worked example that is a test."""

    name: str
    owner: str
    description: str
    inputs: tuple[str, ...]
    example: tuple[dict[str, list[Any]], list[Any]]
    function: FunctionType


REGISTRY: dict[str, Feature] = {}


def feature(
    *,
    owner: str,
    description: str,
    inputs: tuple[str, ...],
    example: tuple[dict[str, list[Any]], list[Any]],
    registry: dict[str, Feature] = REGISTRY,
) -> Callable[[FunctionType], FunctionType]:
    """Register a function as a feature named like the function. Raises ValueError when the name is taken.

    `description` tells units, `inputs` the fields of the contract in the order of the parameters, `example` inputs as
    lists and the values they must give (None: missing). Tests bring a `registry` of their own.
    """

    def register(function: FunctionType) -> FunctionType:
        name = function.__name__
        if name in registry:
            raise ValueError(f"feature {name!r} is registered twice")
        registry[name] = Feature(name, owner, description, inputs, example, function)
        return function

    return register


def columns_of(frame: pl.DataFrame) -> Columns:
    """Turn a conformed frame (see `conform`) into numpy columns, one entry per row each."""
    columns = {series.name: series.to_numpy() for series in frame}
    for name, values in columns.items():
        if values.dtype == object:
            columns[name] = np.array(["" if value is None else value for value in values], dtype=object)
    return columns


def compute(columns: Columns, contract: Contract, registry: Mapping[str, Feature] | None = None) -> Columns:
    """Compute every feature of the model: name -> float32 (NaN: missing, or beyond float32) or object array of str.

    Numbers, booleans, categories and texts pass through, dates give their hour and weekday (Monday is 0), and then come
    the registered features: those of features.py, or of `registry` where a test brings its own.
    Raises UserError when a registered feature asks for a column that the contract lacks, or takes a used name.
    """
    computed = {c.field: _for_model(columns[c.field]) for c in contract.features if c.type != "datetime"}
    dates = [column for column in (*contract.with_role("time"), *contract.features) if column.type == "datetime"]
    for column in dates:
        for name, values in _calendar(column, columns[column.field]).items():
            computed.setdefault(name, _for_model(values))  # a column of that name in the table wins
    for item in (_team_features() if registry is None else registry).values():
        if item.name in computed:
            raise UserError(f"feature {item.name!r} has the name of another one: rename it in features.py")
        if lacking := [name for name in item.inputs if name not in columns]:
            raise UserError(f"feature {item.name!r} needs {lacking[0]!r}, which no column of contracts/data.toml gives")
        computed[item.name] = _for_model(item.function(*(columns[name] for name in item.inputs)))
    if not computed:
        raise UserError("no column is left to learn from: give one the role feature in contracts/data.toml")
    return computed


def _team_features() -> Mapping[str, Feature]:
    import_module(".features", __package__)  # registers them; not at the top, because features.py imports this module
    return REGISTRY


def _calendar(column: Column, values: np.ndarray) -> Columns:
    """Return the hour (where the format has a time of day) and the weekday of dates, NaN where there is none."""
    missing = np.isnat(values)
    days = values.astype("datetime64[D]")
    parts = {f"{column.field}_weekday": (days.astype(np.int64) + 3) % 7}  # 1970-01-01 was a Thursday
    if column.format is None or column.format == "iso" or "%H" in column.format or "%I" in column.format:
        parts[f"{column.field}_hour"] = (values - days).astype("timedelta64[h]").astype(np.int64)
    return {name: np.where(missing, np.nan, part) for name, part in parts.items()}


def _for_model(values: np.ndarray) -> np.ndarray:
    """Cast to what the graph takes: the one place where numbers are rounded to float32."""
    if values.dtype == object:
        return values
    with np.errstate(over="ignore"):
        single = np.asarray(values, dtype=np.float32)
    return np.where(np.isfinite(single), single, np.float32(np.nan))
