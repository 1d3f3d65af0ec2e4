"""Lints of the template's files, and of the paths that they render to."""

__all__ = ["lint_files"]

import re
from collections.abc import Collection, Iterator
from typing import Final
from unicodedata import normalize

import pathspec

from mlscaffold.authoring.finding import Finding
from mlscaffold.authoring.trials import Trial, Trials, with_answers
from mlscaffold.project.project import ANSWERS_PATH
from mlscaffold.template import Spec, Template

_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com[1-9]|lpt[1-9])(\..*)?", re.IGNORECASE)
_FORBIDDEN: Final = re.compile(r'[<>:"|?*\x00-\x1f]')
_TAKES_IN: Final = re.compile(r"(?:include|import|extends|from)\s")


def lint_files(template: Template, trials: Trials) -> Iterator[Finding]:
    """Yield the faults of files and paths."""
    yield from _not_utf8(template)
    if trials.base is None:
        return
    yield from _answers_file(template.spec, trials.base)
    plain = [trial for trial in trials.all if trial.plain]  # a made-up text in a path says nothing of the template
    for trial in plain:
        yield from _unportable(trial)
        yield from _clashes(trial)
    # What failed might have rendered more; and Copier does not always say from what it renders.
    if not trials.findings and all(trial.rendering.sources for trial in trials.all):
        yield from _dead(template, {source for trial in trials.all for source in trial.rendering.sources.values()})


def _root(spec: Spec) -> str:
    root = spec.subdirectory.strip("/").removeprefix("./")
    return f"{root}/" if root not in {"", "."} else ""


def _rendered(template: Template) -> list[str]:
    """Return the files in the subdirectory, but for those that `copier.yml` leaves out whatever is answered."""
    root = _root(template.spec)
    fixed = [pattern for pattern in template.spec.exclude if "{" not in pattern]
    excluded = pathspec.PathSpec.from_lines("gitignore", fixed).match_file
    paths = (path for path in template.files if path.startswith(root))
    return [path for path in paths if not excluded(path.removeprefix(root).removesuffix(template.spec.suffix))]


def _not_utf8(template: Template) -> Iterator[Finding]:
    for path in _rendered(template) if template.spec.suffix else ():
        file = template.files[path]
        if path.endswith(template.spec.suffix) and not file.symlink:
            try:
                file.data.decode()
            except UnicodeDecodeError:
                what = f"it ends with {template.spec.suffix} and is not UTF-8"
                yield Finding("not-utf8", path, what, "save it as UTF-8, or take the suffix off")


def _answers_file(spec: Spec, base: Trial) -> Iterator[Finding]:
    file = base.rendering.tree.get(ANSWERS_PATH)
    if file is None or b"_src_path:" not in file.data:
        what = "no answers file is rendered" if file is None else "the answers file does not say `_src_path`"
        fix = "add `{{_copier_conf.answers_file}}.jinja` that holds `{{ _copier_answers|to_nice_yaml }}`"
        if spec.answers_file != ANSWERS_PATH:
            fix = "take the setting `_answers_file` out: mlscaffold knows a project by this name"
        yield Finding("no-answers-file", ANSWERS_PATH, f"{what}, so no project can be updated", fix)


def _unportable(trial: Trial) -> Iterator[Finding]:
    for path in trial.rendering.tree:
        for part in path.split("/"):
            if _DEVICES.fullmatch(part) or part.endswith((".", " ")) or _FORBIDDEN.search(part):
                where = trial.rendering.sources.get(path, path)
                what = f"{path}: Windows has no file called {part!r}"
                yield Finding("unportable-path", where, what, "rename it", with_answers(trial.explored.given))
                break


def _clashes(trial: Trial) -> Iterator[Finding]:
    """Yield files and folders that are one on a disk that does not tell case (or composed accents) apart."""
    first: dict[str, str] = {}
    for path in trial.rendering.tree:
        parts = path.split("/")
        for count in range(1, len(parts) + 1):
            place = "/".join(parts[:count])
            other = first.setdefault(normalize("NFC", place).casefold(), place)
            if other != place:
                what = f"{other} and {place} are one on a disk that does not tell case apart"
                yield Finding("case-clash", place, what, "rename one of them", with_answers(trial.explored.given))
                break


def _dead(template: Template, used: Collection[str]) -> Iterator[Finding]:
    taken_in = _taken_in(template)
    suffix = template.spec.suffix
    for path in _rendered(template):
        beside = bool(suffix) and path + suffix in template.files  # `name.jinja` takes the place of `name`
        if path not in used and (beside or not any(path in text for text in taken_in)):
            what = f"{path}{suffix} takes its place" if beside else "none of the answers that were tried renders it"
            yield Finding("dead-file", path, what, "take it out, unless a rare answer brings it up", level="warning")


def _taken_in(template: Template) -> list[str]:
    """Return the Jinja of all files that take in others: what stands in it by its path is not dead."""
    texts = (file.data.decode(errors="replace") for file in template.files.values() if not file.symlink)
    return [text for text in texts if "{%" in text and _TAKES_IN.search(text)]
