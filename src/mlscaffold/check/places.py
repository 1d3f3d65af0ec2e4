"""Which part of a repository a path belongs to: by patterns that a team may name otherwise."""

__all__ = ["DEFAULTS", "ROLES", "roles_of"]

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from mlscaffold.check.patterns import fits_any

# What each role means, and where it usually lives. `[tool.mlscaffold.check.places]` replaces the patterns of a role.
ROLES: Final[Mapping[str, str]] = {
    "source": "code that is imported: the product",
    "tests": "code that tests it",
    "features": "functions that make features, shared by training and serving",
    "training": "code that makes models",
    "settings": "the one place that reads the environment",
    "config": "configuration files",
    "notebooks": "exploration",
}
DEFAULTS: Final[Mapping[str, Sequence[str]]] = {
    "source": ("src/**",),
    "tests": ("tests/**", "test/**", "test_*.py", "*_test.py", "conftest.py", "**/tests/**"),
    "features": ("**/features/**", "features.py"),
    "training": ("**/training/**", "**/train/**", "train.py", "train_*.py", "training.py", "**/models/**", "model.py"),
    "settings": (
        "settings.py",
        "*_settings.py",
        "config.py",
        "*_config.py",
        "env.py",
        "env_*.py",
        "environment.py",
        "**/settings/**",
        "**/config/**",
    ),
    "config": ("config/**", "configs/**", "conf/**"),
    "notebooks": ("notebooks/**",),
}
_Key = tuple[tuple[str, tuple[str, ...]], ...]


def roles_of(path: str, places: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Return the roles of a path. What belongs to the tests is nothing else."""
    if places is not _last.places:  # the same for all paths of a run, and slower to hash than to compare
        _last.places = places
        _last.key = tuple((role, tuple(patterns)) for role, patterns in places.items())
    return _roles(path, _last.key)


class _Last:
    places: Mapping[str, Sequence[str]] | None = None
    key: _Key = ()


_last = _Last()


@lru_cache(maxsize=8192)
def _roles(path: str, places: _Key) -> frozenset[str]:
    found = frozenset(role for role, patterns in places if fits_any(path, patterns))
    return frozenset({"tests"}) if "tests" in found else found
