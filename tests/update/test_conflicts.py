"""Conflicts as git knows them: stages, markers that name the versions, `--continue`, `--abort`."""

import json
from collections.abc import Callable

import pytest
from laboratory import Lab, everything, index, snapshot

MakeLab = Callable[..., Lab]
NUMBERS = "".join(f"{number}\n" for number in range(1, 21))
MARKED = """\
1
2
<<<<<<< yours
team
||||||| template-v1.0.0
3
=======
template
>>>>>>> template-v2.0.0
4
"""


@pytest.fixture
def conflict(lab: MakeLab) -> Lab:
    """A project with one conflict, one clean change, one addition and one deletion ahead of it."""
    made = lab({"a.txt": NUMBERS, "b.txt": "1\n", "dir/c.txt": "1\n", "gone.txt": "1\n"})
    made.release(
        "v2.0.0",
        {
            "a.txt": NUMBERS.replace("\n3\n", "\ntemplate\n"),
            "b.txt": "2\n",
            "dir/c.txt": None,
            "new/d.txt": "1\n",
            "gone.txt": None,
        },
    )
    made.commit({"a.txt": NUMBERS.replace("\n3\n", "\nteam\n"), "own.txt": "own\n"})
    return made


def test_git_sees_the_conflict_and_the_markers_name_the_versions(conflict: Lab) -> None:
    code, out, _err = conflict.run("update", "--defaults")
    assert code == 1
    assert "conflict  a.txt  (you and the template changed the same lines)" in out
    assert "  what the template wanted: git diff :1:a.txt :3:a.txt\n" in out
    assert "+template" in conflict.git("diff", ":1:a.txt", ":3:a.txt")
    assert out.endswith("Next:\n  git status\n  mlscaffold update --continue\n  mlscaffold update --abort\n")
    assert conflict.text("a.txt").startswith(MARKED)
    assert conflict.git("status", "--porcelain", "a.txt") == "UU a.txt"
    stages = [conflict.git("show", f":{number}:a.txt").splitlines()[2] for number in (1, 2, 3)]
    assert stages == ["3", "team", "template"]
    assert conflict.git("diff", "--name-only", "--diff-filter=U") == "a.txt"


def test_git_can_check_the_sides_out(conflict: Lab) -> None:
    conflict.update()
    conflict.git("checkout", "--theirs", "a.txt")
    assert "template" in conflict.text("a.txt")
    conflict.git("checkout", "--merge", "a.txt")
    assert "<<<<<<<" in conflict.text("a.txt")


def test_the_version_is_recorded_when_the_conflict_is_resolved(conflict: Lab) -> None:
    conflict.update()
    assert "_commit: v1.0.0" in conflict.text(".copier-answers.yml")
    code, _out, err = conflict.run("update", "--continue")
    assert (code, "a.txt is still in conflict" in err) == (2, True)
    conflict.git("add", "a.txt")
    code, _out, err = conflict.run("update", "--continue")
    assert (code, "a.txt still holds conflict markers" in err) == (2, True)
    (conflict.project / "a.txt").write_text("both\n")
    conflict.git("add", "a.txt")
    assert conflict.run("update", "--continue")[0] == 0
    assert "_commit: v2.0.0" in conflict.text(".copier-answers.yml")
    assert 'version = "v2.0.0"' in conflict.text(".mlscaffold/lock")
    assert conflict.git("diff", "--name-only") == "", "all of it is staged"
    conflict.commit({}, "update")
    assert json.loads(conflict.run("status", "--json")[1])["unfinished"] == []
    assert conflict.plan("--preview")["files"] == []


def test_after_a_commit_without_continue_the_update_still_ends_well(conflict: Lab) -> None:
    conflict.update()
    conflict.commit({"a.txt": "both\n"}, "committed at once")
    assert "an update is in progress" in json.loads(conflict.run("status", "--json")[1])["unfinished"][0]
    assert conflict.run("update", "--continue")[0] == 0
    assert "_commit: v2.0.0" in conflict.text(".copier-answers.yml")


