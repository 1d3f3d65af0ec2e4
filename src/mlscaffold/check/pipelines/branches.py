"""Which pushes the patterns of a pipeline let through: those to the default branch, those to others."""

__all__ = ["pushed"]

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from mlscaffold.check.patterns import fits
from mlscaffold.check.pipelines.model import DEFAULT_BRANCHES

_USUAL: Final = ("main", "master")
_OTHER: Final = "feature/some-change"


def pushed(wanted: Sequence[str], left_out: Sequence[str] = ()) -> Iterator[Literal["main", "push"]]:
    """Yield "main" and "push" where patterns (`feature/**`, `!main`) let such branches through.

    What leaves one usual name of a default branch out means the default branch, whatever it is called here.
    """
    patterns = [*wanted, *(f"!{pattern}" for pattern in left_out)]
    out = any(pattern.startswith("!") and fits(name, pattern[1:]) for pattern in patterns for name in _USUAL)
    if not out and any(_lets(patterns, name) for name in DEFAULT_BRANCHES):
        yield "main"
    if _lets(patterns, _OTHER):
        yield "push"


def _lets(patterns: Sequence[str], name: str) -> bool:
    """Return whether patterns let a branch through: the last one that fits decides."""
    fitting = [pattern for pattern in patterns if fits(name, pattern.removeprefix("!"))]
    return bool(fitting) and not fitting[-1].startswith("!")
