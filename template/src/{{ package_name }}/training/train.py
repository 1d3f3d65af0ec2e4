"""Train a model on the rows that arrived and leave it as a bundle, or leave nothing."""

from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sklearn.metrics import precision_recall_curve
from threadpoolctl import threadpool_limits

from ..bundle.graph import PREFIX, open_graph, run_graph
from ..bundle.store import REFERENCE, SEEN, Manifest, save_bundle
from ..config import ModelConfig, RuntimeConfig, SplitConfig
from ..contract.records import load_contract
from ..data.arrivals import arrival, training_arrivals
from ..data.dataset import load_dataset, take
from ..data.targets import Target, fit_target
from ..errors import COMMAND, UserError
from ..model import build_model
from ..provenance import commit, features_sha256, packages, peak_megabytes, sha256_bytes, sha256_file
from .export import Parity, check_parity, input_frame, to_onnx
from .float32 import fit_exactly
from .reference import describe, frequent
from .tracking import record_run, run_of

if TYPE_CHECKING:
    from pathlib import Path

    from sklearn.pipeline import Pipeline

    from ..config import Config
    from ..contract.records import Contract, Task
    from ..data.dataset import Dataset
    from ..project import Project

__all__ = ["Fitted", "best_f1_threshold", "fit_again", "fit_on", "fit_pipeline", "train"]


class Fitted(NamedTuple):
    """What training learned: the exported graph (ONNX bytes), and how its numbers are read."""

    model: bytes
    target: Target
    threshold: float | None
    parity: Parity


def train(project: Project, config: Config, *, who: str, when: str, allow_dirty: bool = False) -> Path:
    """Fit, export, prove parity, write the bundle and record the run; return the bundle's folder.

    Raises UserError when files differ from the commit (but for `allow_dirty`), there is too little to learn from or the
    tracking store does not answer, ParityError when graph and pipeline differ; then nothing is written.
    """
    head, dirty = commit(project.root)
    if dirty and not allow_dirty:
        why = f"src, config, contracts, pyproject.toml or uv.lock differ from {head[:8]}" if head else "there is none"
        raise UserError(f"no commit holds what would be trained ({why}): commit, or `{COMMAND} train --allow-dirty`")
    contract, recorded = load_contract(project.contract), config.recorded()
    with run_of(config, project.root) as run_id:
        started, busy = time.perf_counter(), time.process_time()
        arrivals, paths = zip(*training_arrivals(project.root, config.data.train_on), strict=True)
        data = load_dataset(paths, contract, config.split, config.runtime.seed)
        fitted = fit_on(data, contract, config)
        seconds, cpu = time.perf_counter() - started, time.process_time() - busy
        files, hashes = _files(data), tuple(one.sha256 for one in arrivals)
        parts = {"train": data.split.train, "valid": data.split.valid, "test": data.split.test}
        manifest = Manifest(
            version=f"{when.replace('-', '').replace(':', '')}-{sha256_bytes(fitted.model)[:8]}",
            created=when,
            who=who,
            commit=head,
            dirty=dirty,
            told_dirty=dirty and allow_dirty,
            run_id=run_id,
            data_file=arrivals[-1].source,
            data_sha256=hashes[0] if len(hashes) == 1 else sha256_bytes("\n".join(hashes).encode()),
            arrivals=hashes,
            newest=_newest(data),
            config=recorded,
            config_sha256=sha256_bytes(json.dumps(recorded, sort_keys=True).encode()),
            lock_sha256=sha256_file(project.lock) if project.lock.is_file() else None,
            contract_sha256=sha256_file(project.contract),
            contract_version=contract.version,
            features_sha256=features_sha256(),
            model_sha256=sha256_bytes(fitted.model),
            files={name: sha256_bytes(content) for name, content in files.items()},
            packages=packages(),
            task=contract.task,
            features={name: "category" if v.dtype == object else "number" for name, v in data.features.items()},
            classes=fitted.target.classes,
            threshold=fitted.threshold,
            target_center=fitted.target.center,
            target_scale=fitted.target.scale,
            rows={name: len(rows) for name, rows in parts.items()} | {"unlabelled": data.split.unlabelled},
            split=data.split.kind,
            parity=fitted.parity._asdict(),
            seconds=round(seconds, 3),
            cpu_seconds=round(cpu, 3),
            peak_megabytes=round(peak_megabytes(), 1),
            cost=round(cpu / 3600 * config.tracking.price_per_core_hour, 6),
            currency=config.tracking.currency,
        )
        path = save_bundle(project.models, manifest, fitted.model, project.contract, files)
        record_run(config, project.root, manifest, path)
    return path


