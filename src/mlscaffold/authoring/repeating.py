"""Whether a template gives the same bytes for the same answers: again, in another process, whatever the clock says."""

__all__ = ["lint_repeating"]

import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mlscaffold.authoring.child import Job, digest
from mlscaffold.authoring.finding import Finding
from mlscaffold.authoring.questions import question_place
from mlscaffold.authoring.trials import Trial, Trials, with_answers
from mlscaffold.errors import UserError
from mlscaffold.render import render, resolve
from mlscaffold.template import Template
from mlscaffold.template.claims import (
    UNPREDICTABLE_FILTERS,
    UNPREDICTABLE_FUNCTIONS,
    UNPREDICTABLE_VARIABLES,
    beyond_native,
)
from mlscaffold.tree import Tree

_SIGN: Final = re.compile(r"(?P<kind>filter|function|name) (?P<name>\S+) in (?P<where>.*)", re.DOTALL)
_BANNED: Final = UNPREDICTABLE_FILTERS | UNPREDICTABLE_FUNCTIONS | UNPREDICTABLE_VARIABLES
_FIX: Final = "take it out; a question's default may use it, for an answer is recorded"
_FIX_UNKNOWN: Final = "find what in it changes from one run to the next, and make it a question"
_OTHER_SEED: Final = "20077"


def lint_repeating(template: Template, trials: Trials, *, trust: bool) -> Iterator[Finding]:
    """Yield the use of clock, chance and machine, and the files that differ between two renderings."""
    clocks = list(_clocks(template, trials))
    yield from clocks
    if trials.base is None:
        return
    # One with the defaults, one with as much as can be rendered at once.
    fullest = max(trials.all, key=lambda trial: len(trial.rendering.tree))
    chosen = [trials.base] if fullest is trials.base else [trials.base, fullest]
    told = {finding.where for finding in clocks}
    for trial, elsewhere in zip(chosen, _elsewhere(template, chosen, trust=trust), strict=True):
        again = _again(template, trial, trust=trust)
        yield from (finding for finding in _differing(template, trial, again, elsewhere) if finding.where not in told)


def _differing(
    template: Template, trial: Trial, again: Mapping[str, str], elsewhere: Mapping[str, str]
) -> Iterator[Finding]:
    here, answers = digest(trial.rendering.tree), with_answers(trial.explored.given)
    if not again or not elsewhere:
        what = "it renders one time and fails another time"
        yield Finding("differs", template.spec.path, what, _FIX_UNKNOWN, answers)
        return
    for path in sorted({*here, *again, *elsewhere}):
        if not here.get(path) == again.get(path) == elsewhere.get(path):
            where = trial.rendering.sources.get(path, path)
            yield Finding("differs", where, f"{path} is rendered with other bytes each time", _FIX_UNKNOWN, answers)


def _clocks(template: Template, trials: Trials) -> Iterator[Finding]:
    for sign in beyond_native(template.spec, template.files):
        found = _SIGN.fullmatch(sign)
        if found and found["name"] in _BANNED:
            kind = found["kind"].replace("name", "variable")
            what = f"the {kind} {found['name']} depends on clock, chance or machine"
            yield Finding("clock-or-chance", found["where"], what, _FIX)
    if trials.explored is None:
        return
    recorded = trials.explored.answers.recorded
    for question in template.spec.questions:
        if question.name in recorded or question.secret or not isinstance(question.default, str):
            continue
        # not recorded, so it is computed anew each time: its default is held to the same as a file
        alone = template.spec._replace(questions=(), exclude=(question.default,))
        for sign in beyond_native(alone, Tree({})):
            if (found := _SIGN.fullmatch(sign)) and found["name"] in _BANNED:
                what = f"it is computed anew each time, and {found['name']} depends on clock, chance or machine"
                yield Finding("clock-or-chance", question_place(template.spec, question.name), what, _FIX)


def _again(template: Template, trial: Trial, *, trust: bool) -> dict[str, str]:
    """Render again in this process; answers that are not recorded are computed anew. Empty if that fails."""
    answers = trial.explored.answers
    try:
        again = resolve(template, answers.recorded, folder=answers.folder, trust=trust)
    except UserError:
        again = answers  # an answer that cannot be given back as it is recorded, as Jinja in YAML
    try:
        return digest(render(template, again, trust=trust).tree)
    except UserError:
        return {}


def _elsewhere(template: Template, chosen: Sequence[Trial], *, trust: bool) -> list[dict[str, str]]:
    """Render again in another process, whose sets have another order; empty where that fails."""
    job = Job(
        source=template.source,
        version=template.version,
        commit=template.commit,
        files={path: tuple(file) for path, file in template.files.items()},
        answers=[tuple(trial.explored.answers) for trial in chosen],
        trust=trust,
    )
    done = subprocess.run(
        [sys.executable, "-m", "mlscaffold.authoring.child"],
        input=pickle.dumps(tuple(job)),
        env={**os.environ, "PYTHONHASHSEED": _OTHER_SEED},
        capture_output=True,
        check=True,
    )
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found
