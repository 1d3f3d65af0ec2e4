"""Rendering a template as if it had made the project, to see how close that comes."""

__all__ = ["Guess", "Prefer", "Situation", "Trial", "Trials", "is_slow"]

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from mlscaffold.adopt.candidates import Candidates, Evidence, candidates_for
from mlscaffold.adopt.reverse import Reader
from mlscaffold.adopt.similarity import Likeness, Measure
from mlscaffold.adopt.versions import another
from mlscaffold.errors import UserError
from mlscaffold.render import NO_DEFAULT, Answers, AskedQuestion, Rendering, render, resolve
from mlscaffold.template import Template
from mlscaffold.template.claims import beyond_native

_MOST: Final = 40  # renderings, 10 to 20 ms each
_MOST_SLOW: Final = 6  # half a second each: Copier's own

Prefer = Mapping[str, Sequence[Any]]  # for each question what to answer, the first that it takes


class Situation(NamedTuple):
    """The project to find a template's version and answers for."""

    folder: str  # its name
    evidence: Evidence
    read: Reader
    measure: Measure
    given: Mapping[str, Any] = {}  # answers that are certain
    trust: bool = False


class Guess(NamedTuple):
    """A version with answers, what they render to, and how much that is like the project."""

    template: Template
    answers: Answers
    rendering: Rendering
    likeness: Likeness
    renders: int = 1  # how many it took to find


class Trial(NamedTuple):
    """A guess, with what is needed to find a better one."""

    guess: Guess
    asked: Mapping[str, AskedQuestion]
    known: Mapping[str, Candidates]
    place: int  # in the order of versions

    @property
    def rank(self) -> tuple[tuple[float, int], int]:
        """What the best trial has most of; of equal ones the newest version is the best."""
        return self.guess.likeness.rank, self.place


class _SpentError(UserError):
    """There have been renderings enough."""


class Trials:
    """Makes trials, and keeps them: the same answers are rendered once, and not more often in all than `most`."""

    def __init__(self, template: Template, versions: Sequence[str], situation: Situation) -> None:
        """Take one version of the template and the names of all that may have made the project, oldest first."""
        self.versions: Sequence[str | None] = versions or (None,)
        self.situation = situation
        self.most = _MOST if not is_slow(template) else 1 if template.spec.tasks else _MOST_SLOW
        self.renders = 0
        self._template = template
        self._templates: dict[int, tuple[Template, dict[str, Candidates]]] = {}
        self._guesses: dict[str, Guess] = {}

    def make(self, place: int, prefer: Prefer | None = None) -> Trial:
        """Render the version at `place`; without `prefer` as if the template had made the project.

        Raises:
            UserError: the template or an answer is at fault, or there have been enough renderings.
        """
        template, known = self._version(place)
        wanted = {name: found.for_a_descendant for name, found in known.items()} if prefer is None else prefer
        asked: dict[str, AskedQuestion] = {}
        answers = _resolve(template, self.situation, wanted, asked)
        key = repr((place, sorted(answers.values.items())))
        if key not in self._guesses:
            self._guesses[key] = self._render(template, answers)
        return Trial(self._guesses[key], asked, known, place)

    def _version(self, place: int) -> tuple[Template, dict[str, Candidates]]:
        if place not in self._templates:
            version = self.versions[place]
            template = self._template if version is None else another(self._template, version)
            votes = self.situation.read(template)
            self._templates[place] = template, candidates_for(template.spec, votes, self.situation.evidence)
        return self._templates[place]

    def _render(self, template: Template, answers: Answers) -> Guess:
        if self.renders >= self.most:
            raise _SpentError("there have been renderings enough")
        self.renders += 1
        rendering = render(_without_tasks(template), answers, trust=self.situation.trust)
        return Guess(template, answers, rendering, self.situation.measure(rendering.tree))


def is_slow(template: Template) -> bool:
    """Tell whether only Copier can render the template, tasks aside."""
    return bool(beyond_native(template.spec._replace(tasks=()), template.files))


def _without_tasks(template: Template) -> Template:
    # What tasks do is not compared: they are slow, and may have effects that nobody wants forty times.
    return template if is_slow(template) else template._replace(spec=template.spec._replace(tasks=()))


def _resolve(template: Template, at: Situation, prefer: Prefer, asked: dict[str, AskedQuestion]) -> Answers:
    """Answer each question that would be put to a person; what is computed stays computed."""
    if template.spec.jinja_extensions or template.spec.external_data:  # Copier asks on the terminal, or not at all
        return _resolve_unasked(template, at, prefer)

    def answer(question: AskedQuestion) -> Any:
        asked[question.name] = question
        for value in prefer.get(question.name, ()):
            if value is NO_DEFAULT:
                break
            try:
                return question.check(value)
            except UserError:
                continue
        if question.default is NO_DEFAULT:
            raise UserError(f"question {question.name} needs an answer", hint=f"add --set {question.name}=...")
        return question.check(question.default)

    return resolve(template, at.given, ask=answer, folder=at.folder, trust=at.trust)


def _resolve_unasked(template: Template, at: Situation, prefer: Prefer) -> Answers:
    likely = {name: values[0] for name, values in prefer.items() if values and values[0] is not NO_DEFAULT}
    try:
        return resolve(template, at.given, defaults=likely, folder=at.folder, trust=at.trust)
    except UserError:
        return resolve(template, at.given, folder=at.folder, trust=at.trust)
