"""The newer of two version bumps, where that is certain.

Both sides must have gone up from the base, in values of one shape. A side that went down did so on purpose, and a side
that changed the shape (dropped an upper bound, pinned exactly) decided more than a number: both stay conflicts.
"""

__all__ = ["names_version", "newer"]

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from mlscaffold.merge.resolvers.outcome import Unresolved

# Keys whose values are versions even where "3.12" or 20 could be a quantity.
_VERSION_KEYS: Final = re.compile(
    r"version|python|(?:^|[._-])(?:rev|ref|tag|node|image|uses|from|go|java|ruby)(?:$|[._-])", re.IGNORECASE
)
_NUMBER: Final = r"\d+(?:\.(?:\d+|[x*]))*(?:[-.]?(?:a|b|c|rc|alpha|beta|pre|preview|dev|post)[-.]?\d+)*"
_TOKEN: Final = re.compile(rf"(?<![\w.])(?P<v>[vV]?)(?P<number>{_NUMBER})(?![\w.])")
_PY_TAG: Final = re.compile(r"(?P<v>py|cp)(?P<number>3\d+)")
# Values that are versions under any key; not addresses, ports, quantities or numbers in a sentence.
_CERTAIN: Final = re.compile(
    r"""(?:^|[@:])[vV]\d[\w.+-]*$ | @\d+(?:\.\d+)*$ | :\d+(?:\.\d+)+(?:-[a-z]|$)
    | ^\d+\.\d+\.\d+(?![.\d]) | ^[\^~]\d | ^[<>=!~]""",
    re.VERBOSE,
)
_HASH: Final = re.compile(r"@sha256:[0-9a-f]{64}$|(?<=@)[0-9a-f]{40}$|^[0-9a-f]{40}$")
_CLAUSE: Final = re.compile(r"(===|==|~=|!=|<=|>=|<|>)\s*([^\s,;]+)")
_LOWER: Final = frozenset({">=", ">", "==", "===", "~="})

Order = tuple[object, ...]


class _Shape(NamedTuple):
    """What must be the same on all sides, and the versions that may differ."""

    frame: Order
    numbers: tuple[str, ...]


def names_version(key: str) -> bool:
    """Tell whether the value of `key` is a version, even if it looks like a quantity."""
    return bool(_VERSION_KEYS.search(key))


def newer(base: str | None, ours: str, theirs: str, *, key: str, comments: Sequence[str] = ("", "", "")) -> str:
    """Return `ours`, `theirs`, or the range that has the higher bound of each, as the newer of two bumps.

    Args:
        base: the value before both changes; None if both added it.
        ours: the value of the project.
        theirs: the value of the template.
        key: the key that it belongs to, to tell versions from quantities.
        comments: what stands behind the three values; the version of a hash is named there.

    Raises:
        Unresolved: these are no versions, or it is not certain which one is newer.
    """
    values = [value for value in (base, ours, theirs) if value is not None]
    behind = list(comments[-len(values) :])
    if any(_HASH.search(value) for value in values):
        return _newer_hash(values, behind)
    if all(_CLAUSE.search(value) for value in values):
        return _newer_range(values)
    return _newer_number(values, key)


def _newer_hash(values: Sequence[str], comments: Sequence[str]) -> str:
    if not all(_HASH.search(value) for value in values):
        raise Unresolved("a hash on one side only")
    named = [_HASH.sub("", value) for value in values]
    texts = [f"{name} {comment}" for name, comment in zip(named, comments, strict=True)]
    if not all(_TOKEN.search(text) for text in texts):
        raise Unresolved("hashes without versions")
    winner = _newer_number(texts, "version")
    return values[-1] if winner == texts[-1] else values[-2]


def _newer_number(values: Sequence[str], key: str) -> str:
    certain = all(_CERTAIN.search(value) for value in values) or names_version(key)
    if not certain:
        raise Unresolved("both changed it")
    shapes = [_shape(value) for value in values]
    if len({shape.frame for shape in shapes}) != 1 or not shapes[0].numbers:
        raise Unresolved("both changed it")
    ours, theirs = shapes[-2].numbers, shapes[-1].numbers
    ways = {_compare(left, right) for left, right in zip(ours, theirs, strict=True)} - {0}
    if len(ways) != 1:
        raise Unresolved("neither is newer")
    if len(shapes) > 2:  # noqa: PLR2004 - there is a base
        for side in shapes[1:]:
            if any(_compare(number, old) < 0 for number, old in zip(side.numbers, shapes[0].numbers, strict=True)):
                raise Unresolved("one side went down")
    return values[-2] if ways == {1} else values[-1]


def _shape(value: str) -> _Shape:
    tag = _PY_TAG.fullmatch(value)
    if tag:
        return _Shape((tag["v"],), (f"{tag['number'][0]}.{tag['number'][1:]}",))
    found = list(_TOKEN.finditer(value))
    frame = _TOKEN.sub(r"\g<v>#", value)
    # v4 follows a branch, v4.1.0 is one version: as many parts, and wildcards in the same places
    parts = tuple(re.sub(r"[^.x*]", "", re.match(r"[\d.x*]*", match["number"])[0]) for match in found)  # type: ignore[index]
    return _Shape((frame, parts), tuple(match["number"] for match in found))


def _compare(left: str, right: str) -> int:
    from packaging.version import InvalidVersion, Version

    try:
        one, other = (Version(text.removesuffix(".*").removesuffix(".x")) for text in (left, right))
    except InvalidVersion:
        raise Unresolved("no version") from None
    return (one > other) - (one < other)


def _newer_range(values: Sequence[str]) -> str:
    """Merge ranges such as `numpy>=1.2,<3; marker`: name, marker and operators are the same on all sides."""
    clauses = [dict(_CLAUSE.findall(value)) for value in values]
    frames = {_CLAUSE.sub(r"\1#", value).replace(" ", "") for value in values}
    if len(frames) != 1 or any(
        len(found) != len(_CLAUSE.findall(value)) for found, value in zip(clauses, values, strict=True)
    ):
        raise Unresolved("ranges of another shape")
    ours, theirs = clauses[-2:]
    base = clauses[0] if len(values) > 2 else {}  # noqa: PLR2004 - there is a base
    chosen = {operator: _bound(operator, base.get(operator), ours[operator], theirs[operator]) for operator in ours}
    return _written(values, chosen)


def _bound(operator: str, base: str | None, ours: str, theirs: str) -> str:
    if ours == theirs:
        return ours
    if operator == "!=":
        raise Unresolved("both exclude a version")
    if base is not None and min(_compare(ours, base), _compare(theirs, base)) < 0:
        raise Unresolved("one side went down")
    return ours if _compare(ours, theirs) > 0 else theirs


def _written(values: Sequence[str], chosen: dict[str, str]) -> str:
    for value in values[-2:]:
        if dict(_CLAUSE.findall(value)) == chosen:
            return value
    replace: Callable[[re.Match[str]], str] = lambda found: found[0].removesuffix(found[2]) + chosen[found[1]]  # noqa: E731
    return _CLAUSE.sub(replace, values[-2])
