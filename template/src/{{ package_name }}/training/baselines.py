"""What a model has to beat: knowing nothing, and knowing its two best features.

`target` is as `targets.Target.encode` returns it, `output` as `graph.run_graph` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..bundle.graph import run_graph
from .export import reference
from .train import fit_pipeline

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from ..config import ModelConfig
    from ..contract.records import Task

__all__ = ["dummy_output", "log_losses", "losses", "simple_output", "strongest"]


_SMALLEST = float(np.finfo(np.float32).eps)  # probabilities are float32: none is told from 0 or 1 below this


def log_losses(codes: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return minus the logarithm of what each row's true class was given; a class the model does not know: nothing."""
    given = np.where(codes >= 0, probabilities[np.arange(len(codes)), np.maximum(codes, 0)], 0.0)
    return -np.log(np.clip(given.astype(np.float64), _SMALLEST, 1.0))


def losses(target: np.ndarray, output: np.ndarray, task: Task) -> np.ndarray:
    """Return the loss of each row: log loss, or squared error in units of the target's spread."""
    return (output[:, 0] - target) ** 2 if task == "regression" else log_losses(target, output)


def dummy_output(learned: np.ndarray, classes: int, rows: int) -> np.ndarray:
    """Answer for `rows` rows with the class shares of the learned targets, or (0 `classes`: regression) their mean."""
    answer = np.bincount(learned, minlength=classes) / len(learned) if classes else np.array([learned.mean()])
    return np.tile(answer, (rows, 1))


def strongest(
    session: InferenceSession, features: dict[str, np.ndarray], target: np.ndarray, task: Task, seed: int
) -> list[str]:
    """Return the features in order of how much the loss rises when their values are shuffled (permutation importance).

    The exported graph itself is asked, on rows that it was not fitted on.
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
    """Fit the linear model of `model.build_model` on `learn` (features, target) and return its output on `judge`."""
    return reference(fit_pipeline(config.model_copy(update={"kind": "linear"}), *learn, task, seed), judge)
