"""Where a rendering and a project agree, where they do not, and what could be added without touching anything."""

__all__ = ["Aside", "Compared", "Differing", "compare", "differences"]

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from mlscaffold import git
from mlscaffold.adopt.place import Look
from mlscaffold.adopt.similarity import lines_apart
from mlscaffold.git.history import hash_filtered
from mlscaffold.tree import File, Tree, blob_id


class Differing(NamedTuple):
    """A file that both have, with other content: the team's stays."""

    path: str
    lines: int | None  # how many lines differ; None where there are no lines to count
    why: str = ""  # what differs if it is not the lines


class Aside(NamedTuple):
    """A path that is not added, and the reason."""

    path: str
    reason: str


class Compared(NamedTuple):
    """Every rendered path, but those that are left out, is in exactly one of these."""

    added: tuple[str, ...]
    agree: tuple[str, ...]
    disagree: tuple[Differing, ...]
    kept_out: tuple[Aside, ...]  # the team deleted it
    in_the_way: tuple[Aside, ...]  # something else stands there


def compare(root: Path, rendered: Tree, look: Look, gone: Mapping[str, str], leave_out: Collection[str]) -> Compared:
    """Sort the rendered paths; `gone` maps paths that the project once had to what became of them."""
    paths = [path for path in rendered if path not in leave_out]
    obstacles = {path: reason for path in paths if (reason := _obstacle(root, path, rendered[path], look))}
    there = {path: file for path in paths if path not in obstacles and (file := look(path).file)}
    absent = [path for path in paths if path not in obstacles and path not in there]
    other = [path for path, file in there.items() if file != rendered[path]]
    same = _same_after_filters(root, other, rendered, there)
    return Compared(
        added=tuple(path for path in absent if path not in gone),
        agree=tuple(path for path in there if path not in other or path in same),
        disagree=tuple(_differing(path, rendered[path], there[path]) for path in other if path not in same),
        kept_out=tuple(Aside(path, gone[path]) for path in absent if path in gone),
        in_the_way=tuple(Aside(path, reason) for path, reason in obstacles.items()),
    )


def differences(compared: Compared, rendered: Tree, look: Look) -> str:
    """Return the patch that leads from the template's content of the files in disagreement to the project's."""
    paths = [differing.path for differing in compared.disagree]
    ours = {path: file for path in paths if (file := look(path).file)}
    return git.diff_trees(Tree({path: rendered[path] for path in paths}), Tree(ours), "--patch")


def _obstacle(root: Path, path: str, rendered: File, look: Look) -> str:
    standing = look(path)
    if standing.obstacle:
        return standing.obstacle
    if standing.file is not None:
        return "it is a link" if standing.file.symlink and not rendered.symlink else ""
    folder, _slash, name = path.rpartition("/")
    # Both can stand here, but not where file names have no case: on most other people's machines.
    alike = [entry for entry in _entries(root / folder) if entry != name and entry.casefold() == name.casefold()]
    return f"{alike[0]} differs by case only" if alike else ""


def _entries(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _same_after_filters(root: Path, paths: list[str], rendered: Tree, ours: Mapping[str, File]) -> set[str]:
    plain = [path for path in paths if ours[path].mode == rendered[path].mode and not ours[path].symlink]
    if not plain:
        return set()
    stored = hash_filtered(root, plain)
    named = git.object_format(root)
    return {path for path in stored if stored[path] == blob_id(rendered[path].data, named)}


def _differing(path: str, theirs: File, ours: File) -> Differing:
    if theirs.symlink or ours.symlink:
        return Differing(path, None, "one is a link" if theirs.symlink != ours.symlink else "they link elsewhere")
    if theirs.data == ours.data:
        return Differing(path, 0, "one may be executed")
    lines = lines_apart(theirs.data, ours.data)
    if lines is None:
        return Differing(path, None, "not text")
    return Differing(path, lines, "" if lines else "the order of lines, or their ends")
