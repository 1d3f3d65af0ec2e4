"""A first contract from a table: a type, a role and a reason for every column, limits with slack, and warnings."""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from .contract import Column, Contract, ContractWarning
from .errors import UserError
from .leaks import leak_message
from .limits import limits_of
from .names import fields_of
from .profile import MISSING, Profile, missing_spellings, profile_column, uses_decimal_comma
from .roles import judge
from .split import FEWEST_ROWS
from .task import Goal, decide

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from .contract import Task

__all__ = ["propose"]

_NO_LIMITS = {"minimum": None, "maximum": None, "values": None, "null_share": None}
_RARE = 3  # the rows of a class that the split needs to put one each into train, valid and test


def propose(
    frame: pl.DataFrame, target: str, name: str, *, description: str = "", owner: str = "", task: Task | None = None
) -> Contract:
    """Propose a contract for a raw table (from `tables.read_table`) in which `target` is to be predicted.

    Raises UserError when there is nothing to learn: no such column, no labels, one class, a date or more than
    100 text classes as the target.
    """
    if target not in frame.columns:
        near = difflib.get_close_matches(target, frame.columns, n=3, cutoff=0.5) or frame.columns[:10]
        raise UserError(f"the table has no column {target!r}: did you mean {', '.join(map(repr, near))}?")
    spellings = missing_spellings(frame, target)
    missing = (*MISSING, *spellings)
    comma = uses_decimal_comma(frame, missing)
    fields = fields_of(frame.columns)
    profiles = [
        profile_column(raw, field, missing, decimal_comma=comma)
        for raw, field in zip(frame.iter_columns(), fields, strict=True)
    ]
    goal = decide(next(p for p in profiles if p.name == target), frame[target], missing, task)
    columns, warnings = _columns(profiles, target, goal)
    return Contract(
        name=name,
        description=description,
        owner=owner,
        task=goal.task,
        positive=goal.positive,
        missing=missing,
        columns=tuple(columns),
        warnings=(*_table_warnings(columns, spellings), *_target_warnings(target, goal), *warnings),
    )


def _columns(profiles: list[Profile], target: str, goal: Goal) -> tuple[list[Column], list[ContractWarning]]:
    columns: list[Column] = []
    warnings: list[ContractWarning] = []
    for profile in profiles:
        if profile.name == target:
            columns.append(_target_column(profile, goal))
            continue
        time_taken = any(column.role == "time" for column in columns)
        column = _column(profile, time_taken=time_taken)
        if column.role == "feature" and (
            leak := leak_message(profile, goal.labels, regression=goal.task == "regression")
        ):
            column = replace(column, role="ignore", reason=f"leak: {leak}", **_NO_LIMITS)
            message = f"{leak}; if it is known before the event, give it the role feature"
            warnings.append(ContractWarning(column=column.name, kind="leak", message=message))
        columns.append(column)
        warnings += _column_warnings(profile, column)
    return columns, warnings


def _column(profile: Profile, *, time_taken: bool) -> Column:
    verdict = judge(profile, time_taken=time_taken)
    return Column(
        name=profile.name,
        field=profile.field,
        role=verdict.role,
        type=verdict.type,
        reason=verdict.reason,
        personal=verdict.personal,
        format=profile.format if verdict.type == profile.type else None,
        **limits_of(profile, verdict.role, verdict.type),
    )


def _target_column(profile: Profile, goal: Goal) -> Column:
    limits = limits_of(profile, "target", profile.type if goal.task == "regression" else "text")
    column = Column(
        name=profile.name,
        field=profile.field,
        role="target",
        type=profile.type,
        reason=f"named as the target; {goal.reason}",
        format=profile.format,
        **limits,
    )
    return column if goal.task == "regression" else replace(column, values=goal.classes)


def _table_warnings(columns: list[Column], spellings: dict[str, str]) -> Iterator[ContractWarning]:
    for word, column in spellings.items():
        message = f"{word!r} is taken for a missing value, here and in every column"
        yield ContractWarning(column=column, kind="missing-spelling", message=message)
    if not any(column.role == "feature" for column in columns):
        target = next(column.name for column in columns if column.role == "target")
        message = "no column is left to learn from: give one the role feature"
        yield ContractWarning(column=target, kind="no-feature", message=message)


def _target_warnings(target: str, goal: Goal) -> Iterator[ContractWarning]:
    if unlabelled := goal.labels.null_count():
        message = f"{unlabelled} of {len(goal.labels)} rows have no value and are left out of training"
        yield ContractWarning(column=target, kind="missing-target", message=message)
    labelled = len(goal.labels) - unlabelled
    if labelled < FEWEST_ROWS:
        message = f"only {labelled} rows have a value; training asks for {FEWEST_ROWS}"
        yield ContractWarning(column=target, kind="few-rows", message=message)
    if goal.task == "regression":
        return
    counts = Counter(goal.labels.drop_nulls().to_list())
    for label in goal.classes:
        if counts[label] < _RARE:
            message = f"class {label!r} has fewer than {_RARE} rows ({counts[label]}): trained on, never tested"
            yield ContractWarning(column=target, kind="rare-class", message=message)


def _column_warnings(profile: Profile, column: Column) -> Iterator[ContractWarning]:
    def warn(kind: str, message: str) -> ContractWarning:
        return ContractWarning(column=column.name, kind=kind, message=message)

    if column.personal:
        yield warn("personal", column.reason)
    if profile.distinct == 0:
        yield warn("empty", column.reason)
    elif column.reason.startswith("constant"):
        yield warn("constant", column.reason)
    if profile.infinite:
        yield warn("infinite", f"{profile.infinite} infinite values count as missing")
    if profile.ambiguous_date:
        yield warn("ambiguous-date", f"day and month could be exchanged; read as {profile.format}")
