"""Python files whose conflict lies in the leading imports: these are merged by module and name, the rest by line."""

__all__ = ["load_imports", "merge_python"]

import ast
import re
from collections.abc import Hashable, Iterator
from typing import Final, NamedTuple

from mlscaffold.merge.resolvers.engine import Merged, merge_nodes
from mlscaffold.merge.resolvers.flow import Piece, flow_group
from mlscaffold.merge.resolvers.lines3 import merge3
from mlscaffold.merge.resolvers.nodes import Entry, Group, Node, Scalar, mapping, sequence, text_of
from mlscaffold.merge.resolvers.order import in_sorted_runs
from mlscaffold.merge.resolvers.outcome import Unresolved

_TAIL: Final = re.compile(r"[ \t]*(?:#[^\n]*)?\n")
_TRIVIA: Final = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*")
_USUAL_WIDTH: Final = 88

Import = ast.Import | ast.ImportFrom
Span = tuple[int, int]


class _File(NamedTuple):
    """What stands above the first import, the imports, and what stands below their run."""

    above: list[str]
    imports: Group
    below: list[str]


def merge_python(base: str, ours: str, theirs: str) -> tuple[str, Merged]:
    """Merge the leading imports by name and the rest by line. Raises `Unresolved` if the rest is in conflict too."""
    was, mine, new = (_cut(text) for text in (base, ours, theirs))
    above, below = merge3(was.above, mine.above, new.above), merge3(was.below, mine.below, new.below)
    if above is None or below is None:
        raise Unresolved("both changed more than imports")
    merged = merge_nodes(was.imports, mine.imports, new.imports)
    node = in_sorted_runs(merged.node, mine.imports, new.imports)
    width = max(_USUAL_WIDTH, *(len(line) for line in ours.splitlines()))
    text = "".join((*above, text_of(_wrapped(node, width)), *below))
    _refuse_missing_names(text, ours, theirs)
    return text, merged


def load_imports(text: str) -> dict[Hashable, list[Hashable]]:
    """Return module -> names that the leading imports bring in, for the proof. Raises `Unresolved`."""
    found: dict[Hashable, list[Hashable]] = {}
    for statement in _run(_parsed(text)):
        where = "." * statement.level + (statement.module or "") if isinstance(statement, ast.ImportFrom) else "import"
        found.setdefault(where, []).extend((alias.name, str(alias.asname)) for alias in statement.names)
    return found


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        raise Unresolved("not Python") from None


def _run(module: ast.Module) -> list[Import]:
    """Return the first run of imports at the top level."""
    found: list[Import] = []
    for statement in module.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            found.append(statement)
        elif found or not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            break
    return found


def _cut(text: str) -> _File:
    statements = _run(_parsed(text))
    if not statements:
        raise Unresolved("no leading imports")
    lines = text.splitlines(keepends=True)
    start, end = statements[0].lineno - 1, statements[-1].end_lineno or 0
    block = "".join(lines[start:end])
    if not block.isascii():
        raise Unresolved("imports that are not ASCII")  # the positions of `ast` count bytes
    return _File(lines[:start], _tree(block, statements, start), lines[end:])


def _tree(text: str, statements: list[Import], above: int) -> Group:
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    entries, place = [], 0
    for statement in statements:
        start, end = _span(statement, starts, above)
        spans = [_span(alias, starts, above) for alias in statement.names]
        tail = _TAIL.match(text, end)
        if tail is None or not _TRIVIA.fullmatch(text, place, start) or "\\" in text[start:end]:
            raise Unresolved("imports that share a line")
        entries.append(_entry(text, (start, end), statement, spans)._replace(lead=text[place:start], tail=tail[0]))
        place = tail.end()
    if len({entry.key for entry in entries}) != len(entries):
        raise Unresolved("a module twice")
    return Group("map", "", tuple(entries), "", mapping(entries))


def _span(node: Import | ast.alias, starts: list[int], above: int) -> Span:
    first, last = node.lineno - 1 - above, (node.end_lineno or 0) - 1 - above
    return starts[first] + node.col_offset, starts[last] + (node.end_col_offset or 0)


def _entry(text: str, place: Span, statement: Import, spans: list[Span]) -> Entry:
    start, end = place
    aliases = [(alias.name, alias.asname) for alias in statement.names]
    if isinstance(statement, ast.Import) or aliases[0][0] == "*":
        whole = text[start:end]
        return Entry(("import", " ".join(whole.split())), "", "", Scalar(whole, ("import", *aliases)), "")
    pieces = [
        Piece(left, right, None, "", Scalar(text[left:right], ("name", str(asname), name)))
        for (left, right), (name, asname) in zip(spans, aliases, strict=True)
    ]
    opened = text.find("(", start, spans[0][0])
    value = flow_group(text, (opened, end), "list", pieces, bracket="(") if opened >= 0 else _bare(text, pieces)
    label = text[start : opened if opened >= 0 else spans[0][0]]
    return Entry(("from", "." * statement.level + (statement.module or "")), "", label, value, "")


def _bare(text: str, pieces: list[Piece]) -> Group:
    """Make a group of names without parentheses, which the layout can put into parentheses."""
    entries, place = [], pieces[0].start
    for piece in pieces:
        entries.append(Entry(None, text[place : piece.start].removeprefix(","), "", piece.value, ""))
        place = piece.end
    return Group("list", "", tuple(entries), "", sequence(entries), flow=True)


def _wrapped(node: Node, width: int) -> Node:
    """Put names into parentheses, one a line, where joining both sides made a line longer than any in the file."""
    if isinstance(node, Scalar):
        return node
    entries = []
    for entry in node.entries:
        group = entry.value
        if isinstance(group, Group) and not group.head and len(entry.text) - len(entry.lead) - 1 > width:
            names = tuple(name._replace(lead="\n    ") for name in group.entries)
            entry = entry._replace(value=group._replace(head="(", entries=names, foot="\n)", comma=True))  # noqa: PLW2901
        entries.append(entry)
    return node._replace(entries=tuple(entries))


def _refuse_missing_names(text: str, ours: str, theirs: str) -> None:
    """Raise `Unresolved` if one side dropped an import that the other side's code still uses."""
    before = _bound(ours) | _bound(theirs)
    module = _parsed(text)
    used = {node.id for node in ast.walk(module) if isinstance(node, ast.Name)}
    if missing := (before - _bound(text)) & used:
        raise Unresolved(f"{', '.join(sorted(missing))} is used but no longer imported")


def _bound(text: str) -> set[str]:
    names: Iterator[ast.alias] = (alias for node in _run(_parsed(text)) for alias in node.names)
    return {alias.asname or alias.name.split(".")[0] for alias in names}
