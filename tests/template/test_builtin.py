import hashlib
import zipfile
from pathlib import Path

import pytest

from mlscaffold.errors import UserError
from mlscaffold.template import builtin
from mlscaffold.template.release import source_tree
from mlscaffold.tree import File, Tree

# Written by hand at each release: an archive that changes, changes here as well, and is seen in review.
RELEASED = {
    "0.1.0": "4e2aa97c581c7fc42123419317e5862febf0e860c58991fb57df4f0157fb72e3",
    "0.2.0": "d374a08234a35e4c3997ca19154759bb3c4ee16e656019c9854b73018a1ea996",
    "0.3.0": "488cd1ad7735e523bd980ebdd225aa51d8993acf2b0dbe19d1237197b1f340eb",
    "0.4.0": "67a5f9982093c579c5817e29a17125d26076a4250924fe56c5742b35efcf625e",
}


def test_released_archives_never_change() -> None:
    assert {release.version: release.sha256 for release in builtin.releases()} == RELEASED
    for version, digest in RELEASED.items():
        assert hashlib.sha256((builtin.HOME / f"{version}.zip").read_bytes()).hexdigest() == digest


def test_no_archive_is_left_out_of_the_index() -> None:
    assert {path.stem for path in builtin.HOME.glob("*.zip")} == set(RELEASED)


def test_the_newest_release_is_what_stands_in_the_repository() -> None:
    release, files = builtin.load()
    assert files == source_tree(), (
        f"template/ changed since {release.version}: run `nox -s release_template -- VERSION`"
    )


def test_a_file_that_changed_since_the_release_is_seen() -> None:
    files = source_tree()
    path, file = next(iter(files.items()))
    assert Tree({**files, path: file._replace(data=file.data + b" ")}) != builtin.load()[1]
    assert Tree({**files, path: file._replace(executable=not file.executable)}) != builtin.load()[1]


def test_an_archive_depends_on_its_files_alone() -> None:
    tree = Tree({"b": File(b"2", executable=True), "a": File(b"1"), "l": File(b"a", symlink=True)})
    assert builtin.pack(tree) == builtin.pack(Tree(dict(reversed(list(tree.items())))))


def test_a_packed_tree_comes_back_with_modes_and_links(tmp_path: Path) -> None:
    tree = Tree({"b é": File(b"2", executable=True), "a": File(b""), "l": File(b"a", symlink=True)})
    data = builtin.pack(tree)
    (tmp_path / "1.0.0.zip").write_bytes(data)
    (tmp_path / "index.json").write_text(
        f'{{"1.0.0": {{"sha256": "{hashlib.sha256(data).hexdigest()}", "changes": ["x"]}}}}'
    )
    assert builtin.load("v1.0.0", tmp_path)[1] == tree
    assert zipfile.ZipFile(tmp_path / "1.0.0.zip").testzip() is None


def test_a_damaged_archive_and_an_unknown_version_are_told(tmp_path: Path) -> None:
    (tmp_path / "1.0.0.zip").write_bytes(b"PK")
    (tmp_path / "index.json").write_text('{"1.0.0": {"sha256": "0", "changes": []}}')
    with pytest.raises(UserError, match="damaged"):
        builtin.load("1.0.0", tmp_path)
    with pytest.raises(UserError, match=r"no version '1\.0\.1'; nearest: 1\.0\.0"):
        builtin.load("1.0.1", tmp_path)


def test_releases_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    entries = ", ".join(f'"{version}": {{"sha256": "0", "changes": []}}' for version in ("0.10.0", "0.9.0", "0.2.0"))
    (tmp_path / "index.json").write_text(f"{{{entries}}}")
    assert [release.version for release in builtin.releases(tmp_path)] == ["0.2.0", "0.9.0", "0.10.0"]
