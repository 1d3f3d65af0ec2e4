"""A document as a tree that loses nothing: joined in order, its texts are the file again.

So a merge moves pieces of the two files and never writes a value anew; what nobody changed keeps its bytes. (tomlkit
moves tables and comments about, and ruamel.yaml rewrites one real file in five, so neither holds the tree.)

A *lines* group owns whole lines (TOML tables, YAML block collections), a *flow* group separates entries by commas.
Texts within a lines group are relative to its column; a line that stands further left than that starts with `LEFT`.
"""

__all__ = [
    "LEFT",
    "Entry",
    "Group",
    "Node",
    "Scalar",
    "field",
    "indent",
    "mapping",
    "relative",
    "reshaped",
    "sequence",
    "text_of",
]

from collections.abc import Callable, Hashable, Iterable
from typing import Final, NamedTuple

LEFT: Final = "\0"


class Scalar(NamedTuple):
    """A value that is taken or left as a whole."""

    text: str
    data: Hashable
    string: str | None = None  # what it says, if it can be an identity or a version


class Group(NamedTuple):
    """A mapping or a list."""

    kind: str  # "map" or "list"
    head: str
    entries: tuple["Entry", ...]
    foot: str
    data: Hashable
    flow: bool = False
    comma: bool = False  # flow: one after the last entry too
    shift: int = 0  # lines: columns to the right of the group around it
    inline: bool = False  # lines: starts on the line of its dash


Node = Scalar | Group


class Entry(NamedTuple):
    """One item: the comments above it, `key = ` or `- `, the value, and the comment behind it."""

    key: Hashable
    lead: str
    label: str
    value: Node
    tail: str

    @property
    def text(self) -> str:
        """The whole entry without its comma."""
        return f"{self.lead}{self.label}{text_of(self.value)}{self.tail}"


def mapping(entries: Iterable[Entry], mark: Hashable = None) -> Hashable:
    """Return what a mapping says, whatever its order."""
    return ("map", mark, frozenset((entry.key, entry.value.data) for entry in entries))


def sequence(entries: Iterable[Entry], mark: Hashable = None) -> Hashable:
    """Return what a list says."""
    return ("list", mark, tuple(entry.value.data for entry in entries))


def text_of(node: Node) -> str:
    """Return the text of `node`, relative to the group around it."""
    if isinstance(node, Scalar):
        return node.text
    if not node.flow:
        body = node.head + "".join(entry.text for entry in node.entries) + node.foot
        return indent(body, node.shift, first=not node.inline)
    last = len(node.entries) - 1
    parts = [node.head]
    for place, entry in enumerate(node.entries):
        comma = "," if place < last or node.comma else ""
        parts += [entry.lead, entry.label, text_of(entry.value), comma, entry.tail]
    return "".join((*parts, node.foot))


def field(node: Node, name: str) -> str | None:
    """Return what the entry `name` of a mapping says, if it is a string."""
    if isinstance(node, Group) and node.kind == "map":
        for entry in node.entries:
            if entry.key in {name, (name,)} and isinstance(entry.value, Scalar):
                return entry.value.string
            if entry.key == ():  # TOML: the keys of a table that has tables below it
                return field(entry.value, name)
    return None


def reshaped(node: Node, change: Callable[[str], str]) -> Node:
    """Return `node` with each of its texts changed."""
    if isinstance(node, Scalar):
        return node._replace(text=change(node.text))
    entries = tuple(
        Entry(e.key, change(e.lead), change(e.label), reshaped(e.value, change), change(e.tail)) for e in node.entries
    )
    return node._replace(head=change(node.head), entries=entries, foot=change(node.foot))


def relative(text: str, column: int, *, first: bool) -> str:
    """Move `text` left by `column`; `first` tells whether its first line stands at the start of a line."""
    if not column:
        return text
    pad = " " * column
    lines = text.split("\n")
    start = 0 if first else 1
    lines[start:] = [
        line if not line else line[column:] if line.startswith(pad) else LEFT + line for line in lines[start:]
    ]
    return "\n".join(lines)


def indent(text: str, column: int, *, first: bool = True) -> str:
    """Move `text` right by `column`; undoes `relative`."""
    if not column:
        return text
    pad = " " * column
    lines = text.split("\n")
    start = 0 if first else 1
    lines[start:] = [pad + line if line and not line.startswith(LEFT) else line for line in lines[start:]]
    return "\n".join(lines)
