"""What follows from the trees alone: base (the template gave), theirs (it gives now), before and after the update.

An unchanged line on one side and a changed one on the other have one right answer, whatever the scenario is about.
"""

__all__ = ["Looks", "broken", "destroyed", "lost_changes", "lost_edits", "resurrected"]

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Final

from scenarios.lab import Case, Outcome
from scenarios.model import Expect, Probe
from scenarios.parsing import fault
from scenarios.snapshot import File, Snapshot, Trees

_MARKER: Final = re.compile(rb"^(<<<<<<<|>>>>>>>|\|\|\|\|\|\|\|) ", re.MULTILINE)
_BINARY: Final = b"\0"


def _lines(file: File | None) -> set[bytes]:
    """Return the lines that say something; a binary file or a link is one line."""
    if file is None:
        return set()
    if file.kind == "link" or _BINARY in file.data:
        return {file.data}
    return {line for line in file.data.removeprefix(b"\xef\xbb\xbf").splitlines() if line.strip()}


def _plain(file: File) -> bytes:
    return file.data.replace(b"\r\n", b"\n") if _BINARY not in file.data else file.data


def _below(path: str, places: Iterable[str]) -> bool:
    return any(path == place or path.startswith(place.rstrip("/") + "/") for place in places)


class Looks:
    """One update with everything that a verdict looks at."""

    def __init__(self, case: Case, before: Snapshot, after: Snapshot, outcome: Outcome, state: frozenset[str]) -> None:
        self.case, self.before, self.after, self.outcome = case, before, after, outcome
        self.expect: Expect = case.scenario.expect
        self.state = state
        self.reported = outcome.conflicts if outcome.code == 1 else frozenset()
        self.base: Trees = case.base
        self.theirs: Trees = case.theirs if case.theirs is not None else case.base

    def settled(self) -> Iterator[tuple[str, File]]:
        """Yield the files that are neither in conflict nor the tool's own."""
        for path, file in self.after.files.items():
            if path not in self.reported and path not in self.state:
                yield path, file

    def judged(self, *trees: Trees) -> list[str]:
        """Return the paths of the trees that the derived rules are for."""
        paths = {path for tree in trees for path in tree} - self.state
        return sorted(path for path in paths if not any(fnmatchcase(path, glob) for glob in self.expect.exempt))

    def present(self, places: tuple[str, ...]) -> list[str]:
        """Return the files at or below one of the places."""
        return [path for path, _file in self.settled() if _below(path, places)]

    def elsewhere(self, path: str) -> bool:
        """Tell whether another settled file holds lines of the file at `path`."""
        here = _lines(self.after.files[path])
        return any(here & _lines(file) for other, file in self.settled() if other != path)

    @cached_property
    def _contents(self) -> list[bytes]:
        """Return all that can be reached: the work tree, and where conflicts were reported, their stages."""
        found = [file.data for path, file in self.after.files.items() if path not in self.state]
        return found + ([data for datas in self.after.stages.values() for data in datas] if self.reported else [])

    @cached_property
    def reachable(self) -> set[bytes]:
        """All lines that can be reached, and all whole contents."""
        return {line for data in self._contents for line in (*data.removeprefix(b"\xef\xbb\xbf").splitlines(), data)}

    def found(self, probe: Probe) -> bool:
        """Tell whether the probe is where it should be; in a reported conflict it may be anywhere in it."""
        wanted = probe.what if isinstance(probe.what, bytes) else probe.what.encode()
        if probe.at is None:
            return any(wanted in data for data in self._contents)
        file = self.after.files.get(probe.at)
        if file is not None and wanted in file.data:
            return True
        return bool(self.reported) and any(wanted in data for data in self._contents)

    @cached_property
    def known(self) -> set[bytes]:
        """All lines that the template gave last time, whichever file they were in."""
        return {line for file in self.base.values() for line in _lines(file)}

    def added(self, path: str, trees: Trees) -> set[bytes]:
        """Return the lines of a file that are new; those of a file that was moved here are not."""
        base = self.base.get(path)
        return _lines(trees[path]) - (self.known if base is None else _lines(base))

    def moved_here(self, path: str, trees: Trees) -> bool:
        """Tell whether the file took lines, or nothing at all, along from another place."""
        return path not in self.base and (not trees[path].data or bool(_lines(trees[path]) & self.known))

    def kept_lines(self, path: str) -> set[bytes]:
        """Return the lines among which those of `path` must be: of the file itself if it is still in its place."""
        if path in self.after.files and path not in self.reported and not _below(path, self.expect.moved):
            return self.reachable if self.reported else _lines(self.after.files[path])
        return self.reachable


