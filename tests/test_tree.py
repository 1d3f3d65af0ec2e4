import hashlib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlscaffold.errors import UserError
from mlscaffold.tree import File, Tree, blob_id, link_leaves, read_tree, unsafe_path, write_tree

PARTS = st.text(st.characters(blacklist_characters="/\\\0:", blacklist_categories=("Cs",)), min_size=1, max_size=8)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../up",
        "a/../../up",
        "a//b",
        "./a",
        "a/.",
        "C:/x",
        "a\\b",
        ".git/config",
        "a/.GIT/hooks/x",
        "a\0b",
        "\udc80",
    ],
)
def test_a_path_that_could_leave_the_tree_is_refused(path: str) -> None:
    assert unsafe_path(path)
    with pytest.raises(UserError, match="may not write"):
        Tree({path: File(b"")})


@pytest.mark.parametrize("path", ["a", "a/b.c", ".gitignore", "a b/ü.txt", "..a/b..", ".github/x", "a/.gitkeep"])
def test_an_ordinary_path_is_taken(path: str) -> None:
    assert unsafe_path(path) is None
    assert list(Tree({path: File(b"x")})) == [path]


def test_a_file_below_a_file_or_a_link_is_refused() -> None:
    with pytest.raises(UserError, match="'a' is a file or a link"):
        Tree({"a": File(b"/etc", symlink=True), "a/b": File(b"")})


@pytest.mark.parametrize(
    ("path", "target", "leaves"),
    [("a", "b", False), ("a/b", "../c", False), ("a", "../c", True), ("a/b", "../../c", True), ("a", "/etc", True)],
)
def test_a_link_out_of_the_tree_is_told_from_one_within(path: str, target: str, leaves: bool) -> None:
    assert link_leaves(path, target) is leaves


@given(st.binary(max_size=200))
def test_the_blob_id_is_gits(data: bytes) -> None:
    assert blob_id(data) == hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def test_the_blob_id_is_what_git_says_in_both_object_formats(tmp_path: Path) -> None:
    for name in ("sha1", "sha256"):
        subprocess.run(["git", "init", "-q", f"--object-format={name}", name], cwd=tmp_path, check=True)
        said = subprocess.run(
            ["git", "hash-object", "--stdin"], cwd=tmp_path / name, input=b"x\r\n", check=True, capture_output=True
        )
        assert said.stdout.decode().strip() == blob_id(b"x\r\n", name)


def test_a_tree_written_and_read_again_is_the_same(tmp_path: Path) -> None:
    tree = Tree(
        {
            "a b/ü.txt": File(b"caf\xe9\r\n"),
            "empty": File(b""),
            "bin/run": File(b"#!/bin/sh\n", executable=True),
            "link": File(b"./a b", symlink=True),
            "bin/up": File("../a b/ü.txt".encode(), symlink=True),
        }
    )
    write_tree(tree, tmp_path)
    assert read_tree(tmp_path) == tree
    assert (tmp_path / "link").is_symlink()


@given(st.dictionaries(PARTS.filter(lambda part: unsafe_path(part) is None), st.binary(max_size=20), max_size=5))
def test_a_tree_is_sorted_and_keeps_every_file(files: dict[str, bytes]) -> None:
    tree = Tree({path: File(data) for path, data in files.items()})
    assert list(tree) == sorted(files)
    assert {path: file.data for path, file in tree.items()} == files


def test_reading_skips_what_it_is_told_to_skip(tmp_path: Path) -> None:
    write_tree(Tree({"keep/a": File(b""), "drop/b": File(b""), "c": File(b"")}), tmp_path)
    assert list(read_tree(tmp_path, skip=lambda path: path == "drop")) == ["c", "keep/a"]
