"""What the gate asks of a model by itself: from its evaluation to one `Check` per question.

"Beyond chance" means that the whole bootstrap interval misses the limit, and that chance alone does not get that far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import UserError
from ..training.export import TOLERANCE
from .metrics import LOWER_IS_BETTER
from .verdict import Check

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..bundle.store import Manifest
    from ..config import GateConfig
    from .evaluation import Comparison, Evaluation, Interval

__all__ = ["beyond_chance", "leak", "own_checks"]

_LEAK, _LEAK_ROWS = 0.999, (200, 20_000)  # below 200 rows an honest column may tell the classes apart
_FEWEST_OF_A_CLASS = 5  # the neighbours of a single row are of another class
_TOLD = 2  # of what passed
_TOO_GOOD, _BEST_IS_ONE = 0.9999, ("roc_auc", "balanced_accuracy", "r2")


def own_checks(evaluation: Evaluation, manifest: Manifest, gate: GateConfig) -> list[Check]:
    """Return the checks that need no other model and no rows. Raises UserError for a bar that makes no sense."""
    for setting, bars in (("bars", gate.bars), ("slice_bars", gate.slice_bars)):
        _refuse_nonsense(f"setting `gate.{setting}`", bars, evaluation)
    difference, wrong = float(manifest.parity["max_difference"]), evaluation.not_finite
    fair = {"selection_ratio": f">= {gate.selection_ratio:g}", "odds_difference": f"<= {gate.odds_difference:g}"}
    named = [(s, m, limit) for s in evaluation.slices if s.judged for m, limit in gate.slice_bars.items()]
    slices = [(f"{m} of {s.field} = {s.value}", s.metrics[m], limit) for s, m, limit in named]
    groups = [(f"{m} of {f.field}", getattr(f, m), limit) for f in evaluation.fairness for m, limit in fair.items()]
    errors = [("calibration error", c.error, f"<= {gate.calibration_error:g}") for c in [evaluation.calibration] if c]
    dummy, *simple = evaluation.baselines
    return [
        _check("parity", difference, f"<= {TOLERANCE:g}", "difference between the graph and scikit-learn"),
        _check("finite", wrong, "<= 0", f"answers of {evaluation.rows} that are no finite number"),
        *(_check(f"bar {name}", evaluation.metrics[name].value, limit, name) for name, limit in gate.bars.items()),
        Check("dummy", "pass" if dummy.beaten else "reject", dummy.gain.value, "> 0, beyond chance", dummy.verdict),
        *(_simple(other) for other in simple),
        beyond_chance("slices", slices),
        beyond_chance("fairness", groups),
        beyond_chance("calibration", errors),
        *(
            Check(f"behaviour {rule.name}", "hold", None, "", "there is no row to try it on")
            if rule.held is None
            else _check(f"behaviour {rule.name}", rule.held, f">= {rule.needed:g}", f"share of {rule.rows} rows")
            for rule in evaluation.behaviour
        ),
        *_too_good(evaluation, gate.fewest_rows),
    ]


def beyond_chance(name: str, found: Sequence[tuple[str, Interval, str]]) -> Check:
    """Reject when any of (what, interval, limit such as "<= 0.1") misses its limit beyond chance."""
    failed = [case for case in found if _misses_beyond_chance(case[1], case[2])]
    if not found:
        return Check(name, "pass", None, "", "nothing to judge")
    (_, first, limit), outcome = (failed or found)[0], "reject" if failed else "pass"
    told = "; ".join(f"{what} is {interval}, asked {asked}" for what, interval, asked in failed or found[:_TOLD])
    more = (
        f"; and {len(found) - _TOLD} more, none of which misses its limit" if len(found) > _TOLD and not failed else ""
    )
    return Check(name, outcome, first.value, limit, told + more)


def leak(features: Mapping[str, np.ndarray], target: np.ndarray, seed: int) -> Check:
    """Reject a feature that alone tells the target (int64 codes, or amounts) of the training rows.

    In the order of its values, the neighbours of a row tell its class (one of the two is right), or its place among the
    amounts (their mean). Copies, recodings and by-products of the target score 0.999 and more, honest columns less;
    tools/draft/leaks.py looks closer, at the table that a contract is proposed for.
    """
    rows = np.random.default_rng(seed).permutation(len(target))[: _LEAK_ROWS[1]]  # ties in no order of the file
    if len(rows) < _LEAK_ROWS[0]:
        return Check("leak", "pass", None, "", f"{len(rows)} training rows are too few to look for one")
    score = _balanced_accuracy if target.dtype.kind == "i" else _explained
    told = {name: score(target[rows][_order(values[rows])]) for name, values in features.items()}
    closest = max(told, key=told.__getitem__)
    return _check("leak", told[closest], f"<= {_LEAK}", f"what {closest!r} alone tells of the target (a copy: 1)")


def _check(name: str, value: float | None, limit: str, what: str) -> Check:
    """Reject a value that misses its limit, or that there is not."""
    passed = value is not None and not _misses(value, limit)
    told = f"{what}: {'not defined' if value is None else f'{value:.4g}'}, asked {limit}"
    return Check(name, "pass" if passed else "reject", value, limit, told)


def _misses(value: float, limit: str) -> bool:
    bar = float(limit[2:])
    return not (value <= bar if limit.startswith("<") else value >= bar)  # NaN misses every limit


def _misses_beyond_chance(found: Interval, limit: str) -> bool:
    if found.value is None or found.low is None or found.high is None:
        return False
    by_chance = found.chance is not None and not _misses(found.value, f"{limit[:2]} {found.chance}")
    return not by_chance and all(_misses(number, limit) for number in (found.value, found.low, found.high))


def _refuse_nonsense(where: str, bars: Mapping[str, str], evaluation: Evaluation) -> None:
    for name, limit in bars.items():
        right = "<=" if name in LOWER_IS_BETTER else ">="
        if name not in evaluation.metrics:
            raise UserError(f"{where}: there is no metric {name!r}, only {', '.join(evaluation.metrics)}")
        if not limit.startswith(right):
            raise UserError(f"{where}: {name} {limit!r} lets bad models pass: write {right!r} in config/base.toml")


def _simple(other: Comparison) -> Check:
    worse = other.gain.high is None or other.gain.high < 0
    remark = ": the simpler model is better" if worse else "" if other.beaten else ": the simpler model may do"
    outcome = "reject" if worse else "pass"
    return Check("simple", outcome, other.gain.value, ">= 0, within chance", other.verdict + remark)


def _too_good(evaluation: Evaluation, fewest: int) -> list[Check]:
    """Hold a perfect model: nobody has looked at it yet, and most of them have a leak."""
    values = {name: evaluation.metrics[name].value or 0.0 for name in _BEST_IS_ONE if name in evaluation.metrics}
    return [
        Check(
            "too good", "hold", value, f"< {_TOO_GOOD}", f"{name} {value:.5f} is too good to be true: look for a leak"
        )
        for name, value in values.items()
        if value >= _TOO_GOOD and evaluation.rows >= fewest
    ]


def _order(values: np.ndarray) -> np.ndarray:
    return np.argsort(values.astype(str) if values.dtype == object else values, kind="stable")


def _balanced_accuracy(codes: np.ndarray) -> float:
    same = codes[1:] == codes[:-1]
    right = np.append(same, False) | np.append(False, same)
    frequent = np.flatnonzero(np.bincount(codes) >= _FEWEST_OF_A_CLASS)
    return float(np.mean([right[codes == code].mean() for code in frequent]))


def _explained(amounts: np.ndarray) -> float:
    _, place, counts = np.unique(amounts, return_inverse=True, return_counts=True)
    ranks = (counts.cumsum() - (counts - 1) / 2)[place]
    guess = (ranks[:-2] + ranks[2:]) / 2
    return float(1 - np.mean((ranks[1:-1] - guess) ** 2) / (ranks.var() or 1.0))
