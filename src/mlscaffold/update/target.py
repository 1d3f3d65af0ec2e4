"""Where an update goes: the wanted version of the template, and what it gives with the project's answers."""

__all__ = ["Target", "aim"]

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from mlscaffold.project.lock import Lock, lock_for
from mlscaffold.project.ownership import Owner, ownership
from mlscaffold.project.project import Project
from mlscaffold.render import Ask, Rendering, render, resolve
from mlscaffold.template import Template
from mlscaffold.template.sources import Newer, load_template, versions_of
from mlscaffold.update.answers import AnswerChanges, carry
from mlscaffold.update.standing import Standing
from mlscaffold.update.wishes import CURRENT, Wishes


class Target(NamedTuple):
    """The wanted version, rendered."""

    template: Template
    rendering: Rendering
    lock: Lock  # what the project's lock will be
    new: Mapping[str, bytes]  # id -> bytes of all that it gives
    answers: AnswerChanges
    notes: tuple[str, ...]

    @property
    def version(self) -> str:
        """The version as the user knows it ("" for a plain folder)."""
        return self.template.version or self.template.commit or ""


def aim(standing: Standing, wishes: Wishes, ask: Ask | None) -> Target:
    """Load the wanted version and render it.

    Raises:
        UserError: it cannot be reached, there is no such version, an answer is missing or invalid, or it is at fault.
    """
    project = standing.project
    template = load_wanted(project, wishes)
    folder = project.root.name
    carried = carry(template, project.answers, wishes.given, ask=ask, folder=folder, trust=wishes.trust)
    rendering = render(template, carried.answers, trust=wishes.trust)
    owner = ownership(template.spec.mlscaffold, rendering.once)
    object_format = standing.place.object_format
    lock = lock_for(
        rendering.tree, rendering.sources, owner, template=template.source, version=template.version,
        commit=template.commit_id, object_format=object_format,
    )  # fmt: skip
    new = {lock.files[path].blob: file.data for path, file in rendering.tree.items()}
    notes = tuple(text for text in (template.warning, *carried.notes) if text)
    return Target(template, rendering, lock, new, carried.changes, notes)


def load_wanted(project: Project, wishes: Wishes) -> Template:
    """Return the template at the wanted version: the newest, but never an older one than the project's unasked."""
    source = wishes.source or source_of(project)
    if wishes.to == CURRENT:
        return load_current(project)
    template = load_template(source, wishes.to, prereleases=wishes.prereleases)
    if wishes.to or wishes.source or not template.version or template.version == project.version:
        return template
    from mlscaffold.template.versions import is_newer  # 10 ms that an update to the same version does not pay

    return load_current(project) if is_newer(project.version, than=template.version) else template


def load_current(project: Project) -> Template:
    """Return the template at the version that the project stands at. Raises `UserError` if it cannot be had."""
    at = project.lock.commit if project.lock and project.lock.commit else project.version
    template = load_template(source_of(project), at or None, refresh=False)
    if template.version is None and project.lock and project.lock.version and template.commit_id == project.lock.commit:
        return template._replace(version=project.lock.version)
    return template


def source_of(project: Project) -> str:
    """Return where the project's template is; a relative folder is meant from the project."""
    beside = project.root / Path(project.source).expanduser()
    return str(beside.resolve()) if project.source.startswith(".") and beside.is_dir() else project.source


def render_current(project: Project, *, trust: bool) -> tuple[Rendering, Owner]:
    """Render the version that the project stands at with its recorded answers; also say who owns what there.

    Raises:
        UserError: it cannot be had, or not be rendered any more.
    """
    template = load_current(project)
    answers = resolve(template, {}, defaults=project.answers, folder=project.root.name, trust=trust)
    rendering = render(template, answers, trust=trust)
    return rendering, ownership(template.spec.mlscaffold, rendering.once)


def changelog(template: Template, old: str, new: str) -> tuple[Newer, ...]:
    """Return the versions after `old` up to `new` with their changes, oldest first; none where they are no versions."""
    if not old or not new or old == new:
        return ()
    from mlscaffold.template.versions import is_newer, newer

    known = {entry.version: entry for entry in versions_of(template)}
    after = newer(known, old, prereleases=True)
    return tuple(known[version] for version in after if not is_newer(version, than=new))
