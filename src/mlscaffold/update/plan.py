"""`UpdatePlan`: everything that an update would do, as a value; nothing in the project is touched to make it."""

__all__ = ["UpdatePlan", "plan_update"]

from collections.abc import Collection, Mapping
from typing import NamedTuple

from mlscaffold.errors import UserError
from mlscaffold.git.listing import Node, changes
from mlscaffold.git.place import Place
from mlscaffold.git.run import GitError
from mlscaffold.git.scratch import Scratch, Stage
from mlscaffold.git.worktree import changed_paths
from mlscaffold.merge.conflicts import Conflict
from mlscaffold.merge.contents import Resolution
from mlscaffold.merge.engine import Outcome, merge
from mlscaffold.merge.labels import Labels
from mlscaffold.project.lock import LOCK_PATH, dump_lock
from mlscaffold.render import Ask
from mlscaffold.template.sources import Newer
from mlscaffold.tree import blob_id
from mlscaffold.update.drawing import Drawing, draw_up
from mlscaffold.update.in_the_way import InTheWay, look
from mlscaffold.update.report import Change, describe, kept, origins
from mlscaffold.update.standing import Standing
from mlscaffold.update.stored import as_the_project_stores
from mlscaffold.update.target import Target, aim, changelog
from mlscaffold.update.wishes import Wishes


class UpdatePlan(NamedTuple):
    """What an update does, and what a person should know of it. Paths are the project's, not the repository's."""

    place: Place
    target: Target
    old_version: str
    new_version: str
    delta: Mapping[str, Node | None]  # path -> what it becomes, None where it goes; conflicts hold marked texts
    record: Mapping[str, Node]  # the lock and the answers file as they will be: written last
    in_place: frozenset[str]  # of `delta`: the file on disk is left as it is, only the index learns of it
    new: Mapping[str, bytes]  # contents that the project's store may lack
    conflicts: tuple[Conflict, ...]
    resolutions: tuple[Resolution, ...]
    changes: tuple[Change, ...]
    missed: Mapping[str, tuple[Node | None, Node]]  # kept paths -> what the template gave there, and gives now
    changelog: tuple[Newer, ...]
    notes: tuple[str, ...]
    partial: bool  # the rest is offered again: the recorded version and answers stay
    dirty: tuple[str, ...]  # paths that the update would write and that are changed, but not committed

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.delta and not self.conflicts and not self.record


def plan_update(
    wishes: Wishes, scratch: Scratch, standing: Standing, ask: Ask | None = None, *, aside: frozenset[str] = frozenset()
) -> UpdatePlan:
    """Decide everything about an update.

    Args:
        wishes: what the user asks.
        scratch: where trees are merged.
        standing: the project as it stands.
        ask: puts a new question to a person; None takes the defaults.
        aside: paths of the template to leave for another time.

    Raises:
        UserError: something that the user can mend; names the next command.
    """
    target = aim(standing, wishes, ask)
    drawing = draw_up(standing, target, wishes, aside)
    here = {node.blob for node in standing.ours.values()}
    lacking = {name: data for name, data in drawing.new.items() if name not in here}
    sides, known = as_the_project_stores(standing.place, scratch, drawing.drawn.sides, lacking)
    labels = _labels(drawing.was.version or standing.project.commit, target.version)
    lines = {path for path, entry in target.lock.files.items() if entry.owner == "lines"}
    outcome = merge(scratch, sides, known, labels, lines=lines.__contains__, resolvers=wishes.resolvers)
    delta = changes(drawing.ours, {**outcome.listing, **_beside(drawing, outcome)})
    way = look(standing.place, delta, standing.ours) if wishes.work_tree else InTheWay({}, frozenset(), {})
    owners = target.lock.files
    seeds = frozenset(path for path in way.there if path in owners and owners[path].owner == "seed")
    conflicts = (*outcome.conflicts, *_refused_by_disk(way, delta, sides.base, seeds))
    merged = _Merged(drawing, outcome, delta, way, seeds, conflicts, {**known, **outcome.new, **way.new})
    plan = _plan(standing, target, merged)
    return plan._replace(dirty=_dirty(plan, scratch)) if wishes.work_tree and not plan.is_empty else plan


