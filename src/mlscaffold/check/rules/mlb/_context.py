"""What the engine gets to see of a repository when an image is built: `.dockerignore`, and what it should hold."""

__all__ = ["Ignore", "copies_all", "ignore_of", "is_root_context", "unwanted"]

from collections.abc import Sequence
from typing import Final, NamedTuple

from mlscaffold.check.patterns import fits
from mlscaffold.check.repository import Repository
from mlscaffold.check.targets.dockerfile import Dockerfile, Instruction

_ALL: Final = frozenset({".", "./", "/", "*", "./*"})
# Versions that are read from the history: the build needs it.
_BY_HISTORY: Final = (
    "setuptools_scm", "setuptools-scm", "hatch-vcs", "versioneer", "versioningit", "dunamai", "dynamic-versioning"
)  # fmt: skip


class Ignore(NamedTuple):
    """An ignore file of an image: where it is or belongs, and its patterns."""

    path: str
    patterns: tuple[str, ...]

    def settles(self, name: str) -> bool:
        """Return whether a file or folder at the root is kept back, or named: then somebody has thought about it."""
        covered = False
        for pattern in self.patterns:
            bare = pattern.lstrip("!/").removeprefix("./").rstrip("/")
            if bare == f"**/{name}" or f"{bare}/".startswith(f"{name}/"):
                return True
            if fits(name, f"/{bare}") or fits(f"{name}/any", f"/{bare}"):
                covered = not pattern.startswith("!")
        return covered


def ignore_of(repository: Repository, dockerfile: str) -> Ignore:
    """Return what holds for an image whose context is the root: an ignore file of its own, or the common one."""
    own = f"{dockerfile}.dockerignore"
    path = own if repository.has(own) else ".dockerignore"
    return Ignore(path, tuple(_lines(repository, path)))


def unwanted(repository: Repository, dockerfile: Dockerfile, names: Sequence[str]) -> list[str]:
    """Return which of `names` a copy of all would take along: the history, and what git ignores at the root.

    What git tracks, or the Dockerfile names, may well be meant to be in the image.
    """
    ignored = {line.strip("/").removesuffix("/**").removesuffix("/*") for line in _lines(repository, ".gitignore")}
    if not any(word in repository.text(file) for word in _BY_HISTORY for file in ("pyproject.toml", "setup.py")):
        ignored.add(".git")
    text = dockerfile.source.decode("utf-8", errors="replace")
    named = {part for word in text.split() for part in word.strip("\"',[]").split("/")}
    return [name for name in names if name in ignored and name not in named and not repository.has(name)]


def copies_all(dockerfile: Dockerfile) -> Instruction | None:
    """Return the instruction that copies the whole context, if there is one."""
    copies = (one for one in dockerfile.instructions if one.word in {"COPY", "ADD"} and "--from=" not in one.value)
    return next((one for one in copies if not _ALL.isdisjoint(_sources(one))), None)


def is_root_context(repository: Repository, dockerfile: Dockerfile) -> bool:
    """Return whether the context is surely the root: a file elsewhere must copy what only the root has."""
    folder = dockerfile.path.rpartition("/")[0]
    if not folder:
        return True
    named = {source for one in dockerfile.all("COPY") if "--from=" not in one.value for source in _sources(one)}
    exact = [source.removeprefix("./").strip("/") for source in named - _ALL if not set(source) & set("*?[$<{")]
    return any(repository.has(source) and not repository.has(f"{folder}/{source}") for source in exact)


def _sources(one: Instruction) -> list[str]:
    words = [word.strip("\"',[]") for word in one.value.split() if not word.startswith("--")]
    return [word for word in words if word][:-1]


def _lines(repository: Repository, path: str) -> list[str]:
    lines = (line.strip() for line in repository.text(path).splitlines())
    return [line for line in lines if line and not line.startswith("#")]
