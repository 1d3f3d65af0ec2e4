"""Check a merged document by what it says, with other parsers' eyes: nothing set is missing, nothing deleted is there.

This knows nothing of how the merge was made. It is stricter than the merge: what only one side changed must be exactly
that side's value; what both changed must be a recorded bump, or lists whose items add up.
"""

__all__ = ["load", "prove"]

import json
import re
import tomllib
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Final

from mlscaffold.merge.resolvers.decisions import Bump
from mlscaffold.merge.resolvers.outcome import Unresolved


class _Missing:
    def __repr__(self) -> str:
        return "nothing"


_MISSING: Final = _Missing()
_WORD: Final = re.compile(r"[\w.*+!-]+")


def prove(kind: str, base: str | None, ours: str, theirs: str, merged: str, bumps: Sequence[Bump]) -> None:
    """Raise `Unresolved` if `merged` does not say what the three sides together say."""
    sides = [{} if text is None else load(kind, text) for text in (base, ours, theirs, merged)]
    for bump in bumps:
        if not set(_WORD.findall(bump.taken)) <= {*_WORD.findall(bump.ours), *_WORD.findall(bump.theirs)}:
            raise Unresolved("a version that neither side has")
    _Proof(bumps).value(*sides)


def load(kind: str, text: str) -> Any:
    """Return what a file says, as dicts, lists and comparable leaves. Raises `Unresolved` if it does not parse."""
    from mlscaffold.merge.resolvers.python_imports import load_imports
    from mlscaffold.merge.resolvers.requirements import load_requirements

    try:
        match kind:
            case "toml":
                return _comparable(tomllib.loads(text))
            case "json":
                return _comparable(json.loads(text))
            case "yaml":
                return _load_yaml(text)
            case "requirements":
                return load_requirements(text)
            case _:
                return load_imports(text)
    except ValueError:
        raise Unresolved("the result does not parse") from None


def _comparable(value: Any) -> Any:
    match value:
        case dict():
            return {key: _comparable(inner) for key, inner in value.items()}
        case list():
            return [_comparable(inner) for inner in value]
        case _:
            return (type(value).__name__, value if isinstance(value, str) else repr(value))


def _load_yaml(text: str) -> Any:
    import yaml

    from mlscaffold.merge.resolvers.yaml_events import Raw, read_yaml

    anchors: list[Hashable] = []

    def plain(raw: Raw) -> Any:
        if isinstance(raw.said, tuple) and raw.said[0] != "alias" and raw.said[1] is not None:
            anchors.append(raw.said[1])
        parts = [plain(part) for part in raw.parts]
        if raw.kind != "map":
            return raw.said if raw.kind == "scalar" else parts
        found = {key.string: value for key, value in zip(raw.parts[::2], parts[1::2], strict=True)}
        if len(found) * 2 != len(parts):
            raise Unresolved("a key twice")
        return found

    try:
        yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # aliases without an anchor
    except yaml.YAMLError:
        raise Unresolved("the result does not parse") from None
    said = plain(read_yaml(text))
    if len(set(anchors)) != len(anchors):
        raise Unresolved("an anchor twice")
    return said


class _Proof:
    """The rules, with the decisions that are allowed."""

    def __init__(self, bumps: Sequence[Bump]) -> None:
        self._bumps = {bump[1:] for bump in bumps}
        self._bumped = {text for bump in self._bumps for text in bump}

    def value(self, base: Any, ours: Any, theirs: Any, merged: Any) -> None:
        if theirs in (ours, base):
            expected = ours
        elif ours == base:
            expected = theirs
        else:
            self._both_changed(base, ours, theirs, merged)
            return
        if merged != expected:
            raise Unresolved("the result lacks a change, or holds what was deleted")

    def _both_changed(self, base: Any, ours: Any, theirs: Any, merged: Any) -> None:
        match ours, theirs, merged:
            case dict(), dict(), dict() if isinstance(base, dict | _Missing):
                was: dict[Any, Any] = base if isinstance(base, dict) else {}
                for key in {*was, *ours, *theirs, *merged}:
                    self.value(*(side.get(key, _MISSING) for side in (was, ours, theirs, merged)))
            case list(), list(), list() if isinstance(base, list | _Missing):
                self._items(base if isinstance(base, list) else [], ours, theirs, merged)
            case tuple(), tuple(), tuple():
                if (ours[-1], theirs[-1], merged[-1]) not in self._bumps:
                    raise Unresolved("a value that both changed")
            case _:
                raise Unresolved("a value that one side deleted and the other changed")

    def _items(self, base: list[Any], ours: list[Any], theirs: list[Any], merged: list[Any]) -> None:
        """Each leaf is there as often as both sides' changes say."""
        was, yours, new, now = (Counter(_leaves(side, ())) for side in (base, ours, theirs, merged))
        for leaf in {*was, *yours, *new, *now}:
            mine, their, change = (side[leaf] - was[leaf] for side in (yours, new, now))
            allowed = {mine, their, mine + their} if mine * their > 0 else {mine + their}
            if change not in allowed and leaf[-1] not in self._bumped:
                raise Unresolved("an item is missing, or there too often")


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    match value:
        case dict() if value:
            for key, inner in value.items():
                yield from _leaves(inner, (*path, key))
        case list() if value:
            for inner in value:
                yield from _leaves(inner, path)
        case tuple():
            yield (*path, *value)
        case _:
            yield (*path, type(value).__name__, "")
