"""What git guesses about renames, settled before the merge, so that every rename is known, shown, and trusted or not.

git's engine pairs files from 50 % alikeness on. That is too little: two workflows that look alike are two workflows,
and an edit of the dropped one must not land in the new one. It also leaves two copies of a file that both sides
renamed, and cannot pair an empty file.
"""

__all__ = ["TRUSTED", "TRUSTED_BY_NAME", "Renames", "guess", "look_alikes", "settle", "trusted"]

import posixpath
from collections.abc import Mapping
from typing import Final, NamedTuple

from mlscaffold.git.listing import Listing
from mlscaffold.git.scratch import Pair, Scratch
from mlscaffold.merge.moves import folder_moves, followers
from mlscaffold.merge.sides import Sides, rename

# Percent; unrelated look-alikes were measured at 75, true renames with edits at 95. A file that kept its name is rarely
# another file, so less will do: of a short one, a single edited line is a quarter.
TRUSTED: Final = 80
TRUSTED_BY_NAME: Final = 60


class Renames(NamedTuple):
    """Old path -> new path on either side."""

    team: Mapping[str, str]
    template: Mapping[str, str]
    doubts_team: bool  # whether git also sees renames there that are not to be trusted
    doubts_template: bool


def guess(scratch: Scratch, sides: Sides, ours: str, theirs: str) -> Renames:
    """Ask git for the renames of each side, where there can be any; the refs are in scratch, the base is `base`."""
    team, doubts_team = _of_side(scratch, sides.base, sides.ours, ours)
    template, doubts_template = _of_side(scratch, sides.base, sides.theirs, theirs)
    return Renames(team, template, doubts_team, doubts_template)


def _of_side(scratch: Scratch, base: Listing, side: Listing, ref: str) -> tuple[dict[str, str], bool]:
    if base.keys() <= side.keys() or side.keys() <= base.keys():
        return {}, False
    pairs = scratch.pairs("base", ref)
    found = {pair.old: pair.new for pair in pairs if trusted(pair)}
    return {**_small(found, base, side), **found}, len(found) < len(pairs)


def trusted(pair: Pair) -> bool:
    """Tell whether a pair is alike enough to be one file that moved."""
    same = posixpath.basename(pair.old) == posixpath.basename(pair.new)
    return pair.score >= (TRUSTED_BY_NAME if same else TRUSTED)


def _small(found: Mapping[str, str], base: Listing, side: Listing) -> dict[str, str]:
    """Return the files that git cannot pair (an empty `__init__.py`), whose folder moved and whose name is there."""
    folders, taken = folder_moves(found.items()), set(found.values())
    more: dict[str, str] = {}
    for path in base:
        folder, name = posixpath.split(path)
        if path not in side and path not in found and folder in folders:
            place = posixpath.join(folders[folder], name)
            if place in side and place not in base and place not in taken:
                more[path] = place
    return more


def settle(sides: Sides, renames: Renames) -> tuple[Sides, dict[str, str]]:
    """Rename paths in the trees so that the renames hold; what both sides renamed goes by the team's name.

    New files of one side follow a folder that the other side moved. Also returns where the team's files go.
    """
    base, ours, theirs = sides
    together = {old: new for old, new in renames.team.items() if renames.template.get(old) == new}
    both = {old: new for old, new in renames.team.items() if old in renames.template and new not in theirs}
    team = {old: new for old, new in renames.team.items() if old in theirs and new not in theirs}
    template = {old: new for old, new in renames.template.items() if old not in both and new not in ours}
    in_theirs = {renames.template[old]: new for old, new in both.items()} | team
    in_ours = {old: new for old, new in template.items() if old in ours}
    in_theirs |= followers((path for path in theirs if path not in base), team | both, ours)
    in_ours |= followers((path for path in ours if path not in base), template, theirs)
    settled = Sides(rename(base, together | both | team | template), rename(ours, in_ours), rename(theirs, in_theirs))
    return settled, in_ours


def look_alikes(scratch: Scratch, base: Listing, side: Listing, other: Listing) -> dict[str, str]:
    """Return new paths of one side that git would take for a renamed file without our trust, each with that file.

    Only files that `side` dropped and `other` changed, moved or dropped matter: else the guess changes nothing.
    """
    dropped = {path: node for path, node in base.items() if path not in side and other.get(path) != node}
    added = {path: node for path, node in side.items() if path not in base and path not in other}
    held: dict[str, str] = {}
    while dropped and added:
        scratch.commit([("dropped", "", dropped), ("added", "", added)], {})
        pairs = [pair for pair in scratch.pairs("dropped", "added") if not trusted(pair)]
        if not pairs:
            break
        held |= {pair.new: pair.old for pair in pairs}
        added = {path: node for path, node in added.items() if path not in held}
    return held
