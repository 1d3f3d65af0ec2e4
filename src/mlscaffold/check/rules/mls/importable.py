"""MLS006: code that works in one folder, on one machine."""

from collections.abc import Iterator
from typing import Any, Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mls._packages import distribution
from mlscaffold.check.rules.mls._strays import strays

_PROJECT: Final = (
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n'
    '[project]\nname = "acme"\nversion = "1.0"\n'
)
_TRAIN: Final = "def train():\n    return split()\n"
_SPLIT: Final = "def split():\n    return 1\n"
_TEST: Final = {"tests/test_train.py": "from acme.train import train\n\n\ndef test_training():\n    assert train()\n"}
BAD: Final[tuple[Example, ...]] = (
    {
        "src/acme/__init__.py": "",
        "src/acme/splits.py": _SPLIT,
        "src/acme/train.py": f"from splits import split\n\n\n{_TRAIN}",
        **_TEST,
    },
    {"pyproject.toml": _PROJECT, "src/acme_models/__init__.py": ""},
)
OK: Final[tuple[Example, ...]] = (
    {
        "src/acme/__init__.py": "",
        "src/acme/splits.py": _SPLIT,
        "src/acme/train.py": f"from acme.splits import split\n\n\n{_TRAIN}",
        **_TEST,
    },
    {"pyproject.toml": _PROJECT, "src/acme/__init__.py": ""},
)
# Backends that look for one package by the name of the distribution, and the keys below [tool] that say otherwise.
_BACKENDS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "hatchling.build": (("hatch", "build"),),
    "uv_build": (("uv", "build-backend"), ("uv", "workspace")),
    "flit_core.buildapi": (("flit", "module"), ("flit", "metadata")),
}


@rule("MLS006", "importable", on=Repository, hint="import by the name of the package, and tell the build about it")
def importable(repository: Repository, _: None) -> Iterator[Finding]:
    """A module of a package imports what only one working directory finds, or the build finds no package.

    Why: it runs in one folder on the machine where it was written, and fails in the tests, in the image and wherever
    the package is installed.

    How to fix: import by the full name (`from acme.splits import split`) or relatively, and keep in the package what
    the package needs. Where the distribution has another name than the package, tell the build backend.
    """
    for one in strays(repository):
        where = f"beside it in {one.folder}/" if one.folder else "at the root, outside the package"
        told = f"`{one.name}` lies {where}, so only that folder finds it"
        better = f"import it as .{one.name}" if one.folder else "move it into the package"
        yield Finding(one.path, one.line, f"{told}; {better}")
    if told := _unbuilt(repository):
        yield Finding("pyproject.toml", repository.line_of("pyproject.toml", "project", "name"), told)


def _unbuilt(repository: Repository) -> str:
    backend: Any = repository.table("pyproject.toml", "build-system").get("build-backend")
    keys = _BACKENDS.get(backend) if isinstance(backend, str) else None
    name = distribution(repository)
    if not name or keys is None or name.endswith("stubs") or repository.has("hatch.toml") or not repository.modules:
        return ""
    if any(key in repository.table("pyproject.toml", "tool", table) for table, key in [*keys, ("uv", "package")]):
        return ""
    # uv looks into `src` only.
    places = (path for path in repository.files if backend != "uv_build" or path.startswith("src/"))
    found = {path.lower().replace("-", "_").removeprefix("src/") for path in places}
    if {f"{name}.py", f"{name}/__init__.py"} & found or any(path.endswith(f"/{name}/__init__.py") for path in found):
        return ""
    return f"the build ({backend}) finds no package `{name}`; rename the package, or name it in [tool] of the backend"
