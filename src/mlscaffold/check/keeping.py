"""The folder `.mlscaffold_cache/`: values that hold as long as their key does."""

__all__ = ["FOLDER", "load", "save", "write"]

import contextlib
import json
import os
from typing import Any, Final

FOLDER: Final = ".mlscaffold_cache"


def load(root: str, name: str, key: str) -> Any:
    """Return the value that was kept under this name and key; None where there is none, or it is damaged."""
    try:
        with open(f"{root}/{FOLDER}/{name}", encoding="utf-8") as file:
            written, value = json.load(file)
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    return value if written == key else None


def save(root: str, name: str, key: str, value: Any) -> None:
    """Keep a value that JSON can hold; another key's is forgotten."""
    write(root, name, json.dumps([key, value], separators=(",", ":")))


def write(root: str, name: str, text: str) -> None:
    """Write one file in one step, and keep the folder out of git; where it cannot be written, that costs time only."""
    folder = f"{root}/{FOLDER}"
    with contextlib.suppress(OSError):
        if not os.path.isdir(folder):
            os.mkdir(folder)
            with open(f"{folder}/.gitignore", "w", encoding="utf-8") as file:
                file.write("*\n")
        scratch = f"{folder}/{name}.{os.getpid()}"
        with open(scratch, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        os.replace(scratch, f"{folder}/{name}")
