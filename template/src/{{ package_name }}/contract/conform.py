"""From the raw table to the one frame that all code works on: fields as names, and one dtype per column type."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import polars as pl

from ..errors import UserError
from . import cells

if TYPE_CHECKING:
    from .records import Column, Contract

__all__ = ["absent_columns", "conform", "read_column"]


def conform(frame: pl.DataFrame, contract: Contract, *, require_target: bool = True) -> pl.DataFrame:
    """One column per contract column, in contract order, named by field; same rows in the same order.

    number, integer -> Float64; boolean -> Float64 0/1; category, text, id, class label -> String; datetime ->
    Datetime("us") in UTC. Missing, infinite and unreadable values become null. Columns that may be absent (see
    `absent_columns`) come out null, unknown ones are left out. Raises UserError when another column is absent.
    """
    absent = absent_columns(frame, contract, require_target=require_target)
    if absent:
        names = ", ".join(repr(column.name) for column in absent)
        raise UserError(f"the table has no column {names}: add it, or take it out of contracts/data.toml")
    nothing = pl.Series([None] * frame.height, dtype=pl.String)
    raw = {name: frame[name] if name in frame.columns else nothing for name in contract.by_name}
    return pl.DataFrame({column.field: read_column(raw[column.name], column, contract) for column in contract.columns})


def absent_columns(frame: pl.DataFrame, contract: Contract, *, require_target: bool = True) -> list[Column]:
    """The columns that the table should have and does not: all but the ignored; in prediction features and time."""
    waived = {"ignore"} if require_target else {"ignore", "target", "id", "group"}
    return [column for column in contract.columns if column.role not in waived and column.name not in frame.columns]


def read_column(raw: pl.Series, column: Column, contract: Contract) -> pl.Series:
    """One raw column as the contract reads it; dtypes as in `conform`."""
    missing = contract.missing
    if column.role == "target" and contract.task != "regression":
        return cells.label(raw, missing, numeric=column.type in {"number", "integer", "boolean"})
    if column.role == "id":
        return cells.text(raw, missing)
    match column.type:
        case "number" | "integer":
            return cells.number(raw, missing, decimal_comma=column.format == cells.DECIMAL_COMMA)
        case "boolean":
            return cells.boolean(raw, missing)
        case "datetime":
            return cells.moment(raw, missing, column.format or cells.ISO)
        case "category" | "text":
            return cells.text(raw, missing)
    assert_never(column.type)
