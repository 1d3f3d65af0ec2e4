"""What the sides of a merge are called, and conflict markers that say so."""

__all__ = ["Labels", "mark_all", "marked", "name_base"]

import itertools
import re
from typing import Final, NamedTuple

# git names the base by the id of a commit that nobody has ever seen
_BASE: Final = re.compile(rb"^(\|{7,}) [0-9a-f]{4,64}(?=[:\r\n]|$)", re.MULTILINE)
_MARKERS: Final = re.compile(rb"^(<{7,} .*|>{7,} .*|\|{7,} .*)$", re.MULTILINE)


class Labels(NamedTuple):
    """What the sides are called in conflict markers; `ours` and `theirs` are names of branches as well."""

    base: str
    ours: str
    theirs: str


def name_base(text: bytes, labels: Labels) -> bytes:
    """Return a file with git's conflict markers, the base named."""
    return _BASE.sub(rb"\1 " + labels.base.encode().replace(b"\\", b"\\\\"), text)


def mark_all(base: bytes | None, ours: bytes, theirs: bytes, labels: Labels) -> bytes:
    """Return one conflict over everything that differs, for sides that fit line by line and yet do not go together."""
    sides = [side.splitlines(keepends=True) for side in (ours, base or b"", theirs)]
    head = _common(sides)
    rest = [side[len(head) :] for side in sides]
    tail = _common([side[::-1] for side in rest])[::-1]
    middle = [b"".join(_ended(side[: len(side) - len(tail)])) for side in rest]
    names = [f"<<<<<<< {labels.ours}", f"||||||| {labels.base}", "======="]
    blocks = b"".join(f"{name}\n".encode() + text for name, text in zip(names, middle, strict=True))
    return b"".join(head) + blocks + f">>>>>>> {labels.theirs}\n".encode() + b"".join(tail)


def _common(sides: list[list[bytes]]) -> list[bytes]:
    """Return the lines that all sides start with."""
    alike = itertools.takewhile(lambda lines: len(set(lines)) == 1, zip(*sides, strict=False))
    return [lines[0] for lines in alike]


def _ended(lines: list[bytes]) -> list[bytes]:
    return [*lines[:-1], lines[-1] if lines[-1].endswith(b"\n") else lines[-1] + b"\n"] if lines else []


def marked(text: bytes) -> bool:
    """Tell whether a file holds conflict markers with names, as a merge writes them."""
    return len({line[:1] for line in _MARKERS.findall(text)}) > 1
