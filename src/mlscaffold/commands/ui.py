"""What a command says: results on stdout, all else on stderr, nothing that is not wanted, no colour in a pipe."""

__all__ = ["Ui"]

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple


class Ui(NamedTuple):
    """How loud to be; `as_json` leaves stdout to one JSON document."""

    quiet: bool = False
    verbose: bool = False
    as_json: bool = False

    def say(self, text: str = "") -> None:
        """Print a line of the result."""
        if not self.quiet and not self.as_json:
            sys.stdout.write(_printable(text) + "\n")

    def note(self, text: str) -> None:
        """Print something that the user should know beside the result."""
        if not self.quiet:
            sys.stderr.write(f"{self.bold('note:')} {_printable(text)}\n")

    def detail(self, text: str) -> None:
        """Print something that only `--verbose` shows."""
        if self.verbose:
            sys.stderr.write(f"{text}\n")

    def emit(self, data: Any) -> None:
        """Print the answer for a machine."""
        sys.stdout.write(_printable(json.dumps(data, indent=2, ensure_ascii=False, default=str)) + "\n")

    def bold(self, text: str) -> str:
        """Return `text` in bold where stdout and stderr can show it."""
        return f"\033[1m{text}\033[0m" if self.colour else text

    @property
    def colour(self) -> bool:
        """Whether a person looks on and did not ask for plain text (no-color.org)."""
        return (
            sys.stdout.isatty()
            and sys.stderr.isatty()
            and not os.environ.get("NO_COLOR")
            and os.environ.get("TERM") != "dumb"
        )

    @contextmanager
    def stage(self, text: str) -> Iterator[None]:
        """Show that a step is under way: a spinner on a terminal, a line with `--verbose`, nothing in a pipe."""
        self.detail(text)
        if self.quiet or self.as_json or not sys.stderr.isatty():
            yield
            return
        from rich.console import Console  # 45 ms that only a person waiting pays

        with Console(stderr=True).status(text):
            yield


def _printable(text: str) -> str:
    """Return `text` with what is no text (bytes of a file name that are not UTF-8) escaped."""
    return text.encode(errors="backslashreplace").decode()
