"""Which versions of a template there are to compare with, and each of them without asking its server again."""

__all__ = ["another", "known_versions", "spread"]

from mlscaffold.template import Template, builtin
from mlscaffold.template.sources import BUILTIN, load_template


def known_versions(template: Template, *, prereleases: bool) -> list[str]:
    """Return the versions of the template, oldest first; none for a plain folder or where none is tagged."""
    if template.source == BUILTIN:
        return [release.version for release in builtin.releases()]
    from mlscaffold.template.versions import sorted_versions  # PEP 440 costs 10 ms

    return sorted_versions(template.tags, prereleases=prereleases)


def another(template: Template, version: str) -> Template:
    """Return another version of the template. Raises `UserError` if that version is no valid template."""
    if version == template.version:
        return template
    return load_template(template.source, version, refresh=False)


def spread(count: int, most: int) -> list[int]:
    """Return the places of at most `most` of `count` versions, evenly spread, the newest first."""
    step = max(1, -(-count // most))
    return list(range(count - 1, -1, -step))
