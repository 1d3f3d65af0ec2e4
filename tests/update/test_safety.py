"""Nothing is lost: refusals, files in the way, a second update, a disk that fails, and death at any instant."""

import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from laboratory import Lab, everything, index, run_git, snapshot

from mlscaffold.cli import main

MakeLab = Callable[..., Lab]
NUMBERS = "".join(f"{number}\n" for number in range(1, 21))


def ahead(lab: MakeLab, at: str = "project") -> Lab:
    made = lab({"a.txt": NUMBERS, "b.txt": "1\n", "gone/c.txt": "1\n"}, at=at)
    made.release(
        "v2.0.0", {"a.txt": NUMBERS.replace("\n3\n", "\ntemplate\n"), "gone/c.txt": None, "new/d.txt": "new\n"}
    )
    return made


def refused(made: Lab, says: str, *args: str) -> None:
    busy = made.project / ".git/mlscaffold/busy"
    busy.parent.mkdir(exist_ok=True)
    busy.touch()  # what a lock is held on: it stays, and is empty
    before = everything(made.project)
    code, _out, err = made.run("update", "--defaults", *args)
    assert code == 2
    assert says in err
    assert len(err.splitlines()) == 1
    assert everything(made.project) == before


@pytest.mark.parametrize("staged", [False, True])
def test_a_dirty_file_that_would_be_written_is_refused(lab: MakeLab, *, staged: bool) -> None:
    made = ahead(lab)
    (made.project / "a.txt").write_text("work\n")
    if staged:
        made.git("add", "a.txt")
    refused(made, "changes that are not committed: a.txt (commit or stash them")


def test_a_deletion_that_is_not_committed_is_refused(lab: MakeLab) -> None:
    made = ahead(lab)
    (made.project / "a.txt").unlink()
    refused(made, "not committed: a.txt")


def test_unrelated_work_is_no_reason_to_refuse_and_stays(lab: MakeLab) -> None:
    made = ahead(lab)
    (made.project / "b.txt").write_text("work\n")
    (made.project / "staged.txt").write_text("staged\n")
    made.git("add", "staged.txt")
    (made.project / "untracked.txt").write_text("untracked\n")
    assert made.update() == 0
    assert (
        made.git("status", "--porcelain", "b.txt", "staged.txt", "untracked.txt")
        == "M b.txt\nA  staged.txt\n?? untracked.txt"
    )
    assert made.text("b.txt") == "work\n"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("MERGE_HEAD", "a merge is in progress"),
        ("rebase-merge", "a rebase is"),
        ("CHERRY_PICK_HEAD", "a cherry-pick is"),
    ],
)
def test_a_merge_or_rebase_in_progress_is_refused(lab: MakeLab, name: str, says: str) -> None:
    made = ahead(lab)
    (made.project / ".git" / name).write_text(made.git("rev-parse", "HEAD") + "\n")
    refused(made, says)


def test_a_conflict_of_something_else_is_refused(lab: MakeLab) -> None:
    made = ahead(lab)
    made.git("checkout", "-q", "-b", "other")
    made.commit({"b.txt": "other\n"})
    made.git("checkout", "-q", "main")
    (made.project / "b.txt").write_text("stashed\n")
    made.git("stash", "-q")
    made.git("checkout", "-q", "other")
    assert subprocess.run(["git", "stash", "pop"], cwd=made.project, capture_output=True, check=False).returncode
    refused(made, "b.txt is in conflict")


def test_no_commit_no_repository_and_no_project_are_refused(lab: MakeLab, tmp_path: Path) -> None:
    made = ahead(lab)
    for command in (["rm", "-rf", ".git"], ["git", "init", "-q"]):
        subprocess.run(command, cwd=made.project, check=True)
        code, _out, err = made.run("update")
        assert code == 2
        assert "git add -A && git commit" in err
    (made.project / ".copier-answers.yml").unlink()
    assert made.run("update")[2].startswith("error: ")


def test_nonsense_in_the_answers_is_refused(lab: MakeLab) -> None:
    made = ahead(lab)
    made.commit({".copier-answers.yml": "]["})
    refused(made, "cannot be read")


