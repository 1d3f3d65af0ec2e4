"""What an update does to each path, in words."""

__all__ = ["Change", "describe", "kept", "origins"]

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from mlscaffold.git.listing import Listing, Node
from mlscaffold.merge.conflicts import Conflict
from mlscaffold.merge.engine import Outcome

Action = Literal["add", "change", "merge", "rename", "delete", "conflict", "keep"]


class Change(NamedTuple):
    """One path: what happens to it and why; `origin` is where it was before."""

    path: str
    action: Action
    reason: str = ""
    origin: str = ""


def origins(delta: Mapping[str, Node | None], *moves: Mapping[str, str]) -> dict[str, str]:
    """Return new path -> old path of the team's files that are carried to another place."""
    came = {new: old for each in moves for old, new in each.items()}
    came = {new: _first(old, came) for new, old in came.items()}
    return {new: old for new, old in came.items() if delta.get(new) is not None and old in delta and delta[old] is None}


def describe(
    ours: Listing, delta: Mapping[str, Node | None], outcome: Outcome, came: Mapping[str, str],
    conflicts: Iterable[Conflict], overwritten: Collection[str],
) -> tuple[Change, ...]:  # fmt: skip
    """Return what happens, sorted by path; a path in conflict is named once.

    Args:
        ours: the project before.
        delta: what changes.
        outcome: what was merged.
        came: new path -> old path of what is carried to another place.
        conflicts: what a person has to decide.
        overwritten: managed files in which the team's edits are overwritten.
    """
    unsettled = {conflict.path: conflict.reason for conflict in conflicts}
    gone = set(came.values())
    resolved = {found.path: "; ".join(found.notes) for found in outcome.resolutions}
    resolved |= {path: f"it is the template's: your version is saved as {path}.yours" for path in overwritten}
    found = [Change(path, "conflict", reason, came.get(path, "")) for path, reason in unsettled.items()]
    for path, node in delta.items():
        if path not in unsettled and path not in gone:
            change = _change(path, node, ours, outcome, came)
            found.append(change._replace(reason=resolved.get(path, change.reason)))
    return tuple(sorted(found))


def _first(path: str, came: Mapping[str, str]) -> str:
    """Follow a file that was moved twice, by certainty and by guess, to where it was."""
    seen = {path}
    while (path := came.get(path, path)) not in seen:
        seen.add(path)
    return path


def _change(path: str, node: Node | None, ours: Listing, outcome: Outcome, came: Mapping[str, str]) -> Change:
    if node is None:
        return Change(path, "delete", "the template dropped it")
    if path in came:
        own = path not in outcome.settled.theirs
        return Change(path, "rename", "it follows its folder" if own else "the template moved it", came[path])
    if path not in ours:
        return Change(path, "add")
    return Change(path, "change" if outcome.settled.theirs.get(path) == node else "merge")


def kept(
    deleted: Iterable[str], seeds: Iterable[str], reasons: Mapping[str, str], ignored: Iterable[str]
) -> Iterator[Change]:
    """Yield the paths that the template changed and the team keeps."""
    for path in deleted:
        yield Change(path, "keep", "you deleted it, so it stays deleted; `--restore` brings it back")
    for path in seeds:
        yield Change(path, "keep", "written once, then yours")
    for path, reason in reasons.items():
        yield Change(path, "keep", reason)
    for path in ignored:
        yield Change(path, "keep", "git ignores your file there: the template's was not written")
