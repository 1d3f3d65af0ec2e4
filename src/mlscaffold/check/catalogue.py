"""All rules of ours, in the order of their codes; `rules/` is the only place they come from."""

__all__ = ["load"]

import importlib
import os
from functools import cache

from mlscaffold.check import rules as rooms
from mlscaffold.check.registry import Rules, declared


@cache
def load() -> Rules:
    """Import the modules of `rules/` and return what they declare."""
    for folder in rooms.__path__:
        for family in sorted(os.listdir(folder)):
            if os.path.isdir(f"{folder}/{family}") and not family.startswith("_"):
                for name in sorted(os.listdir(f"{folder}/{family}")):
                    if name.endswith(".py") and not name.startswith("_"):
                        importlib.import_module(f"{rooms.__name__}.{family}.{name[:-3]}")
    found = Rules()
    for code in sorted(declared):
        if declared[code].module.startswith(rooms.__name__ + "."):
            found.add(declared[code])
    return found
