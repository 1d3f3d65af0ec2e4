"""Reading cells: one column of a raw table in, one typed column out; what cannot be read becomes null.

The only place that knows how a number, a yes or a date may be spelled, so that no two commands can disagree about it.
"""

from __future__ import annotations

import polars as pl

__all__ = ["DECIMAL_COMMA", "ISO", "boolean", "label", "moment", "number", "text"]

ISO, DECIMAL_COMMA = "iso", "decimal-comma"
_TRUTH = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1", "1.0"), 1.0),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0", "0.0"), 0.0),
}
_MONEY = "$€£¥"
_BLANK = r"\x{20}\x{a0}\x{2009}\x{202f}"  # plain, no-break, thin and narrow no-break blank
_GROUPED_POINT = rf"^[+-]?\d{{1,3}}([,'’{_BLANK}]\d{{3}})+(\.\d*)?$"
_GROUPED_COMMA = rf"^[+-]?\d{{1,3}}([.'’{_BLANK}]\d{{3}})+(,\d*)?$"
_PLAIN_COMMA = r"^[+-]?\d*(,\d*)?([eE][+-]?\d+)?$"
_ISO_PARTS = (
    r"^(?<date>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?<time>\d{2}:\d{2})(?::(?<second>\d{2}(?:\.\d+)?))?"
    r"\s*(?:(?<utc>Z|UTC|GMT)|(?<sign>[+-])(?<hours>\d{2}):?(?<minutes>\d{2})?)?)?$"
)


def text(column: pl.Series, missing: tuple[str, ...]) -> pl.Series:
    """String without blanks at the ends; null where it is one of the `missing` spellings. Whole floats lose ".0"."""
    raw = _as_string(column).str.strip_chars()
    return raw.set(raw.is_in(list(missing)), None)


def number(column: pl.Series, missing: tuple[str, ...], *, decimal_comma: bool = False) -> pl.Series:
    """Float64. Reads 1,234.5, 1 234, $5, 1e3, 12 % (as 12); with `decimal_comma` 1.234,5. Not finite -> null."""
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        values = column.cast(pl.Float64, strict=False)
    elif column.dtype.is_temporal():
        values = column.clear(len(column)).cast(pl.Float64)
    else:
        values = _number_from_text(text(column, missing), decimal_comma=decimal_comma)
    return values.set(~values.is_finite(), None)


def boolean(column: pl.Series, missing: tuple[str, ...]) -> pl.Series:
    """Float64: 1.0 for true, yes, y, t, on, 1; 0.0 for their opposites, in any case."""
    if column.dtype == pl.Boolean:
        return column.cast(pl.Float64)
    lowered = text(column, missing).str.to_lowercase()
    return lowered.replace_strict(_TRUTH, default=None, return_dtype=pl.Float64)


def moment(column: pl.Series, missing: tuple[str, ...], pattern: str) -> pl.Series:
    """Datetime("us"), UTC where a cell has a zone; of patterns joined by " | " (strptime, "iso") the first to fit."""
    if column.dtype.is_temporal():
        return _naive(column)
    cells = text(column, missing)
    readings = [_moment_iso(cells) if one == ISO else _moment_as(cells, one) for one in pattern.split(" | ")]
    return pl.select(pl.coalesce(readings)).to_series()


def label(column: pl.Series, missing: tuple[str, ...], *, numeric: bool) -> pl.Series:
    """String class labels; with `numeric` 1, "1" and "1.0" are one and the same class. Stored truths: true, false."""
    cells = text(column, missing)
    if not numeric or column.dtype == pl.Boolean:
        return cells
    canonical = _as_string(number(column, missing))
    return canonical.zip_with(canonical.is_not_null(), cells)


def _as_string(column: pl.Series) -> pl.Series:
    if not (column.dtype.is_float() or column.dtype.is_decimal()):
        return column.cast(pl.String)
    values = column.cast(pl.Float64).fill_nan(None)
    whole = ((values == values.round()) & (values.abs() < 2**53)).fill_null(value=False)
    return values.cast(pl.Int64, strict=False).cast(pl.String).zip_with(whole, values.cast(pl.String))


def _number_from_text(cells: pl.Series, *, decimal_comma: bool) -> pl.Series:
    plain = (cells.clear(len(cells)) if decimal_comma else cells).cast(pl.Float64, strict=False)
    rest = plain.is_null() & cells.is_not_null()
    if not rest.any():  # nearly every column: nothing to clean, and nothing paid for cleaning
        return plain
    bare = cells.filter(rest).str.replace("\u2212", "-").str.replace(rf"^([+-]?)[{_MONEY}][{_BLANK}]*", "$1")
    bare = bare.str.replace(rf"[{_BLANK}]*[%{_MONEY}]$", "")
    if decimal_comma:
        bare = _ungroup(bare, _GROUPED_COMMA, ".")
        # A point that is no thousands separator is no number here: 3.5 in a column of 3,5 must be told, not guessed.
        bare = bare.set(~bare.str.contains(_PLAIN_COMMA), None).str.replace(",", ".")
    else:
        bare = _ungroup(bare, _GROUPED_POINT, ",")
    return plain.scatter(rest.arg_true(), bare.cast(pl.Float64, strict=False))


def _ungroup(cells: pl.Series, grouped: str, mark: str) -> pl.Series:
    return cells.str.replace_all(rf"[{mark}'’{_BLANK}]", "").zip_with(cells.str.contains(grouped), cells)


def _moment_as(cells: pl.Series, pattern: str) -> pl.Series:
    found = _naive(cells.str.to_datetime(pattern, strict=False, time_unit="us"))
    # %Y also takes "20" and makes it the year 20; two digits are what %y is for.
    return found.set(found.dt.year() < 1000, None) if "%Y" in pattern else found


def _moment_iso(cells: pl.Series) -> pl.Series:
    parts = cells.str.extract_groups(_ISO_PARTS).struct
    clock = parts.field("time").fill_null("00:00") + ":" + parts.field("second").fill_null("00")
    local = (parts.field("date") + "T" + clock).str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us")
    minutes = parts.field("hours").cast(pl.Int64) * 60 + parts.field("minutes").fill_null("0").cast(pl.Int64)
    offset = minutes.fill_null(0) * (1 - 2 * (parts.field("sign") == "-").fill_null(value=False).cast(pl.Int64))
    return local - (offset * 60_000_000).cast(pl.Duration("us"))


def _naive(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone is not None:
        column = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return column.cast(pl.Datetime("us"), strict=False)