def test_abort_restores_every_byte(conflict: Lab) -> None:
    (conflict.project / "untracked.txt").write_text("mine\n")
    (conflict.project / "own.txt").write_text("not committed\n")
    before, staged = snapshot(conflict.project), index(conflict.project)
    git_files = {path for path in everything(conflict.project) if "objects" not in path}
    raw = (conflict.project / ".git/index").read_bytes()
    assert conflict.update() == 1
    (conflict.project / "a.txt").write_text("half resolved\n")
    assert conflict.run("update", "--abort")[:2] == (0, "Everything is as it was before the update.\n")
    assert snapshot(conflict.project) == before
    assert index(conflict.project) == staged
    assert (conflict.project / ".git/index").read_bytes() == raw
    assert {path for path in everything(conflict.project) if "objects" not in path} - git_files == {
        ".git/mlscaffold/busy"
    }
    assert not (conflict.project / "new").exists(), "no empty folder is left"
    assert (conflict.project / "dir").is_dir()


def test_abort_restores_a_file_that_was_edited_where_it_stood(lab: MakeLab) -> None:
    # the file of a conflict that git did not write anew: an editor may write into the very same file
    made = lab({"a.txt": NUMBERS})
    made.release("v2.0.0", {"a.txt": None, "x.txt": "x\n"})
    made.commit({"a.txt": NUMBERS + "team\n"})
    assert made.update() == 1
    with (made.project / "a.txt").open("a") as file:
        file.write("half resolved\n")
    assert made.run("update", "--abort")[0] == 0
    assert made.text("a.txt") == NUMBERS + "team\n"


def test_a_binary_conflict_is_called_one(lab: MakeLab) -> None:
    made = lab({"logo.png": b"\x89PNG\0one"})
    made.release("v2.0.0", {"logo.png": b"\x89PNG\0template"})
    made.commit({"logo.png": b"\x89PNG\0team"})
    assert made.plan()["conflicts"][0]["reason"] == "you and the template changed a binary file"
    assert (made.project / "logo.png").read_bytes() == b"\x89PNG\0team"


def test_abort_after_a_commit_is_refused_with_the_way_out(conflict: Lab) -> None:
    conflict.update()
    conflict.commit({"a.txt": "both\n"}, "committed at once")
    code, _out, err = conflict.run("update", "--abort")
    assert (code, "has other commits than when the update began" in err) == (2, True)
    assert conflict.run("update", "--continue")[0] == 0
    conflict.commit({}, "the rest")
    assert conflict.run("update", "--undo")[0] in {0, 1}


def test_abort_keeps_what_was_staged_meanwhile(conflict: Lab) -> None:
    conflict.update()
    (conflict.project / "later.txt").write_text("later\n")
    conflict.git("add", "later.txt")
    assert conflict.run("update", "--abort")[0] == 0
    assert conflict.git("status", "--porcelain") == "A  later.txt"


def test_abort_does_not_take_a_folder_of_the_team_for_a_file(lab: MakeLab) -> None:
    made = lab({"a.txt": NUMBERS, "b": "1\n"})
    made.release("v2.0.0", {"a.txt": NUMBERS.replace("3", "template"), "b": None})
    made.commit({"a.txt": NUMBERS.replace("3", "team")})
    assert made.update() == 1
    (made.project / "b").mkdir()
    (made.project / "b/mine.txt").write_text("mine\n")
    code, _out, err = made.run("update", "--abort")
    assert (code, "holds files of yours now" in err) == (2, True)
    (made.project / "b/mine.txt").rename(made.project / "mine.txt")
    assert made.run("update", "--abort")[0] == 0
    assert made.text("b") == "1\n"


