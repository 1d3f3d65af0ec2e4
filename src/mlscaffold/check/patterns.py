r"""Patterns of paths, as people write them in TOML.

`*` and `?` stay within a folder, `**` crosses folders. A pattern without a slash fits a name in any folder, as in
.gitignore; one that ends with a slash fits all below the folder.
"""

__all__ = ["fits", "fits_any"]

import re
from collections.abc import Iterable
from functools import lru_cache


def fits(path: str, pattern: str) -> bool:
    """Return whether `path` (relative, with slashes) fits `pattern`."""
    return _compiled(pattern)(path) is not None


def fits_any(path: str, patterns: Iterable[str]) -> bool:
    """Return whether `path` fits one of `patterns`."""
    return any(fits(path, pattern) for pattern in patterns)


@lru_cache(maxsize=1024)
def _compiled(pattern: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a bound method of re.Pattern
    anchored = "/" in pattern.rstrip("/")
    text = pattern.removeprefix("/").removeprefix("./")
    if text.endswith("/"):
        text += "**"
    translated = "".join(_PARTS.get(part, re.escape(part)) for part in _TOKEN.findall(text))
    return re.compile(f"(?s){'' if anchored else '(?:.*/)?'}{translated}").fullmatch


_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_PARTS = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
