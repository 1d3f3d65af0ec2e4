"""The data contract, `contracts/data.toml`: what each column is, what it is for, and what must hold for its values."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from keyword import iskeyword
from typing import TYPE_CHECKING, Annotated, Literal

import tomli_w
from pydantic import AfterValidator, ConfigDict, Field, PlainSerializer, TypeAdapter, ValidationError

from .. import files
from ..errors import COMMAND, UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["INGEST", "Column", "Contract", "ContractWarning", "Role", "Task", "Type", "dump_contract", "load_contract"]

Role = Literal["feature", "target", "id", "time", "group", "ignore"]
Type = Literal["number", "integer", "boolean", "category", "text", "datetime"]
Task = Literal["binary", "multiclass", "regression"]

INGEST = "ingest"


def _checked(moment: str) -> str:
    if moment != INGEST:
        datetime.fromisoformat(moment)
    return moment


def _shortest(number: float) -> float:
    return int(number) if float(number).is_integer() and abs(number) < 2**53 else number


Moment = Annotated[str, AfterValidator(_checked)]
Limit = Annotated[float, PlainSerializer(_shortest)]  # 40.0 is written as 40: the same number, easier on the eye
Share = Annotated[Limit, Field(ge=0, le=1)]


class _Strict:
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, kw_only=True)
class Column(_Strict):
    """One column of the table."""

    name: str  # header, exactly as in the file (made unique by `tables.read_table`)
    field: str  # the same name as an identifier: ASCII, snake case, unique; what all code uses
    role: Role  # id and ignore: never fed to the model; time: orders the split; group: not fed, models are judged by it
    type: Type  # how values are read (see `conform`)
    description: str = ""
    reason: str = ""
    personal: bool = False
    minimum: Limit | None = None  # limits are inclusive; None: no limit
    maximum: Limit | None = None
    earliest: Moment | None = None  # the same for datetimes, ISO 8601; "ingest": the moment when the table arrives
    latest: Moment | None = None
    values: tuple[str, ...] | None = None  # closed set of texts; None: any
    never: tuple[float, ...] | tuple[str, ...] = ()  # stand for a missing value, such as 999, and no limit catches them
    null_share: Share | None = None  # largest share of missing values; None: any
    unique: bool = False  # no value may occur twice
    format: str | None = None  # datetime: "iso" or strptime patterns joined by " | "; number: "decimal-comma"


@dataclass(frozen=True, kw_only=True)
class ContractWarning(_Strict):
    """Something in the table that a person should look at: `kind` is a short word, `message` has the numbers."""

    column: str
    kind: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Contract(_Strict):
    """The whole contract."""

    name: str
    task: Task
    version: int = 1
    description: str = ""
    owner: str = ""
    positive: str | None = None  # binary: the target's value that counts as the event
    missing: tuple[str, ...] = ("", "NA")  # the spellings of "no value", compared after blanks are stripped
    duplicates: Share | None = None  # largest share of rows equal to an earlier one but for ignored columns; None: any
    warnings: tuple[ContractWarning, ...] = ()
    columns: tuple[Column, ...]

    def with_role(self, role: Role) -> tuple[Column, ...]:
        """The columns of one role, in file order."""
        return tuple(column for column in self.columns if column.role == role)

    @cached_property
    def features(self) -> tuple[Column, ...]:
        """The columns fed to the model, in file order."""
        return self.with_role("feature")

    @cached_property
    def groups(self) -> tuple[Column, ...]:
        """The columns by which the model is looked at, but which it never sees."""
        return self.with_role("group")

    @cached_property
    def target(self) -> Column:
        """The column to be predicted."""
        return self.with_role("target")[0]

    @cached_property
    def time(self) -> Column | None:
        """The column that orders the rows in time, if there is one."""
        return next(iter(self.with_role("time")), None)

    @cached_property
    def by_field(self) -> Mapping[str, Column]:
        """Field -> column."""
        return {column.field: column for column in self.columns}

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Header -> column."""
        return {column.name: column for column in self.columns}


def load_contract(path: Path) -> Contract:
    """Read a contract. Raises UserError when the file is missing, not TOML, or says something impossible."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        # Through JSON, because only there does pydantic's strict mode take a list for a tuple, as TOML gives it.
        contract = TypeAdapter(Contract).validate_json(json.dumps(raw, default=str))
    except FileNotFoundError:
        raise UserError(f"there is no contract at {path}: run `{COMMAND} contract propose`") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not readable as TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{path}: {where}: {first['msg']} (got {str(first['input'])[:60]!r})") from None
    for wrong, words in _rules(contract):
        if wrong:
            raise UserError(f"{path}: {words}")
    return contract


def dump_contract(contract: Contract, path: Path) -> None:
    """Write a contract as TOML, leaving out what has its default."""
    files.write(path, tomli_w.dumps(TypeAdapter(Contract).dump_python(contract, exclude_defaults=True), indent=2))


def _rules(contract: Contract) -> Iterator[tuple[bool, str]]:
    """What no single setting shows to be wrong; each rule relies on those before it."""
    for key in ("name", "field"):
        for value, count in Counter(getattr(column, key) for column in contract.columns).items():
            yield count > 1, f"{count} columns have the {key} {value!r}"
    targets, times = (len(contract.with_role(role)) for role in ("target", "time"))
    yield targets != 1, f"{targets} columns have the role target, there must be exactly one"
    yield times > 1, f"{times} columns have the role time, there can be only one"
    for column in contract.columns:
        for wrong, words in _column_rules(column, contract.task):
            yield wrong, f"column {column.name!r}: {words}"
    target, positive = contract.target, contract.positive
    regression, binary = contract.task == "regression", contract.task == "binary"
    kind = f"{target.name!r} is {target.type}"
    numeric = target.type in {"number", "integer"}
    yield regression and not numeric, f"task regression needs a target of type number or integer, {kind}"
    yield not regression and target.type == "datetime", f"the target {kind}, which cannot be a class"
    yield binary and positive is None, "task binary needs positive: the target's value that counts as the event"
    unknown = binary and target.values is not None and positive not in target.values
    yield unknown, f"positive {positive!r} is not among the target's values {', '.join(target.values or ())}"


def _column_rules(column: Column, task: Task) -> Iterator[tuple[bool, str]]:
    kind, low, high = column.type, column.minimum, column.maximum
    label = column.role == "id" or (column.role == "target" and task != "regression")
    numeric, timed = kind in {"number", "integer"} and not label, kind == "datetime"
    named = re.fullmatch(r"[a-z][a-z0-9_]*", column.field) and not iskeyword(column.field)
    yield not named, f"field {column.field!r} is not a plain lower-case identifier"
    yield column.role == "time" and not timed, "role time needs type datetime"
    yield not numeric and (low, high) != (None, None), f"minimum and maximum mean nothing for {column.role} and {kind}"
    yield low is not None and high is not None and low > high, f"minimum {low} is above maximum {high}"
    yield not timed and (column.earliest or column.latest) is not None, f"earliest and latest mean nothing for {kind}"
    texts = all(isinstance(value, str) for value in column.never)
    fits = not texts if numeric else texts and (label or kind in {"category", "text"})
    yield bool(column.never) and not fits, f"never {column.never} does not fit {column.role} and {kind}"
