"""Typed access to what YAML gave, with errors that name file and key."""

__all__ = ["Reader"]

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from mlscaffold.errors import UserError

_YES: Final = {"y", "yes", "t", "true", "on", "1"}
_NO: Final = {"n", "no", "f", "false", "off", "0"}


class Reader(NamedTuple):
    """Typed access to the values of one mapping in `path`; each method raises `UserError` for another type."""

    path: str
    settings: Mapping[str, Any]
    where: str = ""  # the question that the mapping belongs to

    def wrong(self, key: str, wanted: str) -> UserError:
        """Return the error for `key`."""
        found = type(self.settings.get(key)).__name__
        return UserError(f"{self.path}: {self.where}`{key}` must be {wanted}, not {found}", hint="correct it there")

    def text(self, key: str, default: str = "") -> str:
        """Return a text."""
        value = self.settings.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, "text")
        return value

    def text_or_flag(self, key: str, *, default: bool) -> str | bool:
        """Return a text, which may be a template, or a flag."""
        value = self.settings.get(key, default)
        return value if isinstance(value, str) else self.flag(key, default=default)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return a flag, in any of the spellings that pydantic, and so Copier, takes."""
        value = self.settings.get(key, default)
        word = str(value).lower() if isinstance(value, (str, bool, int)) else ""
        if word not in _YES | _NO:
            raise self.wrong(key, "true or false")
        return word in _YES

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a list of texts."""
        values = self.items(key, default)
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(key, "a list of texts")
        return values

    def items(self, key: str, default: tuple[Any, ...] = ()) -> tuple[Any, ...]:
        """Return a list of anything."""
        values = self.settings.get(key, default)
        if not isinstance(values, (list, tuple)):
            raise self.wrong(key, "a list")
        return tuple(values)

    def mapping(self, key: str) -> dict[str, Any]:
        """Return a mapping with text keys."""
        value = self.settings.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
            raise self.wrong(key, "a mapping with text keys")
        return value
