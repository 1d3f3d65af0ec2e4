"""JSON as a tree of texts, and back."""

__all__ = ["parse_json", "unit_of"]

import json
import re
from typing import Any, Final

from mlscaffold.merge.resolvers.nodes import Entry, Group, mapping
from mlscaffold.merge.resolvers.outcome import Unresolved
from mlscaffold.merge.resolvers.values import JSON, scan_value

_INDENT: Final = re.compile(r"(?m)^(\t+| +)(?=\S)")


def unit_of(text: str) -> str:
    """Return what one level is indented by: the shortest indentation in `text`, or nothing."""
    return min(_INDENT.findall(text), key=len, default="")


def parse_json(text: str, unit: str) -> Group:
    """Return the tree of a JSON file, indented by `unit`. Raises `Unresolved` for what is no plain JSON."""
    try:
        json.loads(text, object_pairs_hook=_no_double)
    except ValueError:
        raise Unresolved("not plain JSON") from None
    own = unit_of(text)
    if own and unit and own != unit:
        # no JSON string holds a line break, so all white space at the start of a line is indentation
        text = _INDENT.sub(lambda found: unit * (len(found[1]) // len(own)), text)
    start = len(text) - len(text.lstrip())
    value, end = scan_value(text, start, JSON)
    entries = (Entry((), "", "", value, ""),)
    return Group("map", text[:start], entries, text[end:], mapping(entries))


def _no_double(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unresolved("a key twice")
    return found
