"""What kind of prediction a target column asks for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from . import cells
from .errors import UserError

if TYPE_CHECKING:
    import polars as pl

    from .contract import Task
    from .profile import Profile

__all__ = ["Goal", "decide"]

_MOST_CLASSES = 100
_MOST_NUMBER_CLASSES = 20
_ROWS_PER_NUMBER_CLASS = 5
_YES = {"1", "true", "yes", "y", "t", "on"}


class Goal(NamedTuple):
    """The task with its reason; `labels` are class labels (String) or numbers (Float64), null where missing."""

    task: Task
    reason: str
    labels: pl.Series
    classes: tuple[str, ...] = ()
    positive: str | None = None


def decide(target: Profile, raw: pl.Series, missing: tuple[str, ...], wished: Task | None) -> Goal:
    """Decide the task; `wished` overrules where values allow it. Raises UserError when there is nothing to learn."""
    _refuse_hopeless(target)
    task = wished or _task(target)
    if task == "regression":
        if not target.numeric:
            raise UserError(f"task regression needs numbers, the target {target.name!r} holds {target.why}")
        return Goal(task, f"{target.why}; {target.distinct} different ones", target.values)
    labels = cells.label(raw, missing, numeric=target.numeric or target.type == "boolean")
    counts = Counter(labels.drop_nulls().to_list())
    _refuse_many(target, len(counts), counts.total())
    if wished == "binary" and len(counts) != 2:
        raise UserError(f"task binary needs two classes, the target {target.name!r} has {len(counts)}")
    classes = tuple(sorted(counts))
    positive = _positive(counts) if task == "binary" else None
    return Goal(task, f"{target.why}; {len(counts)} classes", labels, classes, positive)


def _refuse_hopeless(target: Profile) -> None:
    if target.distinct == 0:
        raise UserError(f"the target {target.name!r} has no value in any row: there is nothing to learn")
    if target.distinct == 1:
        value = target.texts.drop_nulls()[0]
        raise UserError(f"the target {target.name!r} is {value!r} in every row: there is nothing to tell apart")
    if target.type == "datetime":
        raise UserError(f"the target {target.name!r} is a date: make a number of it (days until) or a class (late)")


def _refuse_many(target: Profile, classes: int, rows: int) -> None:
    if classes > _MOST_CLASSES:
        message = f"the target {target.name!r} has {classes} classes, {_MOST_CLASSES} is the most: group the rare ones"
        raise UserError(message)
    if classes > _MOST_NUMBER_CLASSES and classes > rows / 2:
        raise UserError(f"the target {target.name!r} has {classes} classes in {rows} rows: it looks like an identifier")


def _task(target: Profile) -> Task:
    if target.distinct == 2:
        return "binary"
    if not target.numeric:
        return "multiclass"
    values = target.values.drop_nulls()
    whole = bool((values == values.round()).all())
    few = target.distinct <= _MOST_NUMBER_CLASSES and len(values) >= _ROWS_PER_NUMBER_CLASS * target.distinct
    return "multiclass" if whole and few else "regression"


def _positive(counts: Counter[str]) -> str:
    """The class that says yes, else the rarer one, else the last by name."""
    yes = [label for label in counts if label.lower() in _YES]
    return yes[0] if len(yes) == 1 else min(sorted(counts, reverse=True), key=counts.__getitem__)
