"""Configuration in layers: `base.toml`, and beside it a file for each environment that overrides single keys."""

__all__ = ["layers", "unknown", "unlike"]

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mlscaffold.check.lazy import expression

_BASES: Final = ("base", "default", "defaults", "common")
_ENVIRONMENTS: Final = frozenset(
    "ci dev development local preprod prod production qa sandbox stage staging test testing uat".split()  # noqa: SIM905 - reads as the list it is
)
_NUMBER: Final = expression(r"[+-]?(\d+|\d*\.\d+|\d+\.\d*)")
_FEWEST: Final = 2  # one file `test.yaml` beside `default.yaml` may be anything

Keys = tuple[str, ...]


def layers(paths: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each base with its overlays: files of the same folder and suffix that are named like environments."""
    every = set(paths)
    for path in sorted(every):
        folder, _, name = path.rpartition("/")
        stem, _, suffix = name.rpartition(".")
        if stem in _BASES:
            over = sorted(f"{folder}/{one}.{suffix}" for one in _ENVIRONMENTS if f"{folder}/{one}.{suffix}" in every)
            if len(over) >= (1 if stem == "base" else _FEWEST):
                yield path, over


def unknown(
    base: Mapping[str, Any], over: Mapping[str, Any], above: Keys = ()
) -> Iterator[tuple[Keys, Mapping[str, Any]]]:
    """Yield the keys of an overlay that its base lacks, each with the table that has no such key."""
    for key, value in over.items():
        if key not in base:
            yield (*above, key), base
        elif isinstance(value, dict) and isinstance(base[key], dict) and not _is_open(base[key]):
            yield from unknown(base[key], value, (*above, key))


def unlike(base: Mapping[str, Any], over: Mapping[str, Any], above: Keys = ()) -> Iterator[tuple[Keys, str]]:
    """Yield the keys whose value is of another kind than in the base, and what to do."""
    for key, value in over.items():
        was, keys = base.get(key), (*above, key)
        if isinstance(value, dict) and isinstance(was, dict):
            yield from unlike(was, value, keys)
        elif value is not None and was is not None and isinstance(value, dict) != isinstance(was, dict):
            one, other = ("a table", "none") if isinstance(value, dict) else ("no table", "one")
            if not _is_interpolation(value) and not _is_interpolation(was):
                yield keys, f"is {one}, and {other} in the base; make it one kind"
        elif isinstance(value, str) and _is_quoted(value, was):
            yield keys, f"is the text {value!r} and {was!r} in the base; take the quotes off"


def _is_open(table: Mapping[str, Any]) -> bool:
    """Return whether a table may hold any name: it is empty, or its values are tables of one shape."""
    shapes = {tuple(sorted(value)) if isinstance(value, dict) else None for value in table.values()}
    return not table or (len(table) >= _FEWEST and len(shapes) == 1 and None not in shapes)


def _is_quoted(value: str, was: Any) -> bool:
    if isinstance(was, bool):
        return value.lower() in {"true", "false"}
    return isinstance(was, int | float) and _NUMBER.fullmatch(value) is not None


def _is_interpolation(value: Any) -> bool:
    return isinstance(value, str) and "$" in value
