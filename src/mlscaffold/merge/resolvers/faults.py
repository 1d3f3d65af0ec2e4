"""What a clean merge of lines can break: files that no longer parse, and entries that came from both sides.

Faults have names, so that one which a side had before the merge is not laid to the merge's charge.
"""

__all__ = ["find_fault"]

import ast
import json
import re
import tomllib
import warnings
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from typing import Any, Final

from mlscaffold.merge.resolvers.identity import REQUIREMENT_KEYS, requirement_key
from mlscaffold.merge.resolvers.kinds import kind_of

Faults = dict[Hashable, str]
_NAME: Final = re.compile(r"\s*([A-Za-z0-9][\w.-]*)")  # of a package, as a requirement starts with it
_SEPARATORS: Final = re.compile(r"[-_.]+")
_MARKER: Final = re.compile(rb"(?m)^(?:<{7}|>{7}|\|{7})(?: |\r?$)")


def find_fault(path: str, ours: bytes, theirs: bytes, merged: bytes) -> str | None:
    """Return the first fault of `merged` that neither side had. Never raises, whatever the bytes are."""
    if _MARKER.search(merged) and not any(map(_MARKER.search, (ours, theirs))):
        return "it holds conflict markers"
    look = _LOOKS.get(kind_of(path) or "")
    if look is None:
        return None
    found = _faults(look, merged)
    if found:
        known = {**_faults(look, ours), **_faults(look, theirs)}
        # a side that does not parse tells nothing of what it holds
        return next((text for name, text in found.items() if name not in known and "parse" not in known), None)
    return None


def _faults(look: Callable[[str], Iterator[tuple[Hashable, str]]], data: bytes) -> Faults:
    try:
        return dict(look(data.decode("utf-8-sig")))
    except (RecursionError, MemoryError, UnicodeDecodeError):
        return {"parse": "it cannot be read"}


def _of_toml(text: str) -> Iterator[tuple[Hashable, str]]:
    try:
        document = tomllib.loads(text)
    except ValueError as error:
        yield "parse", f"it is no longer TOML: {error}"
        return
    yield from _double_requirements(document, ())


def _double_requirements(value: Any, path: tuple[str, ...]) -> Iterator[tuple[Hashable, str]]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _double_requirements(inner, (*path, key))
        case list() if any(REQUIREMENT_KEYS.search(part) for part in path):
            yield from _twice(path, [item for item in value if isinstance(item, str)])
        case _:
            pass


def _twice(path: tuple[str, ...], lines: list[str]) -> Iterator[tuple[Hashable, str]]:
    names = [_SEPARATORS.sub("-", found[1]).lower() for line in lines if (found := _NAME.match(line))]
    if len(set(names)) == len(names):
        return  # no name stands twice, so nothing has to be read more closely (which costs 20 ms to import)
    keys = Counter(requirement_key(line) for line in lines)
    for line in lines:
        key = requirement_key(line)
        if key is not None and keys[key] > 1:
            yield (path, key), f"{'.'.join((*path, ''))[:-1] or 'it'} requires {line!r} and the same package again"


def _of_requirements(text: str) -> Iterator[tuple[Hashable, str]]:
    lines = (re.sub(r"(?:^|\s+)#.*|\s*\\$|\s+--hash.*", "", line).strip() for line in text.splitlines())
    yield from _twice((), [line for line in lines if line])


def _of_json(text: str) -> Iterator[tuple[Hashable, str]]:
    doubles: list[str] = []

    def collect(pairs: list[tuple[str, Any]]) -> None:
        doubles.extend(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)

    try:
        json.loads(text, object_pairs_hook=collect)
    except ValueError as error:
        yield "parse", f"it is no longer JSON: {error}"
    for key in doubles:
        yield ("key", key), f"it has the key {key!r} twice"


def _of_yaml(text: str) -> Iterator[tuple[Hashable, str]]:
    import yaml

    try:
        roots = list(yaml.compose_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except (yaml.YAMLError, ValueError) as error:
        yield "parse", f"it is no longer YAML: {' '.join(str(error).split())}"
        return
    seen = set[int]()
    for number, root in enumerate(roots):
        if root is not None:
            yield from _double_nodes(root, (str(number),), seen)


def _double_nodes(node: Any, path: tuple[str, ...], seen: set[int]) -> Iterator[tuple[Hashable, str]]:
    if id(node) in seen:  # an alias
        return
    seen.add(id(node))
    match node.id:
        case "mapping":
            keys = [(key.tag, key.value) for key, _ in node.value if key.id == "scalar"]
            for (_, name), times in Counter(keys).items():
                if times > 1 and name != "<<":
                    yield ("key", path, name), f"it has the key {'.'.join((*path[1:], name))!r} twice"
            for key, value in node.value:
                yield from _double_nodes(value, (*path, str(key.value)), seen)
        case "sequence":
            yield from _double_items(node, path)
            for item in node.value:
                yield from _double_nodes(item, path, seen)
        case _:
            pass


def _double_items(node: Any, path: tuple[str, ...]) -> Iterator[tuple[Hashable, str]]:
    """Find steps, pre-commit repositories and hooks that are there twice."""
    fields = {"steps": ("id", "name"), "repos": ("repo",), "hooks": ("id",)}.get(path[-1], ())
    for field in fields:
        names = [
            value.value
            for item in node.value
            if item.id == "mapping"
            for key, value in item.value
            if key.value == field
        ]
        for name, times in Counter(filter(_is_text, names)).items():
            if times > 1 and name not in {"local", "meta"}:
                yield (path, field, name), f"{'.'.join(path[1:])} has the {field} {name!r} twice"


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _of_python(text: str) -> Iterator[tuple[Hashable, str]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the code's own escapes
            module = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        yield "parse", f"it is no longer Python: {error}"
        return
    yield from _double_definitions(module.body, "")


def _double_definitions(body: list[ast.stmt], prefix: str) -> Iterator[tuple[Hashable, str]]:
    found = [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
    for name, times in Counter(node.name for node in found).items():
        if times > 1:
            yield ("def", prefix + name), f"it defines {prefix + name} twice"
    for node in found:
        if isinstance(node, ast.ClassDef):
            yield from _double_definitions(node.body, f"{prefix}{node.name}.")


_LOOKS: Final[dict[str, Callable[[str], Iterator[tuple[Hashable, str]]]]] = {
    "toml": _of_toml,
    "lock": _of_toml,
    "requirements": _of_requirements,
    "json": _of_json,
    "notebook": _of_json,
    "yaml": _of_yaml,
    "python": _of_python,
}
