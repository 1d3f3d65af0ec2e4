"""`copier.yml` as plain data: found in a tree, parsed, its documents merged as Copier's `load_template_config` does."""

__all__ = ["Config", "read_config"]

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple

import yaml

from mlscaffold.errors import UserError
from mlscaffold.tree import Tree

# libyaml is ten times faster than PyYAML's own parser, and gives the same values
_BaseLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NAME: Final = re.compile(r"copier\.(?:.*\.)?ya?ml", re.IGNORECASE)
_MERGED: Final = ("_exclude", "_jinja_extensions", "_secret_questions", "_skip_if_exists")  # lists that add up


class Config(NamedTuple):
    """The merged documents of one `copier.yml`."""

    path: str
    data: dict[str, Any]
    includes: bool  # whether `!include` had a part in it


def read_config(files: Tree, source: str) -> Config:
    """Read the configuration of the template `source`.

    Raises:
        UserError: there is none, there are several, it is not YAML, or its documents are not mappings with text keys.
    """
    path = _find(files, source)
    loader = _loader(files)
    merged: dict[str, Any] = {}
    for document in _documents(files, path, loader):
        if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
            raise UserError(
                f"{path} of {source}: a document must be a mapping whose keys are text", hint="correct it there"
            )
        merged.update(_add_up(merged, document, path))
    return Config(path, merged, loader.includes)


def _find(files: Tree, source: str) -> str:
    found = [path for path in files if "/" not in path and _NAME.fullmatch(path)]
    if not found:
        raise UserError(
            f"{source} is not a template: it has no copier.yml",
            hint="name a folder or repository with a copier.yml at its root",
        )
    if len(found) > 1:
        raise UserError(f"{source} has several configurations: {', '.join(found)}", hint="keep one of them")
    return found[0]


def _add_up(merged: Mapping[str, Any], document: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return `document` with the list settings of the documents before it in front of its own."""
    result = dict(document)
    for key in _MERGED:
        if key in document and not isinstance(document[key], list):
            raise UserError(f"{path}: `{key}` must be a list", hint="correct it there")
        if key in document:
            result[key] = [*merged.get(key, ()), *document[key]]
    return result


def _documents(files: Tree, path: str, loader: Any) -> Iterator[Any]:
    """Yield the documents of one file; a document that is a list stands for its items, an empty one for nothing."""
    file = files[path]
    if file.symlink:
        raise UserError(f"{path} is a symbolic link, which is not followed", hint="make it a file")
    try:
        documents = list(yaml.load_all(file.data, Loader=loader))  # a SafeLoader, see `_loader`
    except (yaml.YAMLError, ValueError) as error:
        raise UserError(f"{path} is not valid YAML: {error}", hint="correct it there") from error
    yield from _flat([document for document in documents if document])


def _flat(items: list[Any]) -> Iterator[Any]:
    for item in items:
        if isinstance(item, list):
            yield from _flat(item)
        else:
            yield item


def _loader(files: Tree) -> Any:
    """Return a loader class that knows `!include`, whose globs are relative to the template's root."""

    class Loader(_BaseLoader):  # type: ignore[misc]
        includes = False

    def include(_: Any, node: yaml.Node) -> list[Any]:
        Loader.includes = True
        if not isinstance(node, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, "!include takes a file name", node.start_mark)
        pattern = str(node.value).split("/")
        found = [path for path in files if _matches(path.split("/"), pattern)]
        return [document for path in found for document in _documents(files, path, Loader)]

    Loader.add_constructor("!include", include)
    return Loader


def _matches(parts: list[str], pattern: list[str]) -> bool:
    """Match as `pathlib.Path.glob` does: `*` within a part, `**` any number of folders."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_matches(parts[start:], pattern[1:]) for start in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])
