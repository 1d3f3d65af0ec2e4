"""Lints of `_mlscaffold`, our own setting: what it names must be there."""

__all__ = ["lint_extension"]

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from mlscaffold.authoring.finding import Finding
from mlscaffold.authoring.trials import Trials, with_answers
from mlscaffold.errors import UserError, nearest
from mlscaffold.project.ownership import ownership
from mlscaffold.render import render_moves, render_texts
from mlscaffold.template import Template

_KEYS: Final = ("classes", "moves", "next", "renamed", "retyped", "setup", "table", "verify")
_COMMANDS: Final = ("next", "setup", "verify")


def lint_extension(template: Template, trials: Trials) -> Iterator[Finding]:
    """Yield what is wrong with the template's `_mlscaffold`."""
    said = template.spec.mlscaffold
    for key in said:
        if key not in _KEYS:
            what = f"the key {key!r} is not known{nearest(key, _KEYS)}"
            yield _ill_formed(template, what, "correct its spelling, or take it out")
    paths = {path for trial in trials.all for path in trial.rendering.tree}
    yield from _classes(template, said.get("classes", {}), paths)
    yield from _moves(template, trials, paths)
    yield from _names(template)
    for key in _COMMANDS:
        yield from _commands(template, trials, key, said.get(key, []))


def _place(template: Template) -> str:
    return f"{template.spec.path}, _mlscaffold"


def _ill_formed(template: Template, what: str, fix: str, seen: str = "") -> Finding:
    return Finding("ill-formed", _place(template), what, fix, seen)


def _classes(template: Template, declared: Any, paths: Collection[str]) -> Iterator[Finding]:
    try:
        ownership(template.spec.mlscaffold, ())
    except UserError as problem:
        yield _ill_formed(template, problem.what.rpartition("_mlscaffold: ")[2], "mend it there")
        return
    for name, globs in declared.items():
        for glob in map(str, globs):
            if paths and not any(fnmatchcase(path, glob) for path in paths):
                what = f"classes: {name}: {glob!r} matches no file that is rendered{nearest(glob, paths)}"
                yield Finding("unused-class", _place(template), what, "correct the glob, or take it out")


def _moves(template: Template, trials: Trials, paths: Collection[str]) -> Iterator[Finding]:
    if trials.base is None:
        return
    try:
        declared = render_moves(template, trials.base.rendering.answers)
    except UserError as problem:
        yield _ill_formed(template, problem.what.rpartition("_mlscaffold: ")[2], "mend it there")
        return
    for number, move in enumerate(declared) if paths else ():
        old, new = str(move["from"]).rstrip("/"), str(move["to"]).rstrip("/")
        later = [str(after["from"]).rstrip("/") for after in declared[number + 1 :]]
        if _there(old, paths):
            yield Finding("lost-move", _place(template), f"moves: {old} is still rendered", "take the move out")
        if not _there(new, paths) and not any(_within(new, start) or _within(start, new) for start in later):
            what = f"moves: {old} goes to {new}, which is never rendered{nearest(new, paths)}"
            yield Finding("lost-move", _place(template), what, "correct `to`")


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + "/")


def _there(place: str, paths: Collection[str]) -> bool:
    return any(_within(path, place) for path in paths)


def _names(template: Template) -> Iterator[Finding]:
    """Yield declarations about questions that do not exist."""
    said, names = template.spec.mlscaffold, [question.name for question in template.spec.questions]
    renamed, retyped, table = said.get("renamed", {}), said.get("retyped", {}), said.get("table", {})
    if _is_mapping(renamed, _is_text):
        # a chain of renames ends at a question
        yield from _unknown(template, "renamed", (new for new in renamed.values() if new not in renamed), names)
    else:
        yield _ill_formed(template, "renamed wants a mapping of old to new names", "mend it there")
    if _is_mapping(retyped, lambda values: isinstance(values, dict)):
        yield from _unknown(template, "retyped", retyped, names)
    else:
        yield _ill_formed(template, "retyped wants question: {old value: new value}", "mend it there")
    if table and (not _is_mapping(table, _is_text) or set(table) != {"file", "target", "into"}):
        yield _ill_formed(template, "table wants the keys file, target and into", "mend it there")
    elif table:
        yield from _unknown(template, "table", (table["file"], table["target"]), names)


def _is_mapping(value: Any, good: Callable[[Any], bool]) -> bool:
    return isinstance(value, Mapping) and all(good(inner) for inner in value.values())


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _unknown(template: Template, key: str, found: Iterable[str], names: list[str]) -> Iterator[Finding]:
    for name in found:
        if name not in names:
            what = f"{key}: there is no question {name!r}{nearest(name, names)}"
            yield Finding("unknown-question", _place(template), what, "name a question of this version")


def _commands(template: Template, trials: Trials, key: str, texts: Any) -> Iterator[Finding]:
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        yield _ill_formed(template, f"{key} wants a list of commands", "mend it there")
        return
    for trial in trials.all if texts else ():
        try:
            render_texts(template, trial.explored.answers, texts)
        except UserError as problem:
            what = f"{key} cannot be rendered: {problem.what}"
            yield _ill_formed(template, what, "mend it there", with_answers(trial.explored.given))
