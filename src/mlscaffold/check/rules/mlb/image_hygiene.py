"""MLB703: an image that holds more than it needs, or may do more than it must."""

from collections.abc import Iterator, Sequence
from typing import Final

from mlscaffold.check.findings import Edit, Finding, Fix
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlb._context import Ignore, copies_all, ignore_of, is_root_context, unwanted
from mlscaffold.check.rules.mlb._places import aside
from mlscaffold.check.rules.mlb._users import root_of
from mlscaffold.check.scan import LARGEST, kind_of
from mlscaffold.check.targets.dockerfile import Dockerfile

_SERVED: Final = 'COPY . .\nRUN useradd app\nUSER app\nCMD ["python", "-m", "acme.serve"]\n'
BAD: Final[tuple[Example, ...]] = (
    {"Dockerfile": f"FROM python:3.12-slim\n{_SERVED}", ".gitignore": ".venv/\n/data/\n", ".dockerignore": "*.pyc\n"},
    {"Dockerfile": 'FROM python:3.12-slim\nCOPY src src\nCMD ["python", "-m", "acme.serve"]\n'},
)
OK: Final[tuple[Example, ...]] = (
    {
        "Dockerfile": f"FROM python:3.12-slim\n{_SERVED}",
        ".gitignore": ".venv/\n/data/\n",
        ".dockerignore": "*.pyc\n.git\n.venv\ndata\n",
    },
    {"Dockerfile": 'FROM python:3.12-slim\nCOPY src src\nUSER 10001\nCMD ["python", "-m", "acme.serve"]\n'},
)
# What a program may want when it is built or run; the rest it never needs.
_PERHAPS: Final = frozenset({"data", "models"})


@rule(
    "MLB703",
    "image-hygiene",
    on=Repository,
    fix="safe",
    hint="list what the image does not need in .dockerignore; switch to a USER that is not root",
    options={
        "unwanted": [".git", ".venv", "venv", ".env", "data", "models", "mlruns", "wandb"],
        "bases-with-user": [
            "nonroot", "jupyter", "chainguard", "micromamba", "bitnami", "airflow", "lambda", "azure-functions",
            "databricksruntime", "rapidsai", "apache/spark", "grafana/", "prom/", "selenium",
        ],
    },
)  # fmt: skip
def image_hygiene(repository: Repository, _: None) -> Iterator[Finding]:
    """An image takes in history, local data or secrets, or its program runs as root.

    Why: `COPY . .` takes what lies in the folder, also what git ignores: data that may not leave the machine, a `.env`
    with passwords, the environment of another system. And whoever breaks into a program of root has the container.

    How to fix: list in `.dockerignore` what the image does not need; end the last stage with `USER` and a number.
    """
    options = repository.options("MLB703")
    for path, entry in repository.files.items():
        if kind_of(path) == "dockerfile" and not aside(path) and not entry.symlink and entry.size < LARGEST:
            dockerfile = Dockerfile(path, repository.read(path))
            yield from _taken(repository, dockerfile, options["unwanted"])
            if root := root_of(dockerfile, options["bases-with-user"]):
                yield dockerfile.at(root.instruction, f"the image {root.told}; add `USER 10001` below what needs root")


def _taken(repository: Repository, dockerfile: Dockerfile, names: Sequence[str]) -> Iterator[Finding]:
    copy = copies_all(dockerfile)
    if copy is None or not is_root_context(repository, dockerfile):
        return
    ignore = ignore_of(repository, dockerfile.path)
    if missing := [name for name in unwanted(repository, dockerfile, names) if not ignore.settles(name)]:
        told = f"`{copy.word} {copy.value}` takes {', '.join(missing)} into the image; list it in {ignore.path}"
        yield dockerfile.at(copy, told)._replace(fix=_fix(repository, ignore, missing))


def _fix(repository: Repository, ignore: Ignore, missing: Sequence[str]) -> Fix:
    there = repository.read(ignore.path)
    start = "\n" if there and not there.endswith(b"\n") else ""
    text = start + "".join(f"{name}\n" for name in missing)
    return Fix((Edit(ignore.path, len(there), len(there), text),), safe=_PERHAPS.isdisjoint(missing))
