"""What the gate decided, and why: the record kept as verdict.json, and its page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jinja2 import Environment, StrictUndefined
from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import COMMAND, UserError
from .evaluation import write_whole

if TYPE_CHECKING:
    from .evaluation import Evaluation

__all__ = ["Check", "Outcome", "Verdict", "load_verdict", "save_verdict"]

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
    """The decision on one version. `decision` is what the checks say, `forced` why a person promoted all the same.

    `rows` were judged by; `excluded` test rows were left out, because the model or the champion has learned them.
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


def save_verdict(verdict: Verdict, evaluation: Evaluation, folder: Path) -> None:
    """Write verdict.json and the page verdict.html, which needs no other file."""
    environment = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(Path(__file__).with_name("verdict.html.j2").read_text(encoding="utf-8"))
    write_whole(folder / "verdict.html", template.render(verdict=verdict, evaluation=evaluation))
    write_whole(folder / "verdict.json", verdict.model_dump_json(indent=2) + "\n")


def load_verdict(folder: Path) -> Verdict:
    """Read verdict.json of a model's folder. Raises UserError when there is none or it cannot be read."""
    try:
        return Verdict.model_validate_json((folder / "verdict.json").read_bytes())
    except (OSError, ValidationError):
        raise UserError(f"nothing was decided about {folder.name}: run `{COMMAND} gate {folder.name}`") from None
