"""The one kind of failure that a user can mend; anything else is a bug and keeps its traceback."""

__all__ = ["EXIT_INTERRUPTED", "EXIT_USER_ERROR", "UserError", "nearest"]

from collections.abc import Iterable
from typing import Final

EXIT_USER_ERROR: Final = 2
_SHOWN: Final = 10
EXIT_INTERRUPTED: Final = 130  # 128 + SIGINT, as shells report it


class UserError(Exception):
    """Shown as one line and never as a traceback: what is wrong and where, then the next command to type."""

    def __init__(self, what: str, *, hint: str = "") -> None:
        """`what` says what is wrong and where; `hint` names the next command."""
        super().__init__(what)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        """Return the whole message as one line, whatever the parts hold."""
        text = f"{self.what} ({self.hint})" if self.hint else self.what
        return " ".join(text.split())


def nearest(word: str, known: Iterable[str], *, most: int = 3) -> str:
    """Return "; nearest: a, b" for a mistyped `word`, or "; there are: ..." if nothing is near, or ""."""
    import difflib  # 8 ms that only a failing run pays

    names = list(known)
    folded = {name.casefold(): name for name in names}
    close = [folded[key] for key in difflib.get_close_matches(word.casefold(), folded, n=most, cutoff=0.5)]
    if close:
        return f"; nearest: {', '.join(close)}"
    return f"; there are: {', '.join(names[:_SHOWN])}{' ...' if names[_SHOWN:] else ''}" if names else ""
