"""An update as a commit, as a branch, in a bare repository; and taken back."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from laboratory import Lab, everything, run_git, snapshot

from mlscaffold.cli import main

MakeLab = Callable[..., Lab]
NUMBERS = "".join(f"{number}\n" for number in range(1, 21))


def ahead(lab: MakeLab) -> Lab:
    made = lab({"a.txt": NUMBERS, "b.txt": NUMBERS, "old.txt": "1\n"})
    made.release(
        "v2.0.0",
        {
            "a.txt": NUMBERS.replace("\n3\n", "\ntemplate\n"),
            "b.txt": NUMBERS.replace("\n3\n", "\ntemplate\n"),
            "old.txt": None,
            "new.txt": "1\n1\n",
        },
        changelog="## v2.0.0\n\n- The second.\n",
    )
    made.commit({"a.txt": NUMBERS.replace("\n15\n", "\nteam\n")})
    return made


def test_a_commit_has_a_useful_message_and_leaves_other_staged_work_staged(lab: MakeLab) -> None:
    made = ahead(lab)
    made.git("config", "commit.gpgsign", "true")
    made.git("config", "gpg.program", "false")
    (made.project / "staged.txt").write_text("staged\n")
    made.git("add", "staged.txt")
    plan = made.plan("--commit")
    assert plan["commit"] == made.git("rev-parse", "HEAD")
    message = made.git("log", "-1", "--format=%B")
    assert message.splitlines()[0] == f"Update from {made.template} v1.0.0 to v2.0.0"
    assert "- The second." in message
    assert made.git("status", "--porcelain") == "A  staged.txt"
    assert "staged.txt" not in made.git("show", "--stat", "HEAD")


def test_a_branch_leaves_work_tree_index_and_head_alone(lab: MakeLab) -> None:
    made = ahead(lab)
    (made.project / "a.txt").write_text("in the middle of something\n")
    before, head = snapshot(made.project), made.git("rev-parse", "HEAD")
    raw = (made.project / ".git/index").read_bytes()
    code, out, _err = made.run("update", "--branch", "template-update")
    assert code == 0
    assert out.splitlines()[-1].endswith("on the branch template-update; nothing else was touched.")
    assert (snapshot(made.project), made.git("rev-parse", "HEAD")) == (before, head)
    assert (made.project / ".git/index").read_bytes() == raw
    assert made.git("rev-parse", "template-update^") == head
    assert "template" in made.git("show", "template-update:a.txt")
    assert "team" in made.git("show", "template-update:a.txt")
    made.git("fsck", "--strict")


def test_a_branch_that_is_there_and_a_name_that_cannot_be_are_refused(lab: MakeLab) -> None:
    made = ahead(lab)
    assert made.run("update", "--branch", "main")[2].startswith("error: the branch main is there already")
    assert made.run("update", "--branch", "a..b")[2].startswith("error: 'a..b' is no name for a branch")
    assert made.run("update", "--branch", "x", "--commit")[0] == 2


def test_what_conflicts_is_left_out_of_a_branch_told_and_offered_again(lab: MakeLab) -> None:
    made = ahead(lab)
    made.commit({"a.txt": NUMBERS.replace("\n3\n", "\nteam\n")})
    code, out, _err = made.run("update", "--branch", "up")
    assert code == 1
    assert "left out: a.txt: you and the template changed the same lines" in out
    assert made.git("show", "up:a.txt").splitlines()[2] == "team"
    assert "template" in made.git("show", "up:b.txt")
    assert "Left out, because it conflicts" in made.git("log", "-1", "--format=%B", "up")
    made.git("checkout", "-q", "up")
    assert made.actions() == {"a.txt": "conflict"}
    assert "_commit: v1.0.0" in made.text(".copier-answers.yml"), "the update is not complete"


def test_a_renamed_file_that_conflicts_is_left_out_of_a_branch(lab: MakeLab) -> None:
    made = lab({"old.txt": NUMBERS * 2, "b.txt": "1\n"})
    theirs = (NUMBERS * 2).replace("\n3\n", "\ntemplate\n", 1)
    made.release("v2.0.0", {"old.txt": None, "new.txt": theirs, "b.txt": "2\n"})
    made.commit({"old.txt": (NUMBERS * 2).replace("\n3\n", "\nteam\n", 1)})
    assert made.run("update", "--branch", "up")[0] == 1
    assert made.git("show", "up:b.txt") == "2"
    assert "team" in made.git("show", "up:old.txt")
    made.git("checkout", "-q", "up")
    assert made.actions() == {"new.txt": "conflict"}


def test_a_bare_repository_is_updated_by_branch(lab: MakeLab, tmp_path: Path) -> None:
    made = ahead(lab)
    bare = tmp_path / "bare.git"
    run_git(tmp_path, "clone", "-q", "--bare", str(made.project), str(bare))
    assert main(["-C", str(bare), "update", "--branch", "up", "--quiet", "--defaults"]) == 0
    shown = subprocess.run(["git", "show", "up:a.txt"], cwd=bare, capture_output=True, text=True, check=True).stdout
    assert "template" in shown
    assert "team" in shown


def test_where_git_takes_no_bare_repository_unasked_all_of_it_works(lab: MakeLab, tmp_path: Path, home: Path) -> None:
    (home / "gitconfig").write_text("[safe]\n\tbareRepository = explicit\n")
    made = ahead(lab)
    bare = tmp_path / "bare.git"
    run_git(tmp_path, "clone", "-q", "--bare", str(made.project), str(bare))
    assert main(["-C", str(bare), "update", "--branch", "up", "--quiet", "--defaults"]) == 0
    by_address = tmp_path / "by-address"
    new = ["new", str(by_address), "--template", f"file://{made.template}", "--at", "v1.0.0", "--defaults", "--quiet"]
    assert main(new) == 0
    assert main(["-C", str(by_address), "update", "--quiet", "--defaults"]) == 0
    assert made.update() == 0


def test_undo_takes_back_an_update_that_is_committed_and_keeps_later_work(lab: MakeLab) -> None:
    made = ahead(lab)
    before = snapshot(made.project)
    assert made.update("--commit") == 0
    made.commit({"later.txt": "later\n", "a.txt": made.text("a.txt").replace("\n19\n", "\nlater\n")})
    shown = everything(made.project)
    code, out, _err = made.run("update", "--undo", "--preview")
    assert (code, out) == (0, "6 files would go back from v2.0.0 to v1.0.0.\n")
    assert snapshot(made.project) == {path: held for path, held in shown.items() if not path.startswith(".git/")}
    assert made.run("update", "--undo")[0] == 0
    assert made.text("a.txt") == before["a.txt"][1].decode().replace("\n19\n", "\nlater\n")
    assert made.text("later.txt") == "later\n"
    assert made.text("old.txt") == "1\n"
    assert not (made.project / "new.txt").exists()
    assert "_commit: v1.0.0" in made.text(".copier-answers.yml")
    assert made.run("update", "--undo")[2].startswith("error: no update was made in this clone")


def test_undo_of_what_was_changed_since_is_a_conflict_and_abort_works(lab: MakeLab) -> None:
    made = ahead(lab)
    assert made.update("--commit") == 0
    made.commit({"b.txt": made.text("b.txt").replace("template", "rewritten")})
    after = snapshot(made.project)
    assert made.run("update", "--undo")[0] == 1
    assert "<<<<<<< yours" in made.text("b.txt")
    assert made.run("update", "--abort")[0] == 0
    assert snapshot(made.project) == after


def test_undo_refuses_to_write_over_work_that_is_not_staged(lab: MakeLab) -> None:
    made = ahead(lab)
    assert made.update() == 0
    (made.project / "a.txt").write_text("work\n")
    code, _out, err = made.run("update", "--undo")
    assert code == 2
    assert "changes that are not staged: a.txt" in err
    assert made.text("a.txt") == "work\n"
