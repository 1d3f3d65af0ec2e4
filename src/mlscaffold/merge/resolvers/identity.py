"""What makes two items of a list the same item: the package of a requirement, the name of a step, else all they say."""

__all__ = ["REQUIREMENT_KEYS", "is_sorted", "item_keys", "requirement_key", "sort_key"]

import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache, partial
from itertools import chain
from typing import Final

from mlscaffold.merge.resolvers.nodes import Entry, Group, Scalar, field

REQUIREMENT_KEYS: Final = re.compile(r"dependenc|requires|requirement|constraint")
_SPECIFIED: Final = re.compile(r"[\w\]]\s*(?:[<>=~!]=|[<>])")
_SORTED: Final = 3
_STEPS: Final = frozenset({"steps", "jobs", "stages"})
_NAMES: Final = ("id", "repo", "name", "job", "stage", "path", "url", "key", "module", "package-ecosystem")
_STEP_NAMES: Final = ("id", "displayName", "name", "uses", "task", "checkout", "template")

Keys = list[Hashable]


def item_keys(path: Sequence[str], lists: Sequence[Group]) -> list[Keys]:
    """Return the key of each item of each list; a key that is not unique everywhere gives way to all the item says."""
    key = _key_of(path, list(chain.from_iterable(group.entries for group in lists)))
    found = [[key(entry) for entry in group.entries] for group in lists]
    doubtful = {name for names in found for name, times in Counter(names).items() if times > 1}
    return [
        [_whole(entry) if name in doubtful else name for entry, name in zip(group.entries, names, strict=True)]
        for group, names in zip(lists, found, strict=True)
    ]


def _whole(entry: Entry) -> Hashable:
    return ("all", entry.value.data)


def _key_of(path: Sequence[str], entries: Sequence[Entry]) -> Callable[[Entry], Hashable]:
    texts = [entry.value.string for entry in entries if isinstance(entry.value, Scalar)]
    if any(REQUIREMENT_KEYS.search(name) for name in path) or any(_SPECIFIED.search(text or "") for text in texts):
        requirements = [requirement_key(text) for text in texts if text is not None]
        if None not in requirements and len(requirements) == len(texts) and texts:
            return _keyed_requirement
    return partial(_named, _STEP_NAMES if _STEPS.intersection(path[-1:]) else _NAMES)


@lru_cache(maxsize=10_000)  # each line is asked for on three sides, and again by the proof
def requirement_key(text: str) -> Hashable | None:
    """Return the package, extras and marker of a requirement, or None if `text` is none."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    try:
        found = Requirement(text)
    except InvalidRequirement:
        return None
    return ("package", canonicalize_name(found.name), tuple(sorted(found.extras)), str(found.marker or ""))


def _keyed_requirement(entry: Entry) -> Hashable:
    text = entry.value.string if isinstance(entry.value, Scalar) else None
    found = requirement_key(text) if text is not None else None
    return _whole(entry) if found is None else found


def _named(names: Sequence[str], entry: Entry) -> Hashable:
    for name in names:
        if text := field(entry.value, name):
            return ("=", name, text.rsplit("@", 1)[0] if name in {"uses", "task"} else text)
    return _whole(entry)


def is_sorted(group: Group) -> bool:
    """Tell whether a list is kept in order by its authors: words, too many for chance, and no command line."""
    texts = [entry.value.text for entry in group.entries if isinstance(entry.value, Scalar)]
    if len(texts) < max(_SORTED, len(group.entries)) or any(
        "\n" in text or text.strip("'\"")[:1] == "-" for text in texts
    ):
        return False
    keys = [sort_key(entry) for entry in group.entries]
    return keys == sorted(keys)


def sort_key(entry: Entry) -> tuple[tuple[str, int], ...]:
    """Return what words are ordered by: without case, and numbers by size."""
    text = entry.value.text.strip("'\"") if isinstance(entry.value, Scalar) else ""
    return tuple((word, int(number or 0)) for word, number in re.findall(r"(\D*)(\d*)", text.casefold()))
