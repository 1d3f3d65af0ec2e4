"""Does a table keep its contract? Every broken rule is named with its column and rows.

Whether a cell can be read at all is asked of the raw table; what its value may be is a pandera schema made from the
contract (`schema_of`), checked lazily, so that one run tells everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from . import cells
from .conform import absent_columns, conform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .records import Column, Contract

__all__ = ["Violation", "schema_of", "validate"]

_ROWS_SHOWN = 5
_VALUES_SHOWN = 3
_VALUES_NAMED = 10
# The share of missing values is chance in a table of three rows. No missing value at all is asked of any table.
_ROWS_FOR_SHARES = 20

_KINDS = {"number": "a number", "integer": "a whole number", "boolean": "yes or no", "datetime": "a date"}


@dataclass(frozen=True)
class Violation:
    """One broken rule: `rows` are the first few data rows (1 = first below the header), `count` is all of them."""

    column: str
    rule: str
    rows: tuple[int, ...]
    count: int
    message: str

    def __str__(self) -> str:
        """The line shown to people."""
        return f"{self.column}: {self.rule}: {self.message}"


def validate(frame: pl.DataFrame, contract: Contract, *, require_target: bool = True) -> list[Violation]:
    """Check a raw table (from `tables.read_table`) against its contract; an empty list means it is kept.

    Rules: missing column, unexpected column, type, null, null_share, minimum, maximum, values, unique. Ignored columns
    are not looked into. With `require_target=False` (prediction) target, id and group columns are not either.
    """
    violations = [*_header(frame, contract, require_target=require_target)]
    if any(violation.rule == "missing column" for violation in violations):
        return violations
    checked = [c for c in contract.columns if c.role != "ignore" and (require_target or c.role in {"feature", "time"})]
    conformed = conform(frame, contract, require_target=require_target)
    for column in checked:
        violations += _unreadable(frame[column.name], conformed[column.field], column, contract)
        violations += _nulls(conformed[column.field], column)
    violations += _schema_violations(conformed, checked)
    order = {column.name: place for place, column in enumerate(contract.columns)}
    return sorted(violations, key=lambda violation: order.get(violation.column, -1))


def schema_of(columns: list[Column]) -> pa.DataFrameSchema:
    """The rules for single values (minimum, maximum, values, unique) as a pandera schema over conformed fields."""
    return pa.DataFrameSchema({column.field: _pandera_column(column) for column in columns})


def _pandera_column(column: Column) -> pa.Column:
    checks = []
    if column.minimum is not None:
        checks.append(pa.Check.ge(column.minimum, error="minimum"))
    if column.maximum is not None:
        checks.append(pa.Check.le(column.maximum, error="maximum"))
    if column.values is not None:
        checks.append(pa.Check.isin(column.values, error="values"))
    return pa.Column(checks=checks, nullable=True, unique=column.unique)


def _header(frame: pl.DataFrame, contract: Contract, *, require_target: bool) -> Iterator[Violation]:
    for column in absent_columns(frame, contract, require_target=require_target):
        yield Violation(column.name, "missing column", (), 0, "the table does not have it")
    for name in frame.columns:
        if name not in contract.by_name:
            yield Violation(name, "unexpected column", (), 0, "the contract does not know it")


def _unreadable(raw: pl.Series, read: pl.Series, column: Column, contract: Contract) -> Iterator[Violation]:
    """Cells that hold something which is not what the contract says, fractions among whole numbers included."""
    if read.dtype == pl.String:
        return
    texts = cells.text(raw, contract.missing)
    # Infinity is readable and means "no value" here.
    finite = ~texts.str.to_lowercase().str.contains(r"^[+-]?inf(inity)?$").fill_null(value=False)
    bad = texts.is_not_null() & read.is_null() & finite
    if column.type == "integer":
        bad |= (read != read.round()).fill_null(value=False)
    if bad.any():
        yield _violation(column.name, "type", bad.arg_true(), texts.filter(bad), f"is not {_KINDS[column.type]}")


def _nulls(read: pl.Series, column: Column) -> Iterator[Violation]:
    if column.null_share is None:
        return
    nulls, rows = read.null_count(), len(read)
    places = tuple(row + 1 for row in read.is_null().arg_true().head(_ROWS_SHOWN))
    if column.null_share == 0 and nulls:
        yield Violation(column.name, "null", places, nulls, f"no value in {_count(nulls)}{_shown(places, nulls)}")
    elif rows >= _ROWS_FOR_SHARES and nulls > column.null_share * rows:
        message = f"no value in {nulls} of {rows} rows ({nulls / rows:.1%}, at most {column.null_share:.1%})"
        yield Violation(column.name, "null_share", places, nulls, message)


def _schema_violations(conformed: pl.DataFrame, columns: list[Column]) -> Iterator[Violation]:
    try:
        schema_of(columns).validate(conformed, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
    else:
        return
    by_field = {column.field: column for column in columns}
    for (field, check), found in cases.group_by(["column", "check"], maintain_order=True):
        column = by_field[str(field)]
        rule = "unique" if str(check) == "field_uniqueness" else str(check)
        rows = found["index"].sort()
        values = conformed[column.field].gather(rows)
        known = values.is_not_null()  # pandera counts missing values as equal to each other
        if known.any():
            yield _violation(column.name, rule, rows.filter(known), values.filter(known), _words(rule, column))


def _words(rule: str, column: Column) -> str:
    match rule:
        case "minimum":
            return f"is below the minimum {column.minimum:g}"
        case "maximum":
            return f"is above the maximum {column.maximum:g}"
        case "values":
            known = column.values or ()
            return f"is none of {', '.join(known[:_VALUES_NAMED])}{', ...' if len(known) > _VALUES_NAMED else ''}"
        case _:
            return "occurs more than once"


def _violation(name: str, rule: str, places: pl.Series, values: pl.Series, words: str) -> Violation:
    rows = tuple(row + 1 for row in places.head(_ROWS_SHOWN))
    count = len(places)
    shown = ", ".join(repr(value) for value in values.unique(maintain_order=True).head(_VALUES_SHOWN))
    more = ", ..." if values.n_unique() > _VALUES_SHOWN else ""
    return Violation(name, rule, rows, count, f"{shown}{more} {words} in {_count(count)}{_shown(rows, count)}")


def _count(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows} rows"


def _shown(rows: tuple[int, ...], count: int) -> str:
    return f" ({'row' if count == 1 else 'rows'} {', '.join(map(str, rows))}{', ...' if count > len(rows) else ''})"
