"""The simplest templates without Jinja: text in which variables stand alone, as in `import {{ package_name }}`.

Compiling such a file takes Jinja a millisecond, and it is what most files of a template look like. Anything else than
`{{ name }}` with a plain value is left to Jinja, and so are other delimiters.
"""

__all__ = ["substitute"]

import re
from collections.abc import Mapping
from typing import Any, Final

_VARIABLE: Final = re.compile(r"\{\{[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*\}\}")
_JINJA: Final = re.compile(r"\{[{%#]|\{\Z")  # a brace just before a variable belongs to an expression of Jinja's
_NEWLINE: Final = re.compile(r"\r\n|\r|\n")
_CONSTANTS: Final = frozenset({"true", "false", "none", "True", "False", "None", "self"})  # no variables to Jinja
_PLAIN: Final = (str, int, float)


def substitute(text: str, context: Mapping[str, Any], newline: str) -> str | None:
    """Return `text` with its variables filled in and its newlines made `newline`, or None if that takes Jinja."""
    data = _VARIABLE.split(text)
    names = data[1::2]
    if any(name in _CONSTANTS or type(context.get(name)) not in _PLAIN for name in names):
        return None
    if any(_JINJA.search(part) for part in data[:-1:2]) or _JINJA.search(data[-1] + " "):
        return None
    data[1::2] = [str(context[name]) for name in names]
    data[::2] = [_NEWLINE.sub(newline, part) for part in data[::2]]
    return "".join(data)
