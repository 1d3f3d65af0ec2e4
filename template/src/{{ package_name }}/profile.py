"""What a raw column holds: its type with the evidence, and its values read as that type."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from . import cells
from .dates import compact_date, date_pattern, is_ambiguous

if TYPE_CHECKING:
    from .contract import Type

__all__ = ["MISSING", "Profile", "missing_spellings", "profile_column", "uses_decimal_comma"]

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "none", "?", "-")
_SELDOM = ("na", "#N/A", "<NA>", "NAN", "NaT", "Null", "(null)", "\\N", "--", ".")  # only where a table has them
# A column of numbers may hold up to this many other words, in up to this share of its rows: spellings of "no value".
_STRANGE_WORDS, _STRANGE_SHARE, _STRANGE_ROWS = 3, 0.1, 20
_TRIED = 100  # values that are looked at before all are


class _Found(NamedTuple):
    type: Type
    why: str
    format: str | None = None


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One column: `texts` as String and `values` read as `type` (Float64, Datetime or String), null where missing."""

    name: str
    field: str
    type: Type
    why: str
    texts: pl.Series
    values: pl.Series
    format: str | None = None
    infinite: int = 0
    ambiguous_date: bool = False

    @property
    def rows(self) -> int:
        """Number of rows of the table."""
        return len(self.values)

    @property
    def nulls(self) -> int:
        """Number of rows without a value."""
        return self.values.null_count()

    @cached_property
    def distinct(self) -> int:
        """Number of different values."""
        return self.values.drop_nulls().n_unique()

    @property
    def numeric(self) -> bool:
        """Whether values are quantities or codes in digits."""
        return self.type in {"number", "integer"}


def missing_spellings(frame: pl.DataFrame, target: str) -> dict[str, str]:
    """Spellings of "no value" that this table has besides the usual ones, each with the column that shows it.

    Seldom ones anywhere, and a few words in a column of numbers ("unknown" among ages).

    The target is not searched: a word among its values is a class.
    """
    found: dict[str, str] = {}
    for column in frame.select(pl.col(pl.String)).iter_columns():
        texts = cells.text(column, MISSING).drop_nulls()
        distinct = _distinct(texts)
        seldom = distinct.is_in(_SELDOM)
        words = distinct.filter(seldom).to_list()
        if column.name != target:
            words += _strange_words(texts, distinct.filter(~seldom))
        found = dict.fromkeys(words, column.name) | found
    return found


def uses_decimal_comma(frame: pl.DataFrame, missing: tuple[str, ...]) -> bool:
    """Whether some column holds numbers only if the comma is the decimal sign; then it is so for the whole table."""
    for column in frame.select(pl.col(pl.String)).iter_columns():
        distinct = _distinct(cells.text(column, missing))
        if not distinct.head(_TRIED).str.contains(r"^[^a-zA-Z]*\d,\d").any():
            continue
        if not _all_numbers(distinct, decimal_comma=False) and _all_numbers(distinct, decimal_comma=True):
            return True
    return False


def profile_column(raw: pl.Series, field: str, missing: tuple[str, ...], *, decimal_comma: bool) -> Profile:
    """Find the type of one raw column, and say why."""
    texts = cells.text(raw, missing)
    distinct = _distinct(texts)
    found = _type_of(raw, distinct, field, decimal_comma=decimal_comma)
    values = _values(raw, found, missing)
    infinite = values.null_count() - texts.null_count() if found.type in {"number", "integer"} else 0
    ambiguous = (
        found.type == "datetime" and raw.dtype == pl.String and is_ambiguous(distinct, found.format or cells.ISO)
    )
    return Profile(
        name=raw.name,
        field=field,
        type=found.type,
        why=found.why,
        texts=texts,
        values=values,
        format=found.format,
        infinite=infinite,
        ambiguous_date=ambiguous,
    )


