"""A Python module: parsed once, walked once; rules take the nodes they asked for."""

__all__ = ["Module", "UnparsableError"]

import ast
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from operator import attrgetter
from typing import Any, Final, TypeVar

from mlscaffold.check.findings import Finding

_Node = TypeVar("_Node", bound=ast.AST)
_Children = Callable[[Any], tuple[Any, ...]]


class UnparsableError(Exception):
    """The source is no Python that this interpreter reads; `line` says where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class Module:
    """One module of a repository.

    Attributes:
        path: relative to the root, with slashes.
        source: its bytes.
        tree: its syntax tree.
        roles: what it is for: see `places.roles_of`.
        options: the options of each rule, by code.
        names: what its imports bind: local name -> qualified name, as `pd` -> `pandas`.
    """

    def __init__(
        self,
        path: str,
        source: bytes,
        roles: frozenset[str] = frozenset(),
        options: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """Parse `source`. Raises `UnparsableError`."""
        self.path, self.source, self.roles, self.options = path, source, roles, options or {}
        self.tree = _parsed(source, path)
        self._parents: dict[ast.AST, ast.AST] = {}
        self._qualified: dict[ast.AST, str] = {}
        self._nodes = _walk(self.tree)
        self.names = dict(_imported(self.all(ast.Import), self.all(ast.ImportFrom), _package_of(path)))

    def all(self, kind: type[_Node]) -> list[_Node]:
        """Return all nodes of exactly this class, in no promised order."""
        return self._nodes.get(kind, [])

    def named(self, target: str) -> list[ast.AST]:
        """Return all nodes of the class that a rule is on, as `ast.Call`; none for what is no class of nodes."""
        package, _, name = target.partition(".")
        return self._nodes.get(getattr(ast, name), []) if package == "ast" else []

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Return the node that holds `node`; None for the tree itself."""
        if not self._parents:
            self._parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        return self._parents.get(node)

    def parents(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield what holds `node`, from the inside out."""
        above = self.parent(node)
        while above is not None:
            yield above
            above = self.parent(above)

    def function_of(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | None:
        """Return the innermost function around `node`."""
        functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        return next((above for above in self.parents(node) if isinstance(above, functions)), None)

    def qualified(self, node: ast.AST) -> str:
        """Return the dotted name of a name or attribute with imports resolved, or "".

        After `import numpy as np`, `np.random.seed` is `numpy.random.seed`. A name that nothing imports is itself;
        on anything else (a call, a subscript) the answer starts with a dot: `load(x).fit` is `.fit`.
        """
        if node not in self._qualified:  # asked by facts and by most rules
            self._qualified[node] = self._spelled(node)
        return self._qualified[node]

    def _spelled(self, node: ast.AST) -> str:
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name):
            parts.append(self.names.get(node.id, node.id))
        elif parts:
            parts.append("")
        return ".".join(reversed(parts))

    def at(self, node: ast.AST, message: str) -> Finding:
        """Return a finding at `node`, which spans all its lines."""
        line = getattr(node, "lineno", 0)
        column = getattr(node, "col_offset", -1) + 1
        return Finding(self.path, line, message, column, getattr(node, "end_lineno", 0) or 0)

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Return the bytes of the source that `node` takes: start and end."""
        starts = self._line_starts()
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return starts[node.lineno - 1] + node.col_offset, starts[end_line - 1] + end_column

    def _line_starts(self) -> list[int]:
        starts, bom = [0], 3 if self.source.startswith(b"\xef\xbb\xbf") else 0
        starts[0] = bom
        place = 0
        # As the tokenizer counts: form feeds and vertical tabs end no line.
        for line in self.source.replace(b"\r\n", b"\0\n").replace(b"\r", b"\n").split(b"\n"):
            place += len(line) + 1
            starts.append(place)
        return starts


def _parsed(source: bytes, path: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in other people's strings
            return ast.parse(source, path)
    except SyntaxError as problem:
        raise UnparsableError(problem.msg or "syntax error", problem.lineno or 0) from None
    except (ValueError, RecursionError, MemoryError) as problem:
        raise UnparsableError(str(problem) or "nested too deeply", 0) from None


# Fields that hold no node that a rule could ask for: names, operators, and whether a name is read or written.
_PLAIN: Final = frozenset(
    "id attr arg asname ctx op ops kind conversion level lineno simple is_async rest n s type_comment".split()  # noqa: SIM905
)
_LEAVES: Final = (ast.Name, ast.Constant)


def _walk(tree: ast.AST) -> dict[type, list[Any]]:
    """Return all nodes below `tree` by class, sorted in one loop: a quarter of the time of `ast.walk`.

    Between them are the gaps of lists (None, as in `{**x}`) and names (`global x`), under their own classes.
    """
    kinds: dict[type, tuple[list[Any], _Children | None]] = {}
    pending: list[Any] = [tree]
    while pending:
        node = pending.pop()
        kind = node.__class__
        try:
            found, children = kinds[kind]
        except KeyError:
            found, children = kinds[kind] = [], _children_of(kind)
        found.append(node)
        if children:
            for value in children(node):
                if value.__class__ is list:
                    pending.extend(value)
                elif value is not None:
                    pending.append(value)
    return {kind: found for kind, (found, _children) in kinds.items()}


@cache
def _children_of(kind: type) -> _Children | None:
    """Return what gets the fields of a node that hold others; None where there are none."""
    fields = [] if kind in _LEAVES else [name for name in getattr(kind, "_fields", ()) if name not in _PLAIN]
    if len(fields) > 1:
        return attrgetter(*fields)
    return (lambda node: (getattr(node, fields[0]),)) if fields else None


def _package_of(path: str) -> list[str]:
    """Return the dotted package that holds a module, without the folder `src`."""
    folders = path.split("/")[:-1]
    return folders[folders.index("src") + 1 :] if "src" in folders else folders


def _imported(
    imports: list[ast.Import], from_imports: list[ast.ImportFrom], package: list[str]
) -> Iterator[tuple[str, str]]:
    for plain in imports:
        for alias in plain.names:
            yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
    for origin in from_imports:
        above = package[: len(package) - origin.level + 1] if origin.level else []
        module = ".".join([*above, *([origin.module] if origin.module else [])])
        for alias in origin.names:
            yield alias.asname or alias.name, f"{module}.{alias.name}" if module else alias.name
