"""Text that no file name can break, and the way to the terminal."""

__all__ = ["put", "shown", "valid"]

import sys


def shown(text: str) -> str:
    """Return text for one line of a terminal: what is no letter or sign is written as an escape."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def valid(text: str) -> str:
    """Return text that every reader of UTF-8 takes: bytes of a file name that are none become escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def put(text: str) -> None:
    """Write to the terminal, in any encoding; a reader that has gone (`| head`) is no fault."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    except BrokenPipeError:
        sys.stdout = None  # or the interpreter complains when it flushes at exit
