"""Everything that can be said about a template without making a project of it."""

__all__ = ["check_template"]

import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Final

from mlscaffold.authoring.evolution import check_updates
from mlscaffold.authoring.extension import lint_extension
from mlscaffold.authoring.files import lint_files
from mlscaffold.authoring.finding import Finding, Report, unique
from mlscaffold.authoring.parsing import parse_faults
from mlscaffold.authoring.questions import lint_questions, lint_settings
from mlscaffold.authoring.repeating import lint_repeating
from mlscaffold.authoring.subject import Subject, read_subject
from mlscaffold.authoring.trials import make_trials
from mlscaffold.errors import UserError
from mlscaffold.template import Template
from mlscaffold.template.claims import runs_code

Stage = Callable[[str], AbstractContextManager[None]]
_VERSIONS: Final = 10
_UNANSWERED: Final = frozenset({"no-default", "refused-default", "not-a-choice"})
_CONFIG: Final = re.compile(r"copier\.(?:.*\.)?ya?ml", re.IGNORECASE)


def check_template(source: str, stage: Stage, *, since: tuple[str, ...] = (), trust: bool = False) -> Report:
    """Check the template at `source`.

    Args:
        source: the built-in template, a folder (as it is on disk) or a git address.
        stage: is entered around each step, to show progress.
        since: versions to update from; none are the newest ten.
        trust: whether code of the template may run.

    Raises:
        UserError: it cannot be read, runs code and is not trusted, or has no such version.
    """
    with stage(f"Reading {source}"):
        subject = read_subject(source)
    older = subject.older(since, _VERSIONS)
    try:
        template = subject.template()
    except UserError as problem:
        if not any(_CONFIG.fullmatch(path) for path in subject.files):
            raise  # it is no template at all
        return Report((_unreadable(problem),), ())
    if not trust and (reasons := runs_code(template.spec)):
        what = f"{source} runs code of its own: {', '.join(reasons)}"
        raise UserError(what, hint="if you trust its authors, add --trust")
    return _check(subject, template, older, stage, trust=trust)


def _unreadable(problem: UserError) -> Finding:
    where, mark, what = problem.what.partition(": ")
    where, what = (where, what) if mark else ("copier.yml", problem.what)
    return Finding("unreadable", where, what, problem.hint or "correct it there")


def _check(subject: Subject, template: Template, older: tuple[str, ...], stage: Stage, *, trust: bool) -> Report:
    with stage("Rendering every choice"):
        trials = make_trials(template, trust=trust)
    with stage(f"Looking at {len(trials.all)} renderings"):
        found = [*lint_settings(template.spec, subject.files), *lint_questions(template.spec, trials)]
        found += [
            *lint_extension(template, trials),
            *lint_files(template, trials),
            *trials.findings,
            *parse_faults(trials.all),
        ]
    with stage("Rendering the same again"):
        found += lint_repeating(template, trials, trust=trust)
    without = "" if template.files is subject.files else ", without running its tasks"
    looked_at = [
        *filter(None, [subject.warning]),
        f"{len(trials.all)} rendering{'s' * (len(trials.all) != 1)}{without}",
    ]
    details: list[str] = []
    updates = check_updates(subject, older, trials.base, stage, trust=trust) if trials.base else ()
    for evolution in updates:
        found += evolution.findings
        looked_at.append(evolution.told)
        details += evolution.renames
    return Report(unique(_once(found)), tuple(looked_at), tuple(details))


def _once(found: Iterable[Finding]) -> list[Finding]:
    """Leave out what another finding tells better: of a file that is not text, or a question that is new."""
    found = list(found)
    told = {(finding.rule, finding.where) for finding in found}

    def better(finding: Finding) -> bool:
        match finding.rule:
            case "fails-to-render":
                return ("not-utf8", finding.where) in told
            case rule if rule in _UNANSWERED:
                return ("needs-answer", finding.where) in told
            case "refused":
                return any(rule in _UNANSWERED for rule, _where in told)
            case _:
                return False

    return [finding for finding in found if not better(finding)]
