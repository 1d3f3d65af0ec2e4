"""Merge by structure what git could not merge by line, and say what git merged wrongly.

A resolver leaves the conflict rather than guess: a wrong merge costs more than a marker. Each kind of file has a module
of its own, which is imported when such a file is in conflict.
"""

__all__ = ["Resolved", "fault_of_merge", "merge_lines", "resolve_file"]

from typing import Final

from mlscaffold.merge.resolvers.outcome import Resolved, Unresolved

_MOST_BYTES: Final = 1_000_000


def resolve_file(path: str, base: bytes | None, ours: bytes, theirs: bytes) -> Resolved | None:
    """Merge by structure what git could not merge by line; None: leave the conflict.

    Args:
        path: tells by its name which kind of file it is.
        base: the file before both changes; None if both sides added it.
        ours: the file of the project, whose comments, order and layout are kept.
        theirs: the file of the template.
    """
    from mlscaffold.merge.resolvers.kinds import resolver_of

    resolver = resolver_of(path)
    if resolver is None or max(map(len, (base or b"", ours, theirs))) > _MOST_BYTES:
        return None
    if theirs in {ours, base}:
        return Resolved(ours, ())
    if ours == base:
        return Resolved(theirs, ())
    from mlscaffold.merge.resolvers.text import decode, encode, style_of

    try:
        style = style_of(ours)
        text, notes = resolver(None if base is None else decode(base), decode(ours), decode(theirs))
    except (Unresolved, RecursionError):
        return None
    return Resolved(encode(text, style), notes)


def merge_lines(base: bytes | None, ours: bytes, theirs: bytes) -> Resolved:
    """Union by line, for the ownership class `lines` (.gitignore ...); always succeeds.

    A line is there if both sides have it, or if one added it; what one side deleted is gone. OURS keep their order.
    """
    from mlscaffold.merge.resolvers.linesets import union_of_lines

    return union_of_lines(base, ours, theirs)


def fault_of_merge(path: str, base: bytes | None, ours: bytes, theirs: bytes, merged: bytes) -> str | None:
    """Say what is wrong with a file that git merged cleanly although both sides were sound, or None.

    Args:
        path: tells by its name which kind of file it is.
        base: the file before both changes; None if both sides added it.
        ours: the file of the project.
        theirs: the file of the template.
        merged: what git made of them.
    """
    if merged in {base, ours, theirs}:
        return None
    from mlscaffold.merge.resolvers.faults import find_fault

    return find_fault(path, ours, theirs, merged)
