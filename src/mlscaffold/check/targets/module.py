"""A Python module: parsed once, walked once; rules take the nodes they asked for."""

__all__ = ["Module", "UnparsableError"]

import ast
import warnings
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

from mlscaffold.check.findings import Finding

_Node = TypeVar("_Node", bound=ast.AST)


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
        self._nodes: dict[type, list[ast.AST]] = {}
        self._parents: dict[ast.AST, ast.AST] = {}
        _walk(self.tree, self._nodes)
        self.names = dict(_imported(self.all(ast.Import), self.all(ast.ImportFrom), _package_of(path)))

    def all(self, kind: type[_Node]) -> list[_Node]:
        """Return all nodes of exactly this class, in no promised order."""
        return self._nodes.get(kind, [])  # type: ignore[return-value]

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
    "id attr arg ctx op ops kind conversion level type_comment lineno simple is_async rest n s".split()  # noqa: SIM905
)


def _walk(tree: ast.AST, nodes: dict[type, list[ast.AST]]) -> None:
    """Sort all nodes below `tree` by class, in one loop: a third of the time of `ast.walk`."""
    fields: dict[type, tuple[str, ...]] = {ast.Name: (), ast.Constant: ()}
    node_class = ast.AST
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        kind = node.__class__
        if kind in nodes:
            nodes[kind].append(node)
        else:
            nodes[kind] = [node]
            if kind not in fields:
                fields[kind] = tuple(name for name in kind._fields if name not in _PLAIN)
        for name in fields[kind]:
            value = getattr(node, name, None)
            if value.__class__ is list:
                # Lists are of nodes, but for names (`global x`) and for gaps (`{**x}`, defaults).
                pending += (
                    value
                    if value and isinstance(value[0], node_class) and None not in value
                    else [item for item in value if isinstance(item, node_class)]
                )
            elif isinstance(value, node_class):
                pending.append(value)


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
