"""Read a CHANGELOG.md: which lines belong to which version."""

__all__ = ["changes_by_version"]

import re
from typing import Final

_VERSION: Final = re.compile(r"^#{1,3}\s+(?:Template\s+)?\[?v?(\d+(?:\.\d+)+[\w.-]*)\]?", re.IGNORECASE)
_HEADING: Final = re.compile(r"^#{1,2}\s")
_ITEM: Final = re.compile(r"^[-*]\s+(.*)")


def changes_by_version(text: str) -> dict[str, tuple[str, ...]]:
    """Return version -> the list items below its heading, each as one line, in order."""
    found: dict[str, list[str]] = {}
    items: list[str] | None = None
    for line in text.splitlines():
        if match := _VERSION.match(line):
            items = found.setdefault(match[1], [])
        elif _HEADING.match(line):
            items = None
        elif items is not None:
            _collect(line, items)
    return {version: tuple(lines) for version, lines in found.items()}


def _collect(line: str, items: list[str]) -> None:
    if match := _ITEM.match(line):
        items.append(match[1].strip())
    elif line.startswith("  ") and line.strip() and items:
        items[-1] += " " + line.strip()
