"""Typed settings: config/base.toml, one overlay, then environment variables; the last one wins.

Every setting has a type, unknown keys are refused wherever they stand, and every setting is read somewhere in this
package (tests/infra/test_config.py holds all three).
"""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from .errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Config", "DataConfig", "EvaluateConfig", "ModelConfig", "RuntimeConfig", "SplitConfig", "load_config"]

_PACKAGE = __name__.partition(".")[0]
_PREFIX = f"{_PACKAGE.upper()}_"
_ENVIRONMENTS = ("dev", "test", "prod")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DataConfig(_Section):
    """Where the table comes from that `contract propose` and `ingest` take when none is named."""

    source: str
    target: str


class SplitConfig(_Section):
    """Shares of the labelled rows; what is left is trained on."""

    valid: Annotated[float, Field(ge=0.05, le=0.4)]
    test: Annotated[float, Field(ge=0.05, le=0.4)]


class ModelConfig(_Section):
    """What `model.build_model` and the choice of the threshold read."""

    kind: Literal["boosting", "linear"]
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    max_iter: Annotated[int, Field(ge=1)]
    max_leaf_nodes: Annotated[int, Field(ge=2)]
    min_samples_leaf: Annotated[int, Field(ge=1)]
    l2: Annotated[float, Field(gt=0)]
    max_categories: Annotated[int, Field(ge=1)]
    threshold: Literal["f1"] | Annotated[float, Field(gt=0, lt=1)]


class EvaluateConfig(_Section):
    """How the intervals of `evaluate` are made."""

    bootstrap_rounds: Annotated[int, Field(ge=20)]
    confidence: Annotated[float, Field(gt=0.5, lt=1)]


class RuntimeConfig(_Section):
    """The one seed, and the number of threads (0: all cores)."""

    seed: Annotated[int, Field(ge=0, lt=2**32)]
    threads: Annotated[int, Field(ge=0)]


class Config(BaseSettings):
    """All settings, frozen. Made by `load_config`, never by hand in the package."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix=_PREFIX, env_nested_delimiter="__")

    data: DataConfig
    split: SplitConfig
    model: ModelConfig
    evaluate: EvaluateConfig
    runtime: RuntimeConfig

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let environment variables win over the files, which arrive as `init_settings`."""
        return env_settings, init_settings


def load_config(root: Path, environment: str | None = None) -> Config:
    """Read the settings of a project.

    Args:
        root: the project's folder, which holds `config/`.
        environment: "dev", "test" or "prod"; None takes the variable `<PACKAGE>_ENV`, else "dev".

    Raises:
        UserError: a file is missing or not TOML, or a key is unknown, missing or out of range.
    """
    environment = environment or os.environ.get(f"{_PREFIX}ENV", "dev")
    if environment not in _ENVIRONMENTS:
        message = f"there is no environment {environment!r}: set {_PREFIX}ENV to one of {', '.join(_ENVIRONMENTS)}"
        raise UserError(message)
    _refuse_unknown_variables()
    merged = _merge(_read(root / "config" / "base.toml"), _read(root / "config" / f"{environment}.toml"))
    try:
        return Config(**merged)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UserError(f"setting `{key}`: {first['msg']}; see config/base.toml, config/{environment}.toml") from None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path} is missing: restore it from git") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not valid TOML: {error}") from None


def _merge(base: dict[str, Any], overlay: dict[str, Any]) -> dict[str, Any]:
    """Return `base` with single keys replaced by `overlay`, tables merged key by key."""
    merged = dict(base)
    for key, value in overlay.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def _refuse_unknown_variables() -> None:
    # pydantic-settings only looks up sections it knows: a misspelt one would be ignored without a word.
    for name in os.environ:
        section, nested, _ = name.removeprefix(_PREFIX).lower().partition("__")
        if name.startswith(_PREFIX) and nested and section not in Config.model_fields:
            message = f"environment variable {name}: there is no section `{section}` in config/base.toml"
            raise UserError(message)
