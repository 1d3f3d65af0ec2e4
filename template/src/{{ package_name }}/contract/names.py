"""Names that are unique and safe: headers of a table, and the fields that code uses for them."""

from __future__ import annotations

import keyword
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["fields_of", "is_field", "unique_headers"]

_LONGEST = 60


def unique_headers(headers: Iterable[str]) -> list[str]:
    """Headers without blanks at the ends; unnamed -> "column_<place>"; a second "a" -> "a_2", a third "a_3"."""
    given = [header.strip() or f"column_{place}" for place, header in enumerate(headers, start=1)]
    return _unique(given)


def fields_of(headers: Iterable[str]) -> list[str]:
    """A field for each header: ASCII, snake case, no keyword, no digit first, unique among its neighbours."""
    return _unique([_field(header, place) for place, header in enumerate(headers, start=1)])


def is_field(text: str) -> bool:
    """Whether `text` may stand as the field of a column."""
    return re.fullmatch(r"[a-z][a-z0-9_]*", text) is not None and not keyword.iskeyword(text)


def _field(header: str, place: int) -> str:
    plain = unicodedata.normalize("NFKD", header.replace("ß", "ss")).encode("ascii", "ignore").decode()
    # "dueDate" -> due_date, "customerID" -> customer_id, but "BMI" and "pH" stay whole.
    snake = re.sub(r"(?<=[a-z0-9]{2})(?=[A-Z])", "_", plain)
    snake = re.sub(r"[^a-z0-9]+", "_", snake.lower()).strip("_")[:_LONGEST].strip("_")
    if not snake:
        return f"column_{place}"
    if snake[0].isdigit():
        return f"x_{snake}"
    return f"{snake}_" if keyword.iskeyword(snake) else snake


def _unique(names: list[str]) -> list[str]:
    taken: dict[str, None] = {}
    for name in names:
        free, number = name, 2
        while free in taken:
            free, number = f"{name}_{number}", number + 1
        taken[free] = None
    return list(taken)
