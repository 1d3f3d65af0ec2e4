"""What a resolver gives back, and how it declines."""

__all__ = ["Resolved", "Unresolved"]

from typing import NamedTuple


class Resolved(NamedTuple):
    """The merged bytes of one file, and one line for each decision that git did not make."""

    data: bytes
    notes: tuple[str, ...]


class Unresolved(Exception):  # noqa: N818 - not an error: the conflict stays with the person
    """Says why a conflict is left; never leaves this package."""
