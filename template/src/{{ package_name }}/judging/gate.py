"""May this model be promoted? Its own checks, and a comparison with the champion on rows that neither has learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..bundle.graph import run_graph
from ..data.dataset import take
from ..errors import COMMAND, UserError
from .checks import beyond_chance, leak, own_checks
from .evaluate import data_of, draws_of, evaluate_on
from .evaluation import write_whole
from .metrics import Draws, intervals, task_scorers
from .slices import fewer, partition, slice_fields
from .verdict import Check, Verdict, save_verdict

if TYPE_CHECKING:
    from pathlib import Path

    from ..bundle.store import Bundle
    from ..config import Config
    from ..data.dataset import Dataset
    from ..project import Project
    from .evaluation import Interval

__all__ = ["decide"]


@dataclass(frozen=True)
class _Match:
    """Two models and what they answer for the same test rows; `excluded` others were seen by one of the two."""

    challenger: Bundle
    champion: Bundle
    rows: np.ndarray
    actual: np.ndarray
    answers: tuple[np.ndarray, np.ndarray]
    excluded: int
    seen_by_champion: int


def decide(  # noqa: PLR0913 - who and when are the caller's to know
    project: Project,
    config: Config,
    challenger: Bundle,
    champion: Bundle | UserError | None,
    *,
    who: str,
    when: str,
    force: str = "",
) -> Verdict:
    """Evaluate the challenger anew, compare it, and write verdict.json and verdict.html beside metrics.json.

    `champion` is None where there is none, or why it cannot be read; `force` is a person's reason to promote in spite
    of it all. Raises UserError, unless forced, where no fair comparison is possible: an unreadable champion, the same
    version, another target, a feature that is gone, or a champion that has learned the gate's rows.
    """
    data, manifest, match = data_of(challenger, project.root, challenger.contract), challenger.manifest, None
    try:
        match = _match(project.root, challenger, champion, data)
        compared = _compare(match, data, config)
    except UserError as error:
        if not force:
            raise
        compared = [Check("champion", "reject", None, "", str(error))]
    evaluation, learned = evaluate_on(challenger, data, config), data.split.train
    target = manifest.target.encode(data.target[learned])
    leaked = leak(take(data.features, learned), target, config.runtime.seed)
    checks = (*own_checks(evaluation, manifest, config.gate), leaked, *compared)
    outcomes = {check.outcome for check in checks}
    decision = "reject" if "reject" in outcomes else "hold" if "hold" in outcomes else "promote"
    told = [check for check in checks if check.outcome != "pass"] or compared[:1]
    verdict = Verdict(
        version=manifest.version,
        champion=match.champion.manifest.version if match else None,
        decision=decision,
        reasons=tuple(f"{check.name}: {check.reason}" for check in told),
        checks=checks,
        rows=len(match.rows) if match else evaluation.rows,
        excluded=match.excluded if match else 0,
        who=who,
        when=when,
        forced=force if decision != "promote" else "",
        data_sha256=manifest.data_sha256,
        model_sha256=manifest.model_sha256,
        commit=manifest.commit,
    )
    write_whole(challenger.metrics_path, evaluation.model_dump_json(indent=2) + "\n")
    save_verdict(verdict, evaluation, challenger.path)
    return verdict


def _match(root: Path, challenger: Bundle, champion: Bundle | UserError | None, data: Dataset) -> _Match | None:
    """Let both answer for those of the challenger's test rows that neither has learned."""
    if isinstance(champion, UserError):
        raise champion
    if champion is None:
        return None
    ours, theirs, name = challenger.manifest, champion.manifest, f"the champion {champion.manifest.version}"
    if ours.version == theirs.version:
        raise UserError(f"{ours.version} is the champion already: run `{COMMAND} train` first")
    if (ours.task, challenger.contract.target.field) != (theirs.task, champion.contract.target.field):
        raise UserError(f'{name} predicts something else: look, then run `{COMMAND} gate --force "..."`')
    # Under the champion's contract: the same rows in the same order, features as features.py computes them today.
    same = ours.contract_sha256 == theirs.contract_sha256
    read = data if same else data_of(challenger, root, champion.contract)
    gone = sorted(set(theirs.features) - set(read.features))
    if gone:
        raise UserError(f"{name} needs the feature {gone[0]!r}: put it back into features.py")
    test = data.split.test
    by_champion = np.isin(read.hashes[test], champion.seen)
    seen = by_champion | np.isin(data.hashes[test], challenger.seen)
    rows = test[~seen]
    pairs = ((challenger, data), (champion, read))
    mine, other = (run_graph(bundle.session, take(view.features, rows)) for bundle, view in pairs)
    if not np.isfinite(other).all():
        raise UserError(f"{name} gives answers that are no numbers: run `{COMMAND} rollback` first")
    return _Match(challenger, champion, rows, data.target[rows], (mine, other), int(seen.sum()), int(by_champion.sum()))


def _compare(match: _Match | None, data: Dataset, config: Config) -> list[Check]:
    """Compare the primary metric over all rows and by slice."""
    if match is None:
        return [Check("champion", "pass", None, "", "there is none to compare with: the other checks decide alone")]
    gate, count, draws = config.gate, len(match.rows), draws_of(config)
    if count < gate.fewest_rows:
        if 2 * match.seen_by_champion > count + match.excluded:
            seen = f"the champion was trained on {match.seen_by_champion} of the gate's {count + match.excluded} rows"
            raise UserError(f"{seen}: run `{COMMAND} ingest` with new ones, then train again")
        words = f"{count} rows that neither model has learned are too few to compare"
        return [Check("champion", "hold", None, f">= {gate.fewest_rows} rows", words)]
    slices, limit = [], f">= -{gate.slice_drop:g}"
    for field in slice_fields(match.challenger.contract, config.evaluate):
        for value, part in partition(data.columns[field][match.rows]).items():
            if len(part) >= config.evaluate.slice_rows:
                slices.append((f"gain where {field} = {value}", _gain(match, part, fewer(draws)), limit))
    same = match.challenger.manifest.features_sha256 == match.champion.manifest.features_sha256
    remark = "" if same else "; features.py has changed since the champion was trained"
    return [
        _in_words(_gain(match, np.arange(count), draws), gate.effect, remark),
        beyond_chance("slices against champion", slices),
    ]


def _gain(match: _Match, rows: np.ndarray, draws: Draws) -> Interval:
    """By which share of the champion's value the challenger's primary metric, a loss in all tasks, is lower."""
    bundles = (match.challenger, match.champion)
    ours, theirs = (
        next(iter(task_scorers(bundle.manifest, match.actual[rows], answer[rows]).values()))
        for bundle, answer in zip(bundles, match.answers, strict=True)
    )
    tiny = float(np.finfo(np.float32).tiny)  # a champion without any loss is no reason to divide by zero
    return intervals({"": lambda w: (theirs(w) - ours(w)) / max(theirs(w), tiny)}, len(rows), draws)[""]


def _in_words(gain: Interval, effect: float, remark: str) -> Check:
    outcome = "hold"
    if gain.value is None or gain.low is None or gain.high is None:
        outcome, words = "reject", "no comparison: an answer is no number"
    elif gain.high < 0:
        outcome, words = "reject", "worse beyond chance"
    elif gain.low == gain.high == 0:
        words = "a tie: no difference at all"
    elif gain.low <= 0:
        words = "no difference beyond chance"
    elif gain.value < effect:
        words = "better by less than the declared effect"
    else:
        outcome, words = "pass", "better beyond chance"
    return Check("champion", outcome, gain.value, f">= {effect:g}, beyond chance", f"{words}: gain {gain}{remark}")
