"""Moves that are certain before any guess: a template file that renders to another path now, and declared moves.

Renaming such a path in BASE and OURS before the merge makes it exact, for empty files and whole packages too, and
the team's own files in a folder that the template left go along.
"""

__all__ = ["check_moves", "declared_moves", "folder_moves", "followers", "source_moves"]

import posixpath
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from mlscaffold.errors import UserError


def source_moves(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Return old path -> new path of template files whose output moved; both arguments map path -> template file."""
    places = _unique(now)
    return {
        path: places[source]
        for source, path in _unique(before).items()
        if places.get(source, path) != path and now.get(path) != source
    }


def _unique(sources: Mapping[str, str]) -> dict[str, str]:
    """Invert; a template file that gives several paths (or is not known) says nothing certain."""
    often = Counter(sources.values())
    return {source: path for path, source in sources.items() if source and often[source] == 1}


def check_moves(declared: Any) -> None:
    """Raise `UserError` if `_mlscaffold: moves` is no list of `{from: PATH, to: PATH, since: VERSION}`."""
    if not isinstance(declared, list) or not all(_is_move(move) for move in declared):
        raise UserError(
            "copier.yml: _mlscaffold: moves wants a list of {from: PATH, to: PATH, since: VERSION}",
            hint="mend the template",
        )


def declared_moves(
    declared: Iterable[Mapping[str, str]],
    before: Collection[str],
    now: Collection[str],
    *,
    applies: Callable[[str], bool],
) -> dict[str, str]:
    """Follow `_mlscaffold: moves`, in order, so that chains over several versions compose.

    Args:
        declared: `{from: path or folder, to: path or folder, since: version}` each; `since` may be left out.
        before: the paths that the template gave.
        now: the paths that it gives.
        applies: whether a move of that version lies between the project's version and the wanted one.
    """
    found = {path: path for path in before if path not in now}
    for move in declared:
        if "since" not in move or applies(str(move["since"])):
            found = {path: _moved(place, move["from"], move["to"]) for path, place in found.items()}
    return {path: place for path, place in found.items() if place != path and place in now and place not in before}


def _is_move(move: Any) -> bool:
    return isinstance(move, dict) and {"from", "to"} <= set(move) <= {"from", "to", "since"}


def _moved(path: str, old: str, new: str) -> str:
    old, new = old.rstrip("/"), new.rstrip("/")
    if path == old:
        return new
    return new + path[len(old) :] if path.startswith(old + "/") else path


def folder_moves(moves: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return old folder -> new folder, where most of the files that left it went under their own names."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for old, new in moves:
        if posixpath.basename(old) == posixpath.basename(new):
            votes[posixpath.dirname(old)][posixpath.dirname(new)] += 1
    return {folder: counter.most_common(1)[0][0] for folder, counter in votes.items() if _clear(counter)}


def _clear(votes: Counter[str]) -> bool:
    first, *others = votes.most_common(2)
    return not others or first[1] > others[0][1]


def followers(own: Iterable[str], moves: Mapping[str, str], now: Collection[str]) -> dict[str, str]:
    """Return where the team's `own` files go whose folder the template left altogether."""
    inhabited = {posixpath.dirname(path) for path in now}
    vacated = {
        old: new for old, new in folder_moves(moves.items()).items() if old and old not in inhabited and old != new
    }
    found: dict[str, str] = {}
    for path in own:
        folder = posixpath.dirname(path)
        while folder and folder not in vacated:
            folder = posixpath.dirname(folder)
        if folder and not any(place == folder or place.startswith(folder + "/") for place in inhabited):
            found[path] = posixpath.join(vacated[folder], posixpath.relpath(path, folder))
    return found
