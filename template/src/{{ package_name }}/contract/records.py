"""The data contract: what each column is, what it is for, and what must hold for its values.

`contracts/data.toml` is the single source of roles, types and invariants; training, validation, prediction and the
model card all read it. This module holds the records and the way to and from TOML, nothing else.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import tomli_w
from pydantic import ConfigDict, TypeAdapter, ValidationError

from ..errors import COMMAND, UserError
from .names import is_field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["Column", "Contract", "ContractWarning", "Role", "Task", "Type", "dump_contract", "load_contract"]

Role = Literal["feature", "target", "id", "time", "group", "ignore"]
Type = Literal["number", "integer", "boolean", "category", "text", "datetime"]
Task = Literal["binary", "multiclass", "regression"]

_STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the table.

    name        header, exactly as in the file (made unique by `tables.read_table`)
    field       the same name as an identifier: ASCII, snake case, unique; what all code uses
    role        feature: fed to the model; target: predicted; id and ignore: never fed; time: orders the split;
                group: not fed, kept to look at the model by group
    type        how values are read (see `conform`)
    minimum, maximum    inclusive limits for numbers; None: no limit
    values      closed set of texts; None: any
    null_share  largest share of missing values, 0 to 1; None: any
    unique      no value may occur twice
    format      datetime: "iso" or strptime patterns joined by " | "; number: "decimal-comma"; else None
    """

    __pydantic_config__ = _STRICT

    name: str
    field: str
    role: Role
    type: Type
    description: str = ""
    reason: str = ""
    personal: bool = False
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] | None = None
    null_share: float | None = None
    unique: bool = False
    format: str | None = None


@dataclass(frozen=True, kw_only=True)
class ContractWarning:
    """Something in the table that a person should look at: `kind` is a short word, `message` has the numbers."""

    __pydantic_config__ = _STRICT

    column: str
    kind: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Contract:
    """The whole contract. `missing` lists the spellings of "no value", compared after blanks are stripped."""

    __pydantic_config__ = _STRICT

    name: str
    task: Task
    columns: tuple[Column, ...]
    version: int = 1
    description: str = ""
    owner: str = ""
    positive: str | None = None
    missing: tuple[str, ...] = ("", "NA")
    warnings: tuple[ContractWarning, ...] = ()

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
        contract = TypeAdapter(Contract).validate_json(json.dumps(raw, default=str), strict=True)
    except FileNotFoundError:
        raise UserError(f"there is no contract at {path}: run `{COMMAND} contract propose`") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not readable as TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{path}: {where}: {first['msg']} (got {str(first['input'])[:60]!r})") from None
    for problem in _problems(contract):
        raise UserError(f"{path}: {problem}")
    return contract


def dump_contract(contract: Contract, path: Path) -> None:
    """Write a contract as TOML, leaving out what has its default."""
    head = _given(contract)
    records = {key: [_given(record) for record in head.pop(key, ())] for key in ("warnings", "columns")}
    path.parent.mkdir(parents=True, exist_ok=True)
    content = tomli_w.dumps(head | {key: value for key, value in records.items() if value}, indent=2)
    path.write_text(content, encoding="utf-8", newline="\n")


def _given(record: Contract | Column | ContractWarning) -> dict[str, Any]:
    pairs = ((field, getattr(record, field.name)) for field in fields(record))
    return {field.name: _plain(value) for field, value in pairs if value != field.default}


def _plain(value: object) -> object:
    # 40.0 is written as 40: the same number, easier on the eye.
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def _problems(contract: Contract) -> Iterator[str]:
    """What no single field shows to be wrong."""
    for key in ("name", "field"):
        times = Counter(getattr(column, key) for column in contract.columns)
        yield from (f"{count} columns have the {key} {value!r}" for value, count in times.items() if count > 1)
    if len(contract.with_role("target")) != 1:
        yield f"{len(contract.with_role('target'))} columns have the role target, there must be exactly one"
        return
    if len(contract.with_role("time")) > 1:
        yield "two columns have the role time, there can be only one"
    for column in contract.columns:
        yield from (f"column {column.name!r}: {problem}" for problem in _column_problems(column))
    yield from _target_problems(contract)


def _column_problems(column: Column) -> Iterator[str]:
    if not is_field(column.field):
        yield f"field {column.field!r} is not a plain lower-case identifier"
    if column.role == "time" and column.type != "datetime":
        yield "role time needs type datetime"
    if column.minimum is not None and column.maximum is not None and column.minimum > column.maximum:
        yield f"minimum {column.minimum} is above maximum {column.maximum}"
    if (column.minimum, column.maximum) != (None, None) and column.type not in {"number", "integer"}:
        yield f"minimum and maximum mean nothing for type {column.type}"
    if column.null_share is not None and not 0 <= column.null_share <= 1:
        yield f"null_share {column.null_share} is not between 0 and 1"


def _target_problems(contract: Contract) -> Iterator[str]:
    target = contract.target
    if contract.task == "regression" and target.type not in {"number", "integer"}:
        yield f"task regression needs a target of type number or integer, {target.name!r} is {target.type}"
    if contract.task != "regression" and target.type == "datetime":
        yield f"the target {target.name!r} is a datetime, which cannot be a class"
    if contract.task == "binary" and contract.positive is None:
        yield "task binary needs positive: the target's value that counts as the event"
    if contract.task == "binary" and target.values is not None and contract.positive not in target.values:
        yield f"positive {contract.positive!r} is not among the target's values {', '.join(target.values)}"
