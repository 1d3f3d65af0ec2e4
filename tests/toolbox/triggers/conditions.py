"""Conditions of jobs, as the three providers write them: operators (GitHub, GitLab) and functions (GitHub, Azure).

What is not known here is an error: a condition is never taken for true because it was not understood.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

__all__ = ["Value", "holds"]

Value = str | bool | None
_TOKEN: Final = re.compile(
    r"""\s*(?: (?P<sign>&&|\|\||==|!=|=~|!~|[!(),])
             | '(?P<single>(?:[^']|'')*)' | "(?P<double>[^"]*)"
             | /(?P<pattern>(?:[^/\\]|\\.)+)/
             | (?P<name>\$?[A-Za-z_][\w.-]*(?:\['[\w.]+'\])?) )""",
    re.VERBOSE,
)
_CONSTANTS: Final[Mapping[str, Value]] = {"true": True, "false": False, "null": None}

# What says how the jobs before went, as (after a green one, after a red one).
_STATES: Final[Mapping[str, tuple[bool, bool]]] = {
    "always": (True, True),
    "success": (True, False),
    "succeeded": (True, False),
    "succeededOrFailed": (True, True),
    "failure": (False, True),
    "failed": (False, True),
    "cancelled": (False, False),
    "canceled": (False, False),
}


def holds(condition: str, names: Mapping[str, Value], *, red: bool = False) -> bool:
    """Tell whether the condition holds where `names` have these values; `red`: something before it failed.

    Raises:
        ValueError: if the condition holds a sign, name or function that is not known.
    """
    reader = _Reader(condition, names, red=red)
    value = reader.either()
    if reader.kind:
        raise ValueError(f"{condition!r} goes on after its end, at {reader.text!r}")
    return bool(value)


def _same(one: Value, other: Value) -> bool:
    """Compare as GitHub and Azure do: letters' case does not matter, and nothing is an empty text."""
    return str("" if one is None else one).lower() == str("" if other is None else other).lower()


_FUNCTIONS: Final[Mapping[str, Callable[..., Value]]] = {
    "and": lambda *values: all(values),
    "or": lambda *values: any(values),
    "not": lambda value: not value,
    "eq": _same,
    "ne": lambda one, other: not _same(one, other),
    "startsWith": lambda text, start: str(text or "").lower().startswith(str(start).lower()),
}


class _Reader:
    """One pass over a condition, each level of precedence a method; values are worked out on the way."""

    def __init__(self, condition: str, names: Mapping[str, Value], *, red: bool) -> None:
        self.condition, self.names, self.red, self.place = condition, names, red, 0
        self.kind: str | None = ""
        self.text = ""
        self.step()

    def step(self) -> None:
        """Go on to the next token; `kind` is None at the end."""
        rest = self.condition[self.place :]
        found = _TOKEN.match(rest)
        if found is None and rest.strip():
            raise ValueError(f"{self.condition!r} is not understood from {rest.strip()!r}")
        self.kind = found.lastgroup if found else None
        self.text = (found[found.lastgroup or 0] or "") if found else ""
        self.place += found.end() if found else len(rest)

    def take(self, *signs: str) -> str:
        """Return the sign that is next and go past it, if it is one of these; else ""."""
        if self.kind != "sign" or self.text not in signs:
            return ""
        sign = self.text
        self.step()
        return sign

    def either(self) -> Value:
        value = self.both()
        while self.take("||"):
            other = self.both()
            value = value or other
        return value

    def both(self) -> Value:
        value = self.compared()
        while self.take("&&"):
            other = self.compared()
            value = value and other
        return value

    def compared(self) -> Value:
        value = self.single()
        sign = self.take("==", "!=", "=~", "!~")
        if not sign:
            return value
        other = self.single()
        same = _matches(value, other) if "~" in sign else _same(value, other)
        return same != sign.startswith("!")

    def single(self) -> Value:
        if self.take("!"):
            return not self.single()
        if self.take("("):
            value = self.either()
            self.close()
            return value
        kind, text = self.kind, self.text
        self.step()
        if kind in {"single", "double", "pattern"}:
            return text.replace("''", "'") if kind == "single" else text
        if kind == "name" and self.take("("):
            return self.called(text)
        if kind == "name" and text in self.names:
            return self.names[text]
        if kind == "name" and text in _CONSTANTS:
            return _CONSTANTS[text]
        raise ValueError(f"{self.condition!r}: {text!r} is not known")

    def called(self, name: str) -> Value:
        values: list[Value] = []
        while not self.take(")"):
            values.append(self.either())
            if not self.take(","):
                self.close()
                break
        if name in _STATES and not values:
            return _STATES[name][self.red]
        if name in _FUNCTIONS:
            return _FUNCTIONS[name](*values)
        raise ValueError(f"{self.condition!r}: there is no function {name!r} here")

    def close(self) -> None:
        if not self.take(")"):
            raise ValueError(f"{self.condition!r}: a bracket is not closed")


def _matches(value: Value, pattern: Value) -> bool:
    return value is not None and re.search(str(pattern), str(value)) is not None
