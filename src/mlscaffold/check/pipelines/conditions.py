"""Conditions of pipelines: what `if:`, `rules:` and `condition:` come to, as far as it can be known.

One reader for three languages: `$CI_COMMIT_TAG =~ /^v/ && $X != null` (GitLab), `github.event_name == 'push'` (GitHub)
and `and(succeeded(), eq(variables['Build.Reason'], 'Schedule'))` (Azure).
"""

__all__ = ["holds"]

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

_PARTS: Final = r"""(?x)\s*(?:
    (?P<op>&&|\|\||==|!=|=~|!~|[!(),\[\]])
    | '(?P<single>(?:[^']|'')*)'
    | "(?P<double>[^"]*)"
    | /(?P<regex>(?:[^/\\]|\\.)+)/(?P<flags>[a-z]*)
    | \$\{?(?P<variable>\w+)\}?
    | (?P<name>[A-Za-z_][\w.*-]*)
    | (?P<number>\d[\w.]*)
)"""
_END: Final = ("end", "")
# A value that only a run knows.
_UNKNOWN: Final = ...
_PLAIN: Final[Mapping[str, Any]] = {"null": None, "true": True, "false": False}
_USUAL: Final = frozenset({"always", "success", "succeeded", "succeededorfailed"})


def holds(condition: str, variables: Mapping[str, Any]) -> bool | None:
    """Return whether a condition holds where `variables` are set, None where that cannot be known.

    A variable that is not in `variables` is unknown, one that is None is not set.
    """
    text = condition.strip()
    if text.startswith("${{") and text.endswith("}}") and text.count("${{") == 1:
        text = text[3:-2]
    try:
        reader = _Reader(_tokens(text), variables)
        value = reader.either()
        reader.take("end")
    except (ValueError, RecursionError):
        return None
    return _truth(value)


def _tokens(text: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    text, at, pattern = text.rstrip(), 0, re.compile(_PARTS)  # here: few runs have conditions to read
    while at < len(text):
        token = pattern.match(text, at)
        if token is None or token.lastgroup is None:
            raise ValueError(text[at:])
        kind = "regex" if token.lastgroup == "flags" else token.lastgroup
        value = token[kind]
        found.append((value, value) if kind == "op" else (kind, (value, token["flags"]) if kind == "regex" else value))
        at = token.end()
    return found


class _Reader:
    def __init__(self, tokens: list[tuple[str, Any]], variables: Mapping[str, Any]) -> None:
        self._tokens, self._variables, self._at = tokens, variables, 0

    def next(self) -> tuple[str, Any]:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def take(self, *kinds: str) -> tuple[str, Any]:
        token = self.next()
        if token[0] not in kinds:
            raise ValueError(token[0])
        self._at += 1
        return token

    def either(self) -> Any:
        found = [self.both()]
        while self.next()[0] == "||":
            self.take("||")
            found.append(self.both())
        return _any(found) if len(found) > 1 else found[0]

    def both(self) -> Any:
        found = [self.compared()]
        while self.next()[0] == "&&":
            self.take("&&")
            found.append(self.compared())
        return _all(found) if len(found) > 1 else found[0]

    def compared(self) -> Any:
        left = self.value()
        if self.next()[0] in {"==", "!=", "=~", "!~"}:
            operator = self.take("==", "!=", "=~", "!~")[0]
            right = self.value()
            same = _same(left, right) if operator in {"==", "!="} else _fits(left, right)
            return same if operator in {"==", "=~"} else _not(same)
        return left

    def value(self) -> Any:
        kind, value = self.take("!", "(", "single", "double", "regex", "variable", "name", "number")
        if kind == "!":
            return _not(self.value())
        if kind == "(":
            inside = self.either()
            self.take(")")
            return inside
        if kind == "variable":
            return self._variables.get(value, _UNKNOWN)
        if kind == "name":
            return self._named(value)
        return value.replace("''", "'") if kind == "single" else value

    def _named(self, name: str) -> Any:
        if self.next()[0] == "(":
            self.take("(")
            return _called(name.lower(), self._arguments())
        if self.next()[0] == "[":
            self.take("[")
            name = self.take("single", "double", "number")[1]
            self.take("]")
        return _PLAIN.get(name.lower(), self._variables.get(name, _UNKNOWN))

    def _arguments(self) -> list[Any]:
        found = []
        while self.next()[0] != ")":
            found.append(self.either())
            if self.next()[0] != ")":
                self.take(",")
        self.take(")")
        return found


def _called(name: str, values: list[Any]) -> Any:
    if name in _USUAL:
        return True
    if name in {"and", "or"}:
        return _all(values) if name == "and" else _any(values)
    if name == "not" and len(values) == 1:
        return _not(values[0])
    if name == "in" and values:
        return _any([_same(values[0], value) for value in values[1:]])
    if name in _ON_TWO and len(values) == 2:  # noqa: PLR2004
        return _ON_TWO[name](*values)
    return _UNKNOWN


def _truth(value: Any) -> bool | None:
    return None if value is _UNKNOWN else bool(value)


def _any(values: list[Any]) -> Any:
    known = [_truth(value) for value in values]
    return True if True in known else _UNKNOWN if None in known else False


def _all(values: list[Any]) -> Any:
    known = [_truth(value) for value in values]
    return False if False in known else _UNKNOWN if None in known else True


def _not(value: Any) -> Any:
    return _UNKNOWN if value is _UNKNOWN else not value


def _same(left: Any, right: Any) -> Any:
    if left is _UNKNOWN or right is _UNKNOWN:
        return _UNKNOWN
    return left.lower() == right.lower() if isinstance(left, str) and isinstance(right, str) else left == right


def _fits(text: Any, pattern: Any) -> Any:
    if text is None:
        return False
    if not isinstance(text, str) or not isinstance(pattern, tuple):
        return _UNKNOWN
    try:
        return re.search(pattern[0], text, re.IGNORECASE if "i" in pattern[1] else 0) is not None
    except re.error:
        return _UNKNOWN


def _of_texts(compare: Callable[[str, str], bool]) -> Callable[[Any, Any], Any]:
    def look(text: Any, part: Any) -> Any:
        known = isinstance(text, str) and isinstance(part, str)
        return compare(text.lower(), part.lower()) if known else _UNKNOWN

    return look


_ON_TWO: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "eq": _same,
    "ne": lambda left, right: _not(_same(left, right)),
    "contains": _of_texts(lambda text, part: part in text),
    "startswith": _of_texts(str.startswith),
    "endswith": _of_texts(str.endswith),
}
