"""The rules themselves, for `--explain` and `--list`."""

__all__ = ["explained", "known", "listed", "looks_at"]

import json
from collections.abc import Iterator
from typing import Final

from mlscaffold.check import catalogue
from mlscaffold.check.listing import ListingError, root_of
from mlscaffold.check.nearest import nearest
from mlscaffold.check.options import Options
from mlscaffold.check.registry import FAMILIES, Rule, Rules
from mlscaffold.check.reports.description import described
from mlscaffold.check.settings import SettingsError

_LOOKS_AT: Final = {
    "Module": "each Python module",
    "Notebook": "each notebook",
    "Dockerfile": "each Dockerfile",
    "Pipeline": "each pipeline of GitHub, GitLab and Azure",
    "Repository": "the whole repository",
    "Ignores": "comments and settings that ignore findings",
    "Unread": "each file that cannot be read",
}


def known(folder: str) -> Rules:
    """Return our rules and those of the repository that `folder` is in, if it is in one."""
    from mlscaffold.check.given import given

    try:
        root = root_of(folder)
    except ListingError:
        return Rules(catalogue.load())
    return given(root, {})[0]


def looks_at(rule: Rule) -> str:
    """Return what a rule looks at, in words."""
    told = _LOOKS_AT.get(rule.on, f"Python code (`{rule.on}`)")
    only = f", only in {' and '.join(rule.only)}" if rule.only else ""
    return told + only + (f", not in {' and '.join(rule.never)}" if rule.never else "")


def explained(options: Options) -> str:
    """Return all that is to be said about the rule with this code or name.

    Raises:
        SettingsError: there is none.
    """
    word = options.explain
    # Ours are explained even where the settings of the repository are broken.
    rule = _named(word, catalogue.load()) or _named(word, rules := known(options.folder))
    if rule is None:
        told = nearest(word.upper(), rules) or nearest(word, (one.name for one in rules.values()))
        raise SettingsError(f"{word} is no rule{told or '; --list shows all'}")
    return "\n".join(_page(rule)) + "\n"


def _named(word: str, rules: Rules) -> Rule | None:
    return next((one for one in rules.values() if word.upper() == one.code or word == one.name), None)


def _page(rule: Rule) -> Iterator[str]:
    from textwrap import wrap

    told = described(rule)
    family = FAMILIES.get(rule.code[:3], "the team's own")
    yield f"{rule.code} {rule.name} ({family})"
    for label, text in (("", told.title), ("Why: ", told.why), ("How to fix: ", told.how)):
        if text:
            yield from ("", *wrap(label + text, 100))
    fix = f", with a fix ({rule.fix})" if rule.fix else ""
    yield from ("", f"Level: {rule.level}{fix}. Looks at {looks_at(rule)}.")
    if rule.options:
        yield from ("", f"Options, under [tool.mlscaffold.check.rules.{rule.code}]:")
        yield from (f"  {name} = {json.dumps(default)}" for name, default in rule.options.items())


def listed(options: Options) -> str:
    """Return a line for each rule: code, name, level, kind of fix, title."""
    rules = known(options.folder)
    wide = max(len(one.name) for one in rules.values())
    lines: list[str] = []
    family = ""
    for _, one in sorted(rules.items(), key=lambda pair: (pair[0][:3] not in FAMILIES, pair[0])):
        own = FAMILIES.get(one.code[:3], "the team's own")
        if own != family:
            lines += ["", own] if lines else [own]
            family = own
        lines.append(f"  {one.code:8} {one.name:{wide}} {one.level:8} {one.fix or '-':7} {described(one).title}")
    return "\n".join(lines) + "\n"
