"""Which repository is meant, and what git tracks in it."""

import subprocess
from pathlib import Path

import pytest

from mlscaffold.check.listing import ListingError, root_of, tracked
from toolbox.checking import repository


def test_the_root_is_the_nearest_repository_above(tmp_path: Path) -> None:
    root = repository(tmp_path / "outer", {"src/acme/a.py": ""})
    inner = repository(tmp_path / "outer" / "inner", {"b.py": ""})
    assert root_of(str(root / "src" / "acme")) == str(root)
    assert root_of(str(inner)) == str(inner)


def test_a_project_inside_a_larger_repository_is_its_own_root(tmp_path: Path) -> None:
    root = repository(tmp_path, {"churn/.mlscaffold/lock": "", "churn/src/a.py": "", "other/b.py": ""})
    assert root_of(str(root / "churn" / "src")) == str(root / "churn")
    assert sorted(tracked(str(root / "churn"))) == [".mlscaffold/lock", "src/a.py"]


def test_no_repository_is_told_with_the_next_command(tmp_path: Path) -> None:
    with pytest.raises(ListingError, match="git init"):
        root_of(str(tmp_path))


def test_what_git_does_not_track_or_is_gone_is_not_listed(tmp_path: Path) -> None:
    root = repository(tmp_path, {"a.py": "x", "gone.py": "", "link.py": ""})
    (root / "gone.py").unlink()
    (root / "new.py").write_text("", encoding="utf-8")
    (root / "link.py").unlink()
    (root / "link.py").symlink_to("a.py")
    (root / "a.py").chmod(0o755)
    found = tracked(str(root))
    assert sorted(found) == ["a.py", "link.py"]
    assert found["a.py"].executable
    assert found["a.py"].size == 1
    assert found["link.py"].symlink


def test_a_submodule_is_somebody_elses(tmp_path: Path) -> None:
    inner = repository(tmp_path / "inner", {"a.py": ""})
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@localhost", "-c", "protocol.file.allow=always"]
    subprocess.run([*git, "commit", "-qm", "a"], cwd=inner, check=True)
    root = repository(tmp_path / "root", {"b.py": ""})
    subprocess.run([*git, "submodule", "--quiet", "add", str(inner), "vendored"], cwd=root, check=True)
    assert sorted(tracked(str(root))) == [".gitmodules", "b.py"]


def test_an_unmerged_file_is_listed_once(tmp_path: Path) -> None:
    root = repository(tmp_path, {"a.py": "x = 1\n"})
    blob = subprocess.run(
        ["git", "hash-object", "a.py"], cwd=root, capture_output=True, text=True, check=True
    ).stdout.strip()
    stages = "".join(f"100644 {blob} {stage}\ta.py\n" for stage in (1, 2, 3))
    subprocess.run(["git", "rm", "-q", "--cached", "a.py"], cwd=root, check=True)
    subprocess.run(["git", "update-index", "--index-info"], input=stages, text=True, cwd=root, check=True)
    assert list(tracked(str(root))) == ["a.py"]


def test_the_index_of_a_commit_under_way_is_the_one_that_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = repository(tmp_path, {"a.py": "", "b.py": ""})
    other = tmp_path / "index-of-the-commit"
    monkeypatch.setenv("GIT_INDEX_FILE", str(other))
    subprocess.run(["git", "add", "a.py"], cwd=root, check=True)
    assert list(tracked(str(root))) == ["a.py"]


def test_a_damaged_index_is_told_in_one_line(tmp_path: Path) -> None:
    root = repository(tmp_path, {"a.py": ""})
    (root / ".git" / "index").write_bytes(b"nonsense")
    with pytest.raises(ListingError, match="git does not list the files: fatal") as told:
        tracked(str(root))
    assert "\n" not in str(told.value)


def test_git_that_is_not_installed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path, {"a.py": ""})
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ListingError, match="git is not installed"):
        tracked(str(root))