def test_a_file_that_the_template_dropped_and_the_team_changed_is_for_a_person(lab: MakeLab) -> None:
    made = lab({"a.txt": NUMBERS})
    made.release("v2.0.0", {"a.txt": None, "x.txt": "x\n"})
    made.commit({"a.txt": NUMBERS + "team\n"})
    assert [found["reason"] for found in made.plan()["conflicts"]] == ["the template dropped it, you changed it"]
    assert made.text("a.txt") == NUMBERS + "team\n"
    made.git("rm", "-q", "--cached", "a.txt")
    assert made.run("update", "--continue")[0] == 0


def test_a_look_alike_is_not_a_rename(lab: MakeLab) -> None:
    # three quarters alike: git's own engine would carry the team's edit of the one into the other
    one = "".join(f"line {number}\n" for number in range(30)) + "".join(f"one {number}\n" for number in range(10))
    other = one.replace("one", "other")
    made = lab({"one.yml": one})
    made.release("v2.0.0", {"one.yml": None, "other.yml": other})
    made.commit({"one.yml": one.replace("line 3\n", "team\n")})
    assert made.update() == 1
    assert made.text("other.yml") == other
    assert "team" in made.text("one.yml")


def test_a_file_of_the_team_that_looks_like_a_deleted_one_is_left_alone(lab: MakeLab) -> None:
    one = "".join(f"line {number}\n" for number in range(30)) + "".join(f"one {number}\n" for number in range(10))
    made = lab({"one.yml": one})
    made.release("v2.0.0", {"one.yml": one.replace("line 3\n", "template\n")})
    mine = one.replace("one", "mine")
    made.commit({"one.yml": None, "mine.yml": mine})
    plan = made.plan()
    assert made.text("mine.yml") == mine
    assert plan["conflicts"][0]["reason"].startswith("you deleted it, or moved it to mine.yml and rewrote it")


def test_both_sides_renamed_it_and_there_is_one_copy_by_the_teams_name(lab: MakeLab) -> None:
    made = lab({"a.txt": NUMBERS * 2})
    made.release("v2.0.0", {"a.txt": None, "theirs.txt": NUMBERS.replace("\n3\n", "\ntemplate\n") + NUMBERS})
    made.commit({"a.txt": None, "ours.txt": NUMBERS + NUMBERS.replace("\n9\n", "\nteam\n")})
    assert made.update() == 0
    assert made.text("ours.txt") == NUMBERS.replace("\n3\n", "\ntemplate\n") + NUMBERS.replace("\n9\n", "\nteam\n")
    assert not (made.project / "theirs.txt").exists()
    assert not (made.project / "a.txt").exists()


def test_what_parses_on_both_sides_parses_afterwards(lab: MakeLab) -> None:
    head = "[project]\nname = 'x'\n\n[one]\na = 1\n\n" + "".join(f"[t{number}]\na = 1\n\n" for number in range(9))
    made = lab({"pyproject.toml": head})
    made.release("v2.0.0", {"pyproject.toml": "[tool.x]\nb = 1\n\n" + head})
    made.commit({"pyproject.toml": head + "[tool.x]\nc = 2\n"})
    code = made.update("--no-resolvers")
    assert code == 1
    text = made.text("pyproject.toml")
    assert ("b = 1" in text, "c = 2" in text, "<<<<<<< yours" in text) == (True, True, True)
    made.run("update", "--abort")
    assert made.update() == 0
    assert made.text("pyproject.toml").count("[tool.x]") == 1


def test_ours_is_ours_and_nothing_that_is_not_in_progress_ends(lab: MakeLab) -> None:
    made = lab({"a.txt": "1\n"})
    assert made.run("update", "--continue")[2].startswith("error: no update is in progress here")
    assert made.run("update", "--abort")[2].startswith("error: no update is in progress here")
    assert made.run("update", "--undo")[2].startswith("error: no update was made in this clone")
    assert made.run("update", "--undo", "--abort")[2].startswith("error: --abort and --undo exclude each other")
