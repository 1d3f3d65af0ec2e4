"""BASE: what the template gave the project last time, from the lock and the project's own objects.

The old template is rendered again only for what is not in the object store, and believed only where its id is the
lock's.
"""

__all__ = ["Given", "given"]

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from mlscaffold import git
from mlscaffold.errors import UserError
from mlscaffold.git.listing import Listing, Node
from mlscaffold.git.place import Place
from mlscaffold.project.lock import Lock, lock_for
from mlscaffold.project.ownership import Owner
from mlscaffold.project.project import Project
from mlscaffold.render import Rendering
from mlscaffold.tree import blob_id

RenderOld = Callable[[], tuple[Rendering, Owner]]


class Given(NamedTuple):
    """What the template gave: `lock` in the repository's object format, and the bytes that its store lacks."""

    lock: Lock
    new: Mapping[str, bytes]
    lost: tuple[str, ...]  # paths whose old contents are nowhere: merged without a base

    @property
    def listing(self) -> dict[str, Node]:
        """What the template gave, by name, but for what is lost."""
        lost = set(self.lost)
        return {path: Node(entry.mode, entry.blob) for path, entry in self.lock.files.items() if path not in lost}


def given(project: Project, place: Place, ours: Listing, known: Collection[str], render_old: RenderOld) -> Given:
    """Return what the template gave `project`.

    Args:
        project: the project; one without a lock was made by Copier, and its old version is rendered whole.
        place: where it lies.
        ours: the project's tree.
        known: ids of blobs whose bytes are at hand.
        render_old: renders the recorded version with the recorded answers.

    Raises:
        UserError: there is no lock, and the old version cannot be rendered.
    """
    if project.lock is None:
        return _rendered(project, place, render_old)
    if project.lock.object_format != place.object_format:
        return _converted(project.lock, place, ours, render_old)
    here = {node.blob for node in ours.values()} | set(known)
    wanted = {entry.blob for entry in project.lock.files.values()} - here
    missing = wanted - git.existing(place.top, wanted)
    found = _again(missing, place.object_format, render_old) if missing else {}
    lost = tuple(
        path for path, entry in project.lock.files.items() if entry.blob in missing and entry.blob not in found
    )
    return Given(project.lock, found, lost)


def _rendered(project: Project, place: Place, render_old: RenderOld) -> Given:
    if not project.commit:
        raise UserError(
            f"{project.root} has neither a lock nor a recorded version of its template",
            hint="bring it under the template with `mlscaffold adopt`",
        )
    old, owner = render_old()
    lock = lock_for(
        old.tree,
        old.sources,
        owner,
        template=project.source,
        version=project.commit,
        commit=None,
        object_format=place.object_format,
    )
    return Given(lock, {blob_id(file.data, place.object_format): file.data for file in old.tree.values()}, ())


def _again(missing: Collection[str], object_format: str, render_old: RenderOld) -> dict[str, bytes]:
    """Render the old version for blobs that no store has. Whatever goes wrong there, the update is not refused."""
    try:
        tree = render_old()[0].tree
    except (UserError, git.GitError):
        return {}
    return {name: file.data for file in tree.values() if (name := blob_id(file.data, object_format)) in missing}


def _converted(lock: Lock, place: Place, ours: Listing, render_old: RenderOld) -> Given:
    """Give a lock that was written for another kind of hash the ids of this repository, by way of the bytes."""
    data = git.blobs(place.top, (ours[path].blob for path in lock.files if path in ours))
    bytes_of = {blob_id(text, lock.object_format): text for text in data.values()}
    missing = {entry.blob for entry in lock.files.values()} - set(bytes_of)
    bytes_of |= _again(missing, lock.object_format, render_old) if missing else {}
    names = {old: blob_id(text, place.object_format) for old, text in bytes_of.items()}
    files = {path: entry._replace(blob=names.get(entry.blob, "")) for path, entry in lock.files.items()}
    lost = tuple(path for path, entry in files.items() if not entry.blob)
    new = {names[old]: text for old, text in bytes_of.items()}
    return Given(lock._replace(files=files, object_format=place.object_format), new, lost)
