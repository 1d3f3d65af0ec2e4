"""The contents of merged files: conflicts resolved by structure, the rest marked, and clean merges that broke found."""

__all__ = ["Resolution", "Texts", "settle_contents"]

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from mlscaffold.git.listing import GITLINK, Listing, Node
from mlscaffold.git.scratch import Scratch, Stage
from mlscaffold.merge.conflicts import BINARY, Conflict
from mlscaffold.merge.labels import Labels, mark_all, name_base
from mlscaffold.merge.resolvers import Resolved, fault_of_merge, merge_lines, resolve_file
from mlscaffold.merge.sides import Sides
from mlscaffold.tree import blob_id

_LINK: Final = "120000"
_LFS: Final = b"version https://git-lfs.github.com/spec/"


class Resolution(NamedTuple):
    """A file that was merged by structure where lines conflict, and what was decided in it."""

    path: str
    notes: tuple[str, ...]


class Texts(NamedTuple):
    """What became of the contents; `listing` holds only paths that changed by it."""

    listing: Mapping[str, Node]
    new: Mapping[str, bytes]
    conflicts: tuple[Conflict, ...]
    resolutions: tuple[Resolution, ...]


def settle_contents(
    scratch: Scratch, sides: Sides, listing: Listing, conflicts: tuple[Conflict, ...], labels: Labels,
    *, lines: Callable[[str], bool], resolvers: bool,
) -> Texts:  # fmt: skip
    """Look into every file that both sides changed. The arguments are those of `merge`."""
    merged = _merged_by_line(sides, listing, {conflict.path for conflict in conflicts})
    suspects = [*conflicts, *(_as_conflict(path, sides) for path in merged)]
    names = {stage.node.blob for suspect in suspects for stage in suspect.stages if stage.node.mode != GITLINK}
    names |= {listing[suspect.path].blob for suspect in suspects if suspect.path in listing}
    sha256 = len(next(iter(names), "")) == _SHA256
    work = _Contents(scratch.blobs(names), listing, labels, lines, sha256=sha256, resolvers=resolvers)
    for conflict in conflicts:
        work.conflict(conflict)
    for suspect in suspects[len(conflicts) :]:
        work.merged(suspect)
    return Texts(work.listing, work.new, tuple(work.conflicts), tuple(work.resolutions))


_SHA256: Final = 64  # hexadecimal digits


def _merged_by_line(sides: Sides, listing: Listing, conflicting: set[str]) -> list[str]:
    return [
        path
        for path, node in listing.items()
        if path not in conflicting
        and node.mode not in {GITLINK, _LINK}
        and path in sides.ours
        and path in sides.theirs
        and node.blob not in {sides.ours[path].blob, sides.theirs[path].blob}
    ]


def _as_conflict(path: str, sides: Sides) -> Conflict:
    nodes = enumerate((sides.base.get(path), sides.ours[path], sides.theirs[path]), start=1)
    return Conflict(path, "", tuple(Stage(number, path, node) for number, node in nodes if node is not None))


class _Contents:
    """What is decided so far."""

    def __init__(
        self,
        data: Mapping[str, bytes],
        listing: Listing,
        labels: Labels,
        lines: Callable[[str], bool],
        *,
        sha256: bool,
        resolvers: bool,
    ) -> None:
        self._data = data
        self._before = listing
        self._labels = labels
        self._lines = lines
        self._format = "sha256" if sha256 else "sha1"
        self._resolvers = resolvers
        self.listing: dict[str, Node] = {}
        self.new: dict[str, bytes] = {}
        self.conflicts: list[Conflict] = []
        self.resolutions: list[Resolution] = []

    def conflict(self, conflict: Conflict) -> None:
        """Resolve a conflict by structure, or leave it marked as git does, with names for the sides."""
        base, ours, theirs = self._contents(conflict)
        if ours is None or theirs is None or not self._is_text(conflict):
            binary = any(side is not None and b"\0" in side for side in (ours, theirs))
            if binary and ours is not None and theirs is not None:
                conflict = conflict._replace(reason=BINARY)
            self.conflicts.append(conflict)
            return
        if ours.startswith(_LFS) or theirs.startswith(_LFS):
            # markers would make a pointer that LFS cannot follow
            self.listing[conflict.path] = conflict.node(2) or self._before[conflict.path]
            self.conflicts.append(conflict._replace(reason="you and the template changed a file that is kept in LFS"))
            return
        resolved = self._resolve(conflict.path, base, ours, theirs)
        if resolved is not None:
            self._accept(conflict.path, resolved)
            return
        node = self._before.get(conflict.path)
        if node is not None:
            self._put(conflict.path, name_base(self._data[node.blob], self._labels))
        self.conflicts.append(conflict)

    def merged(self, suspect: Conflict) -> None:
        """Check a file that git merged without a conflict: what parsed on both sides must parse."""
        path = suspect.path
        base, ours, theirs = self._contents(suspect)
        result = self._data[self._before[path].blob]
        if ours is None or theirs is None:
            return
        if self._lines(path):
            self._put(path, merge_lines(base, ours, theirs).data)
            return
        fault = fault_of_merge(path, base, ours, theirs, result)
        if fault is None:
            return
        resolved = self._resolve(path, base, ours, theirs)
        if resolved is not None:
            self._accept(path, resolved)
            return
        self._put(path, mark_all(base, ours, theirs, self._labels))
        self.conflicts.append(suspect._replace(reason=f"the lines of both sides fit, but together: {fault}"))

    def _accept(self, path: str, resolved: Resolved) -> None:
        self._put(path, resolved.data)
        self.resolutions.append(Resolution(path, resolved.notes))

    def _resolve(self, path: str, base: bytes | None, ours: bytes, theirs: bytes) -> Resolved | None:
        if self._lines(path):
            return merge_lines(base, ours, theirs)
        return resolve_file(path, base, ours, theirs) if self._resolvers else None

    def _contents(self, conflict: Conflict) -> tuple[bytes | None, bytes | None, bytes | None]:
        nodes = [conflict.node(number) for number in (1, 2, 3)]
        base, ours, theirs = (self._data.get(node.blob) if node else None for node in nodes)
        return base, ours, theirs

    def _is_text(self, conflict: Conflict) -> bool:
        nodes = [stage.node for stage in conflict.stages]
        return conflict.path in self._before and not any(
            node.mode in {GITLINK, _LINK} or b"\0" in self._data[node.blob] for node in nodes
        )

    def _put(self, path: str, data: bytes) -> None:
        name = blob_id(data, self._format)
        self.new[name] = data
        self.listing[path] = Node(self._before[path].mode, name)