def _type_of(raw: pl.Series, distinct: pl.Series, field: str, *, decimal_comma: bool) -> _Found:
    if len(distinct) == 0:
        return _Found("text", "has no value in any row")
    truths = cells.boolean(distinct.head(_TRIED), ())
    if len(distinct) <= _TRIED and truths.null_count() == 0 and truths.n_unique() == 2:
        return _Found("boolean", f"holds only {' and '.join(distinct.sort().head(4))}")
    if raw.dtype.is_temporal() or raw.dtype.is_numeric():
        return _stored_type(raw.dtype)
    return _spelled_type(distinct, field, decimal_comma=decimal_comma)


def _stored_type(dtype: pl.DataType) -> _Found:
    if dtype.is_temporal():
        return _Found("datetime", "is stored as a date", "%Y-%m-%d" if dtype == pl.Date else cells.ISO)
    if dtype.is_integer():
        return _Found("integer", "is stored as whole numbers")
    return _Found("number", "is stored as numbers")


def _spelled_type(distinct: pl.Series, field: str, *, decimal_comma: bool) -> _Found:
    if pattern := compact_date(distinct, field):
        return _Found("datetime", f"every value is a date ({pattern})", pattern)
    if distinct.str.contains(r"^0\d+$").any() and distinct.str.contains(r"^\d+$").all():
        return _Found("category", "codes with leading zeros, not quantities")
    # In a table with decimal commas a column may still have points, if it has nothing else.
    for comma in [True, False] if decimal_comma else [False]:
        if _all_numbers(distinct, decimal_comma=comma):
            return _number_type(distinct, decimal_comma=comma)
    if pattern := date_pattern(distinct):
        return _Found("datetime", f"every value is a date ({pattern})", pattern)
    return _Found("category", f"{len(distinct)} different texts")


def _number_type(distinct: pl.Series, *, decimal_comma: bool) -> _Found:
    form = cells.DECIMAL_COMMA if decimal_comma else None
    plain = distinct.str.contains(r"^[+-]?\d+$")
    values = cells.number(distinct, (), decimal_comma=decimal_comma)
    grouped = distinct.str.contains(r"\d[,.' ]\d{3}$") & (values == values.round()).fill_null(value=False)
    if (plain | grouped).all() and (values.abs() < 2**53).all():
        return _Found("integer", "every value is a whole number", form)
    return _Found("number", "every value is a number" + (" with a decimal comma" if decimal_comma else ""), form)


def _values(raw: pl.Series, found: _Found, missing: tuple[str, ...]) -> pl.Series:
    match found.type:
        case "number" | "integer":
            return cells.number(raw, missing, decimal_comma=found.format == cells.DECIMAL_COMMA)
        case "boolean":
            return cells.boolean(raw, missing)
        case "datetime":
            return cells.moment(raw, missing, found.format or cells.ISO)
        case _:
            return cells.text(raw, missing)


def _distinct(texts: pl.Series) -> pl.Series:
    return texts.drop_nulls().unique(maintain_order=True)


def _all_numbers(distinct: pl.Series, *, decimal_comma: bool) -> bool:
    readable = cells.number(distinct, (), decimal_comma=decimal_comma).is_not_null()
    return bool((readable | _infinite(distinct)).all())


def _infinite(texts: pl.Series) -> pl.Series:
    return texts.str.to_lowercase().str.contains(r"^[+-]?inf(inity)?$")


def _strange_words(texts: pl.Series, distinct: pl.Series) -> list[str]:
    few = distinct.head(_TRIED)
    if len(texts) < _STRANGE_ROWS or len(_no_numbers(few)) > len(few) / 2:
        return []
    words = _no_numbers(distinct)
    if len(words) > _STRANGE_WORDS or words.str.contains(r"\d").any():
        return []
    return words.sort().to_list() if texts.is_in(words.implode()).sum() <= _STRANGE_SHARE * len(texts) else []


def _no_numbers(texts: pl.Series) -> pl.Series:
    """Those of the texts that are no number under either decimal sign."""
    rest = texts.filter(cells.number(texts, ()).is_null())
    return rest.filter(cells.number(rest, (), decimal_comma=True).is_null() & ~_infinite(rest))
