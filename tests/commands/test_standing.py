"""`status`, `diff` and `template`, on real projects."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mlscaffold.cli import main
from mlscaffold.template import builtin
from mlscaffold.tree import read_tree

Git = Callable[..., str]


def run(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mlscaffold", *args], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.fixture
def project(tmp_path: Path, git_template: Path) -> Path:
    assert (
        main(
            ["new", str(tmp_path / "demo"), "--template", str(git_template), "--at", "v1.0.0", "--defaults", "--quiet"]
        )
        == 0
    )
    return tmp_path / "demo"


def status(project: Path, *args: str) -> dict[str, object]:
    done = run("status", "--json", *args, cwd=project)
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_a_fresh_project_differs_in_nothing(project: Path) -> None:
    assert status(project)["changed"] == []
    assert status(project)["deleted"] == []
    assert run("diff", cwd=project).stdout == ""


def test_newer_versions_come_with_their_changelog_and_without_prereleases(project: Path) -> None:
    assert status(project)["newer"] == [{"version": "v1.1.0", "changes": ["The second one."]}]
    assert [entry["version"] for entry in status(project, "--prereleases")["newer"]] == ["v1.1.0", "v2.0.0rc1"]  # type: ignore[attr-defined]
    assert "newer     v1.1.0\n            The second one." in run("status", cwd=project).stdout


def test_an_edit_a_deletion_a_mode_and_a_link_are_seen(project: Path) -> None:
    (project / "README.md").write_text("# demo\n\n4 things\n")
    (project / "notes.md").unlink()
    (project / "new.txt").chmod(0o755)
    (project / "src/demo/main.py").unlink()
    (project / "src/demo/main.py").symlink_to("../../README.md")
    (project / "own.txt").write_text("not from the template\n")
    answer = status(project)
    assert answer["changed"] == ["README.md", "new.txt", "src/demo/main.py"]
    assert answer["deleted"] == ["notes.md"]


def test_line_ends_that_git_changed_are_no_edit(project: Path, home: Path, git: Git) -> None:
    git(project, "config", "core.autocrlf", "true")
    (project / "README.md").write_bytes((project / "README.md").read_bytes().replace(b"\n", b"\r\n"))
    assert status(project)["changed"] == []
    (project / "README.md").write_bytes(b"# other\r\n")
    assert status(project)["changed"] == ["README.md"]


def test_the_patch_is_what_the_team_changed(project: Path) -> None:
    (project / "README.md").write_text("# demo\n\n4 things\n")
    patch = run("diff", cwd=project).stdout
    assert "-3 things\n+4 things\n" in patch
    assert "README.md | 2 +-" in run("diff", "--stat", cwd=project).stdout
    assert run("diff", "--name-only", cwd=project).stdout == "README.md\n"


def test_the_patch_undoes_the_change_when_it_is_applied_in_reverse(project: Path, git: Git) -> None:
    before = read_tree(project, skip=lambda path: path == ".git")
    (project / "README.md").write_text("other\n")
    (project / "notes.md").unlink()
    (project / "new.txt").chmod(0o755)
    (project / "new.txt").write_bytes(b"\0\xff binary")
    patch = run("diff", cwd=project).stdout
    assert "Binary files" in patch
    (project / "new.txt").write_text("first\n")
    (project / "patch").write_text(run("diff", cwd=project).stdout)
    git(project, "apply", "--reverse", "patch")
    (project / "patch").unlink()
    assert read_tree(project, skip=lambda path: path == ".git") == before


def test_the_users_diff_settings_change_nothing(project: Path, home: Path) -> None:
    (project / "README.md").write_text("# demo\n\n4 things\n")
    plain = run("diff", cwd=project).stdout
    (home / "gitconfig").write_text("[diff]\n\tnoprefix = true\n\texternal = /bin/false\n[color]\n\tui = always\n")
    assert run("diff", cwd=project).stdout == plain


def test_the_pristine_files_come_from_the_object_store_when_the_template_is_gone(
    project: Path, git_template: Path
) -> None:
    (project / "README.md").write_text("# demo\n\n4 things\n")
    git_template.rename(git_template.with_name("gone"))
    assert "+4 things" in run("diff", cwd=project).stdout
    answer = status(project)
    assert answer["changed"] == ["README.md"]
    assert "no template at" in str(answer["newer_unknown"])


def test_without_git_the_pristine_files_are_rendered_again(tmp_path: Path, git_template: Path) -> None:
    main(
        [
            "new",
            str(tmp_path / "demo"),
            "--template",
            str(git_template),
            "--at",
            "v1.0.0",
            "--set",
            "count=9",
            "--defaults",
            "--no-git",
            "-q",
        ]
    )
    (tmp_path / "demo/README.md").write_text("# demo\n\n4 things\n")
    assert "-9 things\n+4 things\n" in run("diff", cwd=tmp_path / "demo").stdout


def test_pristine_files_that_cannot_be_had_are_told(tmp_path: Path, small_template: Path) -> None:
    main(["new", str(tmp_path / "demo"), "--template", str(small_template), "--defaults", "--no-git", "-q"])
    (tmp_path / "demo/README.md").write_text("other\n")
    (small_template / "template/README.md.jinja").write_text("changed since\n")
    done = run("diff", cwd=tmp_path / "demo")
    assert done.returncode == 2
    assert "'README.md' cannot be found" in done.stderr


def test_unfinished_updates_are_told(project: Path, git: Git) -> None:
    assert status(project)["unfinished"] == []
    pending = project / ".git/mlscaffold/update.json"
    pending.parent.mkdir()
    pending.write_text("{}")
    (project / "README.md.rej").write_text("")
    git(project, "checkout", "-qb", "other")
    (project / "README.md").write_text("theirs\n")
    git(project, "commit", "-qam", "theirs")
    git(project, "checkout", "-q", "main")
    (project / "README.md").write_text("ours\n")
    git(project, "commit", "-qam", "ours")
    with pytest.raises(subprocess.CalledProcessError):
        git(project, "merge", "-q", "other")
    told = status(project)["unfinished"]
    assert told[0].startswith("an update is in progress: `mlscaffold update --continue` ends it")
    assert told[1:] == ["README.md is in conflict", "README.md.rej was rejected"]


@pytest.mark.parametrize(
    ("path", "content", "told"),
    [
        (".mlscaffold/lock", "format = [", "is damaged"),
        (".mlscaffold/lock", "format = 1\n", "is damaged"),
        (".mlscaffold/lock", "format = 99\nfiles = {}\n", "update mlscaffold-cli"),
        (".copier-answers.yml", "a: [", "cannot be read"),
        (".copier-answers.yml", "- 1\n", "does not say which template"),
    ],
)
def test_a_damaged_state_file_is_told_with_the_way_back(project: Path, path: str, content: str, told: str) -> None:
    (project / path).write_text(content)
    done = run("status", cwd=project)
    assert done.returncode == 2
    assert told in done.stderr


def test_a_project_made_by_copier_has_no_lock_yet(project: Path) -> None:
    (project / ".mlscaffold/lock").unlink()
    assert status(project)["changed"] is None
    assert run("diff", cwd=project).returncode == 2


def test_the_versions_of_a_template_are_listed(tmp_path: Path, git_template: Path) -> None:
    listed = run("template", "versions", str(git_template), cwd=tmp_path).stdout
    assert listed.splitlines() == ["v1.0.0", "  The first one.", "v1.1.0", "  The second one."]
    assert (
        json.loads(run("template", "versions", "--json", cwd=tmp_path).stdout)[-1]["version"]
        == builtin.releases()[-1].version
    )


def test_the_ejected_template_has_a_tag_per_release_and_makes_the_same_project(tmp_path: Path, git: Git) -> None:
    assert run("template", "eject", "ours", cwd=tmp_path).returncode == 0
    assert git(tmp_path / "ours", "tag").split() == [f"v{release.version}" for release in builtin.releases()]
    assert git(tmp_path / "ours", "status", "--porcelain") == ""
    for name, source in {"a": "mlscaffold:builtin", "b": str(tmp_path / "ours")}.items():
        assert (
            main(
                [
                    "new",
                    str(tmp_path / name / "flights"),
                    "--template",
                    source,
                    "--defaults",
                    "--no-git",
                    "--no-sync",
                    "-q",
                ]
            )
            == 0
        )

    def skip(path: str) -> bool:
        return path in {".copier-answers.yml", ".mlscaffold"}

    assert read_tree(tmp_path / "a", skip=lambda path: skip(path.removeprefix("flights/"))) == read_tree(
        tmp_path / "b", skip=lambda path: skip(path.removeprefix("flights/"))
    )


def test_ejecting_into_a_folder_that_is_taken_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    assert run("template", "eject", ".", cwd=tmp_path).returncode == 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine"]
