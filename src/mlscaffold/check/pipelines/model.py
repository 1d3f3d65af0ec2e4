"""A CI pipeline, the same for every provider."""

__all__ = ["Pipeline"]

from typing import NamedTuple


class Pipeline(NamedTuple):
    """One pipeline of a repository."""

    path: str
