"""Where a project says on which Python it runs."""

__all__ = ["Claim", "in_containers", "in_pipelines", "in_settings", "projects"]

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mlscaffold.check.lazy import expression
from mlscaffold.check.repository import Repository

_ASIDE: Final = expression(r"(?:.*/)?(?:tests?|docs?|examples?|templates?|third_party|vendor|node_modules)/.*")
_IMAGE: Final = expression(r"(?:.*/)?(?:python:(?:\d-)?|uv:(?:[\d.]+-)?python)(\d+\.\d+(?:\.\d+)?)(?![\w.]).*")
_PIPELINES: Final = (
    *(".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml", ".circleci/config.yml"),
    *("/azure-pipelines*.yml", "/azure-pipelines/**.yml", "/.azure-pipelines/**.yml"),
)
_SAYS_PYTHON: Final = frozenset(["python", "python-version", "python_version", "versionSpec"])
_OWN: Final = ("pyproject.toml", "setup.py", "requirements.txt", "Pipfile", "environment.yml", "package.json")


class Claim(NamedTuple):
    """One place that names a version: `keys` lead to it in a document, `line` elsewhere; `who` is told to people."""

    path: str
    version: str
    who: str
    keys: tuple[str | int, ...] = ()
    line: int = 0


def projects(repository: Repository) -> list[str]:
    """Return the folders that hold a project of their own, as "" or "services/api/"."""
    found = repository.glob("pyproject.toml", "setup.py")
    return sorted({path.rpartition("/")[0] + "/" * ("/" in path) for path in found if _is_ours(path)})


def _is_ours(path: str) -> bool:
    return "{{" not in path and not _ASIDE.fullmatch(path)


def in_settings(repository: Repository, folder: str) -> Iterator[Claim]:
    """Yield what the files beside pyproject.toml say, but for the settings of ruff."""
    path = folder + ".python-version"
    if repository.has(path):
        yield Claim(path, next(iter(repository.text(path).split()), ""), ".python-version", line=1)
    path = folder + "pyproject.toml"
    for keys in (("mypy", "python_version"), ("pyright", "pythonVersion"), ("ty", "environment", "python-version")):
        version = repository.table(path, "tool", *keys[:-1]).get(keys[-1])
        yield Claim(path, str(version), f"[tool.{keys[0]}] {keys[-1]}", ("tool", *keys))
    classifiers = repository.table(path, "project").get("classifiers")
    for each in classifiers if isinstance(classifiers, list) else ():
        if isinstance(each, str) and each.startswith("Programming Language :: Python :: "):
            yield Claim(path, each.rpartition(" ")[2], "a classifier", ("project", "classifiers"))
    path = folder + "environment.yml"
    wanted = repository.table(path).get("dependencies") if repository.has(path) else None
    for place, each in enumerate(wanted if isinstance(wanted, list) else ()):
        if isinstance(each, str) and (found := re.fullmatch(r"python\s*={1,2}\s*([\d.]+)", each)):
            yield Claim(path, found[1], "environment.yml", ("dependencies", place))


def in_containers(repository: Repository, folder: str) -> Iterator[Claim]:
    """Yield the base images of the Dockerfiles that belong to the project in `folder`."""
    from mlscaffold.check.scan import kind_of
    from mlscaffold.check.targets.dockerfile import Dockerfile

    for path in repository.files:
        if kind_of(path) != "dockerfile" or not _is_ours(path) or _home(repository, path) != folder:
            continue
        dockerfile = Dockerfile(path, repository.read(path))
        given = [one.value.partition("=") for one in dockerfile.all("ARG")]
        defaults = {name.strip(): value.strip("\"' ") for name, _, value in given}
        for one in dockerfile.all("FROM"):
            words = [word for word in one.value.split() if not word.startswith("--")]
            image = _filled(words[0], defaults) if words else ""
            if found := _IMAGE.fullmatch(image):
                yield Claim(path, found[1], f"image {image}", line=one.line)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\$\{?(\w+)(?::-[^}]*)?\}?", lambda name: values.get(name[1], ""), text)


def _home(repository: Repository, path: str) -> str:
    """Return the folder whose packages an image in `path` has: the nearest one that says which."""
    above = path.rpartition("/")[0]
    while above:
        if any(f"{above}/{name}" in repository.files for name in _OWN):
            return above + "/"
        above = above.rpartition("/")[0]
    return ""


def in_pipelines(repository: Repository) -> Iterator[Claim]:
    """Yield what the pipelines of the repository install or run in."""
    for path in repository.glob(*_PIPELINES):
        for keys, value in _values(repository.data(path), ()):
            names = [key for key in keys if isinstance(key, str)]
            if "exclude" in names:
                continue
            if names and names[-1] in _SAYS_PYTHON:
                yield Claim(path, str(value), f"{names[-1]} {value}", keys)
            elif {"image", "container"} & set(names[-2:]) and (found := _IMAGE.fullmatch(str(value))):
                yield Claim(path, found[1], f"image {value}", keys)


def _values(node: Any, keys: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _values(value, (*keys, key))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _values(value, (*keys, place))
    else:
        yield keys, node
