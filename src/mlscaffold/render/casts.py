"""Question types: how an answer, text or not, becomes a value.

Source of the rules: Copier's `cast_to_bool`, `cast_to_str`, `parse_yaml_string` and `parse_yaml_list`.
"""

__all__ = ["CASTS", "cast_to_bool", "parse_yaml_list", "typed_text"]

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

import yaml

_YES: Final = {"y", "yes", "t", "true", "on"}
_NO: Final = {"", "n", "no", "f", "false", "off", "~", "null", "none"}


def cast_to_bool(value: Any) -> bool:
    """Read a number, a word of YAML's for yes or no, or ask Python. Raises OverflowError for a huge number."""
    with suppress(TypeError, ValueError):
        return bool(float(value))
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _YES or word in _NO:
            return word in _YES
    return bool(value)


def _cast_to_str(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (float, int, Decimal)):
        return str(value)
    if isinstance(value, (bytes, bytearray)):
        return value.decode()
    raise ValueError(f"{value} is not text")


def _parse_yaml(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


# Each raises ValueError, TypeError or AttributeError for what it cannot read.
CASTS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "bool": cast_to_bool,
    "float": float,
    "int": int,
    "json": json.loads,
    "str": _cast_to_str,
    "yaml": _parse_yaml,
    "path": str,
}


def parse_yaml_list(text: str) -> list[str]:
    """Split a YAML list into the source texts of its items, so that each can be cast by the question's own type.

    Raises:
        TypeError: it is not a list.
        yaml.YAMLError: it is not YAML.
    """
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(node, yaml.SequenceNode):
        raise TypeError(f"this is not a list: {text}")
    return [_item(text, item) for item in node.value]


def _item(text: str, item: yaml.Node) -> str:
    raw = text[item.start_mark.index : item.end_mark.index].strip()
    is_text = isinstance(item, yaml.ScalarNode) and item.tag == "tag:yaml.org,2002:str"
    quoted = any(raw.startswith(quote) and raw.endswith(quote) for quote in "\"'")
    return raw[1:-1] if is_text and quoted else raw


def typed_text(value: Any, type_name: str, *, multiline: bool = False) -> str:
    """Write `value` as a person would type it in answer to a question of this type."""
    if type_name == "json":
        return json.dumps(value, indent=2 if multiline else None)
    if type_name == "yaml":
        text = yaml.safe_dump(value, default_flow_style=not multiline, width=2**31 - 1)
        return text.removesuffix("...\n").strip()
    return "" if value is None else str(value)
