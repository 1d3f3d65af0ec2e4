"""Answers that projects of an old version recorded, and that the target does not take any more."""

__all__ = ["lost_answers"]

from collections.abc import Iterator, Mapping
from typing import Any

from mlscaffold.authoring.finding import Finding
from mlscaffold.authoring.questions import question_place
from mlscaffold.authoring.updating import Old, updating_from
from mlscaffold.authoring.variations import variations
from mlscaffold.errors import UserError
from mlscaffold.template import Template
from mlscaffold.update.answers import carry


def lost_answers(
    version: str, old: Old, target: Template, given: Mapping[str, Any], *, trust: bool
) -> Iterator[Finding]:
    """Yield the answers, defaults and other choices, that an update from `version` replaces by the new default."""
    recorded = old.explored.answers.recorded
    others = [change for question in old.explored.asked for change in variations(question)]
    seen = updating_from(version)
    told: set[tuple[str, str]] = set()
    for answers in [dict(recorded), *({**recorded, change.name: change.value} for change in others)]:
        try:
            changed = carry(target, answers, given, ask=None, folder="project", trust=trust).changes.changed
        except UserError:
            continue  # the update is refused, which is a finding of its own
        for name, (was, now) in changed.items():
            key = (name, repr(was))
            if key not in told and not _same(was, now) and not _declared(target, name, was):
                told.add(key)
                what = f"the recorded answer {was!r} is not taken any more, and becomes {now!r}"
                fix = "take it again, or say under `_mlscaffold: retyped` what becomes of it"
                yield Finding("lost-answer", question_place(target.spec, name), what, fix, seen)


def _same(was: Any, now: Any) -> bool:
    """Tell whether an answer is what it was, in another type or order at most."""
    if isinstance(was, list) and isinstance(now, list):
        return sorted(map(str, was)) == sorted(map(str, now))
    return str(was) == str(now)


def _declared(target: Template, name: str, value: Any) -> bool:
    retyped: Any = target.spec.mlscaffold.get("retyped", {})
    mapped = retyped.get(name, {}) if isinstance(retyped, dict) else {}
    return isinstance(mapped, dict) and str(value).lower() in {str(old).lower() for old in mapped}
