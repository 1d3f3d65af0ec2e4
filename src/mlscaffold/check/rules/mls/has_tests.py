"""MLS002: a package that nothing tests."""

from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mls._packages import package_folders

_MODULES: Final = {f"src/acme/{name}.py": f"def {name}():\n    return 1\n" for name in ("load", "split", "train")}
BAD: Final[tuple[Example, ...]] = ({"src/acme/__init__.py": "", **_MODULES},)
OK: Final[tuple[Example, ...]] = (
    {
        "src/acme/__init__.py": "",
        **_MODULES,
        "tests/test_train.py": "from acme.train import train\n\n\ndef test_training_ends():\n    assert train() == 1\n",
    },
)
_FEWEST: Final = 3  # modules; a smaller package may well be tested by what uses it
_NO_CODE: Final = frozenset({"__init__.py", "__main__.py", "_version.py", "version.py", "conftest.py"})


@rule(
    "MLS002",
    "has-tests",
    on=Repository,
    hint="write tests into tests/, first for what makes features and what decides",
    options={"modules-per-test": 4},
)
def has_tests(repository: Repository, _: None) -> Iterator[Finding]:
    """A package has no tests; for the persona `strict`, or far too few for its size.

    Why: code around a model fails silently: a wrong join still trains and still scores (ML Test Score, infrastructure
    2: model specification code is unit tested). How many are enough may be argued about; persona strict asks for one
    test module for `modules-per-test` modules, or as many test functions as modules.

    How to fix: begin where faults hide: features, splits, metrics, and what the service answers to bad input.
    """
    folders = package_folders(repository)
    source = [path for path in repository.modules if _is_source(repository, path, folders)]
    tests = [path for path in repository.modules if _is_test(repository, path)]
    if len(source) < _FEWEST:
        return
    where = ", ".join(f"{folder}/" for folder in folders)
    if not tests:
        yield Finding(".", 0, f"{where} holds {len(source)} modules and nothing tests them; write tests/test_*.py")
        return
    if repository.settings.persona != "strict":
        return
    functions = sum(_test_functions(repository, path) for path in tests)
    enough = len(source) // max(repository.options("MLS002")["modules-per-test"], 1)
    if len(tests) < enough and functions < len(source):
        told = f"{len(source)} modules, {len(tests)} test module{'s' * (len(tests) != 1)}"
        yield Finding(
            ".", 0, f"{where} has too few tests ({told}, {functions} tests); write {enough - len(tests)} more"
        )


def _is_source(repository: Repository, path: str, folders: list[str]) -> bool:
    name = path.rpartition("/")[2]
    inside = any(path.startswith(f"{folder}/") for folder in folders)
    return (
        inside and name not in _NO_CODE and not _is_test(repository, path) and "tests" not in repository.roles_of(path)
    )


def _is_test(repository: Repository, path: str) -> bool:
    name = path.rpartition("/")[2]
    if name.startswith("test_") or name.endswith("_test.py"):
        return True
    return ("tests" in repository.roles_of(path) or name == "tests.py") and _test_functions(repository, path) > 0


def _test_functions(repository: Repository, path: str) -> int:
    return sum(one.name.rpartition(".")[2].startswith("test") for one in repository.modules[path].functions)
