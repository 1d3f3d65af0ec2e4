"""Who owns a rendered file when the template moves on; declared by the template, recorded in the lock."""

__all__ = ["CLASSES", "Owner", "ownership"]

from collections.abc import Callable, Collection, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from mlscaffold.errors import UserError, nearest

# merge: three-way merge (the default).  seed: written once, then the team's.  managed: the template's to overwrite.
# lines: union by line.  structured: merged by key where lines conflict.
CLASSES: Final = ("merge", "seed", "managed", "lines", "structured")

Owner = Callable[[str], str]


def ownership(extension: Mapping[str, Any], once: Collection[str]) -> Owner:
    """Return the function that gives a path its class.

    Args:
        extension: the template's `_mlscaffold` setting; `classes` maps a class to globs over the whole path, in which
            `*` spans folders; the last match wins.
        once: the paths that Copier's `_skip_if_exists` names; they are `seed` unless `classes` says otherwise.

    Raises:
        UserError: the template declares a class that does not exist, or something else than lists of globs.
    """
    declared: Any = extension.get("classes", {})
    if not isinstance(declared, dict) or not all(isinstance(globs, list) for globs in declared.values()):
        raise UserError(
            "copier.yml: _mlscaffold: classes wants a list of globs for each class", hint="mend the template"
        )
    for name in declared:
        if name not in CLASSES:
            raise UserError(
                f"copier.yml: _mlscaffold: unknown class {name!r}{nearest(name, CLASSES)}", hint="mend the template"
            )
    globs = [(name, str(glob)) for name, patterns in declared.items() for glob in patterns]

    def owner(path: str) -> str:
        matching = [name for name, glob in globs if fnmatchcase(path, glob)]
        return matching[-1] if matching else "seed" if path in once else "merge"

    return owner
