"""What runs when a module is imported, and modules that are run and not imported."""

__all__ = ["calls_at_import", "is_own_resource", "is_page"]

import ast
import re
from collections.abc import Iterator
from typing import Final

from mlscaffold.check.lazy import expression
from mlscaffold.check.targets.module import Module

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
# The marks of notebooks that are kept as Python: jupytext and VS Code, Databricks, marimo.
_CELLS: Final = expression(rb"^# ?(?:%%|In\[|COMMAND -+|Databricks notebook source|---\n# jupyter:)", re.MULTILINE)
_IN_CELLS: Final = (b"%%", b"In[", b"COMMAND -", b"Databricks notebook", b"jupyter:")
_PAGES: Final = frozenset({"streamlit", "marimo", "dash", "gradio", "chainlit", "shiny", "panel", "airflow"})
_RESOURCES: Final = ("importlib.resources", "importlib_resources", "pkgutil")
_OUTSIDE: Final = frozenset({"setup.py", "conftest.py", "noxfile.py"})


def is_page(module: Module) -> bool:
    """Return whether a module runs from top to bottom on purpose: a page, a notebook, a script that defines nothing."""
    if module.path.rpartition("/")[2] in _OUTSIDE:
        return True
    if any(mark in module.source for mark in _IN_CELLS) and _CELLS.search(module.source):
        return True
    if any(name.partition(".")[0] in _PAGES for name in module.names.values()):
        return True
    if any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in module.tree.body):
        return False
    # Without a definition it is a script, where it does something; or a module of constants.
    return any(isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) for node in module.tree.body)


def calls_at_import(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls that an import makes, in no promised order: no bodies of functions, none below a main guard."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Call):
            yield node
        if isinstance(node, _Function):
            pending += [*node.args.defaults, *filter(None, node.args.kw_defaults)]
            pending += getattr(node, "decorator_list", [])
        elif isinstance(node, ast.If) and _is_guard(node.test):
            pending += node.orelse
        else:
            pending += ast.iter_child_nodes(node)


def is_own_resource(module: Module, call: ast.Call) -> bool:
    """Return whether a call reads what is installed with the module: by importlib.resources, or beside `__file__`."""
    if any(name.startswith(_RESOURCES) for name in module.names.values()):
        return True
    bound = dict(_bound(module.tree))
    return any(_is_beside(argument, bound) for argument in call.args[:1])


def _bound(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that the module binds at its top, and what to."""
    for node in tree.body:
        pairs: list[tuple[ast.expr | None, ast.expr | None]] = []
        if isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.AnnAssign):
            pairs = [(node.target, node.value)]
        elif isinstance(node, ast.With):
            pairs = [(item.optional_vars, item.context_expr) for item in node.items]
        yield from ((target.id, value) for target, value in pairs if isinstance(target, ast.Name) and value)


def _is_beside(node: ast.AST, bound: dict[str, ast.expr]) -> bool:
    """Return whether a path begins in the folder of the module; one that climbs out of it does not.

    Names are followed through `bound`, each of them once.
    """
    steps, names = 0, []
    for part in ast.walk(node):
        word = getattr(part, "attr", "") or getattr(part, "id", "")
        steps += word in {"parent", "dirname"}
        if word == "parents" or (isinstance(part, ast.Constant) and ".." in str(part.value)):
            return False
        if isinstance(part, ast.Name):
            names.append(part.id)
    if "__file__" in names:
        return steps <= 1
    values = (bound.pop(name, None) for name in names)
    return steps == 0 and any(_is_beside(value, bound) for value in values if value)


def _is_guard(test: ast.expr) -> bool:
    names = {part.id for part in ast.walk(test) if isinstance(part, ast.Name)}
    attributes = {part.attr for part in ast.walk(test) if isinstance(part, ast.Attribute)}
    return bool({"__name__", "TYPE_CHECKING"} & (names | attributes))
