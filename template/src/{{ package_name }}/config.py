"""Typed settings: config/base.toml, one overlay, then environment variables; the last one wins.

Every setting has a type, unknown keys are refused wherever they stand, and every setting is read somewhere in this
package (tests/infra/test_config.py holds all three).
"""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from .errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "BehaviourConfig",
    "CardConfig",
    "Config",
    "DataConfig",
    "EvaluateConfig",
    "GateConfig",
    "ModelConfig",
    "MonitorConfig",
    "RuntimeConfig",
    "SearchConfig",
    "ServeConfig",
    "SplitConfig",
    "TrackingConfig",
    "load_config",
]

_PREFIX = __name__.partition(".")[0].upper() + "_"
_ENVIRONMENTS = ("dev", "test", "prod")
Share = Annotated[float, Field(ge=0, le=1)]
Limits = dict[str, Annotated[str, Field(pattern=r"^(<=|>=) *-?\d+(\.\d+)?$")]]  # metric -> ">= 0.6"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DataConfig(_Section):
    """Where tables come from, and which arrivals are trained on."""

    source: str
    target: str
    train_on: Literal["latest", "all"]


class SplitConfig(_Section):
    """Shares of the labelled rows; what is left is trained on."""

    valid: Annotated[float, Field(ge=0.05, le=0.4)]
    test: Annotated[float, Field(ge=0.05, le=0.4)]


class ModelConfig(_Section):
    """What `model.build_model` and the choice of the threshold read."""

    kind: Literal["boosting", "linear"]
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    max_iter: PositiveInt
    max_leaf_nodes: Annotated[int, Field(ge=2)]
    min_samples_leaf: PositiveInt
    l2: PositiveFloat
    max_categories: PositiveInt
    threshold: Literal["f1"] | Annotated[float, Field(gt=0, lt=1)]


class SearchConfig(_Section):
    """How `search` looks for better `[model]` settings: trials, seconds, and lowest and highest value per setting."""

    trials: PositiveInt
    seconds: PositiveFloat
    storage: str
    space: dict[str, tuple[float, float]]


class TrackingConfig(_Section):
    """Where runs are recorded (an MLflow address, "" for nowhere), and what an hour of a core costs."""

    store: str
    experiment: str
    price_per_core_hour: Annotated[float, Field(ge=0)]
    currency: str


class EvaluateConfig(_Section):
    """How models are judged: bootstrap intervals, and the fields by whose values they are looked at."""

    bootstrap_rounds: Annotated[int, Field(ge=20)]
    confidence: Annotated[float, Field(gt=0.5, lt=1)]
    slices: tuple[str, ...]
    slice_rows: PositiveInt
    staleness_ages: Annotated[int, Field(ge=2, le=10)]


class GateConfig(_Section):
    """What a model must reach to be promoted; see docs/gate.md."""

    bars: Limits
    slice_bars: Limits
    effect: Share
    slice_drop: Share
    selection_ratio: Share
    odds_difference: Share
    calibration_error: Share
    fewest_rows: Annotated[int, Field(ge=20)]


class ServeConfig(_Section):
    """The service: where it listens, what it refuses, what it writes down."""

    host: str
    port: Annotated[int, Field(ge=0, le=65535)]
    max_kilobytes: PositiveInt
    personal: Literal["drop", "hash"]
    poll_seconds: PositiveFloat
    salt: SecretStr  # by variable only; `personal = "hash"` needs it
    api_key: SecretStr  # by variable only; "" lets everybody in


class MonitorConfig(_Section):
    """When the jobs over the request log raise an alert."""

    psi: PositiveFloat
    fewest_rows: PositiveInt
    max_age_days: PositiveInt
    precision: Share
    milliseconds: PositiveFloat


