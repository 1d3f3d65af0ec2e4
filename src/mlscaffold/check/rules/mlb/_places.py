"""Which Dockerfiles are about a product: not a developer's own machine, an example or a fixture."""

__all__ = ["aside"]

from typing import Final

_ASIDE: Final = frozenset({".devcontainer", "test", "tests", "doc", "docs", "example", "examples", "tutorials"})


def aside(path: str) -> bool:
    """Return whether a Dockerfile stands where other customs hold."""
    return not _ASIDE.isdisjoint(path.split("/")[:-1])