class _Merged(NamedTuple):
    """What came of the merge, before it is put in words."""

    drawing: Drawing
    outcome: Outcome
    delta: dict[str, Node | None]
    way: InTheWay
    seeds: frozenset[str]  # of what stands in the way: written once, so the team's already
    conflicts: tuple[Conflict, ...]
    new: dict[str, bytes]


def _dirty(plan: UpdatePlan, scratch: Scratch) -> tuple[str, ...]:
    """Return the paths that would be written and that hold work that is not committed."""
    place = scratch.folder / "dirty"
    place.mkdir()
    touched = {*plan.delta, *plan.record, *(stage.path for conflict in plan.conflicts for stage in conflict.stages)}
    try:
        return tuple(sorted(changed_paths(plan.place, place, plan.place.head_tree) & touched))
    except GitError as problem:
        raise UserError(
            f"git cannot tell what is not committed: {problem}", hint="mend it, then run this again"
        ) from problem


def _labels(old: str, new: str) -> Labels:
    """Return names for the sides that git takes for branches."""

    def name(version: str) -> str:
        plain = "".join(sign if sign.isalnum() or sign in ".-+" else "-" for sign in version)
        return "template-" + plain.replace("..", "-").strip(".").removesuffix(".lock")

    before, now = name(old or "before"), name(new or "now")
    return Labels(before, "yours", now if now != before else f"{now}-with-new-answers")


def _beside(drawing: Drawing, outcome: Outcome) -> dict[str, Node]:
    """Return copies of what the team had made of managed files, under names of their own."""
    overwritten = drawing.drawn.overwritten
    return {
        f"{path}.yours": node for path, node in overwritten.items() if outcome.listing.get(path) not in {node, None}
    }


def _refused_by_disk(
    way: InTheWay, delta: Mapping[str, Node | None], base: Mapping[str, Node], seeds: Collection[str]
) -> list[Conflict]:
    found: list[Conflict] = []
    for path, node in way.there.items():
        theirs = delta[path]
        if path in way.ignored or path in seeds or theirs is None or node == theirs:
            continue
        stages = [Stage(1, path, base[path])] if path in base else []
        stages += [Stage(2, path, node), Stage(3, path, theirs)]
        found.append(Conflict(path, "your file there was never committed: it was left as it is", tuple(stages)))
    return found


def _plan(standing: Standing, target: Target, merged: _Merged) -> UpdatePlan:
    drawing, outcome, delta, way, seeds, conflicts, new = merged
    came = origins(delta, outcome.moves, drawing.drawn.moves)
    for path in way.ignored | seeds:
        node = delta.pop(path)
        if path in came:  # what moves there stays where it is, or the team's edits would be nowhere
            delta[came.pop(path)] = node
    record = _record(standing, target, drawing, new)
    reasons = {path: reason for path in drawing.drawn.held if (reason := standing.keep(path))}
    listed = describe(drawing.ours, delta, outcome, came, conflicts, drawing.drawn.overwritten)
    told = kept(outcome.deleted, (*drawing.drawn.seeds, *sorted(seeds)), reasons, sorted(way.ignored - seeds))
    old = drawing.was.version or standing.project.commit
    version = old if drawing.partial else target.version
    return UpdatePlan(
        place=standing.place,
        target=target,
        old_version=old,
        new_version=target.version,
        delta=delta,
        record=record,
        in_place=frozenset(path for path in way.there if path in delta),
        new=new,
        conflicts=conflicts,
        resolutions=outcome.resolutions,
        changes=(*listed, *told),
        missed=drawing.missed(outcome.deleted),
        changelog=changelog(target.template, old, version),
        notes=target.notes,
        partial=drawing.partial,
        dirty=(),
    )


def _record(standing: Standing, target: Target, drawing: Drawing, new: dict[str, bytes]) -> dict[str, Node]:
    """Return the lock and the answers file, as far as they change; their bytes go to `new`."""
    lock = drawing.lock
    if standing.project.lock == lock._replace(tool=drawing.was.tool):
        lock = standing.project.lock  # a newer mlscaffold alone is no change
    data = {LOCK_PATH: dump_lock(lock)}
    answers = standing.project.answers_path
    if not drawing.partial and answers in target.rendering.tree:
        data[answers] = target.rendering.tree[answers].data
    nodes = {path: Node("100644", blob_id(text, standing.place.object_format)) for path, text in data.items()}
    new |= {nodes[path].blob: text for path, text in data.items()}
    return {path: node for path, node in nodes.items() if standing.ours.get(path) != node}
