"""The verdict on one update: what was lost, destroyed, brought back, doubled or broken, and whether it was told.

Most of it is derived from three trees (what the template gave, what it gives now, what lay in the project); the rest
is what the scenario says.
"""

__all__ = ["GOOD", "VERDICTS", "Verdict", "judge"]

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from scenarios.derived import Looks, broken, destroyed, lost_changes, lost_edits, resurrected
from scenarios.lab import Case, Outcome
from scenarios.model import Probe
from scenarios.snapshot import Snapshot, differences

GOOD: Final = ("right", "right-with-conflict")
# From bad to worse, the good ones first.
VERDICTS: Final = (
    *GOOD,
    "needless-conflict",
    "refused",
    "corrupt",
    "duplicate",
    "resurrected",
    "lost-template-change",
    "lost-edit",
    "destroyed",
    "half-done",
    "crash",
)
_CODES: Final = (0, 1, 2)
_ANSWERS: Final = ".copier-answers.yml"


class Verdict(NamedTuple):
    """One of `VERDICTS`, and why."""

    name: str
    why: str = ""


def judge(case: Case, before: Snapshot, after: Snapshot, outcome: Outcome, state: frozenset[str]) -> Verdict:
    """Judge one update; `state` names the tool's own files, which are its own business."""
    if outcome.code not in _CODES or outcome.code == 2:
        return _stopped(case, before, after, outcome)
    if case.scenario.expect.refusal == "must":
        changed = differences(before, after)
        return Verdict("half-done" if changed else "lost-template-change", "it was not refused")
    looks = Looks(case, before, after, outcome, state)
    for name, look in _STEPS:
        for why in look(looks):
            return Verdict(name, why)
    return Verdict("right-with-conflict" if outcome.code else "right")


def _stopped(case: Case, before: Snapshot, after: Snapshot, outcome: Outcome) -> Verdict:
    if changed := differences(before, after):
        return Verdict("half-done", f"stopped, and left changes: {changed[:3]}")
    if outcome.code not in _CODES:
        return Verdict("crash", outcome.said[-400:])
    if case.scenario.expect.refusal == "never":
        return Verdict("refused", outcome.said[-400:])
    return Verdict("right", "refused")


def _probes_missing(looks: Looks, probes: tuple[Probe, ...], what: str) -> Iterator[str]:
    for probe in probes:
        if not looks.found(probe):
            yield f"{what} is not there: {probe.what!r}{f' in {probe.at}' if probe.at else ''}"


def _edits(looks: Looks) -> Iterator[str]:
    anywhere = tuple(Probe(probe.what) for probe in looks.expect.holds)
    yield from _probes_missing(looks, anywhere, "the team's edit")
    yield from lost_edits(looks)


def _misplaced(looks: Looks) -> Iterator[str]:
    yield from _probes_missing(looks, looks.expect.holds, "the team's edit")


def _changes(looks: Looks) -> Iterator[str]:
    gets = tuple(probe for probe in looks.expect.gets if probe.at != _ANSWERS or _ANSWERS in looks.state)
    yield from _probes_missing(looks, gets, "the template's change")
    yield from (f"{path} is still at its old place" for path in _left_behind(looks))
    yield from lost_changes(looks)
    for path in looks.expect.runs:
        if path in looks.after.files and looks.after.files[path].kind != "exec":
            yield f"{path} may not be executed"
    told = looks.outcome.told
    for path in looks.expect.told:
        if told is not None and path not in told | looks.outcome.conflicts:
            yield f"nothing was said about {path}"


def _back(looks: Looks) -> Iterator[str]:
    yield from (f"{path} is back" for path in looks.present(looks.expect.gone))
    yield from resurrected(looks)


def _twice(looks: Looks) -> Iterator[str]:
    yield from (f"{path} is there, and at its new place" for path in _left_behind(looks) if looks.elsewhere(path))
    for text in looks.expect.once:
        count = sum(file.data.count(text.encode()) for path, file in looks.settled())
        if count > 1:
            yield f"{text!r} is there {count} times"


def _left_behind(looks: Looks) -> list[str]:
    return looks.present(looks.expect.moved)


def _conflict(looks: Looks) -> Iterator[str]:
    if looks.outcome.code and looks.expect.conflict == "never":
        yield f"a conflict in {sorted(looks.outcome.conflicts)}"


def _unasked(looks: Looks) -> Iterator[str]:
    if not looks.outcome.code and looks.expect.conflict == "must":
        yield "both sides want something else, and nobody was told"


def _unrecorded(looks: Looks) -> Iterator[str]:
    wanted = f"v{len(looks.case.scenario.versions)}"
    if not looks.outcome.code and looks.outcome.version not in {None, wanted}:
        yield f"it ended well, but records {looks.outcome.version!r} instead of {wanted}"


_STEPS: Final[tuple[tuple[str, Callable[[Looks], Iterator[str]]], ...]] = (
    ("destroyed", destroyed),
    ("lost-edit", _edits),
    ("resurrected", _back),
    ("duplicate", _twice),
    ("lost-template-change", _changes),
    ("lost-edit", _misplaced),
    ("corrupt", broken),
    ("corrupt", _unasked),
    ("half-done", _unrecorded),
    ("needless-conflict", _conflict),
)
