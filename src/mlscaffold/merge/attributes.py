"""The project's own merge attributes, for a repository that has no work tree to read them from."""

__all__ = ["merge_attributes"]

import posixpath
from collections.abc import Iterator, Mapping


def merge_attributes(files: Mapping[str, bytes]) -> str:
    """Return the lines of .gitattributes files (path -> bytes) that say how to merge, as one file at the top."""
    lines = [line for path in sorted(files) for line in _lines(posixpath.dirname(path), files[path])]
    return "".join(f"{line}\n" for line in lines)


def _lines(folder: str, data: bytes) -> Iterator[str]:
    for line in data.decode(errors="surrogateescape").splitlines():
        pattern, _blank, attributes = line.strip().partition(" ")
        said = [
            word for word in attributes.split() if word.lstrip("-!").partition("=")[0] in {"merge", "binary", "text"}
        ]
        if pattern and not pattern.startswith(("#", "[attr]", '"')) and said:
            yield f"{_below(folder, pattern)} {' '.join(said)}"


def _below(folder: str, pattern: str) -> str:
    """Return a pattern that matches from the top what `pattern` matches in `folder`."""
    if not folder:
        return pattern
    return f"{folder}/{pattern.lstrip('/')}" if "/" in pattern.rstrip("/") else f"{folder}/**/{pattern}"
