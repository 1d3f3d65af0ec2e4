"""What an update does to each path, in words."""

__all__ = ["Change", "describe"]

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from mlscaffold.git.listing import Listing, Node
from mlscaffold.merge.conflicts import Conflict
from mlscaffold.merge.contents import Resolution
from mlscaffold.merge.engine import Outcome

Action = Literal["add", "change", "merge", "rename", "delete", "conflict", "keep"]


class Change(NamedTuple):
    """One path: what happens to it and why; `origin` is where it was before."""

    path: str
    action: Action
    reason: str = ""
    origin: str = ""


def describe(
    ours: Listing, delta: Mapping[str, Node | None], outcome: Outcome, moves: Mapping[str, str], conflicts: Iterable[Conflict]
) -> tuple[Change, ...]:  # fmt: skip
    """Return what happens, sorted by path; a path in conflict is named once."""
    unsettled = {conflict.path: conflict.reason for conflict in conflicts}
    came = {new: old for old, new in {**outcome.moves, **moves}.items()}
    came = {new: _first(old, came) for new, old in came.items()}
    came = {new: old for new, old in came.items() if delta.get(new) is not None and old in delta and delta[old] is None}
    gone = set(came.values())
    resolved = {resolution.path: resolution for resolution in outcome.resolutions}
    found = [Change(path, "conflict", reason, came.get(path, "")) for path, reason in unsettled.items()]
    for path, node in delta.items():
        if path in unsettled or path in gone:
            continue
        found.append(_change(path, node, ours, outcome, came, resolved))
    return tuple(sorted(found))


def _first(path: str, came: Mapping[str, str]) -> str:
    """Follow a file that was moved twice, by certainty and by guess, to where it was."""
    seen = {path}
    while (path := came.get(path, path)) not in seen:
        seen.add(path)
    return path


def _change(
    path: str, node: Node | None, ours: Listing, outcome: Outcome, came: Mapping[str, str], resolved: Mapping[str, Resolution]
) -> Change:  # fmt: skip
    if node is None:
        return Change(path, "delete", "the template dropped it")
    if path in came:
        own = path not in outcome.settled.theirs
        return Change(path, "rename", "it follows its folder" if own else "the template moved it", came[path])
    if path not in ours:
        return Change(path, "add")
    if outcome.settled.theirs.get(path) == node:
        return Change(path, "change")
    return Change(path, "merge", "; ".join(resolved[path].notes) if path in resolved else "")


def kept(
    deleted: Iterable[str], seeds: Iterable[str], reasons: Mapping[str, str], ignored: Iterable[str]
) -> Iterator[Change]:
    """Yield the paths that the template changed and the team keeps."""
    for path in deleted:
        yield Change(path, "keep", "you deleted it: it stays deleted (`--restore` brings it back)")
    for path in seeds:
        yield Change(path, "keep", "written once, then yours; the template changed it")
    for path, reason in reasons.items():
        yield Change(path, "keep", reason)
    for path in ignored:
        yield Change(path, "keep", "git ignores your file there: the template's was not written")
