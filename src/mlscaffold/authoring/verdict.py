"""What became of a project in an update: the template's new version, whole; the team's edits, all; and both sound."""

__all__ = ["edited_faults", "expected", "untouched_faults"]

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Final

from mlscaffold.authoring.edits import Edited, Line
from mlscaffold.authoring.finding import Finding
from mlscaffold.authoring.parsing import fault
from mlscaffold.authoring.updating import Old, Updated, updating_from
from mlscaffold.merge.conflicts import Conflict
from mlscaffold.project.lock import LOCK_PATH

_NEAR: Final = 3  # lines: git needs some unchanged ones between two changes, and pairs lines in its own way
_SLOW: Final = 20_000  # lines from which they are not compared
_REPORT: Final = "report it: `mlscaffold update` should not do that"
_BOTH: Final = {1, 2, 3}


def untouched_faults(version: str, old: Old, updated: Updated, fresh: Mapping[str, bytes]) -> Iterator[Finding]:
    """Yield where an update of a project that nobody edited is not what a new project would be."""
    for conflict in updated.plan.conflicts:
        what = f"a project that nobody edited gets a conflict: {conflict.reason}"
        yield Finding("not-fresh", conflict.path, what, _REPORT, updating_from(version))
    conflicting = {conflict.path for conflict in updated.plan.conflicts} | {LOCK_PATH}
    for path in sorted({*updated.files, *fresh} - conflicting):
        entry = updated.plan.target.lock.files.get(path)
        if (entry.owner if entry else old.owner(path)) == "seed":
            continue  # written once, then the team's
        here, there = updated.files.get(path), fresh.get(path)
        if here is None or there is None or _unix(here) != _unix(there):
            gone = "is left over" if there is None else "is missing" if here is None else "differs"
            what = f"updated, it {gone}, against a new project with the same answers"
            fix = "look for what depends on more than the answers; else report it"
            yield Finding("not-fresh", path, what, fix, updating_from(version))


def _unix(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")


def edited_faults(
    version: str, old: Old, edited: Edited, updated: Updated, fresh: Mapping[str, bytes]
) -> Iterator[Finding]:
    """Yield the edits that an update lost, the conflicts that nobody would expect, and files that broke."""
    yield from _lost(version, edited, updated)
    unsettled = {stage.path for conflict in updated.plan.conflicts for stage in conflict.stages}
    unsettled |= {conflict.path for conflict in updated.plan.conflicts}
    for conflict in updated.plan.conflicts:
        if not expected(conflict, updated, old, edited.lines):
            what = f"edits far from what the template changed conflict: {conflict.reason}"
            fix = "if the template moved it, say so under `_mlscaffold: moves`; else report it"
            yield Finding("needless-conflict", conflict.path, what, fix, updating_from(version))
    for path, data in updated.files.items():
        before = edited.files.get(path)
        sound = fault(path, before.data if before else b"") is None and fault(path, fresh.get(path, data)) is None
        if path not in unsettled and sound and (problem := fault(path, data)) is not None and path in fresh:
            what = f"updated with a team's edits, it does not parse: {problem}"
            yield Finding("broken-merge", path, what, _REPORT, updating_from(version))


def _lost(version: str, edited: Edited, updated: Updated) -> Iterator[Finding]:
    everything = b"\0".join(updated.files.values())
    for line in edited.lines:
        if line.mark.encode() not in everything:
            yield _loss(version, line.path, "a line that the team added")
    for path, mark in edited.own.items():
        if mark.encode() not in everything:
            yield _loss(version, path, "a file of the team's own")
    unsettled = {stage.path for conflict in updated.plan.conflicts for stage in conflict.stages}
    old, new = edited.renamed
    if edited.deleted in updated.files and edited.deleted not in unsettled:
        yield _loss(version, edited.deleted, "the team's deletion of it")
    names = {posixpath.basename(path) for path in {*updated.files, *unsettled}}  # its folder may have moved since
    if old and old not in unsettled and (old in updated.files or posixpath.basename(new) not in names):
        yield _loss(version, old, "the team's new name for it")


def _loss(version: str, path: str, what: str) -> Finding:
    return Finding("lost-edit", path, f"the update loses {what}", _REPORT, updating_from(version))


def expected(conflict: Conflict, updated: Updated, old: Old, lines: Iterable[Line]) -> bool:
    """Tell whether a person would expect a conflict there: the template changed, moved or dropped what the team did."""
    if {stage.number for stage in conflict.stages} != _BOTH:
        return True  # one side dropped it, or both added or moved it
    came = {change.path: change.origin for change in updated.plan.changes if change.origin}
    path = came.get(conflict.path, conflict.path)
    gives = updated.plan.target.rendering.tree.get(conflict.path)
    if path not in old.rendering.tree or gives is None:
        return True
    places = [line.before for line in lines if line.path == path]
    return bool(places) and _touched(old.rendering.tree[path].data, gives.data, places)


def _touched(before: bytes, after: bytes, places: Iterable[int]) -> bool:
    """Tell whether the template changed lines at (or next to) one of the places."""
    one, other = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if len(one) + len(other) > _SLOW:
        return True
    codes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    ranges = [code[1:3] for code in codes if code[0] != "equal"]
    return any(start - _NEAR <= place <= end + _NEAR for start, end in ranges for place in places)
