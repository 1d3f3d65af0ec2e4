"""The three trees of one update: moves that are certain made, and what is not the template's to change left out.

What is left out is in neither BASE nor THEIRS, so the merge leaves the team's files at those paths alone.
"""

__all__ = ["Drawn", "draw"]

from collections.abc import Callable, Mapping
from typing import NamedTuple

from mlscaffold.git.listing import Listing, Node
from mlscaffold.merge.moves import followers
from mlscaffold.merge.sides import Sides, possible, rename
from mlscaffold.project.lock import Lock


class Drawn(NamedTuple):
    """What is merged, and what is not."""

    sides: Sides
    moves: Mapping[str, str]  # the team's files at old paths -> where they go, before the merge
    held: Mapping[str, Node]  # paths of the template that this update leaves alone -> what it gives there
    seeds: tuple[str, ...]  # files written once that the template changed since
    overwritten: Mapping[str, Node]  # managed files -> what the team had made of them


def draw(
    lock: Lock,
    base: Listing,
    ours: Listing,
    theirs: Lock,
    *,
    moves: Mapping[str, str],
    hold: Callable[[str], bool],
    restore: frozenset[str],
) -> Drawn:
    """Draw up the three trees.

    Args:
        lock: what the template gave.
        base: the same by name, without what is lost.
        ours: the project at HEAD.
        theirs: what the template gives now, in the form of a lock.
        moves: old path -> new path of the template's certain moves.
        hold: whether this update leaves a path (as it is called now) to the team.
        restore: deleted paths that are to come back.
    """
    held_moves = {old: new for old, new in moves.items() if hold(new) or hold(old)}
    moves = {old: new for old, new in moves.items() if old not in held_moves}
    gives = {path: Node(entry.mode, entry.blob) for path, entry in theirs.files.items()}
    held = {path: node for path, node in gives.items() if hold(path) or path in held_moves.values()}
    own = [path for path in ours if path not in lock.files]
    places = dict(moves) | followers(own, moves, gives)
    team_moves = possible(places, ours)
    team = rename(ours, team_moves)
    template = {moves.get(path, path): node for path, node in base.items() if not (hold(path) or path in held_moves)}
    before = {moves.get(path, path) for path in lock.files}
    owners = {moves.get(path, path): entry.owner for path, entry in lock.files.items()}
    owners |= {path: entry.owner for path, entry in theirs.files.items()}
    gives = {path: node for path, node in gives.items() if path not in held}
    seeds = [
        path for path in gives if owners[path] == "seed" and (path in before or path in team) and path not in restore
    ]
    changed = tuple(path for path in seeds if path in template and template[path] != gives[path])
    managed = [path for path in gives if owners[path] == "managed" and path in team and path in template]
    overwritten = {path: team[path] for path in managed if team[path] not in {template[path], gives[path]}}
    lost = before - template.keys() - team.keys() - restore
    out = {path for path, owner in owners.items() if owner == "seed" and (path in seeds or path not in gives)}
    drawn = Sides(
        base={path: node for path, node in template.items() if path not in out | restore},
        ours={path: template[path] if path in overwritten else node for path, node in team.items()},
        theirs={path: node for path, node in gives.items() if path not in out and path not in lost},
    )
    return Drawn(drawn, team_moves, held, changed, overwritten)
