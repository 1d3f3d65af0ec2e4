"""What `[tool.mlscaffold.check]` may hold, as a JSON schema; also for validate-pyproject and editors."""

__all__ = ["SCHEMA", "fault"]

from collections.abc import Mapping
from typing import Any, Final

from mlscaffold.check.nearest import nearest
from mlscaffold.check.places import ROLES

_TEXTS: Final = {"type": "array", "items": {"type": "string"}}
_CODES: Final = {
    "description": "Codes or their beginnings: with a reason each (a table), or without (a list).",
    "anyOf": [_TEXTS, {"type": "object", "additionalProperties": {"type": "string"}}],
}
_CUSTOM: Final = {
    "type": "object",
    "description": "A rule of the team's own, in words.",
    "properties": {
        "message": {"type": "string", "description": "What is wrong and what to do."},
        "name": {"type": "string", "description": "The rule in a word or two, as `no-pandas`."},
        "why": {"type": "string", "description": "Why the team has it."},
        "level": {"enum": ["default", "strict"], "description": "The persona that asks for it; `default` unless said."},
        "files": {**_TEXTS, "description": "Patterns of paths that it looks at."},
        "require-file": {**_TEXTS, "description": "One of these must be there."},
        "forbid-file": {**_TEXTS, "description": "No file may fit one of these."},
        "file-must-contain": {**_TEXTS, "description": "Regular expressions: each must fit a line of each of `files`."},
        "file-must-not-contain": {**_TEXTS, "description": "Regular expressions: none may fit a line of `files`."},
        "toml-key": {
            **_TEXTS,
            "description": "Dotted keys that each of `files` must have, as `tool.ruff` or `a.b = 1`.",
        },
        "yaml-key": {**_TEXTS, "description": "The same for YAML."},
        "forbid-import": {**_TEXTS, "description": "Modules that no Python file may import."},
        "forbid-call": {
            **_TEXTS,
            "description": "Qualified names that no Python file may call; `.name` is any method.",
        },
    },
    "required": ["message"],
    "additionalProperties": False,
}
SCHEMA: Final[Mapping[str, Any]] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "urn:mlscaffold:check",
    "title": "mlscaffold check",
    "type": "object",
    "properties": {
        "persona": {"enum": ["default", "strict"], "description": "How much is asked for."},
        "extends": {"type": "string", "description": "`package:NAME/FILE.toml`: settings of an installed package."},
        "select": {**_TEXTS, "description": "Report these codes (or beginnings) and nothing else."},
        "ignore": _CODES,
        "per-file-ignores": {
            "type": "object",
            "description": "The same by pattern of a path.",
            "additionalProperties": _CODES,
        },
        "exclude": {**_TEXTS, "description": "Patterns of paths that no rule looks at."},
        "places": {
            "type": "object",
            "description": "Where this repository keeps things.",
            "properties": {role: {**_TEXTS, "description": told} for role, told in ROLES.items()},
            "additionalProperties": False,
        },
        "rules": {"type": "object", "description": "Options, by code.", "additionalProperties": {"type": "object"}},
        "rules-files": {**_TEXTS, "description": "Python files with rules of the team's own."},
        "plugins": {**_TEXTS, "description": "Importable modules with rules of the team's own."},
        "baseline": {"type": "string", "description": "Where known findings are kept."},
        "min-template": {"type": "string", "description": "The oldest version of the template that is good enough."},
        "custom": {
            "type": "object",
            "description": "Rules of the team's own in words, by code.",
            "additionalProperties": _CUSTOM,
        },
    },
    "additionalProperties": False,
}
_KINDS: Final[Mapping[str, type]] = {"string": str, "array": list, "object": dict}


def fault(value: Any, schema: Mapping[str, Any], where: str = "") -> str:
    """Return what is wrong with `value`, in one line, or ""; for the few words of JSON Schema that `SCHEMA` uses."""
    if choices := schema.get("anyOf"):
        faults = [fault(value, choice, where) for choice in choices]
        fitting = (
            told for told, choice in zip(faults, choices, strict=True) if isinstance(value, _KINDS[choice["type"]])
        )
        return "" if "" in faults else next(fitting, faults[-1])
    if (choices := schema.get("enum")) and value not in choices:
        return f"{where or 'it'} is {value!r}, not one of {', '.join(choices)}"
    kind = schema.get("type")
    if kind and not isinstance(value, _KINDS[kind]):
        return f"{where or 'it'} is {value!r}, not {'an' if kind[0] in 'aeiou' else 'a'} {kind}"
    if kind == "array":
        return next((told for item in value if (told := fault(item, schema["items"], f"an item of {where}"))), "")
    return _fault_in_table(value, schema, where) if kind == "object" else ""


def _fault_in_table(value: Mapping[str, Any], schema: Mapping[str, Any], where: str) -> str:
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for key, item in value.items():
        below = f"{where}.{key}" if where else key
        if key not in known and others is False:
            return f"unknown key {below!r}{nearest(key, known)}"
        rule = known.get(key, others)
        if isinstance(rule, dict) and (told := fault(item, rule, below)):
            return told
    missing = [key for key in schema.get("required", ()) if key not in value]
    return f"{where} has no {missing[0]!r}" if missing else ""
