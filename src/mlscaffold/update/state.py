"""What an unfinished update needs to be finished or undone: one file in the git directory, and the old files beside it.

`update.json` is there from before the first write to the work tree until after the last: whoever finds it can put
everything back. It is written whole or not at all.
"""

__all__ = ["Held", "Last", "Pending", "before", "clear", "exclusive", "forget", "last", "load", "remember", "save"]

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from mlscaffold.errors import UserError
from mlscaffold.git.place import Place
from mlscaffold.project.project import PENDING

_LAST: Final = "mlscaffold/last.json"
_BEFORE: Final = "mlscaffold/before"  # below the git directory: the index and the files as they were


class Held(NamedTuple):
    """A path from the top of the repository that the update touches; `copy` names what was there ("": nothing)."""

    path: str
    copy: str


class Pending(NamedTuple):
    """An update that is not finished."""

    prefix: str  # of the project in its repository
    old_version: str
    new_version: str
    head: str  # the commit that was checked out
    start: str  # the tree of the whole repository that it started from
    applied: bool  # False while files are being written
    paths: tuple[Held, ...]
    conflicts: tuple[str, ...]  # paths from the top
    record: dict[str, str]  # path from the top -> blob id: the lock and the answers, written at the end


def before(place: Place) -> Path:
    """Return the folder that holds what was there before."""
    return place.directory / _BEFORE


def save(place: Place, pending: Pending) -> None:
    """Write the state, whole or not at all."""
    target = place.directory / PENDING
    fresh = target.with_suffix(".new")
    with fresh.open("w", encoding="utf-8", errors="surrogateescape") as file:
        json.dump(pending._asdict(), file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(target)


def load(place: Place) -> Pending | None:
    """Return the state of the unfinished update, or None if there is none. Raises `UserError` if it is damaged."""
    target = place.directory / PENDING
    try:
        data: dict[str, Any] = json.loads(target.read_text(encoding="utf-8", errors="surrogateescape"))
        paths = tuple(Held(path, copy) for path, copy in data.pop("paths"))
        return Pending(paths=paths, conflicts=tuple(data.pop("conflicts")), **data)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as problem:
        raise UserError(
            f"{target} is damaged: {problem}", hint=f"`git checkout -f` your branch and remove {target.parent}"
        ) from problem


class Last(NamedTuple):
    """The update that ended last, and the trees of the whole repository before and after it."""

    prefix: str
    old_version: str
    new_version: str
    before: str
    after: str


def remember(place: Place, pending: Pending, after: str) -> None:
    """Keep what it takes to undo the update that ends here."""
    last = Last(pending.prefix, pending.old_version, pending.new_version, pending.start, after)
    target = place.directory / _LAST
    fresh = target.with_suffix(".new")
    fresh.write_text(json.dumps(last._asdict()), encoding="utf-8", errors="surrogateescape")
    fresh.replace(target)


def last(place: Place) -> Last | None:
    """Return the update that ended last in this clone, or None."""
    try:
        return Last(**json.loads((place.directory / _LAST).read_text(encoding="utf-8", errors="surrogateescape")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def forget(place: Place) -> None:
    """Forget the update that ended last: it is undone."""
    (place.directory / _LAST).unlink(missing_ok=True)


def clear(place: Place) -> None:
    """Forget the update: the state first, then what it needed."""
    (place.directory / PENDING).unlink(missing_ok=True)
    shutil.rmtree(before(place), ignore_errors=True)


@contextmanager
def exclusive(place: Place) -> Iterator[None]:
    """Hold the repository against a second update; the system lets go when this process ends, however it ends.

    Raises:
        UserError: another process holds it.
    """
    target = place.directory / "mlscaffold" / "busy"
    target.parent.mkdir(exist_ok=True)
    with target.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise UserError(f"another update of {place.top} is running", hint="wait for it to end") from held
        yield
