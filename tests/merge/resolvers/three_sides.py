"""Documents with comments, and the same document after random edits on either side, written as TOML, YAML or JSON."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

KEYS = ["alpha", "beta", "gamma", "delta", "omega", "version", "dependencies", "steps", "name"]
WORDS = ["a", "b", "c", "d", "it's", 'say "hi"', "# no comment", "x: y", "1", "true", "ü", "long word " * 12, ""]
VERSIONS = ["1.0", "1.1", "2.0", "1.2.3", "1.3.0", "v1", "v2", ">=1.0", ">=1.1,<2", ">=1.2,<3"]
REQUIREMENTS = [
    "numpy>=1",
    "numpy>=2",
    "rich",
    "Flask[async]>=3",
    "flask>=2",
    "torch ; python_version < '3.12'",
    "attrs==1.0",
]

scalars = st.one_of(st.sampled_from(WORDS), st.sampled_from(VERSIONS), st.integers(-3, 30), st.booleans())
lists = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=5),
    st.lists(st.sampled_from(REQUIREMENTS), max_size=4, unique=True),
    st.lists(st.integers(0, 3), max_size=3),
    st.lists(
        st.fixed_dictionaries({"id": st.sampled_from("abcde")}, optional={"rev": st.sampled_from(VERSIONS)}), max_size=4
    ),
)
values = st.recursive(
    st.one_of(scalars, lists), lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
)
documents = st.dictionaries(st.sampled_from(KEYS), values, min_size=1, max_size=6)


@st.composite
def edited(draw: st.DrawFn, value: Any) -> Any:
    """Change a document here and there."""
    match value:
        case dict():
            result = {}
            for key, inner in value.items():
                fate = draw(st.integers(0, 19))
                if fate == 19:
                    continue
                result[key] = draw(values) if fate == 18 else draw(edited(inner)) if fate > 12 else inner
            items = list(result.items())
            for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
                key = draw(st.sampled_from(KEYS))
                if key not in result:
                    result[key] = None
                    items.insert(draw(st.integers(0, len(items))), (key, draw(values)))
            return dict(items)
        case list():
            items = [item if draw(st.integers(0, 9)) else None for item in value]
            items = [draw(edited(item)) if isinstance(item, dict) else item for item in items if item is not None]
            for _ in range(draw(st.integers(0, 2))):
                items.insert(draw(st.integers(0, len(items))), draw(lists.filter(bool))[0])
            return items
        case _:
            return draw(scalars) if draw(st.booleans()) else value


@st.composite
def triples(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A base and two edits of it."""
    base = draw(documents)
    return base, draw(edited(base)), draw(edited(base))


def written(kind: str, document: dict[str, Any], style: int) -> str:
    """Write `document`; every bit of `style` chooses something about layout and comments."""
    match kind:
        case "toml":
            return "".join(_toml(document, style))
        case "yaml":
            return "".join(_yaml(document, style, 0)) or "{}\n"
        case _:
            return json.dumps(document, indent=(2, 4)[style & 1], ensure_ascii=bool(style & 2)) + "\n"


def _comment(key: str, style: int, pad: str = "") -> str:
    return f"{pad}# about {key}\n" if style & 4 and len(key) % 2 else ""


def _behind(key: str, style: int) -> str:
    return "  # see" if style & 8 and len(key) % 3 == 0 else ""


def _toml(document: dict[str, Any], style: int, path: str = "") -> Iterator[str]:
    plain = {k: v for k, v in document.items() if not isinstance(v, dict) or style & 16}
    for key, value in plain.items():
        yield f"{_comment(key, style)}{key} = {_toml_value(value, style)}{_behind(key, style)}\n"
    for key, value in document.items():
        if key not in plain:
            yield f"\n{_comment(key, style)}[{path}{key}]{_behind(key, style)}\n"
            yield from _toml(value, style, f"{path}{key}.")


def _toml_value(value: Any, style: int) -> str:
    match value:
        case dict():
            return "{ " + ", ".join(f"{key} = {_toml_value(inner, 0)}" for key, inner in value.items()) + " }"
        case list() if value and style & 32:
            rows = [f"    {_toml_value(item, 0)},{_behind(str(item), style)}\n" for item in value]
            return "[\n" + "".join(rows) + "]"
        case list():
            return "[" + ", ".join(_toml_value(item, 0) for item in value) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def _yaml(value: Any, style: int, column: int) -> Iterator[str]:
    pad = " " * column
    match value:
        case dict():
            for key, inner in value.items():
                yield _comment(key, style, pad)
                yield f"{pad}{key}:"
                yield from _yaml_below(inner, style, column, key)
        case list():
            for item in value:
                yield _comment(str(item), style, pad)
                if isinstance(item, dict) and item:
                    below = "".join(_yaml(item, style & ~4, column + 2))
                    yield f"{pad}- {below[column + 2 :]}"
                else:
                    yield f"{pad}- {json.dumps(item, ensure_ascii=False)}{_behind(str(item), style)}\n"


def _yaml_below(value: Any, style: int, column: int, key: str) -> Iterator[str]:
    if isinstance(value, dict | list) and value and not (style & 16 and isinstance(value, list)):
        yield f"{_behind(key, style)}\n"
        yield from _yaml(value, style, column + (0 if isinstance(value, list) and style & 64 else 2 + (style & 2)))
    elif isinstance(value, str) and style & 32 and len(value) > 1 and value[0].isalnum():
        inner = " " * (column + 4)
        yield f" |-\n{inner}{value.strip()}\n"
    else:
        yield f" {json.dumps(value, ensure_ascii=False)}{_behind(key, style)}\n"