def destroyed(looks: Looks) -> Iterator[str]:
    """Yield what was in no commit, or none of the update's business, and is not what it was."""
    before, after = looks.before, looks.after
    for path in sorted({*before.around, *after.around}):
        if before.around.get(path) != after.around.get(path):
            yield f"{path}, outside the project, was touched"
    for path, file in before.files.items():
        if path in before.dirty or _below(path, before.loose):
            now = after.files.get(path)
            if now != file and not _lines(file) <= looks.reachable:
                yield f"{path} was in no commit, and is gone or overwritten"
    for path in sorted({*before.entries, *after.entries}):
        if _not_ours(looks, path) and before.entries.get(path) != after.entries.get(path):
            yield f"{path}: what was staged is not staged any more"


def _not_ours(looks: Looks, path: str) -> bool:
    """Tell whether the index entry of the repository's `path` is none of the update's business."""
    if not path.startswith(looks.before.prefix):
        return True
    inside = path.removeprefix(looks.before.prefix)
    return inside in looks.before.dirty and looks.theirs.get(inside) == looks.base.get(inside)


def lost_edits(looks: Looks) -> Iterator[str]:
    """Yield each line of the team's that cannot be reached, and each file of the team's that was altered."""
    drops = {line.encode() for line in looks.expect.drops}
    for path in looks.judged(looks.before.files):
        ours, base, theirs = looks.before.files[path], looks.base.get(path), looks.theirs.get(path)
        missing = looks.added(path, looks.before.files) - looks.kept_lines(path) - drops
        if missing:
            yield f"{path}: lost {min(missing)[:80]!r}"
        now = looks.after.files.get(path)
        if ours == base or base != theirs or path in looks.reported or looks.moved_here(path, looks.before.files):
            continue
        if now is None and ours.data not in looks.reachable:
            yield f"{path}: the team's file is gone"
        if now not in {ours, None}:
            yield f"{path}: the template had nothing to change there, and it is not what it was"


def lost_changes(looks: Looks) -> Iterator[str]:
    """Yield each line of the template's that did not arrive, and each deletion that was not done."""
    spoken = looks.reported | (looks.outcome.told or frozenset())
    for path in looks.judged(looks.theirs):
        if path not in spoken and not _below(path, looks.expect.gone):
            yield from _not_arrived(looks, path)
    for path in looks.judged(looks.base):
        untouched = looks.before.files.get(path) == looks.base[path]
        if untouched and path not in looks.theirs and path in looks.after.files and path not in spoken:
            yield f"{path} should be gone"


def _not_arrived(looks: Looks, path: str) -> Iterator[str]:
    drops = {line.encode() for line in looks.expect.drops}
    theirs, base, ours = looks.theirs[path], looks.base.get(path), looks.before.files.get(path)
    now = looks.after.files.get(path)
    missing = looks.added(path, looks.theirs) - looks.kept_lines(path) - drops
    if missing:
        yield f"{path}: {min(missing)[:80]!r} did not arrive"
    missed = base is None and ours is None and now is None and theirs.data not in looks.reachable
    if missed and not looks.moved_here(path, looks.theirs):
        yield f"{path} did not arrive"
    if now is None:
        return
    if ours == base and ours is not None and (_plain(now), now.kind) != (_plain(theirs), theirs.kind):
        yield f"{path}: is not the template's although the team had not touched it"
    stale = _lines(now) & ((_lines(base) & _lines(ours)) - _lines(theirs) - drops)
    if stale and not looks.reported:
        yield f"{path}: {min(stale)[:80]!r} should be gone"


def resurrected(looks: Looks) -> Iterator[str]:
    """Yield each file and line that the team had removed, and that is back although nobody changed it."""
    for path in looks.judged(looks.base):
        base, ours, theirs = looks.base[path], looks.before.files.get(path), looks.theirs.get(path)
        now = looks.after.files.get(path)
        if now is None or path in looks.reported:
            continue
        if ours is None and theirs == base:
            yield f"{path} is back"
        elif ours is not None:
            back = ((_lines(base) & _lines(theirs)) - _lines(ours)) & _lines(now)
            if back:
                yield f"{path}: {min(back)[:80]!r} is back"


def broken(looks: Looks) -> Iterator[str]:
    """Yield each file that cannot be read any more, holds conflict markers or mixed line ends, and was not reported."""
    for path, now in looks.settled():
        before = looks.before.files.get(path)
        if now == before or now.kind == "link":
            continue
        if _MARKER.search(now.data) and not (before and _MARKER.search(before.data)):
            yield f"{path} holds conflict markers that nobody reported"
        sound = before is None or not fault(path, before.data)
        if sound and (problem := fault(path, now.data)):
            yield problem
        if before and _mixed(now.data) and not _mixed(before.data):
            yield f"{path} has mixed line ends"
    if looks.outcome.code == 1 and not looks.outcome.conflicts:
        yield "it says that conflicts are left, but not where"


def _mixed(data: bytes) -> bool:
    windows = data.count(b"\r\n")
    return _BINARY not in data and 0 < windows < data.count(b"\n")