def test_an_untracked_file_in_the_way_is_left_as_it_is(lab: MakeLab) -> None:
    made = ahead(lab)
    (made.project / "new").mkdir()
    (made.project / "new/d.txt").write_text("mine\n")
    plan = made.plan()
    assert made.text("new/d.txt") == "mine\n"
    assert [found["path"] for found in plan["conflicts"]] == ["new/d.txt"]
    assert made.git("show", ":3:new/d.txt") == "new"
    assert [line.split()[2] for line in index(made.project).splitlines() if "new/d.txt" in line] == ["2", "3"]
    made.git("checkout", "--theirs", "new/d.txt")
    assert made.text("new/d.txt") == "new\n"
    assert made.run("update", "--abort")[0] == 0
    assert made.text("new/d.txt") == "mine\n"
    assert made.git("status", "--porcelain") == "?? new/"
    made.update()
    made.git("add", "new/d.txt")
    assert made.run("update", "--continue")[0] == 0
    made.git("fsck", "--strict")


def test_an_untracked_file_that_is_what_the_template_gives_becomes_tracked(lab: MakeLab) -> None:
    made = ahead(lab)
    (made.project / "new").mkdir()
    (made.project / "new/d.txt").write_text("new\n")
    assert made.update() == 0
    assert made.git("ls-files", "new") == "new/d.txt"
    made.run("update", "--undo")
    assert made.text("new/d.txt") == "new\n"


def test_abort_takes_an_untracked_file_out_of_the_index_again(lab: MakeLab) -> None:
    made = ahead(lab)
    made.commit({"a.txt": NUMBERS.replace("\n3\n", "\nteam\n")})
    (made.project / "new").mkdir()
    (made.project / "new/d.txt").write_text("new\n")
    assert made.update() == 1
    assert made.run("update", "--abort")[0] == 0
    assert made.git("status", "--porcelain") == "?? new/"


def test_an_ignored_file_in_the_way_is_left_as_it_is_and_never_staged(lab: MakeLab) -> None:
    made = ahead(lab)
    made.commit({".gitignore": "new/\n"})
    (made.project / "new").mkdir()
    (made.project / "new/d.txt").write_text("secret\n")
    plan = made.plan()
    assert made.text("new/d.txt") == "secret\n"
    assert "new/d.txt" in plan["kept"]
    assert made.git("ls-files", "new") == ""
    made.commit({}, "update")
    made.release("v3.0.0", {"new/d.txt": "newer\n"})
    assert made.update() == 0
    assert made.text("new/d.txt") == "secret\n"


@pytest.mark.parametrize("way", ["folder", "file", "link"])
def test_a_folder_where_a_file_goes_and_the_reverse_are_refused(lab: MakeLab, tmp_path: Path, way: str) -> None:
    made = ahead(lab)
    outside = tmp_path / "outside"
    outside.mkdir()
    if way == "folder":
        (made.project / "new/d.txt").mkdir(parents=True)
        (made.project / "new/d.txt/mine").write_text("mine\n")
    elif way == "file":
        (made.project / "new").write_text("mine\n")
    else:
        (made.project / "new").symlink_to(outside)
    refused(made, "in the way of the template's files: new")
    assert list(outside.iterdir()) == []


