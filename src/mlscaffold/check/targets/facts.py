"""What rules on the whole repository need to know of one module; small, and kept between runs."""

__all__ = ["Function", "ModuleFacts", "facts_from", "facts_of"]

import ast
from collections.abc import Mapping
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
    functions = [Function("", 1, 0, (), _calls(module, _at_import(module.tree)))]
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            functions.append(_function(module, node, ""))
        elif isinstance(node, ast.ClassDef):
            methods = (item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef))
            functions += [_function(module, method, f"{node.name}.") for method in methods]
    attributes = {module.qualified(node) for node in module.all(ast.Attribute)}
    script = any(_is_main(node.test) for node in module.all(ast.If))
    return ModuleFacts(module.names, tuple(functions), tuple(sorted(attributes)), script)


def facts_from(data: list[Any]) -> ModuleFacts:
    """Return what JSON has made lists of."""
    imports, functions, attributes, script = data
    made = tuple(Function(name, line, end, tuple(marks), tuple(calls)) for name, line, end, marks, calls in functions)
    return ModuleFacts(imports, made, tuple(attributes), script)


def _function(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef, prefix: str) -> Function:
    marks = (mark.func if isinstance(mark, ast.Call) else mark for mark in node.decorator_list)
    decorators = tuple(sorted(filter(None, map(module.qualified, marks))))
    return Function(prefix + node.name, node.lineno, node.end_lineno or 0, decorators, _calls(module, list(node.body)))


def _calls(module: Module, nodes: list[ast.stmt]) -> tuple[str, ...]:
    inside = (node for top in nodes for node in ast.walk(top) if isinstance(node, ast.Call))
    return tuple(sorted({name for call in inside if (name := module.qualified(call.func))}))


def _at_import(tree: ast.Module) -> list[ast.stmt]:
    return [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]


def _is_main(test: ast.expr) -> bool:
    match test:
        case ast.Compare(left=ast.Name(id="__name__"), comparators=[ast.Constant(value="__main__")]):
            return True
        case _:
            return False
