"""For validate-pyproject: what `[tool.mlscaffold]` of a pyproject.toml may hold, options of our rules included."""

__all__ = ["schema"]

from typing import Any, Final

from mlscaffold.check import catalogue
from mlscaffold.check.schema import SCHEMA

_KINDS: Final = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object"}


def schema(tool_name: str) -> dict[str, Any]:
    """Return the JSON schema of the table `tool.mlscaffold`."""
    inner = {key: value for key, value in SCHEMA.items() if not key.startswith("$")}
    properties = {**inner["properties"], "rules": _rules(inner["properties"]["rules"])}
    return {
        "$schema": SCHEMA["$schema"],
        "$id": f"urn:mlscaffold:{tool_name}",
        "title": f"tool.{tool_name}",
        "type": "object",
        "properties": {"check": {**inner, "properties": properties}},
    }


def _rules(table: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of `rules`, with the options that our rules take; those of a team are not known here."""
    options = {
        code: {
            "type": "object",
            "properties": {name: _option(default) for name, default in rule.options.items()},
            "additionalProperties": False,
        }
        for code, rule in catalogue.load().items()
    }
    return {**table, "properties": options}


def _option(default: Any) -> dict[str, Any]:
    if isinstance(default, list | tuple):
        items = _KINDS[type(default[0])] if default else "string"
        return {"type": "array", "items": {"type": items}, "default": list(default)}
    return {"type": _KINDS[type(default)], "default": default}
