"""What the gate decided about a version, and why: the record that is kept as verdict.json beside the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import COMMAND, UserError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Check", "Outcome", "Verdict", "load_verdict"]

Outcome = Literal["pass", "hold", "reject"]


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: the number found (None: none), what was asked of it, and what that means."""

    name: str
    outcome: Outcome
    value: float | None
    limit: str
    reason: str


class Verdict(BaseModel):
    """What the checks say of a version, over `rows`; `excluded` test rows were left out, as a model has learned them.

    `forced` is why a person promoted it in spite of the decision.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    champion: str | None
    decision: Literal["promote", "hold", "reject"]
    reasons: tuple[str, ...]
    checks: tuple[Check, ...]
    rows: int
    excluded: int
    who: str
    when: str
    forced: str = ""
    data_sha256: str = ""
    model_sha256: str = ""
    commit: str | None = None

    @property
    def promoted(self) -> bool:
        """Whether the version becomes champion."""
        return self.decision == "promote" or bool(self.forced)


def load_verdict(folder: Path) -> Verdict:
    """Read verdict.json of a model's folder. Raises UserError when there is none or it cannot be read."""
    try:
        return Verdict.model_validate_json((folder / "verdict.json").read_bytes())
    except (OSError, ValidationError):
        raise UserError(f"nothing was decided about {folder.name}: run `{COMMAND} gate {folder.name}`") from None
