"""Read TOML values and JSON: one scanner, since they differ in comments and in what stands between key and value only.

The text has been parsed by `tomllib` or `json` before, so that the scanner meets nothing malformed.
"""

__all__ = ["JSON", "TOML", "Grammar", "scan_key", "scan_value"]

import json
import re
import tomllib
from collections.abc import Callable, Hashable
from typing import Any, Final, NamedTuple

from mlscaffold.merge.resolvers.flow import Piece, flow_group
from mlscaffold.merge.resolvers.nodes import Node, Scalar
from mlscaffold.merge.resolvers.outcome import Unresolved

_STRING: Final = re.compile(r'''"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''', re.DOTALL)
_PLAIN: Final = re.compile(r'"[^"\\\n]*"')
_BARE: Final = re.compile(r"[^,\]}#\n]*[^,\]}#\s]")
_BARE_KEY: Final = re.compile(r"[\w-]+", re.ASCII)
_SPACE: Final = re.compile(r"(?:[ \t\n]|#[^\n]*)*")


class Grammar(NamedTuple):
    """What tells one notation from the other."""

    between: str
    load: Callable[[str], Any]


TOML: Final = Grammar("=", lambda text: tomllib.loads(f"x = {text}")["x"])
JSON: Final = Grammar(":", json.loads)


def scan_value(text: str, start: int, grammar: Grammar) -> tuple[Node, int]:
    """Read the value that starts at `start`; return it and where it ends. Raises `Unresolved`."""
    match text[start]:
        case "[":
            return _scan_list(text, start, grammar)
        case "{":
            return _scan_map(text, start, grammar)
        case _:
            found = (_STRING if text[start] in "\"'" else _BARE).match(text, start)
            if not found:
                raise Unresolved("an unexpected value")
            return _scalar(found[0], grammar), found.end()


def scan_key(text: str, start: int) -> tuple[tuple[str, ...], int]:
    """Read a bare, quoted or dotted key; return its parts and where it ends. Raises `Unresolved`."""
    parts = []
    place = start
    while True:
        if text[place] in "\"'":
            found = _STRING.match(text, place)
            part = TOML.load(found[0]) if found else None
        else:
            found = _BARE_KEY.match(text, place)
            part = found[0] if found else None
        if found is None:
            raise Unresolved("an unexpected key")
        parts.append(str(part))
        dot = re.compile(r"[ \t]*\.[ \t]*").match(text, found.end())
        if dot is None:
            return tuple(parts), found.end()
        place = dot.end()


def _scalar(text: str, grammar: Grammar) -> Scalar:
    # most values are strings without escapes, which need no parser
    value = text[1:-1] if _PLAIN.fullmatch(text) else grammar.load(text)
    return Scalar(text, _said(value), value if isinstance(value, str) else None)


def _said(value: Any) -> Hashable:
    # True == 1 == 1.0, and nan is not itself
    return (type(value).__name__, value if isinstance(value, str) else repr(value))


def _skip(text: str, start: int) -> int:
    found = _SPACE.match(text, start)
    return found.end() if found else start


def _scan_list(text: str, start: int, grammar: Grammar) -> tuple[Node, int]:
    pieces = []
    place = _skip(text, start + 1)
    while text[place] != "]":
        value, end = scan_value(text, place, grammar)
        pieces.append(Piece(place, end, None, "", value))
        place = _after_comma(text, end)
    return flow_group(text, (start, place + 1), "list", pieces), place + 1


def _scan_map(text: str, start: int, grammar: Grammar) -> tuple[Node, int]:
    pieces = []
    place = _skip(text, start + 1)
    while text[place] != "}":
        key, end = scan_key(text, place)
        opened = _skip(text, _skip(text, end) + len(grammar.between))
        value, end = scan_value(text, opened, grammar)
        pieces.append(Piece(place, end, key if grammar is TOML else ".".join(key), text[place:opened], value))
        place = _after_comma(text, end)
    return flow_group(text, (start, place + 1), "map", pieces), place + 1


def _after_comma(text: str, end: int) -> int:
    place = _skip(text, end)
    return _skip(text, place + 1) if text[place] == "," else place
