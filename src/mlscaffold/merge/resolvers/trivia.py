"""Comments and white space of both sides: who changed the words wins; if both did, their lines are merged."""

__all__ = ["merged_trivia"]

from mlscaffold.merge.resolvers.lines3 import merge3
from mlscaffold.merge.resolvers.outcome import Unresolved


def merged_trivia(base: str | None, ours: str, theirs: str) -> str:
    """Return what stands around an entry after the merge. Raises `Unresolved` if both sides changed the same words."""
    if theirs in {ours, base}:
        return ours
    if ours == base:
        return theirs
    was, yours, new = (text.split() if text is not None else None for text in (base, ours, theirs))
    if new in (yours, was):
        return ours
    if yours in (was, []):
        return theirs
    if new == [] and was is None:
        return ours
    lines = [(text or "").splitlines(keepends=True) for text in (base, ours, theirs)]
    merged = merge3(*lines) if was is not None else None
    if merged is None:
        raise Unresolved("both changed a comment")
    return "".join(merged)
