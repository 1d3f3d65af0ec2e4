"""Regular expressions that are compiled when they are first asked: all of them cost more than a whole run may take."""

__all__ = ["expression"]

import re
from typing import Any, AnyStr, Final, cast

_METHODS: Final = ("search", "match", "fullmatch", "findall", "finditer", "sub", "subn", "split", "pattern", "flags")


class _Expression:
    """What looks like a compiled expression; whichever attribute is asked for first has it compiled."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:  # asked for by copy and inspect, which must not take it for what it is not
            raise AttributeError(name)
        compiled = re.compile(self._text, self._flags)
        # From now on the methods are found on the object itself, without coming here.
        self.__dict__.update({method: getattr(compiled, method) for method in _METHODS})
        return getattr(compiled, name)


def expression(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return an expression like `re.compile`, at no cost until it is used; a wrong one raises `re.error` only then."""
    return cast("re.Pattern[AnyStr]", _Expression(text, flags))
