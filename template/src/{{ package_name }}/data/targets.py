"""What is predicted, as numbers: class labels as codes, amounts in units of their spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["UNKNOWN", "Target", "fit_target"]

UNKNOWN = -1  # code of a label that no training row had


@dataclass(frozen=True)
class Target:
    """How a target is coded; fitted on training rows, kept in the manifest."""

    classes: tuple[str, ...]  # labels by code; binary: (negative, positive); regression: empty
    center: float  # regression: mean of the training rows, in units of the target
    scale: float  # ... and their standard deviation

    def encode(self, values: np.ndarray) -> np.ndarray:
        """int64 codes of labels (`UNKNOWN` for new ones), or float64 amounts in units of the spread."""
        if not self.classes:
            return (values.astype(np.float64) - self.center) / self.scale
        codes = {label: code for code, label in enumerate(self.classes)}
        return np.array([codes.get(label, UNKNOWN) for label in values], dtype=np.int64)

    def amounts(self, scaled: np.ndarray) -> np.ndarray:
        """float64 amounts in units of the target from what `encode` made of them."""
        return self.center + self.scale * scaled.astype(np.float64)


def fit_target(values: np.ndarray, positive: str | None, *, regression: bool) -> Target:
    """Learn the coding from training rows; `positive` is the label that binary models give the probability of."""
    if regression:
        # Scaled, because the graph computes in float32: a target of a billion give or take one would drown in rounding.
        amounts = values.astype(np.float64)
        return Target((), float(amounts.mean()), float(amounts.std()) or 1.0)
    return Target(tuple(sorted(set(values.tolist()), key=lambda label: (label == positive, label))), 0.0, 1.0)
