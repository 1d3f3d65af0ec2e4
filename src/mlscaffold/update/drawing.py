"""What goes into one update's merge: BASE, OURS and THEIRS, what is held out of it, and the lock that comes of it."""

__all__ = ["Drawing", "draw_up"]

from collections.abc import Callable, Collection, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from mlscaffold.errors import UserError, nearest
from mlscaffold.git.listing import Node
from mlscaffold.merge.moves import declared_moves, source_moves
from mlscaffold.project.lock import LOCK_PATH, Lock
from mlscaffold.render import render_moves
from mlscaffold.update.given import given
from mlscaffold.update.sides import Drawn, draw
from mlscaffold.update.standing import Standing
from mlscaffold.update.target import Target, render_current
from mlscaffold.update.wishes import Wishes


class Drawing(NamedTuple):
    """The three trees with all that belongs to them."""

    drawn: Drawn
    ours: Mapping[str, Node]  # the project at HEAD
    was: Lock  # what the template gave
    lock: Lock  # what is recorded afterwards
    new: Mapping[str, bytes]
    partial: bool  # some of the template's changes are left for another time: the recorded version stays

    def missed(self, deleted: Iterable[str]) -> dict[str, tuple[Node | None, Node]]:
        """Return what the template changed in files that the team keeps: path -> what it gave and what it gives."""
        gives = {path: Node(entry.mode, entry.blob) for path, entry in self.lock.files.items()} | dict(self.drawn.held)
        gave = {path: Node(entry.mode, entry.blob) for path, entry in self.was.files.items()}
        paths = {*self.drawn.held, *self.drawn.seeds, *deleted}
        return {
            path: (gave.get(path), gives[path])
            for path in sorted(paths)
            if path in gives and gave.get(path) != gives[path]
        }


def draw_up(standing: Standing, target: Target, wishes: Wishes, aside: frozenset[str]) -> Drawing:
    """Draw up the merge. Raises `UserError` for paths that are not the template's, or a base that cannot be had."""
    project, place = standing.project, standing.place
    was = given(project, place, standing.ours, target.new, lambda: render_current(project, trust=wishes.trust))
    records = (project.answers_path, LOCK_PATH)  # written by the update itself, so never merged
    theirs = target.lock._replace(files=_without(target.lock.files, records))
    old = was.lock._replace(files=_without(was.lock.files, records))
    ours = _without(standing.ours, records)
    moves = _moves(target, old, theirs)
    hold, partial = _hold(standing, wishes, aside, {*theirs.files, *old.files})
    restore = frozenset(_restored(wishes.restore, theirs, ours))
    base = {path: node for path, node in was.listing.items() if path in old.files}
    drawn = draw(old, base, ours, theirs, moves=moves, hold=hold, restore=restore)
    lock = _next(target.lock, was.lock, hold, moves, stays=project.answers_path if partial else None)
    return Drawing(drawn, ours, was.lock, lock, {**target.new, **was.new}, partial)


def _without(files: Mapping[str, Any], records: Collection[str]) -> dict[str, Any]:
    return {path: entry for path, entry in files.items() if path not in records}


def _moves(target: Target, old: Lock, theirs: Lock) -> dict[str, str]:
    before, now = ({path: entry.source for path, entry in lock.files.items()} for lock in (old, theirs))
    declared = render_moves(target.template, target.rendering.answers)
    exact = source_moves(before, now)
    if not declared:
        return exact
    return declared_moves(declared, before, now, applies=_applies(old.version, target.version)) | exact


def _applies(old: str, new: str) -> Callable[[str], bool]:
    """Tell whether a version lies after the old one and not after the new one; where those are none, it does."""
    from mlscaffold.template.versions import is_newer

    return lambda since: not is_newer(since, than=new) and not (old == since or is_newer(old, than=since))


def _hold(
    standing: Standing, wishes: Wishes, aside: frozenset[str], known: set[str]
) -> tuple[Callable[[str], bool], bool]:
    """Return which paths this update leaves to the team, and whether some of them only for now."""
    for pattern in wishes.only:
        if not any(_matches(path, pattern) for path in known):
            raise UserError(
                f"the template has no file {pattern!r}{nearest(pattern, known)}",
                hint="give a path, folder or glob with `--only`",
            )

    def hold(path: str) -> bool:
        left = bool(wishes.only) and not any(_matches(path, pattern) for pattern in wishes.only)
        return left or path in aside or standing.keep(path) is not None

    return hold, bool(wishes.only or aside)


def _matches(path: str, pattern: str) -> bool:
    return path == pattern or path.startswith(pattern.rstrip("/") + "/") or fnmatchcase(path, pattern)


def _restored(patterns: Iterable[str], theirs: Lock, ours: Mapping[str, Node]) -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        matching = {path for path in theirs.files if _matches(path, pattern)}
        if not matching:
            raise UserError(
                f"the template has no file {pattern!r}{nearest(pattern, theirs.files)}",
                hint="give a path that it has with `--restore`",
            )
        if matching <= ours.keys():
            raise UserError(
                f"{pattern} is there already", hint=f"to take the template's version, use `mlscaffold heal {pattern}`"
            )
        found |= matching - ours.keys()
    return found


def _next(theirs: Lock, old: Lock, hold: Callable[[str], bool], moves: Mapping[str, str], *, stays: str | None) -> Lock:
    """Return the lock after the update; what it leaves alone stays recorded as it was, to be offered again.

    `stays` is the answers file if this update is only a part: then the recorded version and answers stay, too.
    """
    waiting = {old_path for old_path, new_path in moves.items() if hold(old_path) or hold(new_path)}
    held = {path: entry for path, entry in old.files.items() if hold(path) or path in waiting}
    skipped = {moves[path] for path in waiting}
    files = {path: entry for path, entry in theirs.files.items() if not hold(path) and path not in skipped}
    if stays is None:
        return theirs._replace(files=files | held)
    answers = {path: entry for path, entry in old.files.items() if path == stays}
    return old._replace(files=files | held | answers)
