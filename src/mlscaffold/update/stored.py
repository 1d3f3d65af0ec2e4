"""What the template gives, in the form in which this project stores it: its line ends, its clean filters.

Else a file that a filter rewrites, or that a team keeps with CRLF, would conflict from the first line to the last.
"""

__all__ = ["as_the_project_stores"]

from collections.abc import Mapping
from typing import Final

from mlscaffold.errors import UserError
from mlscaffold.git.filters import as_stored, filtering, merge_drivers
from mlscaffold.git.listing import Node
from mlscaffold.git.place import Place
from mlscaffold.git.run import GitError
from mlscaffold.git.scratch import Scratch
from mlscaffold.merge.attributes import merge_attributes
from mlscaffold.merge.sides import Sides
from mlscaffold.tree import blob_id

_FILES: Final = frozenset({"100644", "100755"})


def as_the_project_stores(
    place: Place, scratch: Scratch, sides: Sides, new: Mapping[str, bytes]
) -> tuple[Sides, dict[str, bytes]]:
    """Return base and theirs as they would be stored here, and all blobs that the project's store may lack."""
    known = dict(new)
    attributes = {path: node.blob for path, node in sides.ours.items() if path.endswith(".gitattributes")}
    both = [path for path, node in sides.theirs.items() if _both_changed(sides, path, node)]
    wanted = {side[path].blob for side in sides for path in both if path in side} | set(attributes.values())
    known |= scratch.blobs(wanted - known.keys())
    rules = {path: known[name] for path, name in attributes.items()}
    if lines := merge_attributes(rules):
        scratch.attribute(lines, merge_drivers(place) if "merge=" in lines else "")
    if filtering(place, rules):
        return _filtered(place, scratch, sides, known, rules), known
    changed = {path: end for path in both if (end := _line_ends(sides, path, known))}
    base, theirs = dict(sides.base), dict(sides.theirs)
    for path, end in changed.items():
        for side in (base, theirs):
            if path in side:
                data = known[side[path].blob].replace(b"\r\n", b"\n").replace(b"\n", end)
                side[path] = side[path]._replace(blob=blob_id(data, place.object_format))
                known[side[path].blob] = data
    return Sides(base, sides.ours, theirs), known


def _both_changed(sides: Sides, path: str, node: Node) -> bool:
    base, ours = sides.base.get(path), sides.ours.get(path)
    return (
        ours is not None and node.mode in _FILES and ours.mode in _FILES and node not in {base, ours} and ours != base
    )


def _line_ends(sides: Sides, path: str, known: Mapping[str, bytes]) -> bytes | None:
    """Return the line end that the team uses where the template uses another one throughout, else None."""
    team, template = (_one_end(known[side[path].blob]) for side in (sides.ours, sides.theirs))
    return team if team and template and team != template else None


def _one_end(data: bytes) -> bytes | None:
    if b"\0" in data or b"\n" not in data:
        return None
    windows = data.count(b"\r\n")
    return b"\r\n" if windows == data.count(b"\n") else None if windows else b"\n"


def _filtered(
    place: Place, scratch: Scratch, sides: Sides, known: dict[str, bytes], rules: Mapping[str, bytes]
) -> Sides:
    moved = {
        path
        for path, node in sides.theirs.items()
        if node.mode in _FILES and sides.base.get(path) != node and "\n" not in path  # git asks for one path a line
    }
    base, theirs = dict(sides.base), dict(sides.theirs)
    for side in (base, theirs):
        paths = [path for path in moved if path in side and side[path].mode in _FILES]
        known |= scratch.blobs({side[path].blob for path in paths} - known.keys())
        try:
            stored = as_stored(place, scratch, {path: known[side[path].blob] for path in paths}, rules)
        except GitError as problem:
            raise UserError(
                f"a filter of this repository fails: {problem}", hint="mend it, or switch it off"
            ) from problem
        side |= {path: side[path]._replace(blob=name) for path, name in stored.items()}
    return Sides(base, sides.ours, theirs)
