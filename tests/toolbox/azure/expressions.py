"""Expressions of Azure Pipelines, as far as our pipelines use them: conditions, `$[ ]` and `${{ if }}`.

The rules of types and comparison follow Microsoft's page "Expressions". What is not listed in `FUNCTIONS` and `STATUS`
is an error, also in a branch that is never reached: a typing mistake must not pass because a condition was false.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

__all__ = ["FUNCTIONS", "STATUS", "AzureError", "Context", "evaluate", "truth"]

Value = str | bool | None
_TOKEN: Final = re.compile(r"\s*(?:'((?:[^']|'')*)'|([A-Za-z_][\w]*)|(.))", re.DOTALL)


class AzureError(Exception):
    """What Azure would refuse, or what this interpreter does not know."""


class Context(NamedTuple):
    """What an expression can see. `results` are those of all earlier jobs (or stages) that this one waits for."""

    variables: Mapping[str, str] = {}  # names in lower case
    parameters: Mapping[str, Value] = {}
    results: Sequence[str] = ()  # "succeeded", "failed", "skipped"; for a step: of the job so far
    status: bool = True  # may status functions be used here?


class _Call(NamedTuple):
    name: str
    arguments: tuple["_Node", ...]


class _Path(NamedTuple):
    parts: tuple[str, ...]


class _Literal(NamedTuple):
    value: Value


_Node = _Call | _Path | _Literal


def truth(value: Value) -> bool:
    """Return the value as a boolean: null and the empty string are false."""
    return bool(value)


def _text(value: Value) -> str:
    return "" if value is None else str(value)


def _equal(left: Value, right: Value) -> bool:
    """Compare after the right value is converted to the left one's type; case does not count."""
    if left is None:
        return right is None or right == ""
    if isinstance(left, bool):
        return left == truth(right)
    return left.casefold() == _text(right).casefold()


FUNCTIONS: Final[dict[str, tuple[int, int, Callable[..., Value]]]] = {  # fewest and most arguments
    "and": (2, 99, lambda *values: all(map(truth, values))),
    "or": (2, 99, lambda *values: any(map(truth, values))),
    "not": (1, 1, lambda value: not truth(value)),
    "eq": (2, 2, _equal),
    "ne": (2, 2, lambda left, right: not _equal(left, right)),
    "in": (2, 99, lambda left, *others: any(_equal(left, other) for other in others)),
    "startswith": (2, 2, lambda text, start: _text(text).casefold().startswith(_text(start).casefold())),
    "coalesce": (2, 99, lambda *values: next((value for value in values if value not in {None, ""}), "")),
}
STATUS: Final[dict[str, Callable[[Sequence[str]], bool]]] = {
    "succeeded": lambda results: all(result == "succeeded" for result in results),  # one that was skipped did not
    "failed": lambda results: "failed" in results,
    "succeededorfailed": lambda _: True,  # nothing is cancelled here
    "always": lambda _: True,
}


def evaluate(text: str, context: Context) -> Value:
    """Return the value of an expression.

    Raises:
        AzureError: it cannot be read, or uses what is not known here.
    """
    tokens = _tokens(text)
    node, rest = _parse(tokens, text)
    if rest:
        raise AzureError(f"{text!r}: unexpected {rest[0][1]!r}")
    return _value(node, context)


def _tokens(text: str) -> list[tuple[str, str]]:
    found = []
    for match in _TOKEN.finditer(text.strip()):
        quoted, name, sign = match.groups()
        if quoted is not None:
            found.append(("text", quoted.replace("''", "'")))
        else:
            found.append(("name", name) if name else ("sign", sign))
    return found


def _parse(tokens: list[tuple[str, str]], text: str) -> tuple[_Node, list[tuple[str, str]]]:
    if not tokens:
        raise AzureError(f"{text!r} ends too early")
    (kind, word), rest = tokens[0], tokens[1:]
    if kind == "text":
        return _Literal(word), rest
    if kind == "name" and word.lower() in {"true", "false"}:
        return _Literal(word.lower() == "true"), rest
    if kind == "name" and rest[:1] == [("sign", "(")]:
        return _call(word, rest[1:], text)
    if kind == "name":
        return _path(word, rest, text)
    raise AzureError(f"{text!r}: unexpected {word!r}")


def _call(name: str, tokens: list[tuple[str, str]], text: str) -> tuple[_Node, list[tuple[str, str]]]:
    arguments: list[_Node] = []
    while tokens[:1] != [("sign", ")")]:
        node, tokens = _parse(tokens, text)
        arguments.append(node)
        if tokens[:1] == [("sign", ",")] and tokens[1:2] != [("sign", ")")]:
            tokens = tokens[1:]
        elif tokens[:1] != [("sign", ")")]:
            raise AzureError(f"{text!r}: {name}( is not closed")
    fewest, most = (0, 0) if name.lower() in STATUS else FUNCTIONS.get(name.lower(), (0, 0, None))[:2]
    if name.lower() not in STATUS | FUNCTIONS:
        raise AzureError(f"{text!r}: the function {name} is not known here")
    if not fewest <= len(arguments) <= most:
        raise AzureError(f"{text!r}: {name} cannot have {len(arguments)} arguments")
    return _Call(name.lower(), tuple(arguments)), tokens[1:]


def _path(name: str, tokens: list[tuple[str, str]], text: str) -> tuple[_Node, list[tuple[str, str]]]:
    """Read variables['A.B'] and parameters.name."""
    if name in {"variables", "parameters"}:
        match tokens:
            case [("sign", "["), ("text", key), ("sign", "]"), *rest]:
                return _Path((name, key)), rest
            case [("sign", "."), ("name", key), *rest]:
                return _Path((name, key)), rest
    raise AzureError(f"{text!r}: {name} is not known here")


def _value(node: _Node, context: Context) -> Value:
    if isinstance(node, _Literal):
        return node.value
    if isinstance(node, _Path):
        room, key = node.parts
        return context.variables.get(key.lower()) if room == "variables" else context.parameters[key]
    if node.name in STATUS:
        if not context.status:
            raise AzureError(f"{node.name}() has no meaning outside a condition")
        return STATUS[node.name](context.results)
    return FUNCTIONS[node.name][2](*(_value(argument, context) for argument in node.arguments))
