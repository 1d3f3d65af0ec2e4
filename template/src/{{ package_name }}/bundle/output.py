"""What the numbers of a graph mean: labels, probabilities, amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from .store import Manifest

__all__ = ["Answers", "read_output"]


class Answers(NamedTuple):
    """One answer per row.

    values          object (class labels) or float64 (amounts in units of the target)
    probabilities   class -> float32; empty for regression
    finite          bool: False where the graph gave NaN or infinity, and the answer means nothing
    """

    values: np.ndarray
    probabilities: dict[str, np.ndarray]
    finite: np.ndarray


def read_output(manifest: Manifest, output: np.ndarray) -> Answers:
    """Read what `run_graph` gave (n x classes, or n x 1) as the manifest says."""
    finite = np.asarray(np.isfinite(output).all(axis=1))
    if manifest.task == "regression":
        return Answers(manifest.target.amounts(output[:, 0]), {}, finite)
    codes = output.argmax(axis=1) if manifest.threshold is None else (output[:, 1] >= manifest.threshold).astype(int)
    values = np.array(manifest.classes, dtype=object)[codes]
    return Answers(values, {name: output[:, place] for place, name in enumerate(manifest.classes)}, finite)
