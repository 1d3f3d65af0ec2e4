"""Templates in git: a URL is cloned once into the user's cache, a folder is read where it stands."""

__all__ = ["Pinned", "expand", "is_url", "mirror", "pick"]

import hashlib
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from mlscaffold import git
from mlscaffold.cache import cache_folder
from mlscaffold.errors import UserError, nearest

# The short forms that Copier knows.
_SHORT: Final = {"gh:": "https://github.com/", "gl:": "https://gitlab.com/"}
_URL: Final = re.compile(r"^(git\+)?(https?|ssh|git|file)://|^git@|^[\w.-]+@[\w.-]+:|\.git/?$")


_CREDENTIALS: Final = re.compile(r"^(?:git\+)?(?:https?://([^/@]+)@|\w+://([^/@:]*:[^/@]+)@)")


class Pinned(NamedTuple):
    """One commit of a template: `name` is what the answers file records, `version` the tag if it is one."""

    commit: str
    name: str
    version: str | None


def is_url(source: str) -> bool:
    """Tell whether `source` names a git repository by address."""
    return source.startswith(tuple(_SHORT)) or (bool(_URL.search(source)) and not Path(source).is_dir())


def expand(source: str) -> str:
    """Return the address that git is given for `source`."""
    for short, address in _SHORT.items():
        if source.startswith(short):
            return address + source.removeprefix(short) + ("" if source.endswith(".git") else ".git")
    return source.removeprefix("git+")


def mirror(source: str, *, refresh: bool = True) -> tuple[Path, str]:
    """Return the cached bare clone of `source`, brought up to date if asked, and a warning ("" when it is fresh).

    Raises:
        UserError: it was never cloned and cannot be now, or its address holds credentials.
    """
    _refuse_credentials(source)
    url = expand(source)
    place = cache_folder("templates") / f"{hashlib.sha256(url.encode()).hexdigest()[:24]}.git"
    if place.is_dir():
        if not refresh:
            return place, ""
        try:
            git.update_mirror(place)
        except git.GitError as problem:
            return place, f"could not reach {source}, using the copy from last time ({_last_line(problem)})"
        return place, ""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _clone(url, place)
    except git.GitError as problem:
        hint = "check the address and your access with `git ls-remote`"
        raise UserError(f"cannot clone the template {source}: {_last_line(problem)}", hint=hint) from problem
    return place, ""


def _refuse_credentials(source: str) -> None:
    # The address is recorded in the project, which is committed and pushed.
    if match := _CREDENTIALS.match(source):
        shown = source.replace(match[1] or match[2], "...", 1)
        raise UserError(
            f"the address {shown} holds credentials", hint="leave them out and let git's credential helper sign in"
        )


def _clone(url: str, place: Path) -> None:
    # Beside its place first, then moved: a broken clone is never taken for a whole one, nor are two at once a clash.
    with tempfile.TemporaryDirectory(dir=place.parent, prefix="clone-") as scratch:
        fresh = Path(scratch) / "template.git"
        git.clone_mirror(url, fresh)
        try:
            fresh.rename(place)
        except OSError:
            if not place.is_dir():
                raise
            shutil.rmtree(fresh)


def _last_line(problem: git.GitError) -> str:
    return str(problem).splitlines()[-1]


def pick(repository: Path, source: str, at: str | None, *, prereleases: bool, tags: Mapping[str, str]) -> Pinned:
    """Choose the commit: `at` (tag, branch or id) if given, else the newest version, else HEAD.

    Raises:
        UserError: there is no such version, or no commit at all.
    """
    from mlscaffold.template.versions import newest  # PEP 440 costs 10 ms that the built-in template never pays

    name = at or newest(tags, prereleases=prereleases) or "HEAD"
    commit = tags.get(name) or git.resolve(repository, name)
    if commit is None and at is None:
        raise UserError(f"the template {source} has no commit yet", hint="commit it first")
    if commit is None:
        hint = "give a tag, branch or commit"
        raise UserError(f"the template {source} has no version {at!r}{nearest(name, tags)}", hint=hint)
    alone = list(tags.values()).count(commit) == 1 and name in tags
    described = name if alone else git.describe(repository, commit)
    return Pinned(commit, described, name if name in tags else None)
