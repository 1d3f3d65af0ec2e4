"""Does a table keep its contract? Every broken rule is named with its column and rows, all in one run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from . import cells
from .conform import absent_columns, conform
from .records import INGEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .records import Column, Contract

__all__ = ["Violation", "validate"]

_ROWS_SHOWN, _VALUES_SHOWN, _VALUES_NAMED = 5, 3, 10
# A share is chance in a table of three rows. That nothing at all is missing, or comes twice, is asked of any table.
_ROWS_FOR_SHARES = 20
_AHEAD = timedelta(hours=14)  # of UTC, the farthest that a local clock is
_KINDS = {"number": "a number", "integer": "a whole number", "boolean": "yes or no", "datetime": "a date"}


class Violation(NamedTuple):
    """One broken rule: `rows` are the first few data rows (1 = first below the header), `count` is all of them."""

    column: str
    rule: str
    rows: tuple[int, ...]
    count: int
    message: str

    def __str__(self) -> str:
        return f"{self.column}: {self.rule}: {self.message}"


def validate(
    frame: pl.DataFrame, contract: Contract, *, require_target: bool = True, when: str | None = None
) -> list[Violation]:
    """Check a raw table (from `tables.read_table`) against its contract; an empty list means it is kept.

    Ignored columns are not looked into; with `require_target=False` (prediction) target, id and group columns neither.
    `when` (ISO 8601, UTC) is what `latest = "ingest"` means; without it nothing.
    """
    absent = [column.name for column in absent_columns(frame, contract, require_target=require_target)]
    unknown = [name for name in frame.columns if name not in contract.by_name]
    found = [Violation(name, "missing column", (), 0, "the table does not have it") for name in absent]
    found += [Violation(name, "unexpected column", (), 0, "the contract does not know it") for name in unknown]
    if absent:
        return found
    checked = [c for c in contract.columns if c.role != "ignore" and (require_target or c.role in {"feature", "time"})]
    conformed = conform(frame, contract, require_target=require_target)
    for column in checked:
        read = conformed[column.field]
        texts = read if read.dtype == pl.String else cells.text(frame[column.name], contract.missing)
        missing = read.is_null()
        for rule, broken, words in (*_values(texts, read, column), *_times(read, column, when)):
            if rule == "type":
                missing &= ~broken
            if broken.any():
                shown = _quoted((texts if rule == "type" else read).filter(broken))
                found.append(_violation(column.name, rule, broken, f"{shown} {words}"))
        found += _share(column.name, "null_share", missing, column.null_share, "no value")
    if require_target and contract.duplicates is not None:
        copies = conformed.select(~pl.struct(c.field for c in checked).is_first_distinct()).to_series()
        found += _share("all columns", "duplicates", copies, contract.duplicates, "a copy of an earlier row")
    order = {column.name: place for place, column in enumerate(contract.columns)}
    return sorted(found, key=lambda violation: order.get(violation.column, -1))


def _values(texts: pl.Series, read: pl.Series, column: Column) -> Iterator[tuple[str, pl.Series, str]]:
    """Each rule for single values, which rows break it, and how that is said."""
    if column.type in _KINDS and read.dtype != pl.String:
        # Infinity is readable and means "no value" here.
        broken = texts.is_not_null() & read.is_null() & ~texts.str.contains(r"(?i)^[+-]?inf(inity)?$")
        if column.type == "integer":
            broken |= (read != read.round()).fill_null(value=False)
        yield "type", broken, f"is not {_KINDS[column.type]}"
    if column.minimum is not None:
        yield "minimum", read < column.minimum, f"is below the minimum {column.minimum:g}"
    if column.maximum is not None:
        yield "maximum", read > column.maximum, f"is above the maximum {column.maximum:g}"
    if column.values is not None:
        more = ", ..." if len(column.values) > _VALUES_NAMED else ""
        yield "values", ~read.is_in(column.values), f"is none of {', '.join(column.values[:_VALUES_NAMED])}{more}"
    if column.never:
        yield "never", read.is_in(column.never), "is never a value"
    if column.unique:
        yield "unique", read.is_duplicated() & read.is_not_null(), "occurs more than once"


def _times(read: pl.Series, column: Column, when: str | None) -> Iterator[tuple[str, pl.Series, str]]:
    if column.earliest is not None:
        yield "earliest", read < _moment(column.earliest), f"is before {column.earliest}"
    if column.latest == INGEST and when is not None:
        yield "latest", read > _moment(when) + _AHEAD, f"is in the future (it is {when})"
    elif column.latest not in {None, INGEST}:
        yield "latest", read > _moment(column.latest), f"is after {column.latest}"


def _moment(text: str) -> datetime:
    """ISO 8601 as `cells.moment` gives times: in UTC, without a zone."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _share(name: str, rule: str, hit: pl.Series, most: float | None, words: str) -> Iterator[Violation]:
    """Rows of which only a share may be hit, or none at all ("null_share" of 0 is the rule "null")."""
    share = hit.sum() / max(len(hit), 1)
    if most == 0 and share:
        yield _violation(name, rule.removesuffix("_share"), hit, words)
    elif most is not None and len(hit) >= _ROWS_FOR_SHARES and share > most:
        yield _violation(name, rule, hit, f"{words} ({share:.1%}, at most {most:.1%})")


def _violation(name: str, rule: str, broken: pl.Series, words: str) -> Violation:
    rows = tuple(row + 1 for row in broken.arg_true().head(_ROWS_SHOWN))
    count = int(broken.sum())
    more = ", ..." if count > len(rows) else ""
    where = "1 row (row" if count == 1 else f"{count} rows (rows"
    return Violation(name, rule, rows, count, f"{words} in {where} {', '.join(map(str, rows))}{more})")


def _quoted(values: pl.Series) -> str:
    distinct = values.unique(maintain_order=True)
    return ", ".join(map(repr, distinct.head(_VALUES_SHOWN))) + (", ..." if len(distinct) > _VALUES_SHOWN else "")
