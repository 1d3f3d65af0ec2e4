"""One update with the real engine: a project at an old version, planned to the target, and the result in memory."""

__all__ = ["Old", "Updated", "update", "updating_from"]

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mlscaffold.authoring.exploring import Explored
from mlscaffold.authoring.workshop import History, make_project
from mlscaffold.git.scratch import scratch
from mlscaffold.project.lock import Lock, lock_for
from mlscaffold.project.ownership import Owner, ownership
from mlscaffold.render import Rendering
from mlscaffold.template import Template
from mlscaffold.tree import File
from mlscaffold.update.plan import UpdatePlan, plan_update
from mlscaffold.update.standing import stand
from mlscaffold.update.wishes import Wishes


class Old(NamedTuple):
    """An old version as a project has it: rendered with the default answers."""

    template: Template
    explored: Explored
    rendering: Rendering

    @property
    def owner(self) -> Owner:
        """The ownership class of each path."""
        return ownership(self.template.spec.mlscaffold, self.rendering.once)

    @property
    def lock(self) -> Lock:
        """The lock of a fresh project."""
        tree, sources, template = self.rendering.tree, self.rendering.sources, self.template
        return lock_for(
            tree, sources, self.owner, template=template.source, version=template.version, commit=template.commit_id
        )


def updating_from(version: str) -> str:
    """Say in a finding where it was seen."""
    return f"updating from {version}"


class Updated(NamedTuple):
    """The plan, and the project as it would be."""

    plan: UpdatePlan
    files: Mapping[str, bytes]  # the bytes of a link are its target


def update(
    place: Path, history: History, old: Old, files: Mapping[str, File], given: Mapping[str, Any], *, trust: bool
) -> Updated:
    """Update a project that holds `files`, made in the folder `place`. Raises `UserError` if it is refused."""
    make_project(place, files, old.lock)
    # For a branch: nothing is written, so the result is the plan's.
    wishes = Wishes(place, to=history.target, source=history.source, given=given, trust=trust, work_tree=False)
    standing = stand(place, work_tree=False)
    with scratch(standing.place) as work:
        plan = plan_update(wishes, work, standing)
        nodes = {**standing.ours, **plan.delta, **plan.record}
        names = {path: node.blob for path, node in nodes.items() if node is not None}
        lacking = set(names.values()) - plan.new.keys()
        data = {**work.blobs(lacking), **plan.new}
    return Updated(plan, {path: data[name] for path, name in names.items()})
