"""Files with a tree: parse, merge, write, and believe the result only after the proof."""

__all__ = ["merge_structured"]

from collections.abc import Callable

from mlscaffold.merge.resolvers.decisions import bump_note, joined_note
from mlscaffold.merge.resolvers.engine import Merged, merge_nodes
from mlscaffold.merge.resolvers.nodes import LEFT, Group, text_of
from mlscaffold.merge.resolvers.order import in_sorted_runs
from mlscaffold.merge.resolvers.outcome import Unresolved
from mlscaffold.merge.resolvers.proof import prove

Parse = Callable[[str], Group]


def merge_structured(kind: str, base: str | None, ours: str, theirs: str) -> tuple[str, tuple[str, ...]]:
    """Merge files of one `kind`, as `proof.load` knows them; return the text and the notes. Raises `Unresolved`."""
    text, merged = _merged(kind, base, ours, theirs)
    prove(kind, base, ours, theirs, text, merged.bumps)
    return text, (*map(bump_note, merged.bumps), *map(joined_note, merged.joined))


def _merged(kind: str, base: str | None, ours: str, theirs: str) -> tuple[str, Merged]:
    if kind == "python":
        from mlscaffold.merge.resolvers.python_imports import merge_python

        if base is None:
            raise Unresolved("both added a Python file")
        return merge_python(base, ours, theirs)
    parse = _parser(kind, ours)
    trees = [_lossless(parse, text) for text in (ours, theirs)]
    merged = merge_nodes(None if base is None else _lossless(parse, base), *trees)
    node = in_sorted_runs(merged.node, *trees) if kind == "requirements" else merged.node
    return text_of(node).replace(LEFT, ""), merged


def _parser(kind: str, ours: str) -> Parse:
    match kind:
        case "toml":
            from mlscaffold.merge.resolvers.toml_tree import parse_toml

            return parse_toml
        case "json":
            from mlscaffold.merge.resolvers.json_tree import parse_json, unit_of

            unit = unit_of(ours)
            return lambda text: parse_json(text, unit)
        case "requirements":
            from mlscaffold.merge.resolvers.requirements import parse_requirements

            return parse_requirements
        case _:
            from mlscaffold.merge.resolvers.yaml_tree import parse_yaml

            return parse_yaml


def _lossless(parse: Parse, text: str) -> Group:
    group = parse(text)
    # JSON may have been indented anew, which moves white space only
    if text_of(group).replace(LEFT, "").split() != text.split():
        raise Unresolved("the tree does not hold the whole text")
    return group
