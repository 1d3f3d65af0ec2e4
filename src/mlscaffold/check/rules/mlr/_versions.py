"""Versions of Python, and what a project asks of them: what `requires-python` uses of PEP 440, and Poetry's signs."""

__all__ = ["Version", "allows", "lowest", "version_of"]

from typing import Final

from mlscaffold.check.lazy import expression

Version = tuple[int, ...]

_VERSION: Final = expression(r"v?(\d+)\.(\d+)(?:\.(\d+))?")
_CLAUSE: Final = expression(r"(~=|==|!=|<=|>=|<|>|\^|~|=)?\s*(\d+)(?:\.(\d+|\*))?(?:\.(\d+|\*))?")
_BETWEEN: Final = expression(r",|(?<=[\d*])\s+(?=[<>=!~^])")
_FIRST: Final[Version] = (0,)
_END: Final[Version] = (999,)


def version_of(text: str) -> Version:
    """Return the numbers of a version of Python as "3.11" or "3.11.4"; () for anything else."""
    found = _VERSION.fullmatch(text.strip())
    return tuple(int(part) for part in found.groups() if part) if found else ()


def allows(spec: str, version: Version) -> bool:
    """Return whether some Python of this version is one that `spec` asks for; True where the spec is not understood."""
    # As ranges, without their ends: 3.11 is all from 3.11.0 up to 3.12.
    low, high = _padded(version), _after(version)
    return all(_meets(sign, numbers, low, high) for sign, numbers in _clauses(spec))


def lowest(spec: str) -> Version:
    """Return the lowest minor version that `spec` names, as (3, 11); () where it names none."""
    named = [numbers[:2] for sign, numbers in _clauses(spec) if sign in {">=", "~=", "^", "~", "=="} and numbers[1:]]
    return max(named, default=())


def _clauses(spec: str) -> list[tuple[str, Version]]:
    """Return signs and numbers; nothing where a part of it is not understood."""
    found = []
    for part in filter(None, _BETWEEN.split(spec.strip())):
        match = _CLAUSE.fullmatch(part.strip())
        if not match:
            return []
        sign, *numbers = match.groups()
        found.append((sign or "==", tuple(int(number) for number in numbers if number and number != "*")))
    return found


def _meets(sign: str, wanted: Version, low: Version, high: Version) -> bool:
    start, end = _padded(wanted), _END
    match sign:
        case "!=":
            return low < start or high > _after(wanted)
        case "<":
            start, end = _FIRST, start
        case "<=":
            start, end = _FIRST, _after(wanted)
        case ">":
            start = _after(start)
        case "==" | "=":
            end = _after(wanted)
        case "~=":  # "~=3.9" stays below 4, "~=3.9.2" below 3.10
            end = _after(wanted[:-1] or wanted)
        case "^":
            end = _after(wanted[:1])
        case "~":
            end = _after(wanted[:2])
        case _:  # ">=" has no end
            pass
    return low < end and start < high


def _padded(version: Version) -> Version:
    return (*version, 0, 0)[:3]


def _after(version: Version) -> Version:
    """Return what comes after all versions that begin like this one."""
    return (*version[:-1], version[-1] + 1)
