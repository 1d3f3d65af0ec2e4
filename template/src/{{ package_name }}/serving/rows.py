"""The rows of a request: held against the contract cell by cell, then turned into numpy columns.

Training reads tables with polars (contract.cells); a service does without. The same raw row gives bit-equal features
on both ways: tests/infra/test_serving.py.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from operator import gt, lt
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError, create_model
from pydantic_core import PydanticCustomError

from ..contract.records import INGEST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..contract.records import Column, Contract
    from ..featurelib import Columns

__all__ = ["BadRow", "RefusedError", "columns_from", "refusal", "request_model", "spelled"]

_BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_HEADER = {"missing": "missing column", "extra_forbidden": "unexpected column"}
_ISO = r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?"
_SHOWN, _NAMED = 20, 10  # broken rules told at once, values named


class BadRow(NamedTuple):
    """A broken rule, named as in `contract.validate`. The first row is 1; 0 is the request itself."""

    row: int
    column: str
    rule: str
    message: str


class RefusedError(Exception):
    """A request that breaks the contract."""

    def __init__(self, *violations: BadRow) -> None:
        super().__init__(*violations)
        self.violations = violations


def request_model(contract: Contract) -> type[BaseModel]:
    """Make the model of {"rows": [...]}: for each column a field "value_<field>" with the header as its alias.

    Columns that the model is not fed from (target, group, id, ignored) may be absent; unknown ones are refused.
    """
    strict = ConfigDict(extra="forbid")
    cells: dict[str, Any] = {}
    for column in contract.columns:
        default = ... if column.role in {"feature", "time"} else None
        reader = PlainValidator(_reader(column, contract))
        cells[f"value_{column.field}"] = Annotated[object, reader], Field(default, alias=column.name)
    row = create_model("Row", __config__=strict, **cells)
    return create_model("Request", __config__=strict, rows=(Annotated[list[row], Field(min_length=1)], ...))  # ty: ignore


def columns_from(rows: Sequence[BaseModel], contract: Contract) -> Columns:
    """Return what `columns_of(conform(table))` gives for the same rows; the target counts as missing."""
    columns = {}
    for column in contract.columns:
        name, kind = f"value_{column.field}", _kind(column)
        values = [getattr(row, name) for row in rows]
        if kind == "text" or (column.role == "target" and contract.task != "regression"):
            columns[column.field] = np.array([value or "" for value in values], dtype=object)
        else:
            columns[column.field] = np.array(values, dtype="datetime64[us]" if kind == "datetime" else np.float64)
    return columns


def spelled(number: float) -> str:
    """Return the number as a table would have it: whole numbers without a point."""
    return f"{number:.0f}" if abs(number) < 2**53 and number == number // 1 else repr(number)


def refusal(error: ValidationError) -> RefusedError:
    """Name the row, the column and the rule of each of pydantic's errors."""
    found = []
    for detail in error.errors(include_url=False)[:_SHOWN]:
        row = next((part + 1 for part in detail["loc"] if isinstance(part, int)), 0)
        column = next((part for part in reversed(detail["loc"]) if isinstance(part, str)), "")
        rule = _HEADER.get(detail["type"]) or detail.get("ctx", {}).get("rule", "type")
        found.append(BadRow(row, column, rule, detail["msg"]))
    return RefusedError(*found)


def _kind(column: Column) -> str:
    return "text" if column.role == "id" or column.type in {"category", "text"} else column.type


def _reader(column: Column, contract: Contract) -> Callable[[object], object]:
    """Return what reads a cell, or raises with the rule that it breaks: the type, and more for what feeds the model."""
    fed, kind, texts = column.role in {"feature", "time"}, _kind(column), set(contract.missing)
    numbers = {number for text in texts if (number := _number(text)) is not None and spelled(number) == text}  # -1, 999
    rules = _rules(column) if fed else []

    def read(cell: object) -> object:
        value = cell.strip(_BLANKS) if isinstance(cell, str) else cell
        missing = texts if isinstance(value, str) else numbers if type(value) in {int, float} else ()
        if column.role == "target" or value is None or value in missing:
            return _broken("null", "there is no value") if fed and column.null_share == 0 else None
        parsed = _parse(value, kind, column.format or "iso")
        if parsed is None:
            return _broken("type", f"is not of type {column.type}")
        for rule, limit, breaks, words in rules:
            if breaks(parsed, limit):
                return _broken(rule, words)
        return parsed

    return read


def _rules(column: Column) -> list[tuple[str, Any, Callable[[Any, Any], bool], str]]:
    """Return the rules for single values, as in `contract.validate`: name, limit, what breaks it, how that is said."""
    given = [text for text in (column.earliest, column.latest) if text and text != INGEST]
    times = {text: _utc(datetime.fromisoformat(text)) for text in given}
    known = ", ".join((column.values or ())[:_NAMED])
    rules = [
        ("minimum", column.minimum, lt, f"is below the minimum {column.minimum}"),
        ("maximum", column.maximum, gt, f"is above the maximum {column.maximum}"),
        ("earliest", times.get(column.earliest or ""), lt, f"is before {column.earliest}"),
        ("latest", times.get(column.latest or ""), gt, f"is after {column.latest}"),
        ("values", column.values, lambda value, known: value not in known, f"is none of {known}"),
        ("never", column.never or None, lambda value, never: value in never, "is never a value"),
    ]
    return [rule for rule in rules if rule[1] is not None]


def _broken(rule: str, message: str) -> object:
    raise PydanticCustomError("rule", "{message}", {"rule": rule, "message": message})


def _parse(value: object, kind: str, pattern: str) -> Any:  # noqa: ANN401 - float, str or datetime; None: unreadable
    match kind, value:
        case "boolean", int() | float() as truth:  # True and False are 1 and 0
            return float(truth) if truth in (0, 1) else None
        case "text" | "number" | "integer", bool():
            pass
        case "number", int() | float() as amount:
            return _number(amount)
        case "integer", int() | float() as amount:
            return _number(amount) if amount == amount // 1 else None
        case "text", str() | int():
            return str(value)
        case "datetime", str():
            return next((moment for one in pattern.split(" | ") if (moment := _moment(value, one))), None)
    return None


def _number(value: float | str) -> float | None:
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _moment(text: str, pattern: str) -> datetime | None:
    """Read one date as `contract.cells.moment` does, to UTC; where in doubt, refuse it."""
    try:
        if pattern == "iso" and not re.fullmatch(_ISO, text, re.ASCII):
            return None
        if pattern == "iso":
            moment = datetime.fromisoformat(re.sub(r"\s*(?:Z|UTC|GMT)$", "+00:00", re.sub(r"\s+(?=[+-])", "", text)))
        else:
            moment = datetime.strptime(text if text.isascii() else "", pattern)  # noqa: DTZ007 - made UTC below
        moment = _utc(moment)
    except (ValueError, OverflowError):
        return None
    if "%y" in pattern and moment.year == 1969:  # two digits begin with 1969 here, with 1970 in polars
        return moment.replace(year=2069)
    return None if "%Y" in pattern and moment.year < 1000 else moment  # %Y does not take "20" for the year 20


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
