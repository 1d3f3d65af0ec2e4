"""A fault of ours: a traceback in a file, and one line that says where."""

__all__ = ["told"]

import os
import sys
import tempfile
import traceback

from mlscaffold import __version__


def told(problem: BaseException) -> str:
    """Write the traceback to a file of the system's scratch folder; return the message for the terminal."""
    text = "".join(traceback.format_exception(problem))
    descriptor, path = tempfile.mkstemp(prefix="mlscaffold-check-", suffix=".txt")
    with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"mlscaffold {__version__}, Python {sys.version}, {os.name}\n\n{text}")
    return f"error: a fault of mlscaffold, not of your repository: {type(problem).__name__}; please report {path}\n"
