"""Rendering a template with many answers: one choice changed at a time, then made-up texts, then pairs of choices."""

__all__ = ["Trial", "Trials", "make_trials", "with_answers"]

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, islice, zip_longest
from typing import Any, Final, NamedTuple

import yaml

from mlscaffold.authoring.exploring import Explored, UnanswerableError, explore
from mlscaffold.authoring.finding import Finding
from mlscaffold.authoring.variations import Variation, texts, variations
from mlscaffold.errors import UserError
from mlscaffold.render import Rendering, render
from mlscaffold.template import Template
from mlscaffold.template.claims import beyond_native

_COPY: Final = re.compile(r"\S*/mlscaffold-\w+/template/")  # where Copier renders, another place each time
_MOST: Final = 60
_MOST_BY_COPIER: Final = 16  # half a second each


class Trial(NamedTuple):
    """One rendering; `plain` if no text in the answers was made up."""

    explored: Explored
    rendering: Rendering
    plain: bool


class Trials(NamedTuple):
    """All renderings that succeeded, and what those that did not are about; `base` has the default answers."""

    explored: Explored | None  # the default answers
    base: Trial | None
    all: tuple[Trial, ...]
    findings: tuple[Finding, ...]


class _Wanted(NamedTuple):
    given: Mapping[str, Any]
    plain: bool


def make_trials(template: Template, *, trust: bool) -> Trials:
    """Render `template` with its defaults and up to sixty other sets of answers."""
    try:
        start = explore(template, {}, trust=trust)
    except UserError as problem:
        return Trials(None, None, (), (_failure(template, {}, problem),))
    most = _MOST_BY_COPIER if beyond_native(template.spec, template.files) else _MOST
    trials: list[Trial] = []
    findings: list[Finding] = []
    for wanted in islice(_unique(_wanted(template, start, trust=trust)), most):
        try:
            explored = explore(template, wanted.given, trust=trust)
            if explored.refused and not wanted.plain and not start.refused:
                continue  # a default that is made from an odd text is refused: that is what validators are for
            trials.append(Trial(explored, render(template, explored.answers, trust=trust), wanted.plain))
        except UserError as problem:
            findings.append(_failure(template, wanted.given, problem))
    base = trials[0] if trials and not trials[0].explored.given else None
    return Trials(start, base, tuple(trials), tuple(findings))


def _wanted(template: Template, start: Explored, *, trust: bool) -> Iterator[_Wanted]:
    yield _Wanted({}, plain=True)
    single = [change for question in start.asked for change in variations(question)] or _static(template, start)
    yield from (_Wanted({change.name: change.value}, plain=True) for change in single)
    yield from _with_table(template)
    yield from _behind(template, start, single, trust=trust)
    rows = zip_longest(*(texts(question) for question in start.asked))
    odd = (change for row in rows for change in row if change is not None)
    yield from (_Wanted({change.name: change.value}, plain=False) for change in odd)
    for one, other in combinations(single, 2):
        if one.name != other.name:
            yield _Wanted({one.name: one.value, other.name: other.value}, plain=True)


def _static(template: Template, start: Explored) -> list[Variation]:
    """Return the choices as `copier.yml` writes them, for a template whose questions only Copier can ask."""
    found: list[Variation] = []
    for question in () if start.asked else template.spec.questions:
        if question.type == "bool" and isinstance(question.default, bool):
            found.append(Variation(question.name, not question.default))
        elif isinstance(question.choices, (list, tuple)) and not question.multiselect:
            plain = [choice for choice in question.choices if isinstance(choice, (str, int, float))]
            found += [Variation(question.name, choice) for choice in plain if choice != question.default]
    return found


def _with_table(template: Template) -> Iterator[_Wanted]:
    match template.spec.mlscaffold.get("table"):
        case {"file": str(file), "target": str(target)} if {file, target} <= {q.name for q in template.spec.questions}:
            yield _Wanted({file: "table.csv", target: "target"}, plain=True)


def _behind(template: Template, start: Explored, single: Iterable[Variation], *, trust: bool) -> Iterator[_Wanted]:
    """Vary the questions that only another answer brings up."""
    known = {question.name for question in start.asked}
    for change in single:
        given = {change.name: change.value}
        try:
            asked = explore(template, given, trust=trust).asked
        except UserError:
            continue  # rendering it tells
        for question in asked:
            if question.name not in known:
                yield from (_Wanted({**given, more.name: more.value}, plain=True) for more in variations(question))


def _unique(wanted: Iterable[_Wanted]) -> Iterator[_Wanted]:
    seen: set[str] = set()
    for one in wanted:
        key = repr(sorted(one.given.items(), key=lambda item: item[0]))
        if key not in seen:
            seen.add(key)
            yield one


def with_answers(given: Mapping[str, Any]) -> str:
    """Say which answers it takes to see a fault; "" for the defaults."""
    if not given:
        return ""
    return f"with {' '.join(f'--set {name}={shlex.quote(_typed(value))}' for name, value in given.items())}"


def _typed(value: Any) -> str:
    return value if isinstance(value, str) else yaml.safe_dump(value, default_flow_style=True).partition("\n")[0]


def _failure(template: Template, given: Mapping[str, Any], problem: UserError) -> Finding:
    if isinstance(problem, UnanswerableError):
        what = "it has no default, and nothing else can be checked without a good answer"
        return Finding("no-default", f"{template.spec.path}, question {problem.name}", what, "give it a `default`")
    said = _COPY.sub("", problem.what)
    where, _, what = said.partition(": ")
    if where.rpartition(":")[0] not in template.files and where != template.spec.path:
        where, what = next((path for path in template.files if said.startswith(path + " ")), template.spec.path), said
    return Finding("fails-to-render", where, what, "mend the template for these answers", with_answers(given))
