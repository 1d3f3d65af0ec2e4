"""Which values each question of a template may have been answered with, likeliest first."""

__all__ = ["Candidates", "Evidence", "candidates_for"]

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from mlscaffold.adopt.evidence import Role, plain_name, role_of
from mlscaffold.adopt.reverse import Votes
from mlscaffold.template import Question, Spec

_MOST: Final = 4  # of each kind: every candidate may cost a rendering


class Evidence(NamedTuple):
    """What is known of a project before any template is looked at."""

    recorded: Mapping[str, Any]  # answers that another tool wrote down
    facts: Mapping[Role, tuple[str, ...]]


class Candidates(NamedTuple):
    """Values for one question: those that may be taken as they are, and others that only a rendering can speak for."""

    recorded: tuple[Any, ...] = ()  # under this name by another tool
    read: tuple[Any, ...] = ()  # what stands in the project where the template has the answer
    told: tuple[Any, ...] = ()  # what the project says of itself elsewhere
    others: tuple[Any, ...] = ()

    @property
    def for_a_descendant(self) -> tuple[Any, ...]:
        """What to take, in this order, if this very template made the project."""
        return (*self.recorded, *self.read, *self.told)

    @property
    def for_a_stranger(self) -> tuple[Any, ...]:
        """What to take, in this order, if something else did: lines may be like the template's by chance."""
        return (*self.recorded, *self.told, *self.read)


def candidates_for(spec: Spec, votes: Votes, evidence: Evidence) -> dict[str, Candidates]:
    """Return the candidates for each question, given what was read off the project with this template."""
    return {question.name: _candidates(question, spec, votes, evidence) for question in spec.questions}


def _candidates(question: Question, spec: Spec, votes: Votes, evidence: Evidence) -> Candidates:
    name, role = question.name, role_of(question.name)
    written = list(_recorded(name, evidence.recorded))
    seen = [value for value, _count in votes.plain[name].most_common(_MOST)] if name in votes.plain else []
    told = [*_same_role(role, evidence.recorded), *(evidence.facts.get(role, ()) if role else ())]
    others = list(_derived(name, votes))
    for other in spec.questions:  # computed from this one, and seen in the project
        if other.name != name and other.name in votes.plain and _mentions(other.default, name):
            others += _spellings(votes.plain[other.name])
    return Candidates(_first(written), _first(seen), _first(told), _first(others))


def _recorded(name: str, recorded: Mapping[str, Any]) -> Iterable[Any]:
    if name in recorded:
        yield recorded[name]
    yield from (value for key, value in recorded.items() if key != name and plain_name(key) == plain_name(name))


def _same_role(role: Role | None, recorded: Mapping[str, Any]) -> list[Any]:
    return [value for key, value in recorded.items() if role and role_of(key) == role]


def _derived(name: str, votes: Votes) -> list[Any]:
    return _spellings(votes.derived.get(name, {}))


def _spellings(seen: Mapping[Any, int]) -> list[Any]:
    """Return the texts, also as they may have been before a template replaced blanks, dashes or capitals."""
    ordered = sorted(seen, key=lambda value: -seen[value])
    return [
        other
        for value in ordered
        if isinstance(value, str)
        for other in (value, value.replace("_", "-"), value.replace("_", " "), value.lower())
    ]


def _mentions(default: Any, name: str) -> bool:
    return isinstance(default, str) and bool(re.search(rf"\b{re.escape(name)}\b", default))


def _first(values: Iterable[Any]) -> tuple[Any, ...]:
    found: dict[str, Any] = {}
    for value in values:
        found.setdefault(repr(value), value)
    return tuple(found.values())[:_MOST]
