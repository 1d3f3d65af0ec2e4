import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlscaffold.errors import UserError
from mlscaffold.project.lock import LOCK_PATH, Entry, Lock, _as_written, dump_lock, load_lock, lock_for
from mlscaffold.project.ownership import ownership
from mlscaffold.tree import File, Tree

TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)
ENTRIES = st.builds(Entry, TEXT, TEXT, TEXT, TEXT)
LOCKS = st.builds(Lock, TEXT, TEXT, TEXT, TEXT, TEXT, st.dictionaries(TEXT, ENTRIES, max_size=5))


@given(LOCKS)
def test_a_lock_written_and_read_again_is_the_same(tmp_path_factory: pytest.TempPathFactory, lock: Lock) -> None:
    root = tmp_path_factory.mktemp("project")
    (root / LOCK_PATH).parent.mkdir()
    (root / LOCK_PATH).write_bytes(dump_lock(lock))
    assert load_lock(root) == lock


@given(LOCKS)
def test_what_is_read_line_by_line_is_what_toml_says(lock: Lock) -> None:
    text = dump_lock(lock).decode()
    assert _as_written(text) == tomllib.loads(text)


@pytest.mark.parametrize("edit", [("format = 1", "format=1"), ("[files]", "[files ]"), ('", "', '","')])
def test_a_lock_that_was_written_otherwise_is_read_as_toml(tmp_path: Path, edit: tuple[str, str]) -> None:
    lock = Lock("t", "1", "c", "x", "sha1", {"a b": Entry("100644", "1", "merge", "s")})
    (tmp_path / LOCK_PATH).parent.mkdir()
    (tmp_path / LOCK_PATH).write_text(dump_lock(lock).decode().replace(*edit))
    assert load_lock(tmp_path) == lock


def test_a_lock_is_sorted_with_one_file_a_line() -> None:
    tree = Tree({"b": File(b"2", executable=True), "a\nb": File(b"1"), "l": File(b"b", symlink=True)})
    text = dump_lock(
        lock_for(tree, {"b": "t/b.jinja"}, lambda _path: "merge", template="x", version=None, commit=None)
    ).decode()
    lines = text.splitlines()
    assert lines[lines.index("[files]  # path = [mode, blob id, who owns it, template file]") + 1 :] == [
        r'"a\nb" = ["100644", "56a6051ca2b02b04ef92d5150c9ef600403cb1de", "merge", ""]',
        '"b" = ["100755", "d8263ee9860594d2806b0dfd1bfd17528b0ba2a4", "merge", "t/b.jinja"]',
        '"l" = ["120000", "63d8dbd40c23542e740659a7168a0ce3138ea748", "merge", ""]',
    ]
    assert tomllib.loads(text)["object-format"] == "sha1"


def test_a_project_without_a_lock_has_none(tmp_path: Path) -> None:
    assert load_lock(tmp_path) is None


def test_the_last_class_that_matches_wins_and_skip_if_exists_is_seed() -> None:
    owner = ownership(
        {"classes": {"structured": ["*.toml"], "seed": ["config/*"], "lines": [".gitignore"]}},
        {"once.txt", "config/a.toml"},
    )
    assert [owner(path) for path in ("pyproject.toml", "config/a.toml", ".gitignore", "once.txt", "x.py")] == [
        "structured",
        "seed",
        "lines",
        "seed",
        "merge",
    ]


def test_an_unknown_class_is_told_with_the_nearest() -> None:
    with pytest.raises(UserError, match="unknown class 'sead'; nearest: seed"):
        ownership({"classes": {"sead": ["*"]}}, ())
