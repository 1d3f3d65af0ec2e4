"""MLP603: what a repository has to check a change with runs before the change is merged."""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mlscaffold.check.findings import Finding
from mlscaffold.check.pipelines.hooks import hooks_of
from mlscaffold.check.pipelines.model import texts
from mlscaffold.check.pipelines.reading import pipelines_of
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlp._tiers import CHANGE, listed, tier
from mlscaffold.check.rules.mlp._where import other_services
from mlscaffold.check.targets.facts import ModuleFacts

_JOB: Final = "on: pull_request\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n      - run: uv sync\n"
_FILES: Final = {
    "src/acme/features.py": "def ratio(a, b):\n    return a / b\n",
    "tests/test_features.py": "def test_ratio():\n    pass\n",
    "pyproject.toml": "[tool.ruff]\nline-length = 120\n\n[tool.mypy]\nstrict = true\n",
}
BAD: Final[tuple[Example, ...]] = (
    {**_FILES, ".github/workflows/ci.yml": f"{_JOB}      - run: uv run ruff check\n      - run: uv run mypy\n"},
)
OK: Final[tuple[Example, ...]] = (
    {
        **_FILES,
        ".github/workflows/ci.yml": f"{_JOB}      - run: uv run ruff check\n      - run: uv run mypy\n"
        "      - run: uv run pytest\n",
    },
)


class _Gate(NamedTuple):
    what: str
    runs: str  # a pattern; compiled where it is needed, which is not in every run
    example: str
    files: tuple[str, ...]
    sections: tuple[str, ...]


_LINT: Final = _Gate(
    "linter",
    r"(?i)\b(?:ruff|flake8|pylint|pylama|pycodestyle|prospector|pre-commit|prek|super-linter|megalinter|trunk)\b"
    r"|\bmlscaffold check\b",
    "ruff check",
    ("ruff.toml", ".ruff.toml", ".flake8", ".pylintrc"),
    ("ruff", "flake8", "pylint"),
)
_TYPES: Final = _Gate(
    "type checker",
    r"\b(?:d?mypy|(?:based)?pyright|ty check|pyre|pyrefly|pytype|zuban)\b|\bty-check\b",
    "mypy",
    ("mypy.ini", ".mypy.ini", "pyrightconfig.json", "ty.toml", "pyrefly.toml", ".pyre_configuration"),
    ("mypy", "pyright", "basedpyright", "ty", "pyrefly"),
)
_TESTS: Final = _Gate(
    "tests",
    r"\b(?:pytest|py\.test|unittest|nosetests|nose2?|behave|stestr|doctest|xdoctest|trial|ward|testmon|"
    r"coverage run|manage\.py test|runtests|run_tests?|test_\w+\.py)\b|\btests?/",
    "pytest",
    (),
    (),
)


@rule("MLP603", "pr-gates", on=Repository, hint="run linter, type checker and tests in the pipeline of pull requests")
def pr_gates(repository: Repository, _: None) -> Iterator[Finding]:
    """Pull requests are not checked with the tests, the linter or the type checker that the repository has.

    Persona strict asks for all three, whether they are set up or not. Commands are followed into scripts, hooks, nox,
    make, just and tox; where one leads to what cannot be read, nothing is said. A linter or type checker that is among
    the hooks counts as run on GitHub, where a service may do it (pre-commit.ci); persona strict wants to see it.

    Why: what nobody runs before a merge is broken on main, and found by whoever comes next. mllint asks for it as
    `ci/use`; so does ML Test Score for the tests of data and features (data 7).

    How to fix: run the tool in a job that pull requests start.
    """
    pipelines = pipelines_of(repository)
    jobs = tier(pipelines, CHANGE)
    if not jobs or any(one.opaque for one in pipelines) or any(job.opaque for _, job in jobs):
        return
    if other_services(repository) or not repository.modules:
        return
    from mlscaffold.check.pipelines.wrappers import follow  # few runs come this far

    seen = follow("\n".join(job.commands for _, job in jobs), repository)
    missing = [gate for gate in _wanted(repository) if not re.search(gate.runs, seen.text)]
    if missing and seen.known:
        names, commands = listed([f"the {gate.what}" for gate in missing]), ", ".join(gate.example for gate in missing)
        yield Finding(jobs[0][0].path, 0, f"pull requests do not run {names}; add a job that does ({commands})")


def _wanted(repository: Repository) -> Iterator[_Gate]:
    strict = repository.settings.persona == "strict"
    hooks = hooks_of(repository)[1]
    for gate in (_LINT, _TYPES):
        hooked = re.search(gate.runs, "\n".join(texts(hooks))) is not None
        service = hooked and (not strict or "ci" in hooks)
        if not service and (strict or _configured(repository, gate)):
            yield gate
    if strict or any(_tests(path, facts, repository) for path, facts in repository.modules.items()):
        yield _TESTS


def _configured(repository: Repository, gate: _Gate) -> bool:
    tool: dict[str, Any] = repository.table("pyproject.toml", "tool")
    setup = repository.text("setup.cfg") if "setup.cfg" in repository.files else ""
    sections = {line.strip("[] ").partition(":")[0] for line in setup.splitlines() if line.startswith("[")}
    return any(path in repository.files for path in gate.files) or any(
        name in tool or name in sections for name in gate.sections
    )


def _tests(path: str, facts: ModuleFacts, repository: Repository) -> bool:
    # A script called test_net.py may as well be one that evaluates.
    named = (function.name.rpartition(".")[2].startswith("test_") for function in facts.functions)
    return "tests" in repository.roles_of(path) and any(named)
