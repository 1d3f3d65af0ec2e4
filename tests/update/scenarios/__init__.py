"""The update scenarios: what templates and teams do to each other, and what must hold afterwards."""

__all__ = ["ALL"]

from scenarios import (
    additions,
    answers,
    deletions,
    failures,
    kinds,
    ownership,
    renames,
    repositories,
    structured,
    texts,
)
from scenarios.model import Scenario

_MODULES = (
    renames,
    deletions,
    additions,
    kinds,
    texts,
    structured,
    ownership,
    answers,
    repositories,
    failures,
)
ALL: tuple[Scenario, ...] = tuple(scenario for module in _MODULES for scenario in module.SCENARIOS)
