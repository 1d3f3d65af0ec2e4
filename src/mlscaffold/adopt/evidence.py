"""What a project says about itself, in the files that every Python project has."""

__all__ = ["Role", "facts", "plain_name", "role_of"]

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from mlscaffold import git
from mlscaffold.adopt.place import Look

Role = Literal["name", "package", "description", "author", "email", "python"]

# How templates in the wild call the questions that such facts answer, letters and digits only.
_NAMES: Final[Mapping[Role, str]] = {
    "name": "projectname name title projecttitle displayname appname reponame repositoryname distributionname pypiname",
    "package": "packagename package projectslug slug modulename module pythonpackage pypackage importname pkgname pkg "
    "packageslug pythonname pythonpackageimportname",
    "description": "description shortdescription projectdescription projectshortdescription summary",
    "author": "authorname author fullname authorfullname authors owner maintainer",
    "email": "email authoremail mail maintaineremail",
    "python": "pythonversion python minpythonversion minimumpythonversion pythonrequires requirespython",
}
_ROLES: Final[Mapping[str, Role]] = {word: role for role, words in _NAMES.items() for word in words.split()}
_NO_PACKAGES: Final = frozenset({"tests", "test", "docs", "scripts", "benchmarks", "examples"})
_PACKAGE: Final = re.compile(r"(?:src/)?([A-Za-z_]\w*)/__init__\.py|src/([A-Za-z_]\w*)/[^/]+\.py")
_PERSON: Final = re.compile(r"(?P<name>[^<]*?)\s*<(?P<email>[^>]*)>")


def role_of(question: str) -> Role | None:
    """Return what a question of this name asks for, as far as names tell."""
    return _ROLES.get(plain_name(question))


def plain_name(question: str) -> str:
    """Return a name without what is only spelling: `project-name` and `ProjectName` are one."""
    return re.sub(r"[^a-z0-9]", "", question.lower())


def facts(root: Path, paths: Collection[str], look: Look) -> dict[Role, tuple[str, ...]]:
    """Return what the project says of itself, likeliest first: its pyproject.toml, folders, name, and git's user."""
    found: list[tuple[Role, Any]] = [*_pyproject(look), *_python_version(look)]
    found += [("package", name) for name in _packages(paths)]
    found.append(("name", root.name))
    found += [
        ("package", re.sub(r"\W+", "_", value).lower())
        for role, value in found
        if role == "name" and isinstance(value, str)
    ]
    who = git.identity(root)
    found += [("author", who.name), ("email", who.email)]
    roles = {
        role: [str(value).strip() for at, value in found if at == role and isinstance(value, str)] for role in _NAMES
    }
    return {role: tuple(dict.fromkeys(value for value in values if value)) for role, values in roles.items()}


def _pyproject(look: Look) -> Iterator[tuple[Role, Any]]:
    data = _toml(look)
    for table in (data.get("project"), _below(data, "tool", "poetry")):
        if not isinstance(table, dict):
            continue
        yield "name", table.get("name")
        yield "description", table.get("description")
        authors = table.get("authors")
        for author in authors if isinstance(authors, list) else ():
            yield from _person(author)
        wanted = table.get("requires-python") or _below(table, "dependencies", "python")
        if isinstance(wanted, str) and (match := re.search(r"(?:>=|==|~=|\^)\s*(\d+\.\d+)", wanted)):
            yield "python", match[1]


def _person(author: Any) -> Iterator[tuple[Role, Any]]:
    match author:
        case dict():
            yield "author", author.get("name")
            yield "email", author.get("email")
        case str() if person := _PERSON.fullmatch(author.strip()):
            yield "author", person["name"]
            yield "email", person["email"]
        case _:
            yield "author", author


def _toml(look: Look) -> dict[str, Any]:
    import tomllib

    file = look("pyproject.toml").file
    try:
        return tomllib.loads(file.data.decode()) if file and not file.symlink else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}  # evidence only: what cannot be read says nothing


def _below(data: Any, *keys: str) -> Any:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _python_version(look: Look) -> Iterator[tuple[Role, Any]]:
    file = look(".python-version").file
    if file and (match := re.match(rb"\s*(\d+\.\d+)", file.data)):
        yield "python", match[1].decode()


def _packages(paths: Collection[str]) -> list[str]:
    """Return the packages below src/ or at the root, the one with most modules first."""
    starts = {
        match[0].rpartition("/")[0]: match[1] or match[2] for path in paths if (match := _PACKAGE.fullmatch(path))
    }
    sizes = Counter({at: sum(path.startswith(at + "/") for path in paths) for at in sorted(starts)})
    return [starts[at] for at, _count in sizes.most_common() if starts[at] not in _NO_PACKAGES]
