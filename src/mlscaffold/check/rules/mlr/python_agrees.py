"""MLR202: one project, one Python."""

import re
from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Edit, Finding, Fix
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlr._claims import Claim, in_containers, in_pipelines, in_settings, projects
from mlscaffold.check.rules.mlr._versions import Version, allows, lowest, version_of

_PROJECT: Final = '[project]\nname = "acme"\nrequires-python = ">=3.11"\n\n'
BAD: Final[tuple[Example, ...]] = (
    {"pyproject.toml": _PROJECT + '[tool.ruff]\ntarget-version = "py313"\n'},
    {"pyproject.toml": _PROJECT, "Dockerfile": "FROM python:3.10-slim\n"},
    {
        "pyproject.toml": _PROJECT,
        ".github/workflows/tests.yml": "on: push\njobs:\n  tests:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - uses: actions/setup-python@v5\n        with: {python-version: 3.10}\n",
    },
)
OK: Final[tuple[Example, ...]] = (
    {"pyproject.toml": _PROJECT + '[tool.ruff]\ntarget-version = "py311"\n', ".python-version": "3.12\n"},
    {"pyproject.toml": _PROJECT, "Dockerfile": "FROM python:3.12-slim\n"},
)


@rule(
    "MLR202",
    "python-agrees",
    on=Repository,
    fix="safe",
    hint="let requires-python, .python-version, linters, pipelines and images name Pythons that agree",
)
def python_agrees(repository: Repository, _: None) -> Iterator[Finding]:
    """A file names a Python that `requires-python` rules out.

    Why: where laptop, pipeline and image run different Pythons, what was tested is not what serves. It looks at
    `.python-version`, classifiers, mypy, pyright, ty and ruff, conda environments, base images, and what pipelines set
    up. `python-version: 3.10` without quotes is Python 3.1: YAML reads a number.

    How to fix: decide on the versions in `requires-python`, and bring the others in line. The settings of ruff and mypy
    are mended by `--fix`.
    """
    folders = projects(repository)
    for folder in folders:
        spec = _spec(repository, folder + "pyproject.toml")
        if not spec:
            continue
        claims = [*in_settings(repository, folder), *in_containers(repository, folder)]
        if folders == [""]:  # of several projects, nobody knows which one a pipeline is about
            claims += in_pipelines(repository)
        for claim in claims:
            version = version_of(claim.version)
            if version and not allows(spec, version):
                yield _told(repository, claim, spec)
        yield from _ruff(repository, folder, lowest(spec))


def _spec(repository: Repository, path: str) -> str:
    given = repository.table(path, "project").get("requires-python")
    given = given or repository.table(path, "tool", "poetry", "dependencies").get("python")
    return given if isinstance(given, str) else ""


def _told(repository: Repository, claim: Claim, spec: str) -> Finding:
    line = claim.line or repository.line_of(claim.path, *claim.keys)
    if claim.version == "3.1":
        return Finding(claim.path, line, f'{claim.who} is a number, and so not Python 3.10; write "3.10", in quotes')
    fix = None
    if "mypy" in claim.keys and (least := lowest(spec)):
        fix = _replaced(repository, claim.path, line, claim.version, ".".join(map(str, least)))
    told = f"{claim.who} is Python {claim.version}, but requires-python is {spec}; make them agree"
    return Finding(claim.path, line, told, fix=fix)


def _ruff(repository: Repository, folder: str, least: Version) -> Iterator[Finding]:
    """Yield what ruff is told wrongly: above the lowest Python it writes what that cannot read."""
    for name, keys in (("pyproject.toml", ("tool", "ruff")), ("ruff.toml", ()), (".ruff.toml", ())):
        path, wanted = folder + name, "py" + "".join(map(str, least))
        told = repository.table(path, *keys).get("target-version") if repository.has(path) else None
        if least and isinstance(told, str) and re.fullmatch(r"py3\d+", told) and int(told[3:]) > least[1]:
            line = repository.line_of(path, *keys, "target-version")
            message = f"ruff's target-version is {told}, above where requires-python begins; write {wanted}"
            yield Finding(path, line, message, fix=_replaced(repository, path, line, told, wanted))


def _replaced(repository: Repository, path: str, line: int, old: str, new: str) -> Fix | None:
    """Return the fix that writes one string of a line anew."""
    lines = repository.read(path).splitlines(keepends=True)
    found = re.search(rf"[\"']{re.escape(old)}[\"']".encode(), lines[line - 1]) if 0 < line <= len(lines) else None
    if not found:
        return None
    start = sum(map(len, lines[: line - 1])) + found.start()
    return Fix((Edit(path, start + 1, start + 1 + len(old), new),), safe=True)
