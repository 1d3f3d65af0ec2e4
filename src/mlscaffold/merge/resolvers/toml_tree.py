"""TOML as a tree of texts.

A table is one entry of the document under its whole path, so that moving it changes nothing. The tables of an array
stand together as one list, each with the tables below it.
"""

__all__ = ["parse_toml"]

import re
import tomllib
from collections.abc import Iterator
from typing import Final, NamedTuple

from mlscaffold.merge.resolvers.nodes import Entry, Group, mapping, sequence
from mlscaffold.merge.resolvers.outcome import Unresolved
from mlscaffold.merge.resolvers.values import TOML, scan_key, scan_value

_TRIVIA: Final = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*")
_REST: Final = re.compile(r"[ \t]*(?:#[^\n]*)?\n")
_SPACE: Final = re.compile(r"[ \t]*")
_EQUALS: Final = re.compile(r"[ \t]*=[ \t]*")

Path = tuple[str, ...]


class _Table(NamedTuple):
    lead: str
    label: str
    path: Path
    is_item: bool  # of an array of tables
    keys: tuple[Entry, ...]
    foot: str


def parse_toml(text: str) -> Group:
    """Return the tree of a TOML file. Raises `Unresolved` if it does not parse, or does in a way that has no tree."""
    try:
        tomllib.loads(text)
    except ValueError:
        raise Unresolved("not TOML") from None
    tables = list(_tables(text))
    return _lines(list(_entries(tables, (), tables[0].lead)))


def _lines(entries: list[Entry], foot: str = "") -> Group:
    return Group("map", "", tuple(entries), foot, mapping(entries))


def _tables(text: str) -> Iterator[_Table]:
    lead, label, path, is_item = "", "", Path(), False
    place, keys = 0, list[Entry]()
    while True:
        trivia, place = _taken(_TRIVIA, text, place)
        start = _taken(_SPACE, text, place)[1]
        if start < len(text) and text[start] != "[":
            if not label and not keys:
                lead, trivia = _split(trivia, at_top=True)
            entry, place = _key_value(text, place, start, trivia)
            keys.append(entry)
            continue
        foot, above = _split(trivia, at_top=not label and not keys) if start < len(text) else (trivia, "")
        yield _Table(lead, label, path, is_item, tuple(keys), foot)
        if start >= len(text):
            return
        is_item = text.startswith("[[", start)
        path, end = scan_key(text, _taken(_SPACE, text, start + 1 + is_item)[1])
        _, end = _taken(_REST, text, text.index("]", end) + 1 + is_item)
        lead, label, place, keys = above, text[place:end], end, []


def _taken(pattern: re.Pattern[str], text: str, place: int) -> tuple[str, int]:
    found = pattern.match(text, place)
    if found is None:
        raise Unresolved("an unexpected line")
    return found[0], found.end()


def _split(trivia: str, *, at_top: bool) -> tuple[str, str]:
    """Split lines above a key or a table: the comment that touches it is its own; so is the gap, but for the first."""
    lines = trivia.splitlines(keepends=True)
    own = len(lines)
    while own and lines[own - 1].strip():
        own -= 1
    while own and not at_top and not lines[own - 1].strip():
        own -= 1
    return "".join(lines[:own]), "".join(lines[own:])


def _key_value(text: str, start: int, indented: int, lead: str) -> tuple[Entry, int]:
    key, end = scan_key(text, indented)
    _, end = _taken(_EQUALS, text, end)
    label = text[start:end]
    value, end = scan_value(text, end, TOML)
    tail, end = _taken(_REST, text, end)
    return Entry(key, lead, label, value, tail), end


def _entries(tables: list[_Table], above: Path, lead: str = "") -> Iterator[Entry]:
    """Yield the keys of the first table (which is `above`) as one entry, then the tables below it."""
    yield Entry((), lead, "", _lines(list(tables[0].keys), tables[0].foot), "")
    seen = set[Path]()
    place = 1
    while place < len(tables):
        table = tables[place]
        if any(table.path[: len(path)] == path for path in seen):
            raise Unresolved("the tables of an array do not stand together")
        end = place + 1
        value, lead, label = _lines(list(table.keys), table.foot), table.lead, table.label
        if table.is_item:
            seen.add(table.path)
            while end < len(tables) and tables[end].path[: len(table.path)] == table.path:
                end += 1
            items = tuple(_items(tables[place:end], table.path))
            value, lead, label = Group("list", "", items, "", sequence(items)), "", ""
        yield Entry(("[", *table.path[len(above) :]), lead, label, value, "")
        place = end


def _items(tables: list[_Table], path: Path) -> Iterator[Entry]:
    starts = [place for place, table in enumerate(tables) if table.path == path]
    for start, end in zip(starts, [*starts[1:], len(tables)], strict=True):
        first = tables[start]
        yield Entry(None, first.lead, first.label, _lines(list(_entries(tables[start:end], path))), "")
