"""A tree as git lists it: path -> mode and object id, without the bytes. What a merge works on."""

__all__ = ["GITLINK", "Listing", "Node", "changes", "list_tree", "parse_listing"]

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from mlscaffold.git.run import git

GITLINK: Final = "160000"  # the mode of a submodule: its id is a commit elsewhere


class Node(NamedTuple):
    """One entry: git's mode (100644, 100755, 120000 or 160000) and the object's id."""

    mode: str
    blob: str


Listing = Mapping[str, Node]


def list_tree(repository: Path, tree: str) -> dict[str, Node]:
    """Return everything below `tree`, submodules as what they are. Raises `GitError` if there is no such tree."""
    return parse_listing(git("ls-tree", "-r", "-z", "--full-tree", tree, cwd=repository))


def parse_listing(out: bytes) -> dict[str, Node]:
    """Read what `git ls-tree -r -z` printed."""
    found: dict[str, Node] = {}
    for entry in out.decode(errors="surrogateescape").split("\0")[:-1]:
        head, path = entry.split("\t", 1)
        mode, _kind, name = head.split(" ")
        found[path] = Node(mode, name)
    return found


def changes(old: Listing, new: Listing) -> dict[str, Node | None]:
    """Return what turns `old` into `new`: path -> its new node, or None where it goes."""
    gone: dict[str, Node | None] = dict.fromkeys(path for path in old if path not in new)
    return gone | {path: node for path, node in new.items() if old.get(path) != node}
