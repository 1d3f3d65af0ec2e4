"""Which pattern do these dates follow? Asked once, by `propose`; after that the contract knows."""

from __future__ import annotations

from itertools import product

import polars as pl

from . import cells

__all__ = ["compact_date", "date_pattern", "is_ambiguous"]

_TRIED = 500  # distinct values on which patterns are tried before all values are
_LONGEST, _SHORTEST = 40, 6
_DAY_ONLY = "%Y-%m-%d"
# Day first before month first: where every day is 12 or less both fit, and most of the world writes the day first.
_DATES = (
    *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y", "%Y.%m.%d"),
    *("%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%d-%b-%y"),
)
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %H:%M %z", " %H:%M:%S %z")
_SIGNS = set("/.-:, ")
_COMPACT = "%Y%m%d"
_DATE_WORDS = {"date", "day", "datum", "dt", "ymd"}


def date_pattern(distinct: pl.Series) -> str | None:
    """The pattern (see `cells.moment`) that reads every one of these distinct texts, or None.

    Several patterns are joined when a column mixes them, but never day first with month first.
    """
    few = distinct.head(_TRIED)
    lengths = few.str.len_chars()
    shaped = few.str.contains(r"\d") & few.str.contains(r"[-/.: ]") & (lengths >= _SHORTEST) & (lengths <= _LONGEST)
    if not shaped.all():
        return None
    chosen: list[str] = []
    rest = few
    while len(rest):
        best = _best(rest, chosen)
        if best is None:
            return None
        chosen.append(best)
        rest = rest.filter(cells.moment(rest, (), best).is_null())
    pattern = " | ".join(chosen)
    if cells.moment(distinct, (), pattern).null_count() == 0:
        return pattern
    # A form that the first values did not show, such as days above 12: tried again with the values that did not fit.
    unread = distinct.filter(cells.moment(distinct, (), pattern).is_null())
    return date_pattern(pl.concat([unread, few])) if len(unread) + len(few) < len(distinct) else None


def compact_date(distinct: pl.Series, field: str) -> str | None:
    """The pattern of dates without separators: 20240131 is one only in a column that says so, else it is a number."""
    named = bool(_DATE_WORDS & set(field.split("_")))
    if not named or not distinct.str.contains(r"^(19|20)\d{6}$").all():
        return None
    return _COMPACT if cells.moment(distinct, (), _COMPACT).null_count() == 0 else None


def is_ambiguous(distinct: pl.Series, pattern: str) -> bool:
    """Whether the same texts would also be dates with day and month exchanged."""
    exchanged = pattern.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")
    exchangeable = "%m" in pattern and not pattern.startswith("%Y")
    return exchangeable and cells.moment(distinct, (), exchanged).null_count() == 0


def _candidates(texts: pl.Series, chosen: list[str]) -> list[str]:
    """The patterns worth trying: with no sign that the texts lack, and no other order of day and month than chosen."""
    # Date-only is not called "iso", so that nobody derives an hour from it.
    patterns = [_DAY_ONLY, cells.ISO, *(date + clock for date, clock in product(_DATES, _CLOCKS))]
    lacking = _SIGNS - set("".join(texts))
    day_first = any(pattern.startswith("%d") for pattern in chosen)
    month_first = any(pattern.startswith("%m") for pattern in chosen)
    contrary = "%m" if day_first else "%d" if month_first else "none"
    return [pattern for pattern in patterns if not (set(pattern) & lacking or pattern.startswith(contrary))]


def _best(texts: pl.Series, chosen: list[str]) -> str | None:
    """The pattern that reads the most texts, the first of equals; None if none reads any."""
    hits = {pattern: _hits(texts, pattern) for pattern in _candidates(texts, chosen)}
    best = max(hits, key=hits.__getitem__, default=None)
    return best if best is not None and hits[best] else None


def _hits(texts: pl.Series, pattern: str) -> int:
    return len(texts) - cells.moment(texts, (), pattern).null_count()
