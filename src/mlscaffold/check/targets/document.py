"""TOML, YAML and JSON as plain values, and the line on which a key stands."""

__all__ = ["UnreadableError", "line_of", "parsed"]

import json
import re
from functools import cache
from typing import Any, Final

_MOST_VALUES: Final = 200_000  # ten lines of YAML aliases can unfold to billions
_DEEPEST: Final = 100


class UnreadableError(Exception):
    """The document does not parse; `line` says where, 0 where nobody knows."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def parsed(path: str, data: bytes) -> Any:
    """Return the value of a document, by its suffix: only what JSON can hold; dates are text, keys are text.

    Several YAML documents in one file are a list under the key "---". Tags that are not YAML's own (`!reference`)
    are left out. `on`, `yes` and `no` are text, as in YAML 1.2.

    Raises:
        UnreadableError: it does not parse, or would unfold to an absurd size.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise UnreadableError(f"is no UTF-8: {problem.reason}") from None
    suffix = path.rpartition(".")[2].lower()
    try:
        value = _toml(text) if suffix == "toml" else _yaml(text) if suffix in {"yml", "yaml"} else _json(text)
        return _plain(value, [_MOST_VALUES], 0)
    except RecursionError:
        raise UnreadableError("is nested too deeply") from None


def _toml(text: str) -> Any:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        found = re.search(r"line (\d+)", str(problem))
        raise UnreadableError(str(problem), int(found[1]) if found else 0) from None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        raise UnreadableError(problem.msg, problem.lineno) from None


def _yaml(text: str) -> Any:
    import yaml

    try:
        documents = list(yaml.load_all(text, _loader()))
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        raise UnreadableError(problem.problem or "is no YAML", mark.line + 1 if mark else 0) from None
    except (yaml.YAMLError, ValueError, OverflowError, TypeError) as problem:
        raise UnreadableError(str(problem).splitlines()[0] if str(problem) else "is no YAML") from None
    return {"---": documents} if len(documents) > 1 else documents[0] if documents else None


@cache
def _loader() -> Any:
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        """YAML 1.2's booleans, no dates, and values without their unknown tags."""

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if tag.rpartition(":")[2] not in {"bool", "timestamp"}]
        for first, found in base.yaml_implicit_resolvers.items()
    }
    booleans = re.compile("(?:true|True|TRUE|false|False|FALSE)$")  # asked by `match`
    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", booleans, list("tTfF"))
    Loader.add_multi_constructor("", _untagged)
    return Loader


def _untagged(loader: Any, _tag: str, node: Any) -> Any:
    import yaml

    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


def _plain(value: Any, left: list[int], depth: int) -> Any:
    left[0] -= 1
    if left[0] < 0 or depth > _DEEPEST:
        raise UnreadableError("unfolds to more than a configuration holds")
    if isinstance(value, dict):
        return {_key(key): _plain(item, left, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(item, left, depth + 1) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _key(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)


def line_of(path: str, data: bytes, *keys: str | int) -> int:
    """Return the line on which the value under `keys` begins, 0 where it is not found. Slow: only for findings."""
    text = data.decode("utf-8-sig", errors="replace")
    return _line_in_toml(text, [str(key) for key in keys]) if path.endswith(".toml") else _line_in_yaml(text, keys)


def _line_in_yaml(text: str, keys: tuple[str | int, ...]) -> int:
    import yaml

    try:
        node: Any = yaml.compose(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        return 0
    line = 0
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            pairs = [(name, value) for name, value in node.value if getattr(name, "value", None) == str(key)]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            pairs = [(node.value[key], node.value[key])]
        else:
            pairs = []
        if not pairs:
            return line
        line, node = pairs[0][0].start_mark.line + 1, pairs[0][1]
    return line


def _line_in_toml(text: str, keys: list[str]) -> int:
    """Find `[a.b]` or `c =` below it, as they are usually written; no parser of ours tells lines."""
    line, depth = 0, 0
    for number, content in enumerate(text.splitlines(), 1):
        stripped = content.strip()
        if stripped.startswith("["):
            table = [part.strip().strip("\"'") for part in stripped.split("]")[0].strip("[ ").split(".")]
            fitting = len(table) if table == keys[: len(table)] else 0
            if fitting > depth or (fitting and fitting == depth):
                line, depth = number, fitting
                if fitting == len(keys):
                    return number
            inside = fitting
        else:
            inside = depth if line or not depth else 0
        name = stripped.partition("=")[0].strip().strip("\"'")
        if inside == len(keys) - 1 and "=" in stripped and name in {keys[-1], keys[-1].split(".")[0]}:
            return number
    return line
