"""Judge a bundle on its test rows, which neither training, the search nor the choice of the threshold has seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..bundle.graph import run_graph
from ..config import ModelConfig, SplitConfig
from ..data.arrivals import arrival
from ..data.dataset import Dataset, load_dataset, take
from ..errors import UserError
from ..training.baselines import dummy_output, simple_output, strongest
from .behaviour import behaviour_of
from .evaluation import Comparison, Evaluation, write_whole
from .metrics import Draws, calibration_of, intervals, task_scorers
from .slices import fairness_of, slice_fields, slices_of

if TYPE_CHECKING:
    from pathlib import Path

    from ..bundle.store import Bundle
    from ..config import Config
    from ..contract.records import Contract

__all__ = ["baseline_outputs", "data_of", "draws_of", "evaluate", "evaluate_on"]

_SIMPLE_FEATURES = 2


def evaluate(bundle: Bundle, root: Path, config: Config) -> Evaluation:
    """Evaluate on the arrivals that the bundle was trained on, and write metrics.json.

    Raises UserError when one of them is gone.
    """
    evaluation = evaluate_on(bundle, data_of(bundle, root, bundle.contract), config)
    write_whole(bundle.metrics_path, evaluation.model_dump_json(indent=2) + "\n")
    return evaluation


def data_of(bundle: Bundle, root: Path, contract: Contract) -> Dataset:
    """Read the bundle's arrivals in the split of then; under another contract the rows stay where they are."""
    paths = [arrival(root, sha256)[1] for sha256 in bundle.manifest.arrivals]
    return load_dataset(paths, contract, SplitConfig.model_validate(bundle.manifest.config["split"]), _seed(bundle))


def evaluate_on(bundle: Bundle, data: Dataset, config: Config) -> Evaluation:
    """Score the test rows with the model and its baselines, on the same bootstrap samples."""
    manifest, contract, fewest = bundle.manifest, bundle.contract, config.evaluate.slice_rows
    test = data.split.test[~np.isin(data.hashes[data.split.test], bundle.seen)]
    if not test.size:
        raise UserError("there are no test rows: ingest a longer table, or raise `test` in config/base.toml")
    output, actual, draws = run_graph(bundle.session, take(data.features, test)), data.target[test], draws_of(config)
    columns, codes, threshold = take(data.columns, test), manifest.target.encode(actual), manifest.threshold
    scorers, baselines = task_scorers(manifest, actual, output), []
    primary = next(iter(scorers))
    for name, answer in baseline_outputs(bundle, data, test).items():
        others = task_scorers(manifest, actual, answer)
        gain = {"gain": lambda w, other=others[primary]: other(w) - scorers[primary](w)}  # of a loss, in all tasks
        found = intervals(others | gain, len(test), draws)
        baselines.append(Comparison(name=name, gain=found.pop("gain"), metrics=found))
    slices = [
        slices_of(manifest, field, columns[field], (actual, output), draws, fewest)
        for field in slice_fields(contract, config.evaluate)
    ]
    answers = (codes == 1, output[:, -1] >= (threshold or 0))
    groups = [] if threshold is None else [column.field for column in contract.groups]
    return Evaluation(
        version=manifest.version,
        rows=len(test),
        not_finite=int((~np.isfinite(output)).any(axis=1).sum()),
        confidence=draws.confidence,
        rounds=draws.rounds,
        primary=primary,
        metrics=intervals(scorers, len(test), draws),
        baselines=tuple(baselines),
        slices=tuple(part for parts in slices for part in parts),
        fairness=tuple(fairness_of(field, columns[field], answers, draws, fewest) for field in groups),
        calibration=None if manifest.task == "regression" else calibration_of(codes, output, draws),
        behaviour=tuple(behaviour_of(bundle, columns, rule) for rule in config.behaviour),
    )


def baseline_outputs(bundle: Bundle, data: Dataset, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Return what the dummy and the linear model of the two strongest features answer for some rows."""
    manifest, split = bundle.manifest, data.split
    target, seed, task = manifest.target, _seed(bundle), manifest.task
    learned, valid = target.encode(data.target[split.train]), target.encode(data.target[split.valid])
    dummy = dummy_output(learned, len(target.classes), len(rows))
    ranked = strongest(bundle.session, take(data.features, split.valid), valid, task, seed)
    chosen = {name: data.features[name] for name in ranked[:_SIMPLE_FEATURES]}
    config = ModelConfig.model_validate(manifest.config["model"])
    simple = simple_output(config, (take(chosen, split.train), learned), take(chosen, rows), task, seed)
    return {"dummy": dummy, f"linear on {' and '.join(chosen)}": simple}


def draws_of(config: Config) -> Draws:
    """Return how intervals are drawn."""
    return Draws(config.evaluate.bootstrap_rounds, config.evaluate.confidence, config.runtime.seed)


def _seed(bundle: Bundle) -> int:
    return int(bundle.manifest.config["runtime"]["seed"])
