"""What `evaluate` found: the record kept as metrics.json, and the table shown to people."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from ..errors import COMMAND, UserError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "Behaviour",
    "Calibration",
    "Comparison",
    "Evaluation",
    "Fairness",
    "Interval",
    "Slice",
    "load_evaluation",
    "metrics_table",
    "write_whole",
]

# None for what is not defined (one class only among the rows) or no number: JSON has neither.
Number = Annotated[float | None, BeforeValidator(lambda number: number if isfinite(number or 0) else None)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Interval(_Record):
    """A value and its bootstrap interval; `chance`: the worst value of a faultless model, by chance alone."""

    value: Number
    low: Number
    high: Number
    chance: Number = None

    def __str__(self) -> str:
        """Show four significant digits: "0.4812 [0.4633, 0.5002]"."""
        if self.value is None or self.low is None or self.high is None:
            return "not defined"
        return f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}]"


class Comparison(_Record):
    """A baseline on the same test rows. `gain`: by how much the model's primary metric is better, paired."""

    name: str
    metrics: dict[str, Interval]
    gain: Interval

    @property
    def beaten(self) -> bool:
        """Whether the whole interval of the gain lies above zero."""
        return self.gain.low is not None and self.gain.low > 0

    @property
    def verdict(self) -> str:
        """The comparison in words."""
        return f"{'better' if self.beaten else 'not better'} than {self.name} (gain {self.gain})"


class Slice(_Record):
    """The test rows with one value of a field; `judged` is False where they are too few."""

    field: str
    value: str
    rows: int
    judged: bool
    metrics: dict[str, Interval]


class Fairness(_Record):
    """How the groups of a field are treated: lowest over highest selection rate, difference of the error rates.

    `rates`: group -> rows, selection, true_positive, false_positive.
    """

    field: str
    selection_ratio: Interval
    odds_difference: Interval
    rates: dict[str, dict[str, Number]]


class Calibration(_Record):
    """The expected calibration error, and mean probability and observed share in ten bins of equally many rows."""

    error: Interval
    points: tuple[tuple[Number, Number], ...]


class Behaviour(_Record):
    """One `[[behaviour]]` of the settings: the share of the rows in which it holds (None: there is no such row)."""

    name: str
    kind: str
    rows: int
    held: Number
    needed: float


class Evaluation(_Record):
    """The model on its test rows; in `not_finite` of them an answer is no number."""

    version: str
    rows: int
    not_finite: int
    confidence: float
    rounds: int
    primary: str
    metrics: dict[str, Interval]
    baselines: tuple[Comparison, ...]
    slices: tuple[Slice, ...]
    fairness: tuple[Fairness, ...]  # by group column; empty but for two classes: it is not defined for others
    calibration: Calibration | None  # None for regression
    behaviour: tuple[Behaviour, ...]

    @property
    def verdict(self) -> str:
        """The one line to remember."""
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
    columns = {"model": evaluation.metrics} | {other.name: other.metrics for other in evaluation.baselines}
    lines = [["", *columns]] + [[name, *(str(c[name]) for c in columns.values())] for name in evaluation.metrics]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def write_whole(path: Path, text: str) -> None:
    """Write a file beside its place and move it there: a reader never sees half of it."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
