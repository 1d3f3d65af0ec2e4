"""Train a model on the latest arrival and leave it as a bundle, or leave nothing."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from ..bundle.graph import PREFIX, open_graph, run_graph
from ..bundle.store import Manifest, save_bundle
from ..contract.records import load_contract
from ..data.arrivals import latest
from ..data.dataset import load_dataset, take
from ..data.targets import Target, fit_target
from ..model import build_model
from ..provenance import commit, now, packages, sha256_bytes, sha256_file, who
from .export import Parity, check_parity, input_frame, to_onnx
from .float32 import fit_exactly

if TYPE_CHECKING:
    from pathlib import Path

    from sklearn.pipeline import Pipeline

    from ..config import Config, ModelConfig
    from ..contract.records import Contract, Task
    from ..data.arrivals import Arrival
    from ..data.dataset import Dataset
    from ..project import Project

__all__ = ["Fitted", "best_f1_threshold", "fit_on", "fit_pipeline", "known_values", "train"]


@dataclass(frozen=True)
class Fitted:
    """What training learned: the exported graph (ONNX bytes), and how its numbers are read."""

    task: Task
    model: bytes
    target: Target
    threshold: float | None
    parity: Parity
    seconds: float


def train(project: Project, config: Config) -> Path:
    """Fit, export, prove parity, and write the bundle.

    Returns:
        the folder of the new bundle.

    Raises:
        UserError: there is no arrival, or too little in it to learn from.
        ParityError: the exported graph does not say what the fitted pipeline says; nothing is written.
    """
    contract = load_contract(project.contract)
    arrival, path = latest(project.root)
    data = load_dataset(path, contract, config.split, config.runtime.seed)
    fitted = fit_on(data, contract, config)
    manifest = _manifest(project, config, arrival, data, fitted)
    return save_bundle(project.models, manifest, fitted.model, project.contract)


def fit_on(data: Dataset, contract: Contract, config: Config) -> Fitted:
    """Fit on the training rows, prove parity on all others, choose the threshold on the validation rows.

    Equal data, contract and settings give equal bytes, in any process and with any number of threads.
    """
    labels = data.target[data.split.train]
    target = fit_target(labels, contract.positive, regression=contract.task == "regression")
    rows = take(data.features, data.split.train)
    started = time.perf_counter()
    with threadpool_limits(config.runtime.threads or None):
        pipeline = fit_pipeline(config.model, rows, target.encode(labels), contract.task, config.runtime.seed)
    seconds = time.perf_counter() - started
    model = to_onnx(pipeline, rows)
    session = open_graph(model, config.runtime.threads)
    unseen = np.concatenate([data.split.valid, data.split.test])
    parity = check_parity(pipeline, session, take(data.features, unseen))
    threshold = None
    if contract.task == "binary":
        scores = run_graph(session, take(data.features, data.split.valid))[:, 1]
        positive = target.encode(data.target[data.split.valid]) == 1
        threshold = best_f1_threshold(positive, scores) if config.model.threshold == "f1" else config.model.threshold
    return Fitted(contract.task, model, target, threshold, parity, seconds)


def fit_pipeline(
    config: ModelConfig, features: dict[str, np.ndarray], target: np.ndarray, task: Task, seed: int
) -> Pipeline:
    """Build the team's model for these features (see `model.build_model`) and fit it exactly (see `float32`).

    Args:
        config: the `[model]` section.
        features: training rows, name -> float32 or object array.
        target: int64 codes or float64 scaled amounts, one per row.
        task: from the contract.
        seed: makes fitting repeatable.
    """
    texts = {name for name, values in features.items() if values.dtype == object}
    categories = {
        PREFIX + name: known_values(features[name], config.max_categories) for name in features if name in texts
    }
    numeric = [PREFIX + name for name in features if name not in texts]
    pipeline = build_model(config, numeric, categories, task, seed)
    return fit_exactly(pipeline, input_frame(features), target)


def known_values(values: np.ndarray, limit: int) -> list[str]:
    """Return the `limit` most frequent texts, sorted; of equally frequent ones the alphabetically first."""
    texts, counts = np.unique(values.astype(str), return_counts=True)
    return sorted(texts[np.argsort(-counts, kind="stable")[:limit]].tolist())


def best_f1_threshold(positive: np.ndarray, scores: np.ndarray) -> float:
    """Return the threshold with the best F1, halfway between two scores so that no row sits on it.

    Args:
        positive: bool, one per row.
        scores: probability of the positive class, one per row.

    Returns:
        a number between 0 and 1; 0.5 where there is no positive row to judge by.
    """
    if not positive.any():
        return 0.5
    order = np.argsort(-scores, kind="stable")
    ranked = np.append(scores[order].astype(np.float64), 0.0)
    last_of_its_score = np.flatnonzero(np.diff(ranked) < 0)
    hits = positive[order].cumsum()
    f1 = 2 * hits[last_of_its_score] / (last_of_its_score + 1 + positive.sum())
    best = last_of_its_score[f1.argmax()]
    return float((ranked[best] + ranked[best + 1]) / 2)


def _manifest(project: Project, config: Config, arrival: Arrival, data: Dataset, fitted: Fitted) -> Manifest:
    created, digest = now(), sha256_bytes(fitted.model)
    head, dirty = commit(project.root)
    parts = {"train": data.split.train, "valid": data.split.valid, "test": data.split.test}
    return Manifest(
        version=f"{created.replace('-', '').replace(':', '')}-{digest[:8]}",
        created=created,
        who=who(project.root),
        commit=head,
        dirty=dirty,
        data_file=arrival.source,
        data_sha256=arrival.sha256,
        config=config.recorded(),
        config_sha256=sha256_bytes(json.dumps(config.recorded(), sort_keys=True).encode()),
        lock_sha256=sha256_file(project.lock) if project.lock.is_file() else None,
        contract_sha256=sha256_file(project.contract),
        model_sha256=digest,
        packages=packages(),
        task=fitted.task,
        features={name: "category" if v.dtype == object else "number" for name, v in data.features.items()},
        classes=fitted.target.classes,
        threshold=fitted.threshold,
        target_center=fitted.target.center,
        target_scale=fitted.target.scale,
        rows={name: len(rows) for name, rows in parts.items()} | {"unlabelled": data.split.unlabelled},
        split=data.split.kind,
        parity=asdict(fitted.parity),
        seconds=round(fitted.seconds, 3),
    )
