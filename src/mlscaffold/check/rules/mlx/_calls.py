"""What the rules on loading ask of a call."""

__all__ = ["argument", "is_true", "literal"]

import ast


def argument(call: ast.Call, name: str, place: int = -1) -> ast.expr | None:
    """Return an argument by its name, or by its place; None where it is not given. `**options` may hold any."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if 0 <= place < len(call.args) and not any(isinstance(each, ast.Starred) for each in call.args):
        return call.args[place]
    return None


def literal(node: ast.expr | None) -> str:
    """Return the text of a literal, "" for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def is_true(node: ast.expr | None, *, value: bool = True) -> bool:
    """Return whether this is the literal `True` (or the other one)."""
    return isinstance(node, ast.Constant) and node.value is value
