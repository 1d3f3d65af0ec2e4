"""What rules on the whole repository need to know of one module; small, and kept between runs."""

__all__ = ["Function", "ModuleFacts", "facts_from", "facts_of"]

import ast
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlscaffold.check.targets.module import Module


class Function(NamedTuple):
    """A function at the top of a module, or a method (`Class.method`); what it holds inside belongs to it.

    `calls` are qualified names (see `Module.qualified`) of what it calls, sorted; so are `decorators`.
    The function named "" stands for what runs when the module is imported.
    """

    name: str
    line: int
    end_line: int
    decorators: tuple[str, ...]
    calls: tuple[str, ...]

    @property
    def public(self) -> bool:
        """Whether no part of its name starts with an underscore."""
        return bool(self.name) and not any(part.startswith("_") for part in self.name.split("."))


class ModuleFacts(NamedTuple):
    """What a module imports (local name -> qualified name), defines and names; and whether it runs as a script."""

    imports: Mapping[str, str]
    functions: tuple[Function, ...]
    attributes: tuple[str, ...]
    script: bool


def facts_of(module: Module) -> ModuleFacts:
    """Return the facts of a module. `attributes` are qualified names of all attributes that are read, sorted."""
    found = list(_functions(module.tree.body, ""))
    starts = [node.lineno for _, node in found]
    calls: dict[int, set[str]] = {}
    for call in module.all(ast.Call):
        # By lines, not by walking each function again: half the time of all facts.
        at = bisect_right(starts, call.lineno) - 1
        inside = at >= 0 and call.lineno <= (found[at][1].end_lineno or 0)
        calls.setdefault(at if inside else -1, set()).add(module.qualified(call.func))
    named = {at: tuple(sorted(names - {""})) for at, names in calls.items()}
    functions = [Function("", 1, 0, (), named.get(-1, ()))]
    for at, (name, node) in enumerate(found):
        functions.append(Function(name, node.lineno, node.end_lineno or 0, _marks(module, node), named.get(at, ())))
    attributes = {module.qualified(node) for node in module.all(ast.Attribute)}
    script = any(_is_main(node.test) for node in module.all(ast.If))
    return ModuleFacts(module.names, tuple(functions), tuple(sorted(attributes)), script)


def facts_from(data: list[Any]) -> ModuleFacts:
    """Return what JSON has made lists of."""
    imports, functions, attributes, script = data
    made = tuple(Function(name, line, end, tuple(marks), tuple(calls)) for name, line, end, marks, calls in functions)
    return ModuleFacts(imports, made, tuple(attributes), script)


def _functions(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef) and not prefix:
            yield from _functions(node.body, f"{node.name}.")


def _marks(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...]:
    marks = (mark.func if isinstance(mark, ast.Call) else mark for mark in node.decorator_list)
    return tuple(sorted(filter(None, map(module.qualified, marks))))


def _is_main(test: ast.expr) -> bool:
    match test:
        case ast.Compare(left=ast.Name(id="__name__"), comparators=[ast.Constant(value="__main__")]):
            return True
        case _:
            return False
