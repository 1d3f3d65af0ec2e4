"""What targets of a Makefile or a justfile run, read from its text."""

__all__ = ["recipe"]

import re
from typing import Final, NamedTuple

from mlscaffold.check.lazy import expression
from mlscaffold.check.repository import Repository

_FILES: Final = {
    "make": ("GNUmakefile", "makefile", "Makefile"),
    "just": ("justfile", "Justfile", ".justfile"),
}
_TARGETS: Final = expression(r"^@?([\w./-][\w./ \t\"'=*+$-]*?)\s*::?(?![=:])([^#]*)")
_ASSIGNED: Final = expression(r"^\s*(?:export\s+)?(\w+)\s*(?:[:?+]*)=\s*(.*)$", re.MULTILINE)
_USED: Final = expression(r"\$[({](\w+)[)}]|\{\{\s*(\w+)\s*\}\}")


class _Rule(NamedTuple):
    needs: list[str]
    lines: list[str]


def recipe(program: str, arguments: str, repository: Repository) -> str | None:
    """Return what `make ARGUMENTS` (or `just`) runs, as text; None where that cannot be told."""
    path = next((path for path in _FILES[program] if path in repository.files), None)
    words = arguments.split()
    if path is None or any(word in {"-C", "-f"} or word.startswith(("--dir", "--file", "$")) for word in words):
        return None
    text = repository.text(path).replace("\\\n", " ")
    rules = _rules(text)
    targets = [word for word in words if not word.startswith("-") and "=" not in word]
    targets = (targets[:1] if program == "just" else targets) or list(rules)[:1]
    found: dict[str, list[str]] = {}
    for target in targets:
        if target not in rules:
            return None
        _collect(target, rules, found)
    return _filled("\n".join(line for lines in found.values() for line in lines), dict(_ASSIGNED.findall(text)))


def _rules(text: str) -> dict[str, _Rule]:
    rules: dict[str, _Rule] = {}
    current: list[_Rule] = []
    for line in text.splitlines():
        if line[:1] in {"\t", " "}:
            for rule in current:
                rule.lines.append(line.strip().lstrip("@-"))
        elif (header := _TARGETS.match(line)) and not line.startswith("."):
            current = []
            needs, _, inline = header[2].partition(";")
            # A recipe of just has its parameters behind its name; they are no targets, and do no harm as such.
            for name in header[1].split():
                rule = rules.setdefault(name, _Rule([], []))
                rule.needs.extend(needs.split())
                rule.lines.append(inline)
                current.append(rule)
    return rules


def _collect(target: str, rules: dict[str, _Rule], found: dict[str, list[str]]) -> None:
    if target in found or target not in rules:
        return
    found[target] = rules[target].lines
    for need in rules[target].needs:
        _collect(need, rules, found)


def _filled(text: str, values: dict[str, str]) -> str:
    """Put variables in their places, once: what they are made of is seldom made of others."""
    values["MAKE"] = "make"
    return _USED.sub(lambda used: values.get(used[1] or used[2], " "), text)
