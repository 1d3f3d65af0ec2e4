"""Typed settings: config/base.toml, one overlay, then environment variables; the last one wins.

Every setting has a type, unknown keys are refused wherever they stand, and every setting is read somewhere in this
package (tests/infra/test_config.py holds all three).
"""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from .errors import UserError
from .sections import (
    BehaviourConfig,
    CardConfig,
    DataConfig,
    EvaluateConfig,
    GateConfig,
    ImageConfig,
    ModelConfig,
    MonitorConfig,
    RuntimeConfig,
    SearchConfig,
    ServeConfig,
    SplitConfig,
    StoreConfig,
    TrackingConfig,
)

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "BehaviourConfig",
    "CardConfig",
    "Config",
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
    "load_config",
]

_PREFIX = __name__.partition(".")[0].upper() + "_"
_ENVIRONMENTS = ("dev", "test", "prod")


class Config(BaseSettings):
    """All settings, frozen. Made by `load_config`, never by hand in the package."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix=_PREFIX, env_nested_delimiter="__")

    data: DataConfig
    store: StoreConfig
    split: SplitConfig
    model: ModelConfig
    search: SearchConfig
    tracking: TrackingConfig
    evaluate: EvaluateConfig
    gate: GateConfig
    serve: ServeConfig
    image: ImageConfig
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
