r"""Patterns of paths, as people write them in TOML.

`*` and `?` stay within a folder, `**` crosses folders. A pattern without a slash fits a name in any folder, as in
.gitignore; one that ends with a slash fits all below the folder.
"""

__all__ = ["any_of", "fits", "fits_any"]

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

_Fits = Callable[[str], object]
_WILD: Final = re.compile(r"[*?]")
_TOKEN: Final = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_PARTS: Final = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def fits(path: str, pattern: str) -> bool:
    """Return whether `path` (relative, with slashes) fits `pattern`."""
    return bool(_matcher(pattern)(path))


def fits_any(path: str, patterns: Iterable[str]) -> bool:
    """Return whether `path` fits one of `patterns`."""
    return any_of(tuple(patterns))(path)


@lru_cache(maxsize=256)
def any_of(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Return what tells whether a path fits one of `patterns`: for many paths."""
    matchers = tuple(_matcher(pattern) for pattern in patterns)

    def fits_one(path: str) -> bool:
        for matcher in matchers:  # noqa: SIM110 - a generator takes longer than to match
            if matcher(path):
                return True
        return False

    return fits_one


@lru_cache(maxsize=1024)
def _matcher(pattern: str) -> _Fits:
    anchored = "/" in pattern.rstrip("/")
    text = pattern.removeprefix("./").removeprefix("/")
    if text.endswith("/"):
        text += "**"
    return (_anchored(text) if anchored else _anywhere(text)) or _expression(text, anchored=anchored)


def _anchored(text: str) -> _Fits | None:
    """Return what the usual patterns mean without an expression, which would take longer to compile than to use."""
    if not _WILD.search(text):
        return text.__eq__
    inside = text.removeprefix("**/").removesuffix("/**")
    if not text.endswith("/**") or _WILD.search(inside):
        return None
    if text.startswith("**/"):
        return lambda path: f"/{inside}/" in f"/{path}"
    return lambda path: path.startswith(f"{inside}/")


def _anywhere(text: str) -> _Fits | None:
    if not _WILD.search(text):
        return lambda path: path == text or path.endswith(f"/{text}")
    if text.endswith("/**") and not _WILD.search(text[:-3]):
        return lambda path: f"/{text[:-2]}" in f"/{path}"
    start, _star, end = text.partition("*")
    if text.count("*") != 1 or "?" in text or "/" in text:
        return None

    def named(path: str) -> bool:
        name = path.rpartition("/")[2]
        return len(name) >= len(text) - 1 and name.startswith(start) and name.endswith(end)

    return named


def _expression(text: str, *, anchored: bool) -> _Fits:
    translated = "".join(_PARTS.get(part, re.escape(part)) for part in _TOKEN.findall(text))
    return re.compile(f"(?s){'' if anchored else '(?:.*/)?'}{translated}").fullmatch
