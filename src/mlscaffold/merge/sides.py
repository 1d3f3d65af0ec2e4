"""The three trees of a merge, by name, and renaming paths in them."""

__all__ = ["Sides", "possible", "rename"]

from collections.abc import Mapping
from typing import NamedTuple

from mlscaffold.git.listing import Listing, Node


class Sides(NamedTuple):
    """What the template gave, what the team made of it, what the template gives now."""

    base: Listing
    ours: Listing
    theirs: Listing


def possible(moves: Mapping[str, str], listing: Listing) -> dict[str, str]:
    """Return the moves whose files are there and whose places are free, or will be by another of the moves."""
    found = {old: new for old, new in moves.items() if old in listing}
    while taken := [old for old, new in found.items() if new in listing and new not in found]:
        for old in taken:
            del found[old]
    return found


def rename(listing: Listing, moves: Mapping[str, str]) -> dict[str, Node]:
    """Return `listing` with paths renamed, all at once (so that two may swap); a taken path is left to its owner."""
    staying = {path for path in listing if path not in moves}
    found: dict[str, Node] = {}
    for path, node in listing.items():
        target = moves.get(path, path)
        found[path if target in staying and target != path else target] = node
    return found
