from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlscaffold.errors import UserError
from mlscaffold.template import gitsource
from mlscaffold.template.changelog import changes_by_version
from mlscaffold.template.sources import load_template, newer_versions, template_versions
from mlscaffold.template.versions import newer, newest, sorted_versions

Git = Callable[..., str]


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("gh:owner/name", "https://github.com/owner/name.git"),
        ("gl:group/name.git", "https://gitlab.com/group/name.git"),
        ("git+https://host/x", "https://host/x"),
        ("git@host:a/b", "git@host:a/b"),
        ("ssh://host/x", "ssh://host/x"),
        ("../some.git", "../some.git"),
    ],
)
def test_an_address_is_known_and_expanded(source: str, address: str) -> None:
    assert gitsource.is_url(source)
    assert gitsource.expand(source) == address


@pytest.mark.parametrize("source", ["template", "./a/b", "/abs/folder", "C:/x"])
def test_a_folder_is_no_address(source: str) -> None:
    assert not gitsource.is_url(source)


def test_a_plain_folder_is_read_as_it_stands_and_has_no_versions(small_template: Path) -> None:
    template = load_template(str(small_template))
    assert (template.version, template.commit) == (None, None)
    assert "template/README.md.jinja" in template.files
    assert template_versions(str(small_template)) == []
    assert newer_versions(str(small_template), "") == []
    with pytest.raises(UserError, match="plain folder and has no version"):
        load_template(str(small_template), "v1")


def test_a_git_folder_without_tags_is_read_as_it_stands(small_template: Path, git: Git) -> None:
    git(small_template, "init", "-q")
    (small_template / "template" / "fresh.txt").write_text("not committed")
    assert "template/fresh.txt" in load_template(str(small_template)).files


def test_a_tag_a_branch_and_a_commit_can_be_asked_for(git_template: Path, git: Git) -> None:
    git(git_template, "checkout", "-qb", "topic", "v1.0.0")
    commit = git(git_template, "rev-parse", "v1.1.0")
    for at, version, text in (
        ("v1.0.0", "v1.0.0", b"first\n"),
        ("topic", None, b"first\n"),
        (commit, None, b"second\n"),
    ):
        template = load_template(str(git_template), at)
        assert template.version == version
        assert template.files["template/new.txt"].data == text


def test_an_unknown_version_is_told_with_the_nearest(git_template: Path) -> None:
    with pytest.raises(UserError, match=r"no version 'v1\.0\.9'; nearest: v1\.0\.0"):
        load_template(str(git_template), "v1.0.9")


def test_an_address_is_cloned_once_fetched_again_and_served_offline(git_template: Path, git: Git) -> None:
    url = f"file://{git_template}"
    assert load_template(url).version == "v1.1.0"
    git(git_template, "tag", "v1.2.0")
    assert load_template(url).version == "v1.2.0"
    git_template.rename(git_template.with_name("gone"))
    template = load_template(url)
    assert template.version == "v1.2.0"
    assert "could not reach" in template.warning


def test_an_address_that_cannot_be_cloned_is_told_and_leaves_no_half_clone(tmp_path: Path, home: Path) -> None:
    with pytest.raises(UserError, match="cannot clone"):
        load_template(f"file://{tmp_path}/nothing.git")
    assert not list((home / "cache").rglob("*.git"))


@pytest.mark.parametrize("name", ["no-such", ""])
def test_a_folder_without_copier_yml_is_no_template(tmp_path: Path, name: str) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(UserError) as told:
        load_template(str(tmp_path / name))
    assert told.value.hint


@pytest.mark.parametrize(
    "source", ["https://user:secret@host/x.git", "git+https://secret@host/x", "ssh://git:secret@host/x"]
)
def test_an_address_with_credentials_is_refused_before_it_can_be_recorded(source: str) -> None:
    with pytest.raises(UserError, match="holds credentials") as told:
        load_template(source)
    assert "secret" not in str(told.value)


def test_a_submodule_is_refused(tmp_path: Path, git_template: Path, git: Git) -> None:
    git(git_template, "update-index", "--add", "--cacheinfo", f"160000,{git(git_template, 'rev-parse', 'HEAD')},sub")
    git(git_template, "commit", "-qm", "sub")
    with pytest.raises(UserError, match="submodule at 'sub'"):
        load_template(str(git_template), "HEAD")


def test_versions_are_ordered_as_pep_440_says() -> None:
    tags = ["v1.10.0", "v1.9.0", "latest", "2.0.0rc1", "v1.9.0.post1"]
    assert sorted_versions(tags) == ["v1.9.0", "v1.9.0.post1", "v1.10.0"]
    assert newest(tags) == "v1.10.0"
    assert newest(tags, prereleases=True) == "2.0.0rc1"
    assert newest(["latest"]) is None
    assert newer(tags, "v1.9.0") == ["v1.9.0.post1", "v1.10.0"]
    assert newer(tags, "not a version") == []


def test_a_changelog_gives_the_lines_of_each_version() -> None:
    newer = "## [1.1.0] - 2026-01-02\n\n### Added\n- One\n  goes on.\n- Two\n\n"
    text = f"# Changes\n\n{newer}## Template 1.0.0\n* Three\n\n## Older\n- no\n"
    assert changes_by_version(text) == {"1.1.0": ("One goes on.", "Two"), "1.0.0": ("Three",)}


@given(st.text())
def test_no_changelog_breaks_the_reader(text: str) -> None:
    assert all(isinstance(lines, tuple) for lines in changes_by_version(text).values())
