"""What a model has to beat: knowing nothing, and knowing its two best features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..bundle.graph import run_graph
from ..judging.metrics import log_losses
from .export import reference
from .train import fit_pipeline

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from ..config import ModelConfig
    from ..contract.records import Task

__all__ = ["dummy_output", "losses", "simple_output", "strongest"]


def losses(target: np.ndarray, output: np.ndarray, task: Task) -> np.ndarray:
    """Return the loss of each row: log loss, or squared error in units of the target's spread.

    Args:
        target: as `targets.Target.encode` returns it.
        output: as `graph.run_graph` returns it.
        task: from the contract.
    """
    return (output[:, 0] - target) ** 2 if task == "regression" else log_losses(target, output)


def dummy_output(learned: np.ndarray, classes: int, rows: int) -> np.ndarray:
    """Return what one would say without features: class shares of the training rows, or their mean.

    Args:
        learned: encoded targets of the training rows.
        classes: number of classes, 0 for regression.
        rows: how many rows to answer for.
    """
    answer = np.bincount(learned, minlength=classes) / len(learned) if classes else np.array([learned.mean()])
    return np.tile(answer, (rows, 1))


def strongest(
    session: InferenceSession, features: dict[str, np.ndarray], target: np.ndarray, task: Task, seed: int
) -> list[str]:
    """Return the features in order of how much the loss rises when their values are shuffled (permutation importance).

    The exported graph itself is asked. Args as in `losses`, on validation rows.
    """
    rng = np.random.default_rng(seed)
    harm = {}
    for name, values in features.items():
        output = run_graph(session, {**features, name: rng.permutation(values)})
        harm[name] = float(losses(target, output, task).mean())
    return sorted(harm, key=lambda name: -harm[name])


def simple_output(
    config: ModelConfig,
    learn: tuple[dict[str, np.ndarray], np.ndarray],
    judge: dict[str, np.ndarray],
    task: Task,
    seed: int,
) -> np.ndarray:
    """Fit the linear model of `model.build_model` and return its output, in the shape of `graph.run_graph`.

    Args:
        config: the `[model]` section; its kind is overridden.
        learn: features and encoded target of the training rows.
        judge: the same features of the rows to answer for.
        task: from the contract.
        seed: makes fitting repeatable.
    """
    pipeline = fit_pipeline(config.model_copy(update={"kind": "linear"}), *learn, task, seed)
    return reference(pipeline, judge)
