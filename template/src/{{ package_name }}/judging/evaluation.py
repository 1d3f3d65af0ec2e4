"""What `evaluate` found: the record kept as metrics.json, and the table shown to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import COMMAND, UserError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Comparison", "Evaluation", "Interval", "load_evaluation", "metrics_table"]


class Interval(BaseModel):
    """A value with its bootstrap interval; None where it is not defined (one class only among the test rows)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float | None
    low: float | None
    high: float | None

    def __str__(self) -> str:
        """Show four significant digits: "0.4812 [0.4633, 0.5002]"."""
        if self.value is None or self.low is None or self.high is None:
            return "not defined"
        return f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}]"


class Comparison(BaseModel):
    """A baseline on the same test rows. `gain`: by how much the model's primary metric is better, paired."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    metrics: dict[str, Interval]
    gain: Interval

    @property
    def beaten(self) -> bool:
        """Whether the whole interval of the gain lies above zero."""
        return self.gain.low is not None and self.gain.low > 0

    @property
    def verdict(self) -> str:
        """Return the comparison in words."""
        return f"{'better' if self.beaten else 'not better'} than {self.name} (gain {self.gain})"


class Evaluation(BaseModel):
    """The model on its test rows, against its baselines."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    rows: int
    confidence: float
    rounds: int
    primary: str
    metrics: dict[str, Interval]
    baselines: tuple[Comparison, ...]

    @property
    def verdict(self) -> str:
        """Return the one line to remember."""
        return f"{self.primary} {self.metrics[self.primary]}: " + "; ".join(b.verdict for b in self.baselines)


def load_evaluation(path: Path, version: str) -> Evaluation:
    """Read metrics.json. Raises UserError when it is missing, unreadable or about another model."""
    try:
        evaluation = Evaluation.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        raise UserError(f"{version} has not been evaluated: run `{COMMAND} evaluate` first") from None
    if evaluation.version != version:
        raise UserError(f"{path} speaks of {evaluation.version}: run `{COMMAND} evaluate` again")
    return evaluation


def metrics_table(evaluation: Evaluation) -> str:
    """Return a plain text table: a line per metric, a column for the model and for each baseline."""
    head = ["", "model", *(baseline.name for baseline in evaluation.baselines)]
    lines = [
        [name, str(value), *(str(baseline.metrics[name]) for baseline in evaluation.baselines)]
        for name, value in evaluation.metrics.items()
    ]
    widths = [max(map(len, column)) for column in zip(head, *lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in [head, *lines]
    )
