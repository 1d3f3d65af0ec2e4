"""What the native renderer does not claim, so that Copier renders it, and what runs code, so that it needs trust.

A scan of the template finds the common cases before anything is rendered. What only shows while rendering (a filter
named by a variable, a file that is included) is caught there; the tables below serve both.
"""

__all__ = [
    "CONF_KEYS",
    "UNPREDICTABLE_FILTERS",
    "UNPREDICTABLE_FUNCTIONS",
    "UNPREDICTABLE_VARIABLES",
    "beyond_native",
    "runs_code",
]

import re
from collections.abc import Iterator
from typing import Final

from mlscaffold.template.spec import Spec
from mlscaffold.tree import Tree

# Clock, chance, or the machine's disk and environment: the same answers would not give the same bytes.
UNPREDICTABLE_FILTERS: Final = frozenset(
    "ans_random expanduser expandvars fileglob random random_mac realpath relpath "  # noqa: SIM905
    "shuffle strftime".split()
)
UNPREDICTABLE_FUNCTIONS: Final = frozenset({"lipsum", "make_secret", "now"})
UNPREDICTABLE_VARIABLES: Final = frozenset({"_copier_python", "_external_data"})
CONF_KEYS: Final = ("answers_file", "sep")  # of `_copier_conf`; the others describe one run of Copier, or the machine
_ENVOPS: Final = frozenset(
    "block_start_string block_end_string variable_start_string variable_end_string "  # noqa: SIM905
    "comment_start_string comment_end_string line_statement_prefix line_comment_prefix "
    "trim_blocks lstrip_blocks newline_sequence keep_trailing_newline undefined".split()
)
_COPIER: Final = (9, 19)  # the Copier that the native renderer was compared with

_FILTERS, _FUNCTIONS, _VARIABLES = (
    "|".join(sorted(names)) for names in (UNPREDICTABLE_FILTERS, UNPREDICTABLE_FUNCTIONS, UNPREDICTABLE_VARIABLES)
)
_SIGNS: Final = re.compile(
    rf"""(?: \| \s* | \b filter \s+ | \b map \( \s* ['"] ) (?P<filter> {_FILTERS}) \b
    | (?<![.\w]) (?P<function> {_FUNCTIONS}) \s* \(
    | \b (?P<name> {_VARIABLES} | _copier_conf (?! \s*\.\s* (?: {"|".join(CONF_KEYS)}) \b)) \b
    | \A [-+]? \s* (?P<tag> yield) \b""",
    re.VERBOSE,
)


def runs_code(spec: Spec, *, updating: bool = False) -> list[str]:
    """Return what would run code of the template on this machine; migrations only count when a project is updated."""
    found = [f"the Jinja extension {name}" for name in spec.jinja_extensions]
    found += [f"{len(spec.tasks)} task(s)"] if spec.tasks else []
    return [*found, f"{len(spec.migrations)} migration(s)"] if updating and spec.migrations else found


def beyond_native(spec: Spec, files: Tree) -> list[str]:
    """Return the reasons why Copier itself must render this template; none means that the native renderer may."""
    return [*_settings(spec), *_signs(spec, files)]


def _settings(spec: Spec) -> Iterator[str]:
    yield from runs_code(spec)
    if spec.external_data:
        yield "_external_data reads files of the project"
    if spec.includes:
        yield f"!include in {spec.path}"
    for key in spec.unknown:
        yield f"the setting {key} is not known here"
    for question in spec.questions:
        if question.unknown:
            yield f"question {question.name} has {', '.join(question.unknown)}, which is not known here"
    for key in sorted(set(spec.envops) - _ENVOPS):
        yield f"_envops: {key}"
    if _release(spec.min_copier_version) > _COPIER:
        yield f"_min_copier_version: {spec.min_copier_version}"


def _release(version: str) -> tuple[int, ...]:
    """Return the numbers of a version; what is not one sorts last, so that Copier gets to say what is wrong with it."""
    if not version:
        return ()
    found = re.match(r"\s*v?(\d+)(?:\.(\d+))?", version)
    return (int(found[1]), int(found[2] or 0)) if found else (10**9,)


def _signs(spec: Spec, files: Tree) -> Iterator[str]:
    """Look into the Jinja of everything that is rendered. Plain text that only talks about it does not count."""
    jinja = _jinja(spec)
    strings = (*spec.exclude, *spec.skip_if_exists, spec.subdirectory, spec.answers_file)
    for where, text in (*((spec.path, string) for string in strings), *_texts(spec, files)):
        for chunk in jinja.findall(text):
            for sign in _SIGNS.finditer(chunk[0] or chunk[1]):
                yield f"{sign.lastgroup} {sign[sign.lastgroup or 0]} in {where}"


def _texts(spec: Spec, files: Tree) -> Iterator[tuple[str, str]]:
    for path, file in files.items():
        yield path, path
        if path.endswith(spec.suffix):
            # names in Jinja are ASCII, and Latin-1 decodes any bytes
            yield path, file.data.decode("latin-1")


def _jinja(spec: Spec) -> re.Pattern[str]:
    """Match what stands between the template's delimiters."""

    def between(kind: str, start: str, end: str) -> str:
        start, end = (spec.envops.get(f"{kind}_{side}_string", text) for side, text in (("start", start), ("end", end)))
        return f"{re.escape(str(start))}(.*?){re.escape(str(end))}"

    return re.compile(f"{between('variable', '{{', '}}')}|{between('block', '{%', '%}')}", re.DOTALL)
