"""Which tags are versions, and in which order (PEP 440, as Copier reads them)."""

__all__ = ["is_newer", "newer", "newest", "sorted_versions"]

from collections.abc import Iterable

from packaging.version import InvalidVersion, Version


def _parse(tag: str) -> Version | None:
    try:
        return Version(tag)
    except InvalidVersion:
        return None


def sorted_versions(tags: Iterable[str], *, prereleases: bool = False) -> list[str]:
    """Return the tags that are versions, oldest first; pre-releases only if asked for."""
    parsed = [(version, tag) for tag in tags if (version := _parse(tag)) is not None]
    return [tag for version, tag in sorted(parsed) if prereleases or not version.is_prerelease]


def newest(tags: Iterable[str], *, prereleases: bool = False) -> str | None:
    """Return the newest version among the tags, or None where no tag is one."""
    versions = sorted_versions(tags, prereleases=prereleases)
    return versions[-1] if versions else None


def newer(tags: Iterable[str], current: str, *, prereleases: bool = False) -> list[str]:
    """Return the versions above `current`, oldest first; none where `current` is no version."""
    now = _parse(current)
    if now is None:
        return []
    return [tag for tag in sorted_versions(tags, prereleases=prereleases) if Version(tag) > now]


def is_newer(version: str, *, than: str) -> bool:
    """Tell whether one version is newer than another; not if one of them is none."""
    one, other = _parse(version), _parse(than)
    return one is not None and other is not None and one > other
