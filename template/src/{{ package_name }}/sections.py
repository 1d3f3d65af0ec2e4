"""The sections of config/base.toml, each with the type and the range of every setting; unknown keys are refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, SecretStr

__all__ = [
    "BehaviourConfig",
    "CardConfig",
    "DataConfig",
    "EvaluateConfig",
    "GateConfig",
    "ImageConfig",
    "ModelConfig",
    "MonitorConfig",
    "RuntimeConfig",
    "SearchConfig",
    "ServeConfig",
    "SplitConfig",
    "StoreConfig",
    "TrackingConfig",
]

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


class StoreConfig(_Section):
    """Folders or addresses (see `store`): of promoted bundles, and of raw tables ("": in data/raw only)."""

    models: Annotated[str, Field(min_length=1)]
    data: str


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


class ImageConfig(_Section):
    """How `image` builds (the network of build steps) and tries (the memory of the container)."""

    network: Literal["default", "host"]
    memory: Annotated[str, Field(pattern="^[1-9][0-9]*[mg]$")]


class MonitorConfig(_Section):
    """Where the request log lies, how much of it the jobs judge, and when they raise an alert."""

    logs: str
    window_days: PositiveInt
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
