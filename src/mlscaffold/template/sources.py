"""Where a template comes from: built in, a folder, or git; and which versions it has."""

__all__ = ["BUILTIN", "Newer", "load_template", "newer_versions", "template_versions", "versions_of"]

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from mlscaffold import git
from mlscaffold.errors import UserError, nearest
from mlscaffold.template import Template, builtin, gitsource
from mlscaffold.template.spec import parse_spec
from mlscaffold.tree import Tree, read_tree

BUILTIN: Final = builtin.SOURCE
_NOT_A_TEMPLATE = frozenset({".git", "__pycache__", ".venv", ".DS_Store"})


class Newer(NamedTuple):
    """A version above the project's, with the lines of its changelog (none where the template keeps no changelog)."""

    version: str
    changes: tuple[str, ...]


def load_template(
    source: str = BUILTIN, at: str | None = None, *, prereleases: bool = False, refresh: bool = True
) -> Template:
    """Read one version of a template into memory.

    Args:
        source: `mlscaffold:builtin`, a folder, or a git address (`gh:owner/name` and `gl:owner/name` too).
        at: a version, for git also a branch or commit; None is the newest version.
        prereleases: whether "newest" may be a pre-release.
        refresh: whether a template that was cloned before is fetched again.

    Raises:
        UserError: the source cannot be read, has no such version, or is no template.
    """
    if source in {BUILTIN, "builtin"}:
        release, files = builtin.load(at)
        return _template(BUILTIN, files, version=release.version, commit=release.version, path=None)
    if gitsource.is_url(source):
        repository, warning = gitsource.mirror(source, refresh=refresh)
        made = _from_git(source, repository, at, prereleases=prereleases, tags=git.tags(repository))
        return made._replace(warning=warning)
    folder = _folder(source)
    if (folder / ".git").exists() and ((tags := git.tags(folder)) or at):
        return _from_git(str(folder), folder, at, prereleases=prereleases, tags=tags)
    if at:
        raise UserError(
            f"{source} is a plain folder and has no version {at!r}",
            hint="leave `--at` out, or make it a git repository with tags",
        )
    files = read_tree(folder, skip=lambda path: path.rsplit("/", 1)[-1] in _NOT_A_TEMPLATE)
    return _template(str(folder), files, version=None, commit=None, path=folder)


def _folder(source: str) -> Path:
    folder = Path(source).expanduser().resolve()
    if folder.is_dir():
        return folder
    siblings = [entry.name for entry in folder.parent.iterdir() if entry.is_dir()] if folder.parent.is_dir() else []
    raise UserError(f"no template at {source}{nearest(folder.name, siblings)}", hint="give a folder or a git address")


def _from_git(source: str, repository: Path, at: str | None, *, prereleases: bool, tags: Mapping[str, str]) -> Template:
    pinned = gitsource.pick(repository, source, at, prereleases=prereleases, tags=tags)
    files = git.archive(repository, pinned.commit)
    made = _template(source, files, version=pinned.version, commit=pinned.name, path=repository)
    return made._replace(commit_id=pinned.commit, tags=tuple(tags))


def _template(source: str, files: Tree, *, version: str | None, commit: str | None, path: Path | None) -> Template:
    return Template(source, version, commit, files, parse_spec(files, source), path)


def template_versions(source: str = BUILTIN, *, prereleases: bool = False, refresh: bool = True) -> list[Newer]:
    """Return every version of a template, oldest first, with its changelog lines. A plain folder has none."""
    if source in {BUILTIN, "builtin"}:
        return [Newer(release.version, release.changes) for release in builtin.releases()]
    from mlscaffold.template.versions import sorted_versions

    repository = gitsource.mirror(source, refresh=refresh)[0] if gitsource.is_url(source) else _folder(source)
    if not gitsource.is_url(source) and not (repository / ".git").exists():
        return []
    tags = sorted_versions(git.tags(repository), prereleases=prereleases)
    text = git.file_at(repository, tags[-1], "CHANGELOG.md") if tags else None
    return _with_changes(tags, text or b"")


def versions_of(template: Template) -> list[Newer]:
    """Return every version that was known when `template` was loaded, pre-releases too, with its own changelog."""
    if template.source == BUILTIN:
        return template_versions(BUILTIN)
    from mlscaffold.template.versions import sorted_versions

    changelog = template.files.get("CHANGELOG.md")
    return _with_changes(sorted_versions(template.tags, prereleases=True), changelog.data if changelog else b"")


def _with_changes(tags: Iterable[str], changelog: bytes) -> list[Newer]:
    from mlscaffold.template.changelog import changes_by_version

    changes = changes_by_version(changelog.decode(errors="replace"))
    return [Newer(tag, changes.get(tag.removeprefix("v"), ())) for tag in tags]


def newer_versions(source: str, current: str, *, prereleases: bool = False) -> list[Newer]:
    """Return the versions above `current`, oldest first.

    Raises:
        UserError: the template cannot be reached.
    """
    known = template_versions(source, prereleases=prereleases)
    if not known:
        return []
    from mlscaffold.template.versions import newer

    wanted = set(newer((entry.version for entry in known), current, prereleases=prereleases))
    return [entry for entry in known if entry.version in wanted]
