"""Read answers off a project: rendering turned around, line by line and path by path.

`name = "{{ project_name }}"` in a template and `name = "churn"` in the project say what was answered. What is found is
a guess, to be confirmed by rendering; it need not be complete.
"""

__all__ = ["Reader", "Votes", "reader"]

import json
import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from mlscaffold.adopt.patterns import Finder, Marks, finder, marks_of
from mlscaffold.adopt.place import Look
from mlscaffold.template import Template

_LONGEST_LINE: Final = 400
_LARGEST_FILE: Final = 200_000
_MOST_COPIES: Final = 20  # files of the project that one template file is compared with
_JSON: Final = re.compile(r"(\w+)\s*\|\s*(?:to_?json)\b[^|]*")
_WORD: Final = re.compile(r"(?<![.'\"\w])[A-Za-z_]\w*")

Found = tuple[str, Any]  # the expression and the text that stands in its place


class Votes(NamedTuple):
    """For each name in the template's expressions: values that it surely had somewhere, and what was made of it."""

    plain: Mapping[str, Counter[Any]]
    derived: Mapping[str, Counter[Any]]


Reader = Callable[[Template], Votes]


def reader(paths: Collection[str], look: Look) -> Reader:
    """Return a function that reads a template's answers off the project whose files are at `paths`."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        by_name[posixpath.basename(path)].append(path)

    @cache
    def places(source: str, marks: Marks) -> tuple[tuple[str, tuple[Found, ...]], ...]:
        """Return where in the project the template file `source` may have gone, and what its path tells."""
        found = finder(source, marks, within="[^/]")
        if found is None:
            return ((source, ()),) if source in paths else ()
        name = posixpath.basename(source)
        near = by_name[name] if not _has_blanks(name, marks) else [path for same in by_name.values() for path in same]
        matches = ((path, found.pattern.fullmatch(path)) for path in near if path.startswith(found.start))
        return tuple((path, _found(found, match)) for path, match in matches if match)

    @cache
    def contents(data: bytes, path: str, marks: Marks) -> tuple[Found, ...]:
        file = look(path).file
        if file is None or file.symlink or max(len(file.data), len(data)) > _LARGEST_FILE:
            return ()
        return tuple(_in_lines(data.decode(errors="replace"), file.data.decode(errors="replace"), marks))

    def read(template: Template) -> Votes:
        marks, suffix = marks_of(template.spec), template.spec.suffix
        told: list[Found] = []
        for source, file in _sources(template):
            target = source.removesuffix(suffix) if suffix else source
            at = places(target, marks)
            for path, found in at[:_MOST_COPIES]:
                told += found
                if source.endswith(suffix) and not file.symlink:
                    told += contents(file.data, path, marks)
        return _count(told)

    return read


def _sources(template: Template) -> Iterator[tuple[str, Any]]:
    root = posixpath.normpath(template.spec.subdirectory or ".")
    prefix = "" if root == "." else root + "/"
    for path, file in template.files.items():
        if path.startswith(prefix):
            yield path.removeprefix(prefix), file


def _has_blanks(text: str, marks: Marks) -> bool:
    return marks.expression[0] in text or marks.tag[0] in text


def _found(found: Finder, match: re.Match[str]) -> tuple[Found, ...]:
    return tuple(
        (expression, text)
        for expression, text in zip(found.expressions, match.groups(), strict=True)
        if text is not None
    )


def _in_lines(theirs: str, ours: str, marks: Marks) -> Iterator[Found]:
    template_lines = theirs.splitlines()
    lines = [line for line in ours.splitlines() if len(line) <= _LONGEST_LINE]
    alone = len(template_lines) == 1 == len(lines)
    for text in template_lines:
        if not _has_blanks(text, marks):
            continue
        found = finder(text, marks, bare=alone)
        if found is None:
            continue
        for line in lines:
            if line.startswith(found.start) and (match := found.pattern.fullmatch(line)):
                yield from _found(found, match)


def _count(told: Iterable[Found]) -> Votes:
    plain: dict[str, Counter[Any]] = defaultdict(Counter)
    derived: dict[str, Counter[Any]] = defaultdict(Counter)
    for expression, text in told:
        if expression.isidentifier():
            plain[expression][text] += 1
        elif as_json := _JSON.fullmatch(expression):
            value = _from_json(text)
            if value is not None:
                plain[as_json[1]][value] += 1
        else:
            for name in set(_WORD.findall(expression)):
                derived[name][text] += 1
    return Votes(plain, derived)


def _from_json(text: str) -> str | int | float | bool | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, (str, int, float)) else None
