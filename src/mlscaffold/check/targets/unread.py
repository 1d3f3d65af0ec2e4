"""A file that a rule asked for and nobody could read."""

__all__ = ["Unread"]

from typing import NamedTuple


class Unread(NamedTuple):
    """Where it is, the line on which reading ended (0: unknown), and what is the matter, in one line."""

    path: str
    line: int
    told: str
