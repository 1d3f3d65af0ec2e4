"""Whether a file that a program reads can still be read: TOML, YAML, JSON, notebooks and Python."""

__all__ = ["fault"]

import ast
import json
import tomllib
from typing import Any

import yaml


class _Strict(yaml.SafeLoader):
    """A loader that takes a key given twice for a fault, and any tag for a value."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _value in node.value if isinstance(key, yaml.ScalarNode)]
        if len(keys) != len(set(keys)):
            raise yaml.YAMLError(f"a key is there twice: {keys}")
        return super().construct_mapping(node, deep=deep)


_Strict.add_multi_constructor("!", lambda _loader, _tag, node: str(node))


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) != len(dict(pairs)):
        raise ValueError(f"a key is there twice: {[key for key, _value in pairs]}")
    return dict(pairs)


def fault(path: str, data: bytes) -> str:
    """Say why `data` is not what the name of `path` promises ("" if it is, or promises nothing)."""
    try:
        match path.rpartition(".")[2]:
            case "toml":
                tomllib.loads(data.decode())
            case "yml" | "yaml":
                list(yaml.load_all(data, Loader=_Strict))
            case "json" | "ipynb":
                json.loads(data, object_pairs_hook=_pairs)
            case "py":
                ast.parse(data)
            case _:
                pass
    except (ValueError, SyntaxError, yaml.YAMLError) as problem:
        return f"{path}: {problem}"
    return ""
