"""What the numbers of a graph mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .store import Manifest

__all__ = ["read_output"]


def read_output(manifest: Manifest, output: np.ndarray) -> list[str | float | None]:
    """Return a label or an amount for each row of what `run_graph` gave; None where that is NaN or infinite."""
    if manifest.task == "regression":
        values = manifest.target.amounts(output[:, 0])
    else:
        threshold = manifest.threshold
        codes = output.argmax(axis=1) if threshold is None else (output[:, 1] >= threshold).astype(int)
        values = np.array(manifest.classes, dtype=object)[codes]
    finite = np.isfinite(output).all(axis=1)
    return [value if fine else None for value, fine in zip(values.tolist(), np.asarray(finite), strict=True)]