class BehaviourConfig(_Section):
    """One thing that must hold for the model's answers; see docs/gate.md."""

    name: str
    kind: Literal["invariance", "increases", "decreases", "minimum"]
    field: str = ""
    value: str | int | float | bool | None = None
    add: float = 0.0
    where: dict[str, str | int | float | bool] = {}
    expect: str | int | float | None = None
    share: Share = 1.0
    tolerance: Annotated[float, Field(ge=0)] = 0.01


class CardConfig(_Section):
    """What only people can say; the model card is incomplete without it."""

    intended_use: str
    limits: str
    contact: str
    license: str


class RuntimeConfig(_Section):
    """The one seed, the threads of one fit (0: all cores), and how many fits run beside each other, and where."""

    seed: Annotated[int, Field(ge=0, lt=2**32)]
    threads: Annotated[int, Field(ge=0)]
    workers: PositiveInt
    backend: Literal["threading", "loky", "dask"]
    dask_scheduler: str


class Config(BaseSettings):
    """All settings, frozen. Made by `load_config`, never by hand in the package."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix=_PREFIX, env_nested_delimiter="__")

    data: DataConfig
    split: SplitConfig
    model: ModelConfig
    search: SearchConfig
    tracking: TrackingConfig
    evaluate: EvaluateConfig
    gate: GateConfig
    serve: ServeConfig
    monitor: MonitorConfig
    card: CardConfig
    runtime: RuntimeConfig
    behaviour: tuple[BehaviourConfig, ...] = ()

    def recorded(self) -> dict[str, Any]:
        """Return what shapes a model and the judgement of it, as JSON has it; a manifest keeps it, secrets never."""
        shaping = {"data", "split", "model", "search", "evaluate", "gate", "runtime", "behaviour"}
        return self.model_dump(mode="json", include=shaping)

    @classmethod
    def settings_customise_sources(cls, *_: object, **sources: Any) -> tuple[PydanticBaseSettingsSource, ...]:  # noqa: ANN401
        """Let environment variables win over the files, which arrive as `init_settings`."""
        return sources["env_settings"], sources["init_settings"]


def load_config(root: Path, environment: str | None = None) -> Config:
    """Read a project's settings for "dev", "test" or "prod" (None: what the variable `<PACKAGE>_ENV` says, else "dev").

    Raises UserError when a file is missing or not TOML, or a key is unknown, missing or out of range.
    """
    environment = environment or os.environ.get(f"{_PREFIX}ENV", "dev")
    if environment not in _ENVIRONMENTS:
        raise UserError(f"there is no environment {environment!r}: set {_PREFIX}ENV to one of {_ENVIRONMENTS}")
    _refuse_unknown_variables()
    merged = _merge(_read(root / "config" / "base.toml"), _read(root / "config" / f"{environment}.toml"))
    try:
        return Config(**merged)
    except ValidationError as error:
        # A misspelt key is unknown, and its right spelling is missing: what stands there is told.
        first = min(error.errors(include_url=False), key=lambda told: told["type"] == "missing")
        key = ".".join(str(part) for part in first["loc"])
        told = "there is no such setting" if first["type"] == "extra_forbidden" else first["msg"]
        raise UserError(f"setting `{key}`: {told}; see config/base.toml, config/{environment}.toml") from None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} is missing or not valid TOML ({error}): correct it, or restore it from git") from None


def _merge(base: dict[str, Any], overlay: dict[str, Any]) -> dict[str, Any]:
    """Return `base` with single keys replaced by `overlay`, tables merged key by key."""
    both = {key for key, value in overlay.items() if isinstance(value, dict) and isinstance(base.get(key), dict)}
    return base | overlay | {key: _merge(base[key], overlay[key]) for key in both}


def _refuse_unknown_variables() -> None:
    # pydantic-settings only looks up sections it knows: a misspelt one would be ignored without a word.
    for name in os.environ:
        section, nested, _ = name.removeprefix(_PREFIX).lower().partition("__")
        if name.startswith(_PREFIX) and nested and section not in Config.model_fields:
            raise UserError(f"environment variable {name}: there is no section `{section}` in config/base.toml")
