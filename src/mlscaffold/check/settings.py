"""The settings of a run: `[tool.mlscaffold.check]` of pyproject.toml over `.mlscaffold/conventions.toml`, by key."""

__all__ = [
    "CONVENTIONS",
    "PYPROJECT",
    "Ignored",
    "Settings",
    "SettingsError",
    "merged",
    "settings_from",
    "with_reasons",
]

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from mlscaffold.check.nearest import nearest
from mlscaffold.check.places import DEFAULTS
from mlscaffold.check.registry import FAMILIES, Rules
from mlscaffold.check.schema import SCHEMA, fault

PYPROJECT: Final = "pyproject.toml"
CONVENTIONS: Final = ".mlscaffold/conventions.toml"
BASELINE: Final = ".mlscaffold/baseline.json"


class SettingsError(Exception):
    """A setting that cannot be followed. The message is one line for the user: what, where, what to do."""


class Ignored(NamedTuple):
    """Codes that begin with `prefix` are not reported in paths that fit `pattern` ("" for all), for a reason."""

    pattern: str
    prefix: str
    reason: str


class Settings(NamedTuple):
    """What a run is told to do; `rules` holds the options of every rule, by code."""

    persona: str
    select: tuple[str, ...]
    ignore: tuple[Ignored, ...]
    exclude: tuple[str, ...]
    places: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, dict[str, Any]]
    baseline: str
    min_template: str

    def wants(self, code: str, level: str) -> bool:
        """Return whether the findings of a rule are reported at all."""
        if self.select:
            return code.startswith(self.select)
        return level == "default" or self.persona == "strict" or code.startswith("MLZ")


def merged(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Return `lower` with the keys of `upper` in their place; tables are merged, all else is replaced."""
    both = dict(lower)
    for key, value in upper.items():
        old = both.get(key)
        both[key] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return both


def with_reasons(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a valid table whose ignores are tables, with "" for a reason: what is ignored below stays ignored."""
    found = dict(table)
    if "ignore" in found:
        found["ignore"] = _reasons(found["ignore"])
    if "per-file-ignores" in found:
        found["per-file-ignores"] = {path: _reasons(codes) for path, codes in found["per-file-ignores"].items()}
    return found


def _reasons(codes: Any) -> dict[str, str]:
    return codes if isinstance(codes, dict) else dict.fromkeys(codes, "")


def settings_from(table: Mapping[str, Any], rules: Rules, where: str) -> Settings:
    """Return the settings that `table` asks for; `where` is named in errors.

    Raises:
        SettingsError: an unknown key, code or option, or a value of the wrong type.
    """
    if told := fault(table, SCHEMA):
        raise SettingsError(f"{where}: {told}")
    select = tuple(_codes(table.get("select", ()), rules, f"{where}: select"))
    ignore = list(_ignored("", table.get("ignore", {}), rules, f"{where}: ignore"))
    for pattern, codes in table.get("per-file-ignores", {}).items():
        ignore += _ignored(pattern, codes, rules, f"{where}: per-file-ignores")
    return Settings(
        persona=table.get("persona", "default"),
        select=select,
        ignore=tuple(ignore),
        exclude=tuple(table.get("exclude", ())),
        places={role: tuple(table.get("places", {}).get(role, usual)) for role, usual in DEFAULTS.items()},
        rules=_options(table.get("rules", {}), rules, f"{where}: rules"),
        baseline=table.get("baseline", BASELINE),
        min_template=table.get("min-template", ""),
    )


def _ignored(pattern: str, codes: Any, rules: Rules, where: str) -> Iterable[Ignored]:
    reasons = _reasons(codes)
    return [Ignored(pattern, code, reasons[code].strip()) for code in _codes(reasons, rules, where)]


def _codes(prefixes: Iterable[str], rules: Rules, where: str) -> list[str]:
    known = [*rules, *FAMILIES]
    for prefix in prefixes:
        if not prefix or not any(code.startswith(prefix) for code in known):
            raise SettingsError(f"{where}: no rule begins with {prefix!r}{nearest(prefix, known)}")
    return list(prefixes)


def _options(given: Mapping[str, Any], rules: Rules, where: str) -> dict[str, dict[str, Any]]:
    for code, options in given.items():
        if code not in rules:
            raise SettingsError(f"{where}: {code} is no rule{nearest(code, rules)}")
        for key, value in options.items():
            usual = rules[code].options.get(key)
            if usual is None:
                raise SettingsError(f"{where}.{code}: unknown option {key!r}{nearest(key, rules[code].options)}")
            if not _alike(value, usual):
                raise SettingsError(f"{where}.{code}.{key}: {value!r} should be {_kind(usual)}")
    return {code: {**rule.options, **given.get(code, {})} for code, rule in rules.items()}


def _alike(value: Any, usual: Any) -> bool:
    if isinstance(usual, float):
        return type(value) in {int, float}
    if isinstance(usual, list | tuple):
        kind = type(usual[0]) if usual else str
        return isinstance(value, list) and all(type(item) is kind for item in value)
    return type(value) is type(usual)


def _kind(usual: Any) -> str:
    kinds = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", dict: "a table"}
    if type(usual) in kinds:
        known = kinds[type(usual)]
    else:
        known = "a list of texts" if not usual or isinstance(usual[0], str) else "a list of numbers"
    return f"{known}, as {usual!r}" if usual or isinstance(usual, int | float) else known