def fit_again(project: Project, config: Config, like: Manifest) -> bytes:
    """Return the graph that today's code, contract and packages make of another model's arrivals and settings."""
    sections = {"split": SplitConfig, "model": ModelConfig, "runtime": RuntimeConfig}
    former = {name: section.model_validate(like.config[name]) for name, section in sections.items()}
    config = config.model_copy(update=former)
    contract = load_contract(project.contract)
    paths = [arrival(project.root, sha256)[1] for sha256 in like.arrivals]
    return fit_on(load_dataset(paths, contract, config.split, config.runtime.seed), contract, config).model


def fit_on(data: Dataset, contract: Contract, config: Config) -> Fitted:
    """Fit on the training rows, prove parity on all others, choose the threshold on the validation rows.

    Equal data, contract and settings give equal bytes, in any process and with any number of threads.
    """
    split, labels = data.split, data.target[data.split.train]
    target = fit_target(labels, contract.positive, regression=contract.task == "regression")
    rows = take(data.features, split.train)
    with threadpool_limits(config.runtime.threads or None):
        pipeline = fit_pipeline(config.model, rows, target.encode(labels), contract.task, config.runtime.seed)
    model = to_onnx(pipeline, rows)
    session = open_graph(model, config.runtime.threads)
    parity = check_parity(pipeline, session, take(data.features, np.concatenate([split.valid, split.test])))
    threshold = config.model.threshold if contract.task == "binary" else None
    if threshold == "f1":
        positive = target.encode(data.target[split.valid]) == 1
        threshold = best_f1_threshold(positive, run_graph(session, take(data.features, split.valid))[:, 1])
    return Fitted(model, target, threshold, parity)


def fit_pipeline(
    config: ModelConfig, features: dict[str, np.ndarray], target: np.ndarray, task: Task, seed: int
) -> Pipeline:
    """Build the team's model (see `model.build_model`) and fit it exactly (see `float32`) on encoded targets."""
    texts = [name for name, values in features.items() if values.dtype == object]
    categories = {PREFIX + name: frequent(features[name], config.max_categories)[0].tolist() for name in texts}
    numeric = [PREFIX + name for name in features if name not in texts]
    return fit_exactly(build_model(config, numeric, categories, task, seed), input_frame(features), target)


def best_f1_threshold(positive: np.ndarray, scores: np.ndarray) -> float:
    """Return the threshold of the positive class's probability with the best F1; 0.5 where no row is positive.

    It lies halfway between two scores, so that no row sits on it.
    """
    if not positive.any():
        return 0.5
    precision, recall, thresholds = precision_recall_curve(positive, scores)  # ascending; then one entry for no row
    f1 = 2 * precision * recall / np.maximum(precision + recall, np.finfo(float).tiny)
    best = int(f1[:-1].argmax())
    below = thresholds[best - 1] if best else 0.0
    return (float(below) + float(thresholds[best])) / 2


def _newest(data: Dataset) -> str | None:
    times = np.empty(0, "datetime64[us]") if data.times is None else data.times[data.split.train]
    known = times[~np.isnat(times)]
    return str(known.max().astype("datetime64[s]")) if known.size else None


def _files(data: Dataset) -> dict[str, bytes]:
    """Return what the bundle keeps of the rows: hashes of those that shaped the model, and what they looked like."""
    seen = io.BytesIO()
    np.save(seen, np.sort(data.hashes[np.concatenate([data.split.train, data.split.valid])]), allow_pickle=False)
    described = json.dumps(describe(take(data.features, data.split.train)), ensure_ascii=False)
    return {SEEN: seen.getvalue(), REFERENCE: described.encode()}
