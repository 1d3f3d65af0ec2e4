"""What `mlscaffold adopt` decides before it writes: which files would be added, and where the two differ."""

__all__ = ["AdoptPlan", "Found", "find", "plan"]

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from mlscaffold.adopt.candidates import Evidence
from mlscaffold.adopt.compare import Compared, compare
from mlscaffold.adopt.evidence import facts
from mlscaffold.adopt.guess import guess
from mlscaffold.adopt.place import Look, look_at
from mlscaffold.adopt.recorded import recorded_guess
from mlscaffold.adopt.reverse import reader
from mlscaffold.adopt.similarity import Likeness, measure_against
from mlscaffold.adopt.standing import OWN_PATHS, Before, look_before, require_adoptable
from mlscaffold.adopt.trials import Guess, Situation
from mlscaffold.adopt.versions import known_versions
from mlscaffold.adopt.wishes import Wishes
from mlscaffold.errors import UserError
from mlscaffold.git.history import deleted_paths, ignored_paths, known_paths, paths_of_head
from mlscaffold.project.lock import LOCK_PATH
from mlscaffold.project.ownership import ownership
from mlscaffold.project.project import ANSWERS_PATH
from mlscaffold.render import Answers, Ask, Rendering, render, resolve
from mlscaffold.template import Template
from mlscaffold.template.sources import BUILTIN, load_template


class Found(NamedTuple):
    """The likeliest version and answers, before anybody is asked; `before` is what made the project."""

    root: Path
    before: Before
    guess: Guess
    look: Look
    gone: Mapping[str, str]  # paths that the project once had -> what became of them


class AdoptPlan(NamedTuple):
    """An adoption that could be made now; nothing of it is written yet."""

    root: Path
    template: Template
    rendering: Rendering
    owners: Mapping[str, str]  # path -> ownership class
    likeness: Likeness
    compared: Compared
    keeps_answers: bool  # the project has its answers file
    notes: tuple[str, ...]
    look: Look


def find(wishes: Wishes) -> Found:
    """Find the likeliest version and answers.

    Raises:
        UserError: the folder cannot be adopted, the template is not what it should be, or what is given contradicts
            what the project records.
    """
    root = require_adoptable(wishes.target)
    before = look_before(root, template_given=wishes.source is not None)
    look = look_at(root)
    gone = dict.fromkeys(deleted_paths(root), "the team deleted it, so it stays deleted")
    gone |= dict.fromkeys(paths_of_head(root), "in the last commit, but not on disk")
    measure = measure_against(look, gone, leave_out=OWN_PATHS)
    if before.project is not None:
        found = recorded_guess(before.project, wishes, measure)
        return Found(root, before, found, look, gone)
    template = load_template(wishes.source or BUILTIN, wishes.at, prereleases=wishes.prereleases)
    if template.path is not None and template.path.resolve() == root:
        raise UserError(f"{root} is the template itself", hint="give a project's folder")
    versions = [] if wishes.at else known_versions(template, prereleases=wishes.prereleases)
    paths = known_paths(root)
    evidence = Evidence(before.cruft_answers, facts(root, paths, look))
    at = Situation(root.name, evidence, reader(paths, look), measure, wishes.given, wishes.trust)
    return Found(root, before, guess(template, versions, at), look, gone)


def plan(found: Found, wishes: Wishes, *, ask: Ask | None = None) -> AdoptPlan:
    """Decide what adopting would do, without writing anything; `ask` puts questions to a person.

    Raises:
        UserError: an answer is invalid, or the template does not write down its answers.
    """
    template = found.guess.template
    keeps = found.before.project is not None
    answers = found.guess.answers if keeps else _settled(found, wishes, ask)
    rendering = render(template, answers, trust=wishes.trust)
    if not keeps and ANSWERS_PATH not in rendering.tree:
        raise UserError(
            f"{template.source} writes no {ANSWERS_PATH}, so no project can follow it",
            hint="add the file {{_copier_conf.answers_file}}.jinja to the template",
        )
    owner = ownership(template.spec.mlscaffold, rendering.once)
    compared = compare(found.root, rendering.tree, found.look, found.gone, OWN_PATHS)
    ignored = _ignored(found.root, [*compared.added, ANSWERS_PATH, LOCK_PATH])
    return AdoptPlan(
        root=found.root,
        template=template,
        rendering=rendering,
        owners={path: owner(path) for path in rendering.tree},
        likeness=found.guess.likeness,
        compared=compared,
        keeps_answers=keeps,
        notes=tuple(note for note in (template.warning, found.before.note, ignored) if note),
        look=found.look,
    )


def _settled(found: Found, wishes: Wishes, ask: Ask | None) -> Answers:
    """Return the answers that the project is rendered and recorded with."""
    template, guessed = found.guess.template, found.guess.answers
    folder, trust = found.root.name, wishes.trust
    if ask is not None:
        return resolve(template, wishes.given, defaults=guessed.recorded, ask=ask, folder=folder, trust=trust)
    # As the next update reads them, from the answers file; a text that YAML reads otherwise is left as it was guessed.
    try:
        again = resolve(template, {**guessed.recorded, **wishes.given}, folder=folder, trust=trust)
    except UserError:
        return guessed
    return again if again.recorded == guessed.recorded else guessed


def _ignored(root: Path, paths: list[str]) -> str:
    ignored = sorted(ignored_paths(root, paths))
    more = f" and {len(ignored) - 1} more" if ignored[1:] else ""
    return f"git ignores {ignored[0]}{more}: use `git add --force`" if ignored else ""
