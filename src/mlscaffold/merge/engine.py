"""The merge itself: renames settled, look-alikes held back, one `git merge-tree`, conflicts judged and resolved."""

__all__ = ["Labels", "Outcome", "Resolution", "merge"]

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from mlscaffold.git.listing import Listing, Node, changes
from mlscaffold.git.scratch import Scratch
from mlscaffold.merge.conflicts import Conflict, judge
from mlscaffold.merge.contents import Resolution, settle_contents
from mlscaffold.merge.labels import Labels
from mlscaffold.merge.renames import guess, look_alikes, settle
from mlscaffold.merge.sides import Sides


class Outcome(NamedTuple):
    """The merged tree by name, the contents that no store has yet, and what a person should know."""

    listing: Mapping[str, Node]
    new: Mapping[str, bytes]
    conflicts: tuple[Conflict, ...]
    deleted: tuple[str, ...]  # stay deleted although the template changed them
    resolutions: tuple[Resolution, ...]
    moves: Mapping[str, str]  # the team's files that go along with a rename: old path -> new path
    settled: Sides  # what was merged, by the paths of the result


def merge(
    scratch: Scratch,
    sides: Sides,
    new: Mapping[str, bytes],
    labels: Labels,
    *,
    lines: Callable[[str], bool] = lambda _path: False,
    resolvers: bool = True,
) -> Outcome:
    """Merge three trees.

    Args:
        scratch: where it is done.
        sides: base, ours, theirs.
        new: id -> bytes of the blobs that the project's object store may lack.
        labels: names for the sides.
        lines: whether a path is merged as a set of lines.
        resolvers: whether structured files that conflict are merged by key.
    """
    _commit(scratch, sides, new, labels)
    renames = guess(scratch, sides, labels.ours, labels.theirs)
    settled, moves = settle(sides, renames)
    base, team, template = settled
    theirs_held = look_alikes(scratch, base, template, team) if renames.doubts_template else {}
    ours_held = look_alikes(scratch, base, team, template) if renames.doubts_team else {}
    merging = Sides(base, _without(team, ours_held), _without(template, theirs_held))
    if merging != sides:
        _commit(scratch, merging, {}, labels)
    merged = scratch.merge(labels.ours, labels.theirs)
    held = {path: team[path] for path in ours_held} | {path: template[path] for path in theirs_held}
    judged = judge(merged, {old: new for new, old in ours_held.items()})
    listing = _without(scratch.list(merged.tree), judged.deleted) | held
    texts = settle_contents(scratch, settled, listing, judged.conflicts, labels, lines=lines, resolvers=resolvers)
    return Outcome(
        listing={**listing, **texts.listing},
        new=texts.new,
        conflicts=texts.conflicts,
        deleted=judged.deleted,
        resolutions=texts.resolutions,
        moves=moves,
        settled=settled,
    )


def _commit(scratch: Scratch, sides: Sides, new: Mapping[str, bytes], labels: Labels) -> None:
    """Commit the sides as branches; the base is the parent of both, so git finds it whatever its version."""
    trees = [
        ("base", "", sides.base),
        (labels.ours, "base", changes(sides.base, sides.ours)),
        (labels.theirs, "base", changes(sides.base, sides.theirs)),
    ]
    scratch.commit(trees, new)


def _without(listing: Listing, paths: Collection[str]) -> dict[str, Node]:
    return {path: node for path, node in listing.items() if path not in paths}
