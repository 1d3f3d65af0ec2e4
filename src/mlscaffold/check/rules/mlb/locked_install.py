"""MLB702: what is not locked is chosen by the day of the build."""

from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.rules.mlb._installs import unlocked
from mlscaffold.check.rules.mlb._places import aside
from mlscaffold.check.targets.dockerfile import Dockerfile, Instruction

BAD: Final[tuple[Example, ...]] = (
    {"Dockerfile": "FROM python:3.12-slim\nRUN pip install --no-cache-dir fastapi scikit-learn\n"},
)
OK: Final[tuple[Example, ...]] = (
    {
        "Dockerfile": "FROM python:3.12-slim\nRUN pip install --no-cache-dir uv==0.9.2\n"
        "COPY pyproject.toml uv.lock ./\nRUN uv sync --locked --no-dev\n"
    },
    {"Dockerfile": "FROM python:3.12-slim\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\n"},
)


@rule(
    "MLB702",
    "locked-install",
    on=Dockerfile,
    needles=(b"install",),
    hint="install from the lock file: uv sync --locked",
)
def locked_install(dockerfile: Dockerfile, _: None) -> Iterator[Finding]:
    """An image installs a package by its name, without a version.

    Why: the image of tomorrow has other packages than the one that was tested, and no pull request shows it. A model
    that is loaded by another release of its library may fail, or answer something else.

    How to fix: install from the lock file (`uv sync --locked`, `pip install -r requirements.txt`), or name exact
    versions. Tools that install the rest (pip, uv, poetry) are left alone.
    """
    if aside(dockerfile.path):
        return
    for one in dockerfile.all("RUN"):
        if names := list(dict.fromkeys(unlocked(_shell(one)))):
            told = ", ".join(f"`{name}`" for name in names)
            yield dockerfile.at(one, f"installs {told} without an exact version; install from the lock file, or pin")


def _shell(one: Instruction) -> str:
    """Return what runs as one line of shell: `RUN ["pip", "install", "x"]` is a list of words."""
    if not one.value.startswith("["):
        return one.value
    import json
    import shlex

    try:
        words = json.loads(one.value)
    except ValueError:
        return one.value
    return shlex.join(map(str, words)) if isinstance(words, list) else ""
