"""What sessions of a noxfile.py run, read from its text."""

__all__ = ["sessions"]

import re
from collections.abc import Mapping
from typing import Final

from mlscaffold.check.lazy import expression
from mlscaffold.check.repository import Repository
from mlscaffold.check.targets.facts import Function

_FILE: Final = "noxfile.py"
_NAMED: Final = expression(r"name\s*=\s*[\"']([^\"']+)[\"']")
_DEFAULT: Final = expression(r"options\.sessions\s*=\s*[\[(]([^\])]*)[\])]")
_NOTIFIED: Final = expression(r"\.notify\(\s*[\"']([^\"']+)[\"']")
_DOCSTRING: Final = expression(r'""".*?"""|\'\'\'.*?\'\'\'', re.DOTALL)
_QUOTES: Final = expression(r"[\"',()\[\]]")
# What is installed is not run; what is notified is collected by its name.
_LEFT_OUT: Final = expression(r"\.(?:install|notify)\([^)]*\)")


def sessions(arguments: str, repository: Repository) -> str | None:
    """Return what `nox ARGUMENTS` runs, as text; None where that cannot be told."""
    facts = repository.modules.get(_FILE)
    if facts is None:
        return None
    text = repository.text(_FILE)
    names = _names(arguments, text)
    if not names:
        return _commands(text)
    functions = {one.name: one for one in facts.functions if one.name and "." not in one.name}
    known = _by_session(functions, text.splitlines())
    found: dict[str, str] = {}
    for name in names:
        # `tests-3.12` is the session `tests` under one Python.
        fitting = [function for session, function in known.items() if f"{_same(name)}-".startswith(f"{session}-")]
        if not fitting:
            return None
        for function in fitting:
            _collect(function, functions, known, text.splitlines(), found)
    return "\n".join(found.values())


def _names(arguments: str, text: str) -> list[str]:
    """Return the sessions that are asked for; none stands for all."""
    words = arguments.split(" -- ", maxsplit=1)[0].replace("=", " ").split()
    flags = {"-s", "--session", "--sessions", "-e"}
    starts = [place for place, word in enumerate(words) if word in flags]
    if not starts:
        default = _DEFAULT.search(text)
        others = any(word.startswith(("-t", "--tag", "-k", "--keyword", "-p", "--python")) for word in words)
        return re.findall(r"[\"']([^\"']+)[\"']", default[1]) if default and not others else []
    names: list[str] = []
    for start in starts:
        for word in words[start + 1 :]:
            if word.startswith("-"):
                break
            names.append(word.strip("\"'").partition("(")[0])
    return [] if any("$" in name or "{" in name for name in names) else names


def _by_session(functions: Mapping[str, Function], lines: list[str]) -> dict[str, Function]:
    found = {}
    above = 0
    for function in sorted(functions.values(), key=lambda one: one.line):
        decorators = "\n".join(lines[above : function.line - 1])
        given = _NAMED.search(decorators[decorators.find("@") :]) if "@" in decorators else None
        found[_same(given[1] if given else function.name)] = function
        above = function.end_line
    return found


def _same(name: str) -> str:
    return re.sub("[-_.]+", "-", name)


def _collect(
    function: Function,
    functions: Mapping[str, Function],
    known: Mapping[str, Function],
    lines: list[str],
    found: dict[str, str],
) -> None:
    """Add what a session runs, and what the functions do that it calls."""
    if function.name in found:
        return
    text = "\n".join(lines[function.line - 1 : function.end_line])
    found[function.name] = _commands(text)
    inner = [functions[name] for name in function.calls if name in functions]
    inner += [known[_same(name)] for name in _NOTIFIED.findall(text) if _same(name) in known]
    for one in inner:
        _collect(one, functions, known, lines, found)


def _commands(text: str) -> str:
    return _QUOTES.sub(" ", _LEFT_OUT.sub(" ", _DOCSTRING.sub(" ", text)))
