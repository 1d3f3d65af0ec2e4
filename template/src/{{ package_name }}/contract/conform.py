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

    number, integer -> Float64; boolean -> Float64 0/1; category, text, id -> String; datetime -> Datetime("us"),
    naive (UTC where the text had a zone); classification target -> String label, regression target -> Float64.
    Missing, infinite and unreadable values become null (`validate` reports the unreadable ones).
    Ignored columns may be absent and come out all null; with `require_target=False` (prediction) so may target, id
    and group columns. Columns that the contract does not know are left out. Raises UserError when another is absent.
    """
    absent = absent_columns(frame, contract, require_target=require_target)
    if absent:
        names = ", ".join(repr(column.name) for column in absent)
        raise UserError(f"the table has no column {names}: add it, or take it out of contracts/data.toml")
    return pl.DataFrame([_one(frame, column, contract) for column in contract.columns])


def absent_columns(frame: pl.DataFrame, contract: Contract, *, require_target: bool = True) -> list[Column]:
    """The columns that the table should have and does not."""
    waived = {"ignore"} if require_target else {"ignore", "target", "id", "group"}
    return [column for column in contract.columns if column.role not in waived and column.name not in frame.columns]


def read_column(raw: pl.Series, column: Column, contract: Contract) -> pl.Series:
    """One raw column as the contract reads it: dtypes as in `conform`."""
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


def _one(frame: pl.DataFrame, column: Column, contract: Contract) -> pl.Series:
    if column.name in frame.columns:
        return read_column(frame[column.name], column, contract).alias(column.field)
    nothing = pl.Series(column.field, [None] * frame.height, dtype=pl.String)
    return read_column(nothing, column, contract)
