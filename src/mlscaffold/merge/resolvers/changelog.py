"""CHANGELOG-like files: sections by heading, and the paragraphs and list items below a heading as a list."""

__all__ = ["load_changelog", "newest_first", "parse_changelog", "refuse_rewriting"]

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from packaging.version import Version

from mlscaffold.merge.resolvers.nodes import Entry, Group, Node, Scalar, mapping, sequence, text_of
from mlscaffold.merge.resolvers.outcome import Unresolved

_HASHES: Final = re.compile(r"(#{1,6})[ \t]+(\S.*)\n")
_TITLE: Final = re.compile(r"\S.*\n")
_UNDERLINE: Final = re.compile(r"([=\-~^\"'+*#.])\1{2,}[ \t]*\n")
_BULLET: Final = re.compile(r"[-*+][ \t]|\d+[.)][ \t]")
_FENCE: Final = re.compile(r"[ \t]*(?:```|~~~)")
_VERSION: Final = re.compile(r"\d+(?:\.\d+)+(?:[-.]?(?:a|b|rc|dev|post)\d+)?")


class _Block(NamedTuple):
    """A heading (`level` above 0), a list item or a paragraph, with the blank lines above it."""

    level: int
    lead: str
    text: str


def parse_changelog(text: str) -> Group:
    """Return the file as sections within sections. Raises `Unresolved` without headings, or with the same one twice."""
    blocks, foot = _blocks(text)
    if not any(block.level for block in blocks):
        raise Unresolved("no headings")
    group = _section(blocks)
    return group._replace(foot=foot)


def _section(blocks: Sequence[_Block]) -> Group:
    """Make a group of the text before the first heading, and of the sections."""
    first = next((place for place, block in enumerate(blocks) if block.level), len(blocks))
    items = tuple(Entry(None, b.lead, "", Scalar(b.text, _words(b.text), b.text), "") for b in blocks[:first])
    entries = [Entry((), "", "", Group("list", "", items, "", sequence(items)), "")]
    place = first
    while place < len(blocks):
        head, end = blocks[place], place + 1
        while end < len(blocks) and not 0 < blocks[end].level <= head.level:
            end += 1
        below = _section(blocks[place + 1 : end])
        entries.append(Entry((head.level, _words(head.text)), head.lead, head.text, below, ""))
        place = end
    if len({entry.key for entry in entries}) != len(entries):
        raise Unresolved("a heading twice")
    return Group("map", "", tuple(entries), "", mapping(entries))


def _words(text: str) -> str:
    return " ".join(text.split())


def _blocks(text: str) -> tuple[list[_Block], str]:
    lines = text.splitlines(keepends=True)
    blocks: list[_Block] = []
    lead, place, fenced, styles = "", 0, False, list[str]()
    while place < len(lines):
        line = lines[place]
        level, size = (0, 1) if fenced else _heading(lines[place : place + 2], styles)
        if level:
            blocks.append(_Block(level, lead, "".join(lines[place : place + size])))
            lead = ""
        elif not line.strip() and not fenced:
            lead += line
        elif _continues(line, blocks, lead, fenced=fenced):
            blocks[-1] = blocks[-1]._replace(text=blocks[-1].text + lead + line)
            lead = ""
        else:
            blocks.append(_Block(0, lead, line))
            lead = ""
        fenced ^= bool(_FENCE.match(line))
        place += size
    return blocks, lead


def _heading(lines: Sequence[str], styles: list[str]) -> tuple[int, int]:
    """Return the level of the heading that starts here, and how many lines it has."""
    if found := _HASHES.fullmatch(lines[0]):
        return len(found[1]), 1
    below = _UNDERLINE.fullmatch(lines[1]) if len(lines) > 1 and _TITLE.fullmatch(lines[0]) else None
    if below is None or _BULLET.match(lines[0]) or len(lines[1].strip()) < len(lines[0].strip()):
        return 0, 1
    if below[1] not in styles:
        styles.append(below[1])
    return styles.index(below[1]) + 1, 2


def _continues(line: str, blocks: Sequence[_Block], lead: str, *, fenced: bool) -> bool:
    if not blocks or blocks[-1].level:
        return False
    return fenced or line[0] in " \t" or (not lead and not _BULLET.match(line))


def load_changelog(text: str) -> Any:
    """Return heading -> what stands below it, for the proof."""
    return _loaded(parse_changelog(text))


def _loaded(group: Group) -> dict[Any, Any]:
    return {
        e.key: _loaded(e.value) if e.key != () else _texts(e.value) for e in group.entries if isinstance(e.value, Group)
    }


def _texts(group: Group) -> list[Any]:
    return [("text", entry.value.data) for entry in group.entries if isinstance(entry.value, Scalar)]


def refuse_rewriting(base: str | None, ours: str, theirs: str) -> None:
    """Raise `Unresolved` unless both sides only added lines: what is prose to one may be a heading to the other."""
    for side in (ours, theirs):
        lines = iter(side.splitlines())
        if base is None or not all(line in lines for line in base.splitlines()):
            raise Unresolved("a side did more than add")


def newest_first(merged: Group, ours: Group, theirs: Group) -> Group:
    """Put sections that only one side has and that stand together in the order of their versions, newest first.

    Raises:
        Unresolved: such sections of both sides have no versions.
    """
    mine, new = ({entry.key: entry.value for entry in side.entries} for side in (ours, theirs))
    entries = list(merged.entries)
    for start, end in _new_runs([(entry.key in mine, entry.key in new) for entry in entries]):
        run = entries[start:end]
        if len({entry.key in mine for entry in run}) > 1:
            run.sort(key=_age, reverse=True)
            entries[start:end] = run
    return merged._replace(entries=tuple(_below(entry, mine.get(entry.key), new.get(entry.key)) for entry in entries))


def _below(entry: Entry, ours: Node | None, theirs: Node | None) -> Entry:
    if not (isinstance(entry.value, Group) and isinstance(ours, Group) and isinstance(theirs, Group)):
        return entry
    if entry.key == ():
        return entry._replace(value=_tight(entry.value, ours, theirs))
    return entry._replace(value=newest_first(entry.value, ours, theirs))


def _new_runs(present: Sequence[tuple[bool, bool]]) -> Iterator[tuple[int, int]]:
    start = 0
    for place, (mine, new) in enumerate([*present, (True, True)]):
        if mine and new:
            yield start, place
            start = place + 1


def _age(entry: Entry) -> tuple[bool, Version]:
    found = _VERSION.search(entry.label)
    unreleased = "unreleased" in entry.label.casefold()
    if found is None and not unreleased:
        raise Unresolved("new sections without versions")
    return unreleased, Version(found[0] if found else "0")


def _tight(merged: Group, ours: Group, theirs: Group) -> Group:
    """Leave no blank line between bullets that came from two sides, if none stands between the others."""
    if any(_gap(*pair) for side in (ours, theirs) for pair in pairwise(side.entries)):
        return merged
    entries = list(merged.entries)
    for place, pair in enumerate(pairwise(merged.entries), start=1):
        if _gap(*pair):
            entries[place] = entries[place]._replace(lead="")
    return merged._replace(entries=tuple(entries))


def _gap(above: Entry, below: Entry) -> bool:
    """Tell whether there is a blank line between two list items."""
    return bool(below.lead) and all(_BULLET.match(text_of(entry.value)) for entry in (above, below))
