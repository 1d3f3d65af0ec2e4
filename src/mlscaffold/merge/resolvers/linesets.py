"""Files whose lines are a set: .gitignore and its kin, by line; CODEOWNERS and .gitattributes by pattern."""

__all__ = ["merge_attributes", "merge_codeowners", "merge_ignore_file", "union_of_lines"]

from collections import Counter
from collections.abc import Callable, Hashable, Iterable

from mlscaffold.merge.resolvers.order import merged_order
from mlscaffold.merge.resolvers.outcome import Resolved, Unresolved

Notes = tuple[str, ...]


def union_of_lines(base: bytes | None, ours: bytes, theirs: bytes) -> Resolved:
    """Merge any bytes by line; THEIRS' new lines follow as one block if a `!` line came or went."""
    if theirs in {ours, base}:
        return Resolved(ours, ())
    if ours == base:
        return Resolved(theirs, ())
    sides = [(side or b"").decode("utf-8", "surrogateescape").replace("\r\n", "\n") for side in (base, ours, theirs)]
    text, notes = _union(*sides, as_block=_negations(*sides))
    if ours and not ours.endswith(b"\n") and not theirs.endswith(b"\n"):
        text = text.removesuffix("\n")
    if b"\r\n" in ours:
        text = text.replace("\n", "\r\n")
    return Resolved(text.encode("utf-8", "surrogateescape"), notes)


def merge_ignore_file(base: str | None, ours: str, theirs: str) -> tuple[str, Notes]:
    """Merge .gitignore and the like. Raises `Unresolved` if a `!` line came or went, since then the order decides."""
    if _negations(base or "", ours, theirs):
        raise Unresolved("the order of ! lines decides")
    return _union(base or "", ours, theirs)


def merge_attributes(base: str | None, ours: str, theirs: str) -> tuple[str, Notes]:
    """Merge .gitattributes. Raises `Unresolved` if both sides changed the lines of one pattern."""
    return _by_pattern(base or "", ours, theirs, lambda one, other: one == other)


def merge_codeowners(base: str | None, ours: str, theirs: str) -> tuple[str, Notes]:
    """Merge CODEOWNERS, where the last match wins. Raises `Unresolved` if patterns of both sides may overlap."""
    return _by_pattern(base or "", ours, theirs, _overlap)


def _by_pattern(base: str, ours: str, theirs: str, clash: Callable[[str, str], bool]) -> tuple[str, Notes]:
    mine, new = ({line.split()[0] for line in _changed(base, side)} for side in (ours, theirs))
    shared = set(_changed(base, ours)) & set(_changed(base, theirs))
    same = {line.split()[0] for line in shared}
    if any(clash(one, other) for one in mine for other in new if not one == other or one not in same):
        raise Unresolved("both changed what one path gets")
    return _union(base, ours, theirs)


def _overlap(one: str, other: str) -> bool:
    if any("/" not in pattern.rstrip("/") for pattern in (one, other)):
        return True  # matches at any depth
    left, right = (pattern.split("*", 1)[0].strip("/") for pattern in (one, other))
    return f"{left}/".startswith(f"{right}/".lstrip("/")) or f"{right}/".startswith(f"{left}/".lstrip("/"))


def _changed(base: str, side: str) -> list[str]:
    lines = set(base.splitlines()) ^ set(side.splitlines())
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _negations(base: str, ours: str, theirs: str) -> bool:
    return any(line.startswith("!") for side in (ours, theirs) for line in _changed(base, side))


def _union(base: str, ours: str, theirs: str, *, as_block: bool = False) -> tuple[str, Notes]:
    was, yours, new = (
        _keyed(side.split("\n")[: -1 if side.endswith("\n") or not side else None]) for side in (base, ours, theirs)
    )
    kept = {key for key in yours if key in new or key not in was} | {key for key in new if key not in was}
    order = merged_order([*was], [*yours], [*new], kept, strict=False)
    if as_block:
        order = [key for key in yours if key in kept] + [key for key in new if key in kept and key not in yours]
    lines = [yours[key] if key in yours else new[key] for key in order]
    return "".join(f"{line}\n" for line in lines), _noted(was, yours, new)


def _keyed(lines: Iterable[str]) -> dict[Hashable, str]:
    """Give each line a key: itself, and a blank line the one that follows it."""
    rows = list(lines)
    times = Counter[Hashable]()
    keyed: dict[Hashable, str] = {}
    following: Hashable = None
    for row in reversed(rows):
        key: Hashable = row.rstrip() if row.strip() else ("blank before", following)
        following = key
        times[key] += 1
        keyed[key, times[key]] = row
    return dict(reversed(keyed.items()))


def _noted(was: dict[Hashable, str], yours: dict[Hashable, str], new: dict[Hashable, str]) -> Notes:
    added = [line for key, line in new.items() if key not in was and key not in yours and line.strip()]
    dropped = [line for key, line in was.items() if key in yours and key not in new and line.strip()]
    lists = (("added", added), ("dropped", dropped))
    return tuple(f"{word} {', '.join(lines)} (template)" for word, lines in lists if lines)
