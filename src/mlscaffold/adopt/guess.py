"""Find the version and the answers whose rendering is most like the project, in a bounded number of renderings."""

__all__ = ["Guess", "guess"]

from collections.abc import Iterator, Sequence
from typing import Any, Final

from mlscaffold.adopt.trials import Guess, Prefer, Situation, Trial, Trials
from mlscaffold.adopt.versions import spread
from mlscaffold.errors import UserError
from mlscaffold.render import NO_DEFAULT
from mlscaffold.template import Template

_FOR_VERSIONS: Final = 0.6  # the share of all renderings that goes into finding the version
_MOST_CHOICES: Final = 6
_ROUNDS: Final = 2


def guess(template: Template, versions: Sequence[str], situation: Situation) -> Guess:
    """Return the likeliest of `versions` (none: `template` as it is) with the likeliest answers.

    Raises:
        UserError: the template refuses what is given, wants trust, or a question has no answer.
    """
    trials = Trials(template, versions, situation)
    best = _best_version(trials)
    best = _best_answers(trials, best)
    # The answers are known by now, so a version beside it may be closer.
    best = max([best, *_tried(trials, _near(trials, best, 1), _pinned(best))], key=lambda trial: trial.rank)
    return best.guess._replace(renders=trials.renders)


def _best_version(trials: Trials) -> Trial:
    """Return the best of some versions spread over all, then of those near it."""
    room = max(2, int(trials.most * _FOR_VERSIONS))
    many = len(trials.versions) > room
    places = spread(len(trials.versions), max(2, room // 2) if many else room)
    found = list(_tried(trials, places))
    if not found:
        return trials.make(places[0])  # the newest says what is wrong
    best = max(found, key=lambda trial: trial.rank)
    step = places[0] - places[1] if many else 1
    while step > 1:
        step = -(-step // 2)
        best = max([best, *_tried(trials, _near(trials, best, step))], key=lambda trial: trial.rank)
    return best


def _near(trials: Trials, best: Trial, step: int) -> list[int]:
    return [place for place in (best.place - step, best.place + step) if 0 <= place < len(trials.versions)]


def _tried(trials: Trials, places: Sequence[int], prefer: Prefer | None = None) -> Iterator[Trial]:
    for place in places:
        try:
            yield trials.make(place, prefer)
        except UserError:
            continue  # a version that cannot be rendered is none that made the project


def _best_answers(trials: Trials, best: Trial) -> Trial:
    """Change one answer after the other for as long as the rendering comes closer to the project."""
    plain = {name: known.for_a_stranger for name, known in best.known.items()}
    best = _better(trials, best, plain, or_same=True)
    for _round in range(_ROUNDS):
        before = best
        for name in best.asked:
            for value in _alternatives(trials, best, name):
                best = _better(trials, best, _pinned(best) | {name: (value,)})
        if best is before:
            break
    return best


def _better(trials: Trials, best: Trial, prefer: Prefer, *, or_same: bool = False) -> Trial:
    try:
        trial = trials.make(best.place, prefer)
    except UserError:
        return best
    return trial if trial.rank > best.rank or (or_same and trial.rank == best.rank) else best


def _alternatives(trials: Trials, best: Trial, name: str) -> list[Any]:
    """Return what else the question may have been answered with, the template's own default first."""
    question, known = best.asked[name], best.known[name]
    if name in trials.situation.given:
        return []
    switches = [True, False] if question.type == "bool" else [choice.value for choice in question.choices]
    values = switches[: 0 if question.multiselect else _MOST_CHOICES]
    if not best.guess.likeness.perfect:  # else only what brings more files can come closer
        values = [NO_DEFAULT, *known.for_a_descendant, *known.others, *values]
    now = repr(best.guess.answers.values.get(name))
    return [value for value in values if repr(value) != now]


def _pinned(best: Trial) -> dict[str, Sequence[Any]]:
    """Return the answers as they are; a default that nothing speaks for stays free to follow the other answers."""
    values = best.guess.answers.values
    return {name: (values[name],) for name in best.asked if name in values and not _is_free(best, name, values[name])}


def _is_free(best: Trial, name: str, value: Any) -> bool:
    known = best.known[name]
    return value == best.asked[name].default and value not in (*known.for_a_descendant, *known.others)
