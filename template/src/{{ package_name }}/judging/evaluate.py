"""Judge a bundle on its test rows, which neither training nor the choice of the threshold has seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..bundle.graph import run_graph
from ..config import ModelConfig, SplitConfig
from ..data.arrivals import arrival
from ..data.dataset import Dataset, load_dataset, take
from ..errors import UserError
from ..training.baselines import dummy_output, simple_output, strongest
from .evaluation import Comparison, Evaluation, Interval
from .metrics import (
    LOWER_IS_BETTER,
    Scorer,
    binary_scorers,
    interval,
    multiclass_scorers,
    regression_scorers,
    resample,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ..bundle.store import Bundle, Manifest
    from ..config import EvaluateConfig

__all__ = ["baseline_outputs", "evaluate", "evaluate_on"]

_SIMPLE_FEATURES = 2


def evaluate(bundle: Bundle, root: Path, config: EvaluateConfig) -> Evaluation:
    """Evaluate on the arrival that the bundle was trained on, split as it was then, and write metrics.json.

    Raises:
        UserError: that arrival is gone.
    """
    manifest = bundle.manifest
    _, path = arrival(root, manifest.data_sha256)
    data = load_dataset(path, bundle.contract, SplitConfig.model_validate(manifest.config["split"]), _seed(manifest))
    evaluation = evaluate_on(bundle, data, config)
    bundle.metrics_path.write_text(evaluation.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return evaluation


def evaluate_on(bundle: Bundle, data: Dataset, config: EvaluateConfig) -> Evaluation:
    """Score the test rows with the model and its baselines, and compare them on the same bootstrap samples."""
    test = data.split.test
    if not test.size:
        raise UserError("there are no test rows: ingest a longer table, or raise `test` in config/base.toml")
    seed, features = _seed(bundle.manifest), take(data.features, test)
    outputs = {"model": run_graph(bundle.session, features)} | baseline_outputs(bundle, data)
    scorers = {name: _scorers(bundle.manifest, data.target[test], output) for name, output in outputs.items()}
    drawn = {name: resample(scorer, len(test), config.bootstrap_rounds, seed) for name, scorer in scorers.items()}
    whole = {name: {m: s(np.ones(len(test))) for m, s in scorer.items()} for name, scorer in scorers.items()}
    metrics = {
        name: {m: _interval(value, drawn[name][m], config.confidence) for m, value in values.items()}
        for name, values in whole.items()
    }
    primary = next(iter(scorers["model"]))
    sign = 1 if primary in LOWER_IS_BETTER else -1
    gains = {
        name: _interval(
            sign * (whole[name][primary] - whole["model"][primary]),
            sign * (drawn[name][primary] - drawn["model"][primary]),
            config.confidence,
        )
        for name in outputs
        if name != "model"
    }
    return Evaluation(
        version=bundle.manifest.version,
        rows=len(test),
        confidence=config.confidence,
        rounds=config.bootstrap_rounds,
        primary=primary,
        metrics=metrics["model"],
        baselines=tuple(Comparison(name=name, metrics=metrics[name], gain=gain) for name, gain in gains.items()),
    )


def baseline_outputs(bundle: Bundle, data: Dataset) -> dict[str, np.ndarray]:
    """Return the test rows' outputs of the dummy and of the linear model of the two strongest features."""
    manifest, split = bundle.manifest, data.split
    target, seed = manifest.target, _seed(manifest)
    learned = target.encode(data.target[split.train])
    dummy = dummy_output(learned, len(target.classes), len(split.test))
    ranked = strongest(
        bundle.session, take(data.features, split.valid), target.encode(data.target[split.valid]), manifest.task, seed
    )
    chosen = {name: data.features[name] for name in ranked[:_SIMPLE_FEATURES]}
    config = ModelConfig.model_validate(manifest.config["model"])
    simple = simple_output(config, (take(chosen, split.train), learned), take(chosen, split.test), manifest.task, seed)
    return {"dummy": dummy, f"linear on {' and '.join(chosen)}": simple}


def _scorers(manifest: Manifest, actual: np.ndarray, output: np.ndarray) -> dict[str, Scorer]:
    """Prepare the metrics of the task; the first one is primary."""
    target = manifest.target
    if manifest.task == "regression":
        return regression_scorers(actual.astype(np.float64), target.amounts(output[:, 0]))
    codes = target.encode(actual)
    if manifest.threshold is not None:
        return binary_scorers(codes, output, manifest.threshold)
    return multiclass_scorers(codes, output)


def _interval(value: float, drawn: np.ndarray, confidence: float) -> Interval:
    low, high = interval(drawn, confidence)
    return Interval(value=_defined(value), low=_defined(low), high=_defined(high))


def _defined(number: float) -> float | None:
    return None if np.isnan(number) else number


def _seed(manifest: Manifest) -> int:
    return int(manifest.config["runtime"]["seed"])
