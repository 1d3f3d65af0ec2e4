"""What holds for every document and every pair of edits."""

import json
import os
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from three_sides import documents, edited, triples, written

from mlscaffold.merge.resolvers import fault_of_merge, merge_lines, resolve_file

KINDS = {"toml": "pyproject.toml", "yaml": "config.yml", "json": "package.json"}
LOADS: dict[str, Any] = {"toml": tomllib.loads, "yaml": yaml.safe_load, "json": json.loads}
NAMES = [*KINDS.values(), ".github/workflows/ci.yml", ".pre-commit-config.yaml", "requirements.txt", "CHANGELOG.md"]
NAMES += ["HISTORY.rst", ".gitignore", ".gitattributes", "CODEOWNERS", "x.py", "x.ipynb", "uv.lock", "README.md"]
EXAMPLES = max(100, int(os.environ.get("MLSCAFFOLD_EXAMPLES", "0")))  # `nox -s thorough` asks for 2,000
kinds = st.sampled_from(sorted(KINDS))
styles = st.integers(0, 127)
relaxed = settings(
    deadline=None, max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def leaves(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    if isinstance(value, dict):
        return {place: leaf for key, inner in value.items() for place, leaf in leaves(inner, (*path, key)).items()}
    return {path: value}


@relaxed
@given(kinds, triples(), styles)
def test_a_resolved_file_holds_what_either_side_set_and_lacks_what_either_deleted(
    kind: str, sides: tuple[Any, Any, Any], style: int
) -> None:
    texts = [written(kind, side, style) for side in sides]
    base, ours, theirs = (leaves(LOADS[kind](text) or {}) for text in texts)
    found = resolve_file(KINDS[kind], *(text.encode() for text in texts))
    if found is None:
        return
    merged = leaves(LOADS[kind](found.data.decode()) or {})
    for path in {*base, *ours, *theirs, *merged} - {()}:
        was, mine, new, now = (side.get(path) for side in (base, ours, theirs, merged))
        if new in (mine, was):
            assert now == mine, path
        elif mine == was:
            assert now == new, path
        elif isinstance(now, list):
            assert all(item in now for item in mine if item in new), path
        else:
            assert any(str(path[-1]) in note for note in found.notes), path


@relaxed
@given(kinds, triples(), styles, styles)
def test_both_directions_say_the_same(kind: str, sides: tuple[Any, Any, Any], style: int, other: int) -> None:
    base, ours = (written(kind, side, style).encode() for side in sides[:2])
    theirs = written(kind, sides[2], style if other % 3 else other).encode()
    one, back = resolve_file(KINDS[kind], base, ours, theirs), resolve_file(KINDS[kind], base, theirs, ours)
    if one and back:
        assert unordered(LOADS[kind](one.data.decode())) == unordered(LOADS[kind](back.data.decode()))


def unordered(value: Any) -> Any:
    match value:
        case dict():
            return {key: unordered(inner) for key, inner in value.items()}
        case list():  # what both added in one place stands in the order of the one who is at home
            return sorted(map(repr, map(unordered, value)))
        case _:
            return value


@relaxed
@given(kinds, st.data(), styles)
def test_what_one_side_did_is_the_result(kind: str, data: st.DataObject, style: int) -> None:
    base = data.draw(documents)
    side = data.draw(edited(base))
    was, now = (written(kind, document, style).encode() for document in (base, side))
    note = b"\n" if kind == "json" else b"# a note of the team\n"
    assert resolve_file(KINDS[kind], was, now, was) == (now, ())
    assert resolve_file(KINDS[kind], was, was, now) == (now, ())
    found = resolve_file(KINDS[kind], was, was + note, now)
    if found is not None:
        assert LOADS[kind](found.data.decode()) == LOADS[kind](now.decode())
        assert note.strip() in found.data


@relaxed
@given(st.sampled_from(["toml", "yaml"]), triples(), styles, st.integers(0, 99), st.integers(0, 99))
def test_no_comment_of_either_side_is_lost(
    kind: str, sides: tuple[Any, Any, Any], style: int, mine: int, new: int
) -> None:
    base, ours, theirs = (written(kind, side, style) for side in sides)
    ours, theirs = with_comment(ours, mine, "# of the team"), with_comment(theirs, new, "# of the template")
    found = resolve_file(KINDS[kind], base.encode(), ours.encode(), theirs.encode())
    if found is not None:
        assert b"# of the team\n" in found.data
        assert b"# of the template\n" in found.data


def with_comment(text: str, place: int, comment: str) -> str:
    """Put a comment above one line, in the column of that line, or behind it."""
    lines = text.split("\n")
    number = place % len(lines)
    line = lines[number]
    if place % 2 and line and line[-1] not in "[>|-" and " #" not in line:
        lines[number] = f"{line}  {comment}"
    else:
        lines.insert(number, " " * (len(line) - len(line.lstrip())) + comment)
    return "\n".join(lines)


@relaxed
@given(kinds, triples(), styles)
def test_it_agrees_with_git_wherever_git_was_clean(
    tmp_path_factory: pytest.TempPathFactory, kind: str, sides: tuple[Any, Any, Any], style: int
) -> None:
    texts = [written(kind, side, style).encode() for side in sides]
    data, conflicts = merge_file(tmp_path_factory.getbasetemp(), *texts)
    if conflicts or fault_of_merge(KINDS[kind], *texts, data):
        return
    found = resolve_file(KINDS[kind], *texts)
    assert found is None or LOADS[kind](found.data.decode()) == LOADS[kind](data.decode())


def merge_file(folder: Path, base: bytes, ours: bytes, theirs: bytes) -> tuple[bytes, bool]:
    for name, text in (("base", base), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_bytes(text)
    command = ["git", "merge-file", "-p", "--diff3", "ours", "base", "theirs"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return done.stdout, done.returncode != 0


# fmt: off
WORDS = [
    "a: ", "[x]\n", '"', "'''", "|", "- ", "\n", "  ", "{", "}", "[", "]", ",", "# c", "=1", "\r\n", "&a ",
    "*a", "!t ", "|\n", "import os\n", "from a import b", "## 1.0\n", "!x\n", "\0", "<<: ", "? ", "---\n",
    "...\n", "x>=1\n", "\\", "\t", "@v1", "<<<<<<< ", "name: x\n", "steps:\n", '"x"', "\ufeff", "\x85",
    "\u2028",
]
# fmt: on
words = st.sampled_from([*(word.encode() for word in WORDS), b"\xff"])
noise = st.one_of(st.binary(max_size=40), st.lists(words, max_size=12).map(b"".join))


@settings(deadline=None, max_examples=4 * EXAMPLES)
@given(st.sampled_from(NAMES), st.one_of(st.none(), noise), noise, noise, noise)
def test_no_bytes_raise(name: str, base: bytes | None, ours: bytes, theirs: bytes, merged: bytes) -> None:
    resolve_file(name, base, ours, theirs)
    merge_lines(base, ours, theirs)
    fault_of_merge(name, base, ours, theirs, merged)
