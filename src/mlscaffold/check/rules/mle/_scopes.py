"""What happens in one function, or at the top of a module, in its order."""

__all__ = ["Event", "bound_by", "called_on", "data_of", "names_in", "scopes"]

import ast
from collections.abc import Iterator
from typing import TypeAlias

from mlscaffold.check.targets.module import Module

Event: TypeAlias = ast.Assign | ast.Call

_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def scopes(module: Module) -> Iterator[list[Event]]:
    """Yield the calls and assignments of each scope, a call before what its value is assigned to."""
    bodies = [module.tree.body]
    bodies += [each.body for each in module.all(ast.FunctionDef)]
    bodies += [each.body for each in module.all(ast.AsyncFunctionDef)]
    for body in bodies:
        yield sorted(_inside(body), key=_when)


def _when(node: Event) -> tuple[int, int, bool]:
    return node.end_lineno or node.lineno, node.end_col_offset or 0, isinstance(node, ast.Assign)


def _inside(body: list[ast.stmt]) -> Iterator[Event]:
    pending: list[ast.AST] = [*body]
    while pending:
        node = pending.pop()
        if not isinstance(node, _INNER):
            if isinstance(node, ast.Assign | ast.Call):
                yield node
            pending += ast.iter_child_nodes(node)


def called_on(call: ast.Call) -> tuple[str, str]:
    """Return the name and the method of `name.method(...)`, ("", "") for any other call."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr=method):
            return name, method
        case _:
            return "", ""


def data_of(call: ast.Call, place: int, *names: str) -> ast.expr | None:
    """Return the argument at a place, or under one of its names."""
    if place < len(call.args):
        return call.args[place]
    return next((keyword.value for keyword in call.keywords if keyword.arg in names), None)


def names_in(node: ast.AST | None) -> set[str]:
    """Return the plain names in an expression."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} if node else set()


def bound_by(node: ast.Assign) -> set[str]:
    """Return the names that an assignment gives new values, or new parts: `rows` of `rows["age"] = ...`."""
    found: set[str] = set()
    pending = [*node.targets]
    while pending:
        target = pending.pop()
        if isinstance(target, ast.Name):
            found.add(target.id)
        elif isinstance(target, ast.Tuple | ast.List):
            pending += target.elts
        elif isinstance(target, ast.Subscript | ast.Starred):
            pending.append(target.value)
    return found
