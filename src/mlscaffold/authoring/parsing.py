"""Whether a file says what its name promises: Python, TOML, YAML, JSON, a notebook; and no half-merged text."""

__all__ = ["fault", "marker", "parse_faults"]

import ast
import json
import posixpath
import re
import sys
import tomllib
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import yaml

from mlscaffold.authoring.finding import Finding
from mlscaffold.authoring.trials import Trial, with_answers
from mlscaffold.tree import File, blob_id

_YAML: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Their tools put up with trailing commas.
_RELAXED_JSON: Final = re.compile(r"(^|/)(\.vscode/[^/]+|tsconfig[^/]*|jsconfig|devcontainer|\.eslintrc)\.json$")
_COMMENT: Final = re.compile(rb"^\s*(//|/\*)", re.MULTILINE)
_MARKERS: Final = re.compile(rb"^<{7} .*^={7}$.*^>{7} ", re.MULTILINE | re.DOTALL)


def fault(path: str, data: bytes) -> str | None:
    """Say why the file at `path` does not parse, or return None; files of other kinds always do."""
    name = posixpath.basename(path)
    kind = _KINDS.get(posixpath.splitext(name)[1].lower())
    if kind is None or _RELAXED_JSON.search(path):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a strange escape is for a linter
            kind(data)
    except json.JSONDecodeError as problem:
        # with comments it is another language, which its tools read
        return None if _COMMENT.search(data) else str(problem)
    except (ValueError, SyntaxError, yaml.YAMLError, RecursionError, MemoryError) as problem:
        return " ".join(str(problem).split()) or type(problem).__name__
    return None


def _python(data: bytes) -> None:
    try:
        ast.parse(data)
    except SyntaxError as problem:
        line = f", line {problem.lineno}" if problem.lineno else ""
        raise ValueError(f"no Python {sys.version_info[0]}.{sys.version_info[1]}{line}: {problem.msg}") from problem


def _yaml(data: bytes) -> None:
    for _node in yaml.compose_all(data, Loader=_YAML):  # composed, not built: any tag will do
        pass


def _notebook(data: bytes) -> None:
    found = json.loads(data)
    if not isinstance(found, dict) or not isinstance(found.get("cells"), list):
        raise ValueError("no notebook: it has no cells")  # noqa: TRY004 - what is read is at fault, not its type


_KINDS: Final[Mapping[str, Callable[[bytes], object]]] = {
    ".py": _python,
    ".pyi": _python,
    ".toml": lambda data: tomllib.loads(data.decode()),
    ".yaml": _yaml,
    ".yml": _yaml,
    ".json": json.loads,
    ".ipynb": _notebook,
}


def marker(data: bytes) -> bool:
    """Tell whether a merge was left half-done in this file."""
    return bool(_MARKERS.search(data))


def parse_faults(trials: Iterable[Trial]) -> Iterator[Finding]:
    """Yield what does not parse in any rendering; the same bytes under one name are looked at once."""
    seen: set[tuple[str, str]] = set()
    for trial in trials:
        tree = trial.rendering.tree
        for path, file in tree.items():
            key = (path, blob_id(file.data))
            if key not in seen and not file.symlink and not _is_chart(path, tree):
                seen.add(key)
                yield from _of_file(path, file, trial)


def _is_chart(path: str, tree: Mapping[str, File]) -> bool:
    """Tell whether `path` is a template of a Helm chart, which is YAML only after Helm."""
    folder, found, _rest = path.rpartition("/templates/")
    return bool(found) and f"{folder}/Chart.yaml" in tree


def _of_file(path: str, file: File, trial: Trial) -> Iterator[Finding]:
    where = trial.rendering.sources.get(path, path)
    answers = with_answers(trial.explored.given)
    if marker(file.data):
        yield Finding("conflict-marker", where, f"{path} holds conflict markers", "end the merge in it")
    elif problem := fault(path, file.data):
        fix = "mend it; quote answers where they stand in it (`| to_json`), or refuse such ones with a validator"
        yield Finding("does-not-parse", where, f"{path} does not parse: {problem}", fix, answers)
