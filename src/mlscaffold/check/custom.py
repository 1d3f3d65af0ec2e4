"""Rules in words: tables under `[tool.mlscaffold.check.custom]`, made into rules like ours."""

__all__ = ["custom_rules"]

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.patterns import fits_any
from mlscaffold.check.registry import Rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.searching import Key, key_from, lines_of, regex_from, value_of
from mlscaffold.check.settings import SettingsError
from mlscaffold.check.targets.module import Module

_Look = Callable[[Repository], Iterator[Finding]]

_IN_FILES: Final = frozenset({"file-must-contain", "file-must-not-contain", "toml-key", "yaml-key"})
_IN_CODE: Final = frozenset({"forbid-import", "forbid-call"})
_KINDS: Final = frozenset({"require-file", "forbid-file"}) | _IN_FILES | _IN_CODE


def custom_rules(tables: Mapping[str, Mapping[str, Any]], where: str) -> Iterator[Rule]:
    """Yield the rule that each table declares; they fit the schema already.

    Raises:
        SettingsError: a table asks for nothing, for what does not go together, or holds no regular expression or key.
    """
    for code, table in tables.items():
        at = f"{where}: custom.{code}"
        kinds = sorted(kind for kind in _KINDS if table.get(kind))
        if told := _fault(table, kinds):
            raise SettingsError(f"{at} {told}")
        in_code = kinds[0] in _IN_CODE
        message = " ".join(table["message"].split())
        looks = [] if in_code else [_look(kind, table, message, at) for kind in kinds]
        why = " ".join(table.get("why", "").split())
        yield Rule(
            code=code,
            name=table.get("name", kinds[0]),
            on="Module" if in_code else "Repository",
            look=_in_code(table, message) if in_code else _together(looks),
            hint=why or f"a rule of this team: custom.{code} in its settings",
            level=table.get("level", "default"),
            fix="",
            needles=_needles(table) if in_code else (),
            options={},
            doc=f"{message}\n\n{f'Why: {why}' if why else ''}",
            module=where,
        )


def _fault(table: Mapping[str, Any], kinds: Sequence[str]) -> str:
    if not kinds:
        return f"asks for nothing; give it one of {', '.join(sorted(_KINDS))}"
    if any(not item.strip() for key in [*kinds, "files"] for item in table.get(key, ())):
        return "holds an empty text"
    if not table["message"].strip():
        return "has an empty message; say what is wrong and what to do"
    if _IN_CODE.intersection(kinds) and not _IN_CODE.issuperset(kinds):
        return "asks for files and forbids code; make it two rules"
    if _IN_FILES.intersection(kinds) and not table.get("files"):
        return f"does not say in which files; give it files = [...] beside {kinds[0]}"
    return ""


def _together(looks: Sequence[_Look]) -> Callable[[Repository, None], Iterator[Finding]]:
    def look(repository: Repository, _: None) -> Iterator[Finding]:
        for one in looks:
            yield from one(repository)

    return look


def _look(kind: str, table: Mapping[str, Any], message: str, at: str) -> _Look:
    wanted, files = table[kind], table.get("files", ())
    if kind == "require-file":
        return lambda repository: _required(repository, wanted, message)
    if kind == "forbid-file":
        return lambda repository: (Finding(path, 0, message) for path in repository.glob(*wanted))
    if kind in {"toml-key", "yaml-key"}:
        keys = [key_from(text, f"{at}.{kind}") for text in wanted]
        return lambda repository: _keys(repository, files, keys, message, kind[:4])
    patterns = [regex_from(text, f"{at}.{kind}") for text in wanted]
    search = _present if kind == "file-must-contain" else _absent
    return lambda repository: search(repository, files, patterns, message)


def _required(repository: Repository, patterns: Sequence[str], message: str) -> Iterator[Finding]:
    if not repository.glob(*patterns):
        yield Finding(".", 0, f"{message} (missing: {' or '.join(patterns)})")


def _present(
    repository: Repository, files: Sequence[str], patterns: Sequence[re.Pattern[str]], message: str
) -> Iterator[Finding]:
    for path in repository.glob(*files):
        lines = lines_of(repository, path)
        for pattern in patterns:
            if lines is not None and not any(map(pattern.search, lines)):
                yield Finding(path, 0, f"{message} (no line fits {pattern.pattern!r})")


def _absent(
    repository: Repository, files: Sequence[str], patterns: Sequence[re.Pattern[str]], message: str
) -> Iterator[Finding]:
    for path in repository.glob(*files):
        for number, line in enumerate(lines_of(repository, path) or (), 1):
            if any(pattern.search(line) for pattern in patterns):
                yield Finding(path, number, message)


def _keys(
    repository: Repository, files: Sequence[str], keys: Sequence[Key], message: str, form: str
) -> Iterator[Finding]:
    for path in repository.glob(*files):
        document = value_of(repository, path, form)
        for key in keys:
            if document and (told := key.fault(document[0])):
                yield Finding(path, repository.line_of(path, *key.path), f"{message} ({told})")


def _needles(table: Mapping[str, Any]) -> tuple[bytes, ...]:
    modules = (name.split(".")[0] for name in table.get("forbid-import", ()))
    functions = (name.rpartition(".")[2] for name in table.get("forbid-call", ()))
    return tuple(name.encode() for name in (*modules, *functions))


def _in_code(table: Mapping[str, Any], message: str) -> Callable[[Module, None], Iterator[Finding]]:
    files, modules, functions = (tuple(table.get(key, ())) for key in ("files", "forbid-import", "forbid-call"))

    def look(module: Module, _: None) -> Iterator[Finding]:
        if files and not fits_any(module.path, files):
            return
        for node, names in _imports(module) if modules else ():
            if any(f"{name}.".startswith(f"{forbidden}.") for name in names for forbidden in modules):
                yield module.at(node, message)
        for call in module.all(ast.Call) if functions else ():
            name = module.qualified(call.func)
            if any(name == one or (one.startswith(".") and name.endswith(one)) for one in functions):
                yield module.at(call, message)

    return look


def _imports(module: Module) -> Iterator[tuple[ast.stmt, list[str]]]:
    for plain in module.all(ast.Import):
        yield plain, [alias.name for alias in plain.names]
    for origin in module.all(ast.ImportFrom):
        if origin.level and module.path.rpartition("/")[0] in {"", "src"}:
            continue  # relative to nothing
        # What a relative import means is the module's to say; the same local name may be bound twice otherwise.
        local = module.names if origin.level else {}
        absolute = origin.module or ""
        yield origin, [local.get(alias.asname or alias.name, f"{absolute}.{alias.name}") for alias in origin.names]
