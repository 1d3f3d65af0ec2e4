"""Which resolver a file gets, by its name."""

__all__ = ["Resolver", "kind_of", "resolver_of"]

import re
from collections.abc import Callable
from functools import partial
from typing import Final

Resolver = Callable[[str | None, str, str], tuple[str, tuple[str, ...]]]

_KINDS: Final = {
    "lock": r".*\.lock|.*-lock\.(?:json|ya?ml)|npm-shrinkwrap\.json|pylock(?:\..*)?\.toml",
    "requirements": r".*(?:requirements|constraints).*\.(?:txt|in)",
    "changelog": r"(?:changelog|changes|history|news)[^.]*(?:\.(?:md|rst|txt))?",
    "ignore": r"\.(?:git|docker|prettier|helm|npm|eslint)ignore|py\.typed",
    "attributes": r"\.gitattributes",
    "codeowners": r"codeowners",
    "toml": r".*\.toml|pipfile",
    "yaml": r".*\.ya?ml",
    "json": r".*\.json",
    "python": r".*\.pyi?",
    "notebook": r".*\.ipynb",
}
_NAMED: Final = re.compile("|".join(f"(?P<{kind}>{names})" for kind, names in _KINDS.items()), re.IGNORECASE)


def kind_of(path: str) -> str | None:
    """Return which kind of file `path` is, by its name."""
    found = _NAMED.fullmatch(path.rpartition("/")[2])
    return found.lastgroup if found else None


def resolver_of(path: str) -> Resolver | None:
    """Return the function that merges files of this name (base, ours, theirs), or None; lock files have none."""
    match kind_of(path):
        case None | "lock" | "notebook":
            return None
        case "ignore" | "attributes" | "codeowners" as kind:
            from mlscaffold.merge.resolvers import linesets

            return {
                "ignore": linesets.merge_ignore_file,
                "attributes": linesets.merge_attributes,
                "codeowners": linesets.merge_codeowners,
            }[kind]
        case "changelog":
            from mlscaffold.merge.resolvers.changelog import merge_changelog

            return merge_changelog
        case kind:
            from mlscaffold.merge.resolvers.structured import merge_structured

            return partial(merge_structured, kind)
