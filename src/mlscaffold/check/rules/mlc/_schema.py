"""JSON Schema, as far as schemas of configuration go; a keyword that is not known here forbids nothing."""

__all__ = ["Fault", "faults"]

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from mlscaffold.check.nearest import nearest

_MOST_STEPS: Final = 100_000
_LONGEST: Final = 40  # of a value in a message
_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_LIMITS: Final[Mapping[str, tuple[str, Callable[[float, float], bool]]]] = {
    "minimum": ("below", lambda value, limit: value < limit),
    "exclusiveMinimum": ("not above", lambda value, limit: value <= limit),
    "maximum": ("above", lambda value, limit: value > limit),
    "exclusiveMaximum": ("not below", lambda value, limit: value >= limit),
}


Keys = tuple[str | int, ...]


class Fault(NamedTuple):
    """What is wrong, in words, and the keys that lead there."""

    keys: Keys
    told: str


def faults(value: Any, schema: Any) -> list[Fault]:
    """Return where `value` does not fit `schema` (draft 7 or 2020-12; references within the schema)."""
    try:
        return list(_Walk(schema).faults(value, schema, ()))
    except RecursionError:  # it refers to itself without end
        return []


class _Walk:
    """One value beside one schema. One that refers to itself could double its steps without end: they are counted."""

    def __init__(self, whole: Any) -> None:
        self._whole, self._left = whole, _MOST_STEPS

    def faults(self, value: Any, schema: Any, keys: Keys) -> Iterator[Fault]:
        """Yield the faults of what stands under `keys`."""
        self._left -= 1
        if not isinstance(schema, dict) or self._left < 0:
            return
        if isinstance(reference := schema.get("$ref"), str):
            yield from self.faults(value, _referred(reference, self._whole), keys)
        if told := _kind_fault(value, schema.get("type")) or _choice_fault(value, schema):
            yield Fault(keys, f"{_name(keys)} is {_shown(value)}, {told}")
            return
        yield from self._in_choices(value, schema, keys)
        if isinstance(value, dict):
            yield from self._in_table(value, schema, keys)
        elif isinstance(value, list):
            for place, item in enumerate(value):
                yield from self.faults(item, schema.get("items"), (*keys, place))

    def _in_choices(self, value: Any, schema: dict[str, Any], keys: Keys) -> Iterator[Fault]:
        for part in _listed(schema.get("allOf")):
            yield from self.faults(value, part, keys)
        for word in ("anyOf", "oneOf"):  # that no second choice of `oneOf` fits is not asked for
            choices = _listed(schema.get(word))
            if choices and all(any(self.faults(value, choice, keys)) for choice in choices):
                yield Fault(keys, f"{_name(keys)} is {_shown(value)}, which fits no choice of `{word}`")

    def _in_table(self, value: dict[str, Any], schema: dict[str, Any], keys: Keys) -> Iterator[Fault]:
        known, others = schema.get("properties"), schema.get("additionalProperties", True)
        known = known if isinstance(known, dict) else {}
        for key, item in value.items():
            if key in known or isinstance(others, dict):
                yield from self.faults(item, known.get(key, others), (*keys, key))
            elif others is False and key != "$schema" and "patternProperties" not in schema:
                told = f"{_name((*keys, key))} is no key that the schema knows{nearest(key, known)}"
                yield Fault((*keys, key), told)
        for key in _listed(schema.get("required")):
            if key not in value:
                yield Fault(keys, f"{_name((*keys, str(key)))} is missing")


def _kind_fault(value: Any, kinds: Any) -> str:
    wanted = [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]
    if not wanted or any(kind not in _KINDS or _is(value, kind) for kind in wanted):
        return ""
    return f"not {' or '.join(f'an {kind}' if kind[0] in 'aio' else f'a {kind}' for kind in wanted)}"


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _KINDS[kind]) or (kind == "integer" and isinstance(value, float) and value.is_integer())


def _choice_fault(value: Any, schema: dict[str, Any]) -> str:
    if isinstance(choices := schema.get("enum"), list) and value not in choices:
        return f"not one of {', '.join(map(_shown, choices[:6]))}"
    if "const" in schema and value != schema["const"]:
        return f"not {_shown(schema['const'])}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        for word, (told, fails) in _LIMITS.items():
            limit = schema.get(word)
            if isinstance(limit, int | float) and not isinstance(limit, bool) and fails(value, limit):
                return f"{told} {limit}"
    return ""


def _referred(reference: str, whole: Any) -> Any:
    """Return what `#/$defs/x` means; nothing, which forbids nothing, for what lies elsewhere."""
    found = whole if reference.startswith("#") else None
    for part in reference.lstrip("#").strip("/").split("/"):
        if part:
            part = part.replace("~1", "/").replace("~0", "~")  # noqa: PLW2901 - unescaped
            found = found.get(part) if isinstance(found, dict) else None
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _name(keys: Keys) -> str:
    return f"`{'.'.join(map(str, keys))}`" if keys else "the document"


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
