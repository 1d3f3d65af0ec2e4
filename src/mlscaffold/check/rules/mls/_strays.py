"""Imports that are found only from one working directory: never where the package is installed."""

__all__ = ["Stray", "strays"]

import sys
from collections.abc import Iterator
from typing import Final, NamedTuple

from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mls._packages import is_distribution

# What may say where a name comes from that the repository does not hold, or put a folder on the path.
_DECLARED: Final = (
    "pyproject.toml", "setup.py", "setup.cfg", "pytest.ini", "tox.ini", "Pipfile", "*requirements*.txt",
    "requirements/*.txt", "requirements*.in", "environment*.yml", "environment*.yaml", "Makefile", "justfile", "*.sh",
    "Dockerfile", ".env*", ".envrc",
)  # fmt: skip


class Stray(NamedTuple):
    """An import statement, the module that it names, and the folder ("" for the root) where that lies."""

    path: str
    line: int
    name: str
    folder: str


def strays(repository: Repository) -> Iterator[Stray]:
    """Yield imports in packages of modules that lie beside them, or at the root beside `src/`.

    Only what is sure: the name is nobody else's, what is imported of it is defined there, the statement always runs,
    and no module changes the path. A module of a folder must itself be imported as part of its package.
    """
    if any(name.startswith("sys.path") for facts in repository.modules.values() for name in facts.attributes):
        return
    imported = {name for facts in repository.modules.values() for name in facts.imports.values()}
    for path, facts in repository.modules.items():
        folder = path.rpartition("/")[0]
        if "tests" in repository.roles_of(path) or not repository.has(f"{folder}/__init__.py"):
            continue
        found = {one.partition(".")[::2] for one in facts.imports.values() if "." in one}
        for name, rest in sorted(found):
            at_root = repository.has(name) or repository.has(f"{name}.py")
            sure = _is_built_from_src(repository, path) if at_root else _is_imported(path, imported)
            place = "" if at_root else folder
            if not sure or not _defines(repository, place, name, rest) or not _is_nobody_elses(repository, name):
                continue
            if line := _line(repository, path, name):
                yield Stray(path, line, name, place)


def _is_built_from_src(repository: Repository, path: str) -> bool:
    """Return whether a module is installed without what lies at the root: `src` must not be a package itself."""
    return path.startswith("src/") and not repository.has("src/__init__.py") and is_distribution(repository)


def _is_imported(path: str, imported: set[str]) -> bool:
    dotted = path.removesuffix(".py").replace("/", ".")
    names = {dotted, dotted.removeprefix("src.")}
    return any(one in names or one.rpartition(".")[0] in names for one in imported)


def _defines(repository: Repository, folder: str, name: str, rest: str) -> bool:
    """Return whether the module `name` in a folder defines what is imported of it."""
    place = f"{folder}/{name}".lstrip("/")
    if f"{place}/{rest.partition('.')[0]}.py" in repository.files:
        return True
    facts = repository.modules.get(f"{place}.py")
    return facts is not None and any(one.name.split(".")[0] == rest for one in facts.functions)


def _is_nobody_elses(repository: Repository, name: str) -> bool:
    if name in sys.stdlib_module_names or repository.has(f"src/{name}") or repository.has(f"src/{name}.py"):
        return False
    words = name.lower().replace("_", "-")
    return not any(
        words in repository.text(path).lower().replace("_", "-") or "pythonpath" in repository.text(path).lower()
        for path in repository.glob(*_DECLARED)
    )


def _line(repository: Repository, path: str, name: str) -> int:
    """Return the line of the statement that imports from `name`, 0 where it does not always run, or is relative."""
    import ast

    from mlscaffold.check.targets.module import Module

    module = Module(path, repository.read(path))
    always = (node for node in module.all(ast.ImportFrom) if module.parent(node) is module.tree and not node.level)
    return next((node.lineno for node in always if str(node.module).partition(".")[0] == name), 0)
