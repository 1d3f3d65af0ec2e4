"""What must hold for the model's answers, as declared in `[[behaviour]]`: tried on raw columns, through the features.

invariance             setting `field` to `value` (none: missing) moves no output by more than `tolerance`
increases, decreases   adding `add` to the number `field` moves the output that way or not at all
minimum                the rows are predicted as the class `expect`, or as at least the amount `expect`

Each is asked of the rows in which every field of `where` has its value, and has to hold in at least `share` of them.
The output is the probability of the positive class, of the class `expect` where there are several (invariance: of each
one), or the amount in units of the target.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..bundle.graph import run_graph
from ..errors import UserError
from ..featurelib import compute
from .evaluation import Behaviour

if TYPE_CHECKING:
    from ..bundle.store import Bundle
    from ..config import BehaviourConfig
    from ..featurelib import Columns

__all__ = ["behaviour_of"]


def behaviour_of(bundle: Bundle, columns: Columns, rule: BehaviourConfig) -> Behaviour:
    """Try one rule on conformed columns. Raises UserError for a field, value or class that there is not."""
    problem = _problem(bundle, columns, rule)
    if problem:
        raise UserError(f"behaviour {rule.name!r}: {problem}; see [[behaviour]] in config/base.toml")
    asked = np.ones(len(columns[bundle.contract.target.field]), dtype=bool)
    for field, value in rule.where.items():
        asked &= columns[field] == _as_in(columns[field], value)
    rows = {field: values[asked] for field, values in columns.items()}
    held = _held(bundle, rows, rule) if asked.any() else asked[:0]
    share = held.mean() if held.size else None
    return Behaviour(name=rule.name, kind=rule.kind, rows=held.size, held=share, needed=rule.share)


def _held(bundle: Bundle, rows: Columns, rule: BehaviourConfig) -> np.ndarray:
    """Return for each row whether the rule holds."""
    before, manifest = _output(bundle, rows), bundle.manifest
    place = manifest.classes.index(str(rule.expect)) if str(rule.expect) in manifest.classes else -1
    if rule.kind == "minimum":
        if manifest.task == "regression":
            return before[:, 0] >= rule.expect
        binary = manifest.threshold is not None
        return (before[:, 1] >= manifest.threshold if binary else before.argmax(axis=1)) == place
    column = rows[rule.field]
    if rule.kind == "invariance":
        after = _output(bundle, rows | {rule.field: np.full_like(column, _as_in(column, rule.value))})
        return np.abs(after - before).max(axis=1) <= rule.tolerance
    moved = (_output(bundle, rows | {rule.field: column + rule.add}) - before)[:, place]
    return moved >= 0 if rule.kind == "increases" else moved <= 0


def _output(bundle: Bundle, columns: Columns) -> np.ndarray:
    output = run_graph(bundle.session, compute(columns, bundle.contract))
    return bundle.manifest.target.amounts(output) if bundle.manifest.task == "regression" else output


def _as_in(column: np.ndarray, value: str | float | None) -> str | float:
    if column.dtype == object:
        return "" if value is None else str(value)
    return float("nan") if value is None else float(value)


def _problem(bundle: Bundle, columns: Columns, rule: BehaviourConfig) -> str:
    manifest, changes = bundle.manifest, rule.kind != "minimum"
    for field, value in [*rule.where.items(), *([(rule.field, rule.value)] if changes else [])]:
        if field not in columns or columns[field].dtype.kind not in "fO":
            return f"{field!r} is no field of numbers or texts"
        if columns[field].dtype != object and isinstance(value, str):
            return f"{field!r} is a number and cannot be {value!r}"
    if rule.kind in {"increases", "decreases"} and columns[rule.field].dtype == object:
        return f"nothing can be added to {rule.field!r}, which is no number"
    amount = manifest.task == "regression"
    if not changes and amount and not isinstance(rule.expect, int | float):
        return "`expect` must be an amount"
    of_class = not amount and (not changes or (rule.kind != "invariance" and len(manifest.classes) > 2))
    if of_class and str(rule.expect) not in manifest.classes:
        return f"`expect` must be one of {', '.join(manifest.classes)}"
    return ""