def test_a_second_update_at_the_same_time_is_refused(lab: MakeLab) -> None:
    made = ahead(lab)
    script = "import fcntl, sys, time; file = open(sys.argv[1], 'w'); fcntl.flock(file, fcntl.LOCK_EX)"
    script += "; print('held', flush=True); time.sleep(60)"
    (made.project / ".git/mlscaffold").mkdir()
    held = made.project / ".git/mlscaffold/busy"
    with subprocess.Popen([sys.executable, "-c", script, str(held)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        try:
            refused(made, "another update of")
        finally:
            other.kill()
    assert made.update() == 0


def test_the_index_of_a_running_git_is_respected(lab: MakeLab) -> None:
    made = ahead(lab)
    (made.project / ".git/index.lock").write_text("")
    before = snapshot(made.project)
    code, _out, err = made.run("update", "--defaults")
    assert code == 2
    assert "index.lock" in err
    assert snapshot(made.project) == before
    (made.project / ".git/index.lock").unlink()
    assert made.update() == 0


def test_a_disk_that_refuses_leaves_everything_as_it_was(lab: MakeLab) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere; the filter that fails covers it")
    made = ahead(lab)
    (made.project / "gone").chmod(0o555)
    before = snapshot(made.project)
    code, _out, err = made.run("update", "--defaults")
    (made.project / "gone").chmod(0o755)
    assert (code, len(err.splitlines())) == (2, 1)
    assert snapshot(made.project) == before


def test_a_smudge_filter_that_fails_half_way_leaves_everything_as_it_was(lab: MakeLab) -> None:
    made = ahead(lab)
    made.commit({".gitattributes": "new/* filter=boom\n"})
    made.git("config", "filter.boom.smudge", "false")
    made.git("config", "filter.boom.clean", "cat")
    made.git("config", "filter.boom.required", "true")
    before, staged = snapshot(made.project), index(made.project)
    code, _out, err = made.run("update", "--defaults")
    assert (code, len(err.splitlines())) == (2, 1)
    assert snapshot(made.project) == before
    assert index(made.project) == staged
    assert not (made.project / ".git/mlscaffold/update.json").exists()


def test_what_somebody_stages_while_the_update_writes_is_not_lost(lab: MakeLab, tmp_path: Path) -> None:
    made = ahead(lab)
    stager = tmp_path / "stager.sh"
    stager.write_text(f"#!/bin/sh\ncat\nunset GIT_INDEX_FILE GIT_DIR\ncd {made.project} && git add b.txt\n")
    stager.chmod(0o755)
    made.commit({".gitattributes": "new/* filter=stage\n"})
    made.git("config", "filter.stage.smudge", str(stager))
    (made.project / "b.txt").write_text("staged meanwhile\n")
    code, _out, err = made.run("update", "--defaults")
    assert (code, "the index was changed by another process" in err) == (2, True)
    assert made.git("status", "--porcelain") == "M  b.txt"
    assert made.text("a.txt") == NUMBERS


def test_a_clean_filter_that_fails_is_told_in_one_line(lab: MakeLab) -> None:
    made = ahead(lab)
    made.commit({".gitattributes": "new/* filter=boom\n"})
    made.git("config", "filter.boom.clean", "false")
    made.git("config", "filter.boom.required", "true")
    refused(made, "a filter of this repository fails")


def test_names_that_are_no_text_are_carried_and_shown(lab: MakeLab) -> None:
    made = lab({"{{ name }}/__init__.py": "", "{{ name }}/x.py": NUMBERS})
    strange = os.fsencode(made.project) + b'/demo/\xff\n"quoted".txt'
    with open(strange, "wb") as file:  # noqa: PTH123 - a name in bytes
        file.write(b"mine\n")
    made.commit({})
    code, out, _err = made.run("update", "--set", "name=shop", "--defaults")
    assert code == 0
    assert "\\udcff" in out
    with open(strange.replace(b"/demo/", b"/shop/"), "rb") as file:  # noqa: PTH123
        assert file.read() == b"mine\n"


# --- death at any instant -------------------------------------------------------------------------------------------

_WRITES = (
    "os.rename",
    "os.link",
    "os.remove",
    "os.symlink",
    "os.mkdir",
    "os.rmdir",
    "os.chmod",
    "os.truncate",
    "subprocess.Popen",
)


def dies(project: Path, count: int, *args: str) -> bool:
    """Run a command in a child process that kills itself at its `count`-th git call or write; say whether it did."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fork of a test runner that has threads
        child = os.fork()
    if child == 0:
        _die_at(project, count, args)
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _die_at(project: Path, count: int, args: tuple[str, ...]) -> None:
    seen = [0]

    def watch(event: str, details: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(details[1], str) and set(details[1]) & set("wax+")
        if (
            event in _WRITES
            or writes
            or (event == "open" and isinstance(details[2], int) and details[2] & (os.O_WRONLY | os.O_RDWR))
        ):
            seen[0] += 1
            if seen[0] == count:
                os.kill(os.getpid(), signal.SIGKILL)

    try:
        sys.addaudithook(watch)
        os._exit(main(["-C", str(project), *args]))
    finally:
        os._exit(99)


def state(project: Path) -> tuple[object, ...]:
    return snapshot(project), index(project), run_git(project, "rev-parse", "HEAD")


@pytest.mark.parametrize("conflicts", [False, True])
def test_killed_at_any_instant_the_project_is_old_or_new_or_restored_by_abort(
    lab: MakeLab, tmp_path: Path, *, conflicts: bool
) -> None:
    made = ahead(lab)
    made.commit({"a.txt": NUMBERS.replace("\n3\n" if conflicts else "\n15\n", "\nteam\n")})
    pristine = tmp_path / "pristine"
    subprocess.run(["cp", "-a", str(made.project), str(pristine)], check=True)
    old = state(made.project)
    assert made.update() == (1 if conflicts else 0)
    new = state(made.project)
    outcomes: set[str] = set()
    for count in range(1, 10_000):
        subprocess.run(["rm", "-rf", str(made.project)], check=True)
        subprocess.run(["cp", "-a", str(pristine), str(made.project)], check=True)
        died = dies(made.project, count, "update", "--quiet", "--defaults")
        outcomes.add(_judge(made, old, new))
        if not died:
            break
    assert count > 40, "the harness saw the writes"
    assert outcomes == {"old", "restored"} | ({"new"} if not conflicts else set())


def _judge(made: Lab, old: tuple[object, ...], new: tuple[object, ...]) -> str:
    if (made.project / ".git/mlscaffold/update.json").exists():
        assert made.run("update", "--defaults")[0] == 2, "an update that was cut off is not built upon"
        assert made.run("update", "--abort")[0] == 0
        assert state(made.project) == old
        assert not (made.project / ".git/index.lock").exists()
        verdict = "restored"
    else:
        verdict = "old" if state(made.project) == old else "new"
        assert state(made.project) == (old if verdict == "old" else new)
    if verdict != "new":
        assert made.update() in {0, 1}, "and the next update is not disturbed"
        assert state(made.project) == new
    return verdict


def test_abort_itself_may_be_killed_and_run_again(lab: MakeLab, tmp_path: Path) -> None:
    made = ahead(lab)
    made.commit({"a.txt": NUMBERS.replace("\n3\n", "\nteam\n")})
    old = state(made.project)
    assert made.update() == 1
    pristine = tmp_path / "pristine"
    subprocess.run(["cp", "-a", str(made.project), str(pristine)], check=True)
    for count in range(1, 1000):
        subprocess.run(["rm", "-rf", str(made.project)], check=True)
        subprocess.run(["cp", "-a", str(pristine), str(made.project)], check=True)
        if not dies(made.project, count, "update", "--abort", "--quiet"):
            break
        if (made.project / ".git/mlscaffold/update.json").exists():
            assert made.run("update", "--abort")[0] == 0
        assert state(made.project) == old
    assert count > 10


def test_git_itself_killed_while_it_writes_files(lab: MakeLab, tmp_path: Path) -> None:
    # a smudge filter kills git after the first of three files
    made = lab({f"{name}.txt": "1\n" for name in "abc"})
    made.release("v2.0.0", {f"{name}.txt": "2\n" for name in "abc"})
    killer = tmp_path / "killer.sh"
    killer.write_text(f"#!/bin/sh\nif [ -e {tmp_path}/once ]; then kill -9 $PPID; fi\ntouch {tmp_path}/once\ncat\n")
    killer.chmod(0o755)
    made.commit({".gitattributes": "*.txt filter=kill\n"})
    made.git("config", "filter.kill.smudge", str(killer))
    before, staged = snapshot(made.project), index(made.project)
    code, _out, err = made.run("update", "--defaults")
    assert (code, len(err.splitlines())) == (2, 1)
    assert (tmp_path / "once").exists()
    assert snapshot(made.project) == before
    assert index(made.project) == staged
