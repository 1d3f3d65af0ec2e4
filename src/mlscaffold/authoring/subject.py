"""The template that is checked: as it stands on disk, or its newest version; and the versions that it released."""

__all__ = ["Subject", "read_subject", "without_tasks"]

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import yaml

from mlscaffold import git
from mlscaffold.errors import UserError, nearest
from mlscaffold.git.history import known_paths
from mlscaffold.template import Template, builtin, gitsource, parse_spec
from mlscaffold.template.config import read_config
from mlscaffold.template.sources import BUILTIN
from mlscaffold.template.versions import sorted_versions
from mlscaffold.tree import File, Tree, read_tree

_LITTER: Final = frozenset({".git", "__pycache__", ".venv", ".DS_Store"})


class Subject(NamedTuple):
    """A template before its `copier.yml` is read."""

    source: str
    files: Tree
    version: str | None  # None: what is on disk is no released version
    commit: str | None
    released: tuple[str, ...]  # oldest first, pre-releases left out
    load: Callable[[str], Tree]  # the files of a released version
    warning: str = ""

    def template(self) -> Template:
        """Return it, read, and without its tasks. Raises `UserError` for a faulty `copier.yml`."""
        spec = parse_spec(self.files, self.source)._replace(tasks=(), migrations=())
        return Template(self.source, self.version, self.commit, without_tasks(self.files), spec)

    def older(self, chosen: tuple[str, ...], most: int) -> tuple[str, ...]:
        """Return the versions to update from: the `chosen`, else the newest. Raises `UserError` for an unknown one."""
        for version in chosen:
            if version not in self.released:
                raise UserError(
                    f"{self.source} has no version {version!r}{nearest(version, self.released)}",
                    hint="see `mlscaffold template versions`",
                )
        return chosen or tuple(version for version in self.released if version != self.version)[-most:]


def read_subject(source: str) -> Subject:
    """Read the template at `source`; a folder as it is on disk, with changes that are not committed.

    Raises:
        UserError: it cannot be read.
    """
    if source in {BUILTIN, "builtin"}:
        return _builtin()
    if gitsource.is_url(source):
        repository, warning = gitsource.mirror(source)
        return _newest(source, repository)._replace(warning=warning)
    folder = Path(source).expanduser().resolve()
    if not folder.is_dir():
        raise UserError(f"no template at {source}", hint="give a folder or a git address")
    if not (folder / ".git").exists():
        files = read_tree(folder, skip=lambda path: path.rsplit("/", 1)[-1] in _LITTER)
        return Subject(str(folder), files, None, None, (), _no_version)
    return _work_tree(folder)


def without_tasks(files: Tree) -> Tree:
    """Return a template that runs nothing: sixty renderings are no reason to make sixty repositories somewhere."""
    try:
        config = read_config(files, "")
    except UserError:
        return files  # whoever renders it says so
    kept = {key: value for key, value in config.data.items() if key not in {"_tasks", "_migrations"}}
    if len(kept) == len(config.data):
        return files
    text = yaml.safe_dump(kept, sort_keys=False, allow_unicode=True)
    return Tree({**files, config.path: File(text.encode())})


def _builtin() -> Subject:
    release, files = builtin.load()
    names = tuple(known.version for known in builtin.releases())
    return Subject(BUILTIN, files, release.version, release.version, names, lambda name: builtin.load(name)[1])


def _newest(source: str, repository: Path) -> Subject:
    tags = git.tags(repository)
    pinned = gitsource.pick(repository, source, None, prereleases=False, tags=tags)
    load = partial(_at, repository)
    released = tuple(sorted_versions(tags))
    return Subject(source, git.archive(repository, pinned.commit), pinned.version, pinned.name, released, load)


def _work_tree(folder: Path) -> Subject:
    known = known_paths(folder)
    above = {parent for path in known for parent in _parents(path)}
    files = read_tree(folder, skip=lambda path: path == ".git" or path not in known | above)
    released = tuple(sorted_versions(git.tags(folder)))
    same = bool(released) and dict(git.archive(folder, git.tags(folder)[released[-1]])) == dict(files)
    version = released[-1] if same else None
    head = git.resolve(folder, "HEAD")
    commit = version or (git.describe(folder, head) if head else None)
    return Subject(str(folder), files, version, commit, released, partial(_at, folder))


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _at(repository: Path, version: str) -> Tree:
    return git.archive(repository, git.tags(repository)[version])


def _no_version(version: str) -> Tree:
    raise UserError(f"a plain folder has no version {version!r}", hint="make it a git repository with tags")
