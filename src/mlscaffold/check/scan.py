"""One file at a time: which rules look at it, what they find, and what the rules on the repository need of it."""

__all__ = ["Scanner", "kind_of"]

import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from mlscaffold.check.cache import Cache, Known
from mlscaffold.check.digest import digest
from mlscaffold.check.findings import Finding
from mlscaffold.check.ignores import ignores_of
from mlscaffold.check.listing import Entry
from mlscaffold.check.places import roles_of
from mlscaffold.check.registry import Rule, Rules
from mlscaffold.check.settings import Settings
from mlscaffold.check.targets.unread import Unread

if TYPE_CHECKING:
    from mlscaffold.check.targets.facts import ModuleFacts

_PRINT_BYTES: Final = 8  # of the name of one kind of facts: other facts have another one
_encoded: Final = json.JSONEncoder(separators=(",", ":")).encode
LARGEST: Final = 5_000_000  # bytes; a larger file of a kind that rules read is told about and not read
_TEXT_SUFFIXES: Final = frozenset(
    ["py", "ipynb", "toml", "yml", "yaml", "json", "md", "cfg", "ini", "sh", "dockerfile", "rst", "txt"]
)


def kind_of(path: str) -> str:
    """Return what a path is read as: "python", "notebook", "dockerfile", "text", or "" for what no rule reads."""
    name = path.rpartition("/")[2].lower()
    suffix = name.rpartition(".")[2] if "." in name else ""
    if suffix == "py":
        return "python"
    if suffix == "ipynb":
        return "notebook"
    if (
        name in {"dockerfile", "containerfile"}
        or suffix == "dockerfile"
        or name.startswith(("dockerfile.", "containerfile."))
    ):
        return "dockerfile"
    return "text" if suffix in _TEXT_SUFFIXES else ""


class Scanner:
    """Reads files through the cache. What it learns of a file is plain data: lists and tables that JSON can hold."""

    def __init__(self, root: str, rules: Rules, settings: Settings, cache: Cache) -> None:
        self._root, self._settings, self._cache = root, settings, cache
        self._by_kind = _by_kind(rules)

    def learned(self, path: str, entry: Entry) -> Known:
        """Return what is known of a file: its findings, ignores and, of a module, facts; read it where it changed."""
        kind = kind_of(path)
        if not kind or entry.symlink:
            return Known({})
        known = self._cache.known(path, entry)
        if known is not None and "findings" in known.light:
            return known
        if entry.size > LARGEST:
            return self._unread(kind, path, f"is larger than {LARGEST // 1_000_000} MB and was not read")
        try:
            data = read(self._root, path)
        except OSError as problem:
            return self._unread(kind, path, f"cannot be read: {problem.strerror}")
        known = self._cache.known_by_content(path, entry, data)
        if "findings" not in known.light:
            self._look(kind, path, data, known)
        return known

    def _unread(self, kind: str, path: str, told: str) -> Known:
        # Other texts are read for comments only; what a rule needs of them is asked for by name.
        found = self._of("Unread", b"", Unread(path, 0, told)) if kind != "text" else ()
        return Known({"findings": [list(one) for one in found]})

    def _look(self, kind: str, path: str, data: bytes, known: Known) -> None:
        """Add to `known` what is in a file."""
        if ignores := [list(one) for one in ignores_of(path, data)]:
            known.light["ignores"] = ignores
        if kind == "text":
            known.light["findings"] = []
            return
        look = {"python": self._python, "notebook": self._notebook, "dockerfile": self._dockerfile}[kind]
        findings, facts = look(path, data)
        known.light["findings"] = [list(one) for one in sorted(set(findings), key=_place)]
        if facts:
            kinds = [_encoded(kind) for kind in facts]
            known.light["prints"] = [digest(kind.encode(), _PRINT_BYTES) for kind in kinds]
            known.keep(facts, f"[{','.join(kinds)}]")

    def _python(self, path: str, data: bytes) -> "tuple[list[Finding], ModuleFacts | None]":
        from mlscaffold.check.targets.facts import facts_of
        from mlscaffold.check.targets.module import Module, UnparsableError

        try:
            module = Module(path, data, roles_of(path, self._settings.places), self._settings.rules)
        except UnparsableError as problem:
            told = f"is no Python that {_python()} reads: {problem}"
            return list(self._of("Unread", data, Unread(path, problem.line, told))), None
        found = list(self._of("Module", data, module, module.roles))
        for kind, rules in self._by_kind.items():
            nodes = module.named(kind)
            for one in _needed(rules, data, module.roles) if nodes else ():
                found += [finding._replace(code=one.code) for node in nodes for finding in one.look(node, module)]
        return found, facts_of(module)

    def _notebook(self, path: str, data: bytes) -> tuple[list[Finding], None]:
        from mlscaffold.check.targets.document import UnreadableError
        from mlscaffold.check.targets.notebook import Notebook

        try:
            notebook = Notebook(path, data, roles_of(path, self._settings.places), self._settings.rules)
        except UnreadableError as problem:
            told = f"is no notebook: {problem}"
            return list(self._of("Unread", data, Unread(path, problem.line, told))), None
        return list(self._of("Notebook", data, notebook, notebook.roles)), None

    def _dockerfile(self, path: str, data: bytes) -> tuple[list[Finding], None]:
        from mlscaffold.check.targets.dockerfile import Dockerfile

        return list(self._of("Dockerfile", data, Dockerfile(path, data, self._settings.rules))), None

    def _of(self, kind: str, data: bytes, target: Any, roles: frozenset[str] = frozenset()) -> Iterator[Finding]:
        for one in _needed(self._by_kind.get(kind, []), data, roles):
            for finding in one.look(target, None):
                yield finding._replace(code=one.code)


def _place(finding: Finding) -> tuple[Any, ...]:
    return finding[:5], finding.code, finding.fix is not None


def _needed(rules: list[Rule], data: bytes, roles: frozenset[str]) -> list[Rule]:
    """Return the rules that can find something in a file; asked once a file, not for each of its nodes."""
    found = []
    for one in rules:
        for needle in (one.needles or (b"",)) if one.looks_in(roles) else ():
            if needle in data:
                found.append(one)
                break
    return found


def read(root: str, path: str) -> bytes:
    """Return the bytes of a regular file. Raises OSError; a pipe or device is never waited for."""
    descriptor = os.open(f"{root}/{path}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb", buffering=0) as file:
        return file.read()


def _by_kind(rules: Rules) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for one in rules.values():
        found.setdefault(one.on, []).append(one)
    return found


def _python() -> str:
    import sys

    return f"Python {sys.version_info.major}.{sys.version_info.minor}"
