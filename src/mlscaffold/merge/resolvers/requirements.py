"""requirements*.txt and constraints*.txt: by package, with the comments above and behind a line."""

__all__ = ["load_requirements", "parse_requirements"]

import re
from collections.abc import Hashable, Iterator
from typing import Final

from mlscaffold.merge.resolvers.identity import requirement_key
from mlscaffold.merge.resolvers.nodes import Entry, Group, Scalar, mapping
from mlscaffold.merge.resolvers.outcome import Unresolved

_LINE: Final = re.compile(r"(?P<said>\S(?:.*?\S)?)(?P<tail>(?:[ \t]+#.*)?[ \t]*)")


def parse_requirements(text: str) -> Group:
    """Return the file as a tree. Raises `Unresolved` for hashes, continued lines, and a package that stands twice."""
    entries, lead = [], ""
    for row in text.splitlines(keepends=True):
        line = row.rstrip("\n")
        if not line.strip() or line.lstrip().startswith("#"):
            lead += row
            continue
        found = _LINE.fullmatch(line)
        if found is None or line.endswith("\\") or "--hash" in line:
            raise Unresolved("hashes or continued lines")
        said = found["said"]
        entries.append(Entry(_key(said), lead, "", Scalar(said, said, said), found["tail"] + "\n"))
        lead = ""
    if len({entry.key for entry in entries}) != len(entries):
        raise Unresolved("a package twice")
    return Group("map", "", tuple(entries), lead, mapping(entries))


def load_requirements(text: str) -> dict[Hashable, Hashable]:
    """Return package -> line, for the proof. Raises `Unresolved` if a package stands twice."""
    found = dict(_said(text))
    if len(found) != len(list(_said(text))):
        raise Unresolved("a package twice")
    return found


def _said(text: str) -> Iterator[tuple[Hashable, Hashable]]:
    for line in text.splitlines():
        said = re.sub(r"(^|\s+)#.*", "", line).strip()
        if said:
            yield _key(said), ("line", said)


def _key(said: str) -> Hashable:
    found = requirement_key(said)
    return ("line", said) if found is None else found
