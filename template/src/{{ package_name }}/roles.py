"""What a column is for, judged by its name and its values; always with the reason."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from .contract import Role, Type
    from .profile import Profile

__all__ = ["Verdict", "judge"]

_FEW = 50  # texts with up to this many different values are categories
_REPEATS = 10  # with more, only if each value comes about this often
_ENOUGH_ROWS = 20  # below this, "no value comes twice" is no news
_FREE_TEXT_WORDS = 4

_ID_WORDS = {"id", "ids", "uuid", "guid", "rowid", "index", "idx", "key", "nr", "no", "number"}
_GROUP_WORDS = {
    *("sex", "gender", "race", "ethnicity", "ethnic", "black", "hispanic", "religion", "nationality"),
    *("disability", "disabled", "caste", "geschlecht", "religionszugehoerigkeit"),
}
_PERSONAL_WORDS = {
    *("email", "mail", "phone", "telephone", "mobile", "ssn", "passport", "iban", "surname", "firstname", "lastname"),
    *("fullname", "forename", "birthdate", "birthday", "dob", "street", "address", "ip"),
}
_PERSONAL_PAIRS = {("first", "name"), ("last", "name"), ("full", "name"), ("family", "name"), ("birth", "date")}
_EMAIL = r"^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$"


class Verdict(NamedTuple):
    """Role, type (which a role can change: codes are no quantities) and reason of one column."""

    role: Role
    type: Type
    reason: str
    personal: bool = False


def judge(column: Profile, *, time_taken: bool) -> Verdict:
    """Role of a column that is not the target. With `time_taken` another column orders the rows already."""
    if column.distinct == 0:
        return Verdict("ignore", column.type, "has no value in any row")
    if column.distinct == 1 and (column.nulls == 0 or column.numeric):
        return Verdict("ignore", column.type, f"constant: {column.texts.drop_nulls()[0]!r} wherever there is a value")
    if why := _personal(column):
        return Verdict("ignore", "datetime" if column.type == "datetime" else "text", why, personal=True)
    if why := _identifies(column):
        return Verdict("id", "text" if column.type == "category" else column.type, why)
    if word := _word(column, _GROUP_WORDS):
        reason = f"{column.why}; named {word!r}: kept to compare groups of people, not fed to the model"
        return Verdict("group", column.type, reason)
    return _by_type(column, time_taken=time_taken)


def _by_type(column: Profile, *, time_taken: bool) -> Verdict:
    match column.type:
        case "datetime" if time_taken:
            return Verdict("feature", "datetime", f"{column.why}; another column orders the rows")
        case "datetime":
            return Verdict("time", "datetime", f"{column.why}; the first date column orders the rows")
        case "category":
            return _category(column)
        case "integer" if _word(column, {"id"}):
            return _category(column)
        case _:
            return Verdict("feature", column.type, column.why)


def _category(column: Profile) -> Verdict:
    distinct, filled = column.distinct, column.rows - column.nulls
    seen = f"{distinct} different values in {filled} rows"
    if distinct <= _FEW and (filled < _ENOUGH_ROWS or distinct <= filled / 2):
        reason = column.why if "codes" in column.why else f"few texts: {seen}"
        return Verdict("feature", "category", reason)
    if filled >= _REPEATS * distinct:
        return Verdict("feature", "category", f"{seen}: many, but each comes often")
    words = column.texts.drop_nulls().str.count_matches(r"\S+").mean()
    if isinstance(words, float) and words >= _FREE_TEXT_WORDS:
        return Verdict("ignore", "text", f"free text: {words:.0f} words on average, {seen}")
    return Verdict("ignore", "text", f"{seen}: too many to learn from one by one")


def _identifies(column: Profile) -> str:
    """Why the column is an identifier, or "" if it is not."""
    if column.nulls or column.distinct < column.rows or column.type in {"datetime", "boolean", "number"}:
        return ""
    if _counts_rows(column):
        return "counts the rows"
    if column.rows < _ENOUGH_ROWS:
        return ""
    if _word(column, _ID_WORDS):
        return "named like an identifier, and no value comes twice"
    if column.type == "category" and not column.texts.str.contains(r"\s").any():
        return f"no value comes twice in {column.rows} rows"
    return ""


def _counts_rows(column: Profile) -> bool:
    """0, 1, 2, ... or 1, 2, 3, ...: in file order, or shuffled if there are enough rows to tell."""
    if column.type != "integer" or column.rows < 2:
        return False
    values = column.values.to_numpy()
    if values.min() not in {0, 1} or values.max() != values.min() + column.rows - 1:
        return False
    return column.rows >= _ENOUGH_ROWS or bool((np.diff(values) == 1).all())


def _personal(column: Profile) -> str:
    """Why the column looks like personal data, or "" if it does not."""
    if column.type == "boolean":
        return ""
    filled = column.texts.drop_nulls()
    if column.type == "category" and filled.str.contains(_EMAIL).sum() > len(filled) / 2:
        return "holds e-mail addresses"
    if column.distinct <= min(_ENOUGH_ROWS, len(filled) / 2):  # "phone": yes or no, mobile or landline
        return ""
    words = column.field.split("_")
    paired = _PERSONAL_PAIRS & set(pairwise(words))
    if paired or _word(column, _PERSONAL_WORDS) or (words == ["name"] and column.type == "category"):
        return f"personal data by its name {column.name!r}: kept out of the model, masked in the sample"
    return ""


def _word(column: Profile, words: set[str]) -> str:
    return next((word for word in column.field.split("_") if word in words), "")
