"""How much a project looks like a rendering of a template."""

__all__ = ["Likeness", "Measure", "lines_apart", "measure_against"]

from collections import Counter
from collections.abc import Callable, Collection
from functools import cache
from typing import Final, NamedTuple

from mlscaffold.adopt.place import Look
from mlscaffold.tree import File, Tree

_FOR_BEING_THERE: Final = 0.1  # a file of that name says something, even where not one line is the same


class Likeness(NamedTuple):
    """Of `total` rendered files, how many are `there`, how many of those are the `same`, and the sum of it all."""

    total: int
    there: int
    same: int
    score: float  # same files count 1, others by the share of lines in common, absent ones 0
    missing: int  # absent, and not because the team deleted them

    @property
    def perfect(self) -> bool:
        """Whether all of it is there: only a rendering with more files can come closer."""
        return self.same == self.total

    @property
    def rank(self) -> tuple[float, int]:
        """What is higher the likelier it is that this rendering made the project."""
        # Where most of it is there unchanged, a file that is missing speaks against a version; where the project was
        # made by other means, it says nothing.
        descends = self.same * 2 > self.total
        return round(self.score, 6), -self.missing if descends else -(10**9)


Measure = Callable[[Tree], Likeness]


def measure_against(look: Look, deleted: Collection[str], *, leave_out: Collection[str]) -> Measure:
    """Return a function that compares renderings with the project that `look` sees; `leave_out` is not counted."""

    @cache
    def share(path: str, rendered: File) -> float:
        ours = look(path).file
        if ours is None:
            return -1.0
        alike = _share(rendered.data, ours.data) if ours.symlink == rendered.symlink else 0.0
        return _FOR_BEING_THERE + (1 - _FOR_BEING_THERE) * alike if alike < 1 else 1.0

    def measure(tree: Tree) -> Likeness:
        shares = {path: share(path, file) for path, file in tree.items() if path not in leave_out}
        there = [found for found in shares.values() if found >= 0]
        missing = sum(found < 0 and path not in deleted for path, found in shares.items())
        same = sum(found == 1.0 for found in there)
        return Likeness(len(shares), len(there), same, sum(there), missing)

    return measure


def _share(theirs: bytes, ours: bytes) -> float:
    if b"\r" in ours and b"\r" not in theirs:
        ours = ours.replace(b"\r\n", b"\n")
    if theirs == ours:
        return 1.0
    if b"\0" in theirs or b"\0" in ours:
        return 0.0
    left, right = Counter(theirs.splitlines()), Counter(ours.splitlines())
    return 2 * (left & right).total() / (left.total() + right.total() + 1)  # less than 1, whatever the order of lines


def lines_apart(theirs: bytes, ours: bytes) -> int | None:
    """Return how many lines differ, or None for files that have no lines."""
    if b"\0" in theirs or b"\0" in ours:
        return None
    left, right = Counter(theirs.splitlines()), Counter(ours.splitlines())
    return max((left - right).total(), (right - left).total())
