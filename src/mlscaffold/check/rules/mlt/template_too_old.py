"""MLT904: a floor under the version of the template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlt._given import LOCK, answers_path, given

if TYPE_CHECKING:
    from packaging.version import Version

_FLOOR: Final = '[tool.mlscaffold.check]\nmin-template = "1.2"\n'
_FROM: Final = "_src_path: https://example.org/acme.git\n"
BAD: Final[tuple[Example, ...]] = ({"pyproject.toml": _FLOOR, ".copier-answers.yml": "_commit: v1.1.3\n" + _FROM},)
OK: Final[tuple[Example, ...]] = ({"pyproject.toml": _FLOOR, ".copier-answers.yml": "_commit: v1.2.0\n" + _FROM},)


@rule("MLT904", "template-too-old", on=Repository, hint="run `mlscaffold update`")
def template_too_old(repository: Repository, _: None) -> Iterator[Finding]:
    """The project stands at an older version of its template than the team allows.

    Why: a template carries mended pipelines and security fixes; a repository that takes no updates has none of them,
    and nobody sees it from outside. The floor is the setting `min-template`, which the team's conventions file sets:
    no network is asked.

    How to fix: `mlscaffold update`.
    """
    floor = repository.settings.min_template
    if not floor:
        return
    lock = given(repository)
    path = answers_path(repository)
    here = lock.version if lock else repository.table(path).get("_commit") if path else None
    where = LOCK if lock else path
    if _version(floor) is None:
        yield Finding(".", 0, f"min-template is {floor!r}, which is no version; write one like 1.2.0")
    elif isinstance(here, str) and _older(here, floor):
        yield Finding(where, 0, f"stands at version {here} of the template, at least {floor} is asked for; update it")


def _older(version: str, floor: str) -> bool:
    """Return whether one version is below another; not if one is none."""
    here, least = _version(version), _version(floor)
    return here is not None and least is not None and here < least


def _version(text: str) -> Version | None:
    """Return a version as the update orders them (PEP 440); None where it is none."""
    from packaging.version import InvalidVersion, Version

    try:
        # What git describes, as 1.2.0-3-gabc1234, is a little more than the tag that it begins with.
        return Version(text.split("-g", maxsplit=1)[0])
    except InvalidVersion:
        return None
