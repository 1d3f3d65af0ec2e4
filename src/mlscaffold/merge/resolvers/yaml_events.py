"""YAML text to nodes with positions, by the events of PyYAML's parser: tags, anchors and aliases are never resolved."""

__all__ = ["Raw", "read_yaml"]

from collections.abc import Hashable, Iterator
from typing import Any, Final, NamedTuple

import yaml

from mlscaffold.merge.resolvers.outcome import Unresolved

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STRING: Final = "tag:yaml.org,2002:str"


class Raw(NamedTuple):
    """A node: `start` before its anchor and tag, `end` behind its last visible character."""

    start: int
    end: int
    kind: str  # "scalar", "map" or "list"
    said: Hashable  # of a scalar: tag, anchor and text; of a group: tag and anchor
    string: str | None = None
    flow: bool = False
    parts: tuple["Raw", ...] = ()  # of a map: key, value, key, value


def read_yaml(text: str) -> Raw:
    """Return the root of the one document in `text`. Raises `Unresolved` if it does not parse or holds several."""
    try:
        events = list(yaml.parse(text, Loader=_LOADER))
    except yaml.YAMLError:
        raise Unresolved("not YAML") from None
    if sum(isinstance(event, yaml.DocumentStartEvent) for event in events) != 1:
        raise Unresolved("not one YAML document")
    rest = iter(events[2:])  # behind the starts of stream and document
    return _Reader(text).read(next(rest), rest)


class _Reader:
    """Where the lines start, and how plain scalars are understood."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._resolver = yaml.SafeLoader("")
        self._starts: list[int] = [0]
        for line in text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def read(self, event: Any, events: Iterator[Any]) -> Raw:
        start, end = self._at(event.start_mark), self._at(event.end_mark)
        match event:
            case yaml.AliasEvent():
                return Raw(start, end, "scalar", ("alias", event.anchor))
            case yaml.ScalarEvent():
                end = start + len(self._text[start:end].rstrip(" \n"))
                return Raw(start, end, "scalar", (self._tag(event), event.anchor, event.value), event.value)
            case yaml.MappingStartEvent():
                return self._group("map", event, start, events)
            case _:
                return self._group("list", event, start, events)

    def _at(self, mark: Any) -> int:
        return self._starts[int(mark.line)] + int(mark.column)

    def _tag(self, event: Any) -> str:
        if event.tag or not event.implicit[0]:
            return event.tag or _STRING
        resolve: Any = self._resolver.resolve  # not in the type stubs
        return str(resolve(yaml.ScalarNode, event.value, (True, False)))

    def _group(self, kind: str, opening: Any, start: int, events: Iterator[Any]) -> Raw:
        parts = []
        while not isinstance(last := next(events), (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            parts.append(self.read(last, events))
        flow, said = bool(opening.flow_style), (opening.tag, opening.anchor)
        end = self._at(last.end_mark) if flow or not parts else parts[-1].end
        if flow and not any(said) and self._text[start] not in "[{":
            raise Unresolved("a pair without braces")
        return Raw(start, end, kind, said, None, flow, tuple(parts))
