"""What the rules in words look for inside of files: lines that fit, keys and their values."""

__all__ = ["Key", "key_from", "lines_of", "regex_from", "value_of"]

import re
import warnings
from typing import Any, Final, NamedTuple

from mlscaffold.check.repository import Repository
from mlscaffold.check.settings import SettingsError
from mlscaffold.check.targets.document import UnreadableError, parsed

# An expression can take exponential time: it is given one line at a time, and neither data files nor minified ones.
_LARGEST: Final = 1_000_000  # bytes of a file
_LONGEST: Final = 1_000  # characters of a line
_SUFFIXES: Final = {"toml": (".toml",), "yaml": (".yml", ".yaml")}


class Key(NamedTuple):
    """A place in a document, and the value that it must have, if it must have one."""

    path: tuple[str, ...]
    valued: bool
    value: Any

    def fault(self, document: Any) -> str:
        """Return what is wrong with the document, or ""."""
        name = ".".join(self.path)
        for part in self.path:
            if not isinstance(document, dict) or part not in document:
                return f"{name} is missing"
            document = document[part]
        # A boolean is a number to Python, and to nobody else.
        same = document == self.value and isinstance(document, bool) is isinstance(self.value, bool)
        return "" if same or not self.valued else f"{name} is {_short(document)}, not {_short(self.value)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - of one line


def key_from(text: str, where: str) -> Key:
    """Return what `a.b` or `a.b = 1` asks for: a line of TOML, or the key of one. Raises `SettingsError`."""
    valued = True
    try:
        value = parsed("key.toml", text.encode())
    except UnreadableError:
        valued = False
        try:
            value = parsed("key.toml", f"{text} = true".encode())
        except UnreadableError:
            raise SettingsError(f"{where}: {text!r} is neither a key, as a.b, nor a line of TOML, as a.b = 1") from None
    path: list[str] = []
    while isinstance(value, dict) and len(value) == 1:
        name, value = next(iter(value.items()))
        path.append(name)
    if not path:
        raise SettingsError(f"{where}: {text!r} holds no single key; write one line for each")
    return Key(tuple(path), valued, value)


def regex_from(text: str, where: str) -> re.Pattern[str]:
    """Return a regular expression. Raises `SettingsError`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about brackets that a later Python may read otherwise
            return re.compile(text)
    except (re.error, OverflowError, RecursionError) as problem:
        raise SettingsError(f"{where}: {text!r} is no regular expression: {problem}") from None


def lines_of(repository: Repository, path: str) -> list[str] | None:
    """Return the lines of a text; None for links, for data in bytes and for what is larger than a megabyte."""
    entry = repository.entry(path)
    if entry is None or entry.symlink or entry.size > _LARGEST:
        return None
    text = repository.text(path)
    if "\0" in text:
        return None
    return [line[:_LONGEST] for line in text.replace("\r\n", "\n").split("\n")]


def value_of(repository: Repository, path: str, form: str) -> tuple[Any] | None:
    """Return the value of a document, whatever its suffix; None where it does not parse, which is told elsewhere."""
    if path.endswith(_SUFFIXES[form]):
        value = repository.data(path)
        return None if path in repository.unread else (value,)
    try:
        return (parsed(f"document.{form}", repository.read(path)),)
    except UnreadableError:
        return ({},)  # not even of this form: it has none of the keys
