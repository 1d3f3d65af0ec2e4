"""Fixes: which go together, what they may never do to a file, and the command around them."""

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mlscaffold.check import changing
from mlscaffold.check.command import main
from mlscaffold.check.findings import TO_THE_END, Edit, Finding, Fix, whole
from mlscaffold.check.fixing import Mended, RefusedError, mend
from mlscaffold.check.registry import Rule, Rules
from mlscaffold.check.repository import Repository
from mlscaffold.check.settings import CONVENTIONS
from toolbox.checking import repository

Wanted = tuple[tuple[int, int, str], ...]


def found(*edits: Edit, safe: bool = True, code: str = "ACM001") -> Finding:
    return Finding(edits[0].path, 1, "is wrong", fix=Fix(edits, safe), code=code)


def mended(files: Mapping[str, bytes], *findings: Finding) -> Mended:
    return mend(findings, files.get)


def at(start: int, end: int, text: str, path: str = "a.txt") -> Finding:
    return found(Edit(path, start, end, text))


@pytest.mark.parametrize(
    ("before", "edits", "after"),
    [
        pytest.param(b"one two", [(0, 3, "1")], b"1 two", id="bytes are replaced"),
        pytest.param(b"one two", [(3, 7, "")], b"one", id="bytes are taken out"),
        pytest.param(b"one two", [(0, TO_THE_END, "all")], b"all", id="the whole file is written"),
        pytest.param(b"one two", [(7, TO_THE_END, "!")], b"one two!", id="something is added at the end"),
        pytest.param(b"one two", [(0, 3, "1"), (4, 7, "2")], b"1 2", id="two places of a file"),
        pytest.param(b"one two", [(4, 7, "two three"), (0, 3, "zero one")], b"zero one two three", id="in any order"),
        pytest.param(b"onetwo", [(0, 3, "1"), (3, 6, "2")], b"12", id="neighbours do not overlap"),
        pytest.param(b"onetwo", [(0, 3, "1"), (3, 3, "-")], b"1-two", id="something goes in behind what is replaced"),
        pytest.param(b"one two", [(0, 4, "1"), (3, 7, "2")], b"1two", id="of two that overlap the first is made"),
        pytest.param(
            b"one two", [(3, 7, "2"), (0, 4, "1")], b"one2", id="of two that overlap the first is made, again"
        ),
        pytest.param(b"one", [(0, 3, "1"), (1, 2, "2")], b"1", id="one within the other"),
        pytest.param(b"one", [(1, 1, "x"), (1, 1, "y")], b"oxne", id="of two at one place the first is made"),
        pytest.param(b"one", [(1, 1, "x"), (1, 1, "x")], b"oxne", id="the very same is made once"),
        pytest.param(b"a\r\nb\r\n", [(0, 1, "x\ny")], b"x\r\ny\r\nb\r\n", id="line ends of Windows stay"),
        pytest.param(b"a\r\nb\r\n", [(0, 1, "x\r\ny")], b"x\r\ny\r\nb\r\n", id="line ends of Windows are not doubled"),
        pytest.param(b"a\r\nb\n", [(0, 1, "x\ny")], b"x\ny\r\nb\n", id="mixed line ends are left as they are"),
        pytest.param(b"ab", [(0, 1, "x\ny")], b"x\nyb", id="a file without line ends"),
        pytest.param(b"a\nb\n", [(0, 1, "x\ny")], b"x\ny\nb\n", id="line ends of Unix"),
        pytest.param(b"\xef\xbb\xbfone", [(0, TO_THE_END, "all")], b"\xef\xbb\xbfall", id="a byte-order mark stays"),
        pytest.param(b"\xef\xbb\xbfone", [(0, TO_THE_END, "\ufeffall")], b"\xef\xbb\xbfall", id="and is not doubled"),
        pytest.param(b"\xef\xbb\xbfone", [(3, 3, "x")], b"\xef\xbb\xbfxone", id="behind a byte-order mark"),
        pytest.param(b"\xef\xbb\xbfone", [(0, 0, "x")], b"\xef\xbb\xbfxone", id="nothing comes before it"),
        pytest.param("größe".encode(), [(0, 0, "ä ")], "ä größe".encode(), id="UTF-8"),
        pytest.param(b"gr\xf6\xdfe", [(0, 1, "G")], b"Gr\xf6\xdfe", id="ASCII goes into other encodings"),
    ],
)
def test_edits_go_into_a_file(before: bytes, edits: Wanted, after: bytes) -> None:
    result = mended({"a.txt": before}, *(at(*edit) for edit in edits))
    assert result.contents == {"a.txt": after}
    assert result.before == {"a.txt": before}


@pytest.mark.parametrize(
    ("before", "edit", "why"),
    [
        pytest.param(b"one", (2, 9, "x"), "another content", id="beyond the end"),
        pytest.param(b"one", (4, TO_THE_END, "x"), "another content", id="behind the end"),
        pytest.param(b"one", (2, 1, "x"), "another content", id="its end comes before its start"),
        pytest.param(b"one", (-2, 1, "x"), "another content", id="before the start"),
        pytest.param(b"gr\xf6\xdfe", (0, 1, "Größe"), "no text in UTF-8", id="UTF-8 does not go into other encodings"),
        pytest.param(b"o\0n\0e", (0, 1, "x"), "no text in UTF-8", id="no text at all"),
        pytest.param(b"one", (0, 1, "\ud800"), "no text in UTF-8", id="half a character"),
    ],
)
def test_what_does_not_fit_is_refused(before: bytes, edit: tuple[int, int, str], why: str) -> None:
    result = mended({"a.txt": before}, at(*edit))
    assert result.contents == {}
    assert why in result.refused["a.txt"]


def test_what_changes_nothing_is_no_fix() -> None:
    assert mended({"a.txt": b"one"}, at(0, 3, "one")) == Mended({}, {}, (), {})


def test_a_file_that_is_not_there_is_made_even_an_empty_one() -> None:
    assert mended({}, found(Edit("a/__init__.py", 0, TO_THE_END, ""))).contents == {"a/__init__.py": b""}
    assert mended({"a/__init__.py": b""}, found(Edit("a/__init__.py", 0, TO_THE_END, ""))).contents == {}


def test_a_fix_is_applied_whole_or_not_at_all() -> None:
    both = found(Edit("b.txt", 0, 1, "x"), Edit("a.txt", 1, 2, "x"))
    result = mended({"a.txt": b"one", "b.txt": b"two"}, at(0, 2, "1"), both)
    assert result.contents == {"a.txt": b"1e"}
    assert len(result.applied) == 1


def test_a_fix_with_one_bad_edit_is_not_applied() -> None:
    result = mended({"a.txt": b"one", "b.txt": b"two"}, found(Edit("b.txt", 0, 1, "x"), Edit("a.txt", 0, 9, "x")))
    assert result.contents == {}


def test_a_fix_that_overlaps_with_itself_is_refused() -> None:
    result = mended({"a.txt": b"one"}, found(Edit("a.txt", 0, 2, "x"), Edit("a.txt", 1, 3, "y")))
    assert result.contents == {}
    assert "overlaps with itself" in result.refused["a.txt"]


def test_the_same_place_in_two_files_is_no_overlap() -> None:
    result = mended({"a.txt": b"one", "b.txt": b"two"}, at(0, 1, "x"), at(0, 1, "x", "b.txt"))
    assert result.contents == {"a.txt": b"xne", "b.txt": b"xwo"}


def test_two_fixes_may_share_an_edit() -> None:
    first = found(Edit("a.py", 0, 0, "import os\n"), Edit("a.py", 0 + 4, 5, "1"))
    other = found(Edit("a.py", 0, 0, "import os\n"), Edit("a.py", 10, 11, "2"))
    result = mended({"a.py": b"x = 0\ny = 0\n"}, first, other)
    assert result.contents == {"a.py": b"import os\nx = 1\ny = 2\n"}
    assert len(result.applied) == 2


@pytest.mark.parametrize(
    ("path", "before", "good", "bad"),
    [
        pytest.param("a.py", b"x = 1\n", "2", "(", id="Python"),
        pytest.param("a.toml", b"x = 1\n", "2", "[", id="TOML"),
        pytest.param("a.yml", b"x = 1\n", "2", ": [", id="YAML"),
        pytest.param("a.yaml", b"x = 1\n", "2", ": [", id="YAML, long"),
        pytest.param("a.json", b"[  1]\n", "2", "[", id="JSON"),
        pytest.param("a.ipynb", b"[  1]\n", "2", "[", id="notebook"),
    ],
)
def test_a_file_that_parsed_still_parses(path: str, before: bytes, good: str, bad: str) -> None:
    spoiling = found(Edit(path, 3, 4, bad), code="ACM002")
    result = mended({path: before}, found(Edit(path, 4, 4, good)), spoiling)
    assert result.contents == {path: before[:4] + good.encode() + before[4:]} or result.contents == {}
    assert [one.code for one in result.applied] == (["ACM001"] if result.contents else [])
    assert "ACM002" in result.refused[path] or not result.contents
    assert mended({path: before}, spoiling).contents == {}


def test_the_fixes_that_do_no_harm_are_kept() -> None:
    files = {"a.py": b"x = 1\ny = 2\nz = 3\n", "b.py": b"x = 1\n"}
    result = mended(
        files, at(4, 5, "7", "a.py"), at(10, 11, "(", "a.py"), at(16, 17, "9", "a.py"), at(4, 5, "8", "b.py")
    )
    assert result.contents == {"a.py": b"x = 7\ny = 2\nz = 9\n", "b.py": b"x = 8\n"}
    assert "would not parse" in result.refused["a.py"]


def test_a_fix_over_two_files_that_spoils_one_changes_none() -> None:
    files = {"a.py": b"x = 1\n", "b.py": b"x = 1\n"}
    result = mended(files, found(Edit("a.py", 4, 5, "2"), Edit("b.py", 4, 5, "(")))
    assert result.contents == {}


@pytest.mark.parametrize("path", ["a.py", "a.json", "a.toml"])
def test_a_file_that_did_not_parse_may_be_mended(path: str) -> None:
    assert mended({path: b"x = ((1\n"}, at(4, 5, "[", path)).contents == {path: b"x = [(1\n"}


def test_a_new_file_has_to_parse() -> None:
    assert mended({}, found(Edit("a.toml", 0, TO_THE_END, "x = "))).contents == {}


def test_a_file_that_may_not_be_changed_is_told() -> None:
    def read(_path: str) -> bytes:
        raise RefusedError("it is a symbolic link")

    result = mend([at(0, 1, "x")], read)
    assert (result.contents, result.refused) == ({}, {"a.txt": "it is a symbolic link"})


# The command. Rules of the tests' own find lines to mend; what is done is done to real files in real git.


def each_bad_line(repository: Repository, _: None) -> Iterator[Finding]:
    """A line says bad. It should say good; `bad!` is mended by unsafe fixes only."""
    for path in repository.glob("*.txt", "*.py"):
        data, place = repository.read(path), 0
        for number, line in enumerate(data.splitlines(keepends=True), 1):
            for word, safe in ((b"bad!", False), (b"bad", True)):
                if word in line and (safe is False or b"bad!" not in line):
                    start = place + line.index(word)
                    fix = Fix((Edit(path, start, start + len(word), "good"),), safe)
                    yield Finding(path, number, "says bad; say good", fix=fix)
            place += len(line)


def every_folder_has_a_note(repository: Repository, _: None) -> Iterator[Finding]:
    """A note is missing."""
    if not repository.has("notes/note.md"):
        yield Finding(".", 0, "has no note; write one", fix=whole("notes/note.md", "A note.\n", safe=True))


def never_content(repository: Repository, _: None) -> Iterator[Finding]:
    """Whatever stands there, it should be the other."""
    for path in repository.glob("restless.md"):
        other = "one\n" if repository.text(path) == "two\n" else "two\n"
        yield Finding(path, 1, "should say the other", fix=whole(path, other, safe=True))


def escaping(repository: Repository, _: None) -> Iterator[Finding]:
    """Its fix aims at what may not be written."""
    for aim in repository.text("aim.md").split():
        yield Finding("aim.md", 1, f"should change {aim}", fix=whole(aim, "changed\n", safe=True))


@pytest.fixture(autouse=True)
def own_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Rules()
    for code, look in {"ACM001": each_bad_line, "ACM002": every_folder_has_a_note, "ACM003": never_content,
                       "ACM004": escaping}.items():  # fmt: skip
        made[code] = Rule(code, "own", "Repository", look, "mend it", "default", "safe", (), {}, "", __name__)
    monkeypatch.setattr("mlscaffold.check.given.known_rules", lambda _root, **_options: made)
    monkeypatch.setattr("mlscaffold.check.settings.FAMILIES", {"ACM": "tests"})


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    def command(files: Mapping[str, Any], *arguments: str) -> tuple[int, str, str]:
        repository(tmp_path / "p", files)
        code = main(["-C", str(tmp_path / "p"), *arguments])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return command


def test_fix_mends_and_exits_with_zero(run: Run, tmp_path: Path) -> None:
    code, out, err = run({"a.txt": "bad\nbad bad\nfine\n", "b.txt": "bad"}, "--fix", "--select", "ACM001")
    assert (tmp_path / "p/a.txt").read_text() == "good\ngood good\nfine\n"
    assert (tmp_path / "p/b.txt").read_text() == "good"
    assert (code, err) == (0, "Fixed 4 findings in 2 files.\n")
    assert "no findings" in out


def test_what_remains_is_reported(run: Run, tmp_path: Path) -> None:
    code, out, err = run({"a.txt": "bad\nbad!\n"}, "--fix", "--select", "ACM001")
    assert (tmp_path / "p/a.txt").read_text() == "good\nbad!\n"
    assert code == 1
    assert "a.txt:2: ACM001" in out
    assert "Fixed 1 finding in 1 file.\n" in err


def test_unsafe_fixes_are_asked_for(run: Run, tmp_path: Path) -> None:
    assert run({"a.txt": "bad\nbad!\n"}, "--fix", "--unsafe-fixes", "--select", "ACM001")[0] == 0
    assert (tmp_path / "p/a.txt").read_text() == "good\ngood\n"


def test_only_what_was_asked_for_is_mended(run: Run, tmp_path: Path) -> None:
    run({"a.txt": "bad", "d/b.txt": "bad"}, "--fix", "--select", "ACM001", str(tmp_path / "p/d"))
    assert (tmp_path / "p/a.txt").read_text() == "bad"
    assert (tmp_path / "p/d/b.txt").read_text() == "good"
    assert not (tmp_path / "p/notes").exists()


def test_a_second_time_changes_nothing(run: Run, tmp_path: Path) -> None:
    run({"a.txt": "bad"}, "--fix")
    before = (tmp_path / "p/a.txt").stat()
    code, _out, err = run({}, "--fix")
    assert (tmp_path / "p/a.txt").stat().st_mtime_ns == before.st_mtime_ns
    assert (code, err) == (0, "Fixed 0 findings in 0 files.\n")


def test_a_new_file_is_told(run: Run, tmp_path: Path) -> None:
    code, _out, err = run({"a.txt": ""}, "--fix")
    assert (tmp_path / "p/notes/note.md").read_text() == "A note.\n"
    assert code == 0
    assert "notes/note.md is new: run `git add notes/note.md`" in err


def test_a_deleted_file_that_is_brought_back_is_not_new(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    repository(tmp_path / "p", {"notes/note.md": "A note.\n"})
    (tmp_path / "p/notes/note.md").unlink()
    assert main(["-C", str(tmp_path / "p"), "--fix"]) == 0
    assert capfd.readouterr().err == "Fixed 1 finding in 1 file.\n"
    assert (tmp_path / "p/notes/note.md").read_text() == "A note.\n"


def test_the_mode_of_a_file_stays(run: Run, tmp_path: Path) -> None:
    repository(tmp_path / "p", {"a.txt": "bad"})
    (tmp_path / "p/a.txt").chmod(0o750)
    run({}, "--fix")
    assert (tmp_path / "p/a.txt").read_text() == "good"
    assert (tmp_path / "p/a.txt").stat().st_mode & 0o777 == 0o750


def test_fixes_that_never_end_are_stopped_and_told(run: Run) -> None:
    code, _out, err = run({"restless.md": "one\n"}, "--fix", "--select", "ACM003")
    assert code == 1
    assert "fixes of ACM003 were still at work after 10 rounds" in err


@pytest.mark.parametrize(
    "aim", ["../outside.txt", "/outside.txt", ".git/config", "a/../../x", ".GIT/config", "a//b", "."]
)
def test_no_fix_leaves_the_project(run: Run, tmp_path: Path, aim: str) -> None:
    code, _out, err = run({"aim.md": aim}, "--fix", "--select", "ACM004")
    assert code == 1
    assert "it is no path below the project" in err
    assert not (tmp_path / "outside.txt").exists()
    assert "changed" not in (tmp_path / "p/.git/config").read_text()


@pytest.mark.parametrize("link", ["folder/x.txt", "link.txt", "dangling.txt"])
def test_no_fix_goes_through_a_symbolic_link(run: Run, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.txt").write_text("as it was\n")
    (tmp_path / "p").mkdir()
    (tmp_path / "p/folder").symlink_to(outside)
    (tmp_path / "p/link.txt").symlink_to(outside / "x.txt")
    (tmp_path / "p/dangling.txt").symlink_to(outside / "none.txt")
    code, _out, err = run({"aim.md": link}, "--fix", "--select", "ACM004")
    assert code == 1
    assert "symbolic link" in err
    assert [path.read_text() for path in outside.iterdir()] == ["as it was\n"]


@pytest.mark.parametrize(("aim", "why"), [("aim.md/x", "a file where a folder"), ("d", "no regular file")])
def test_what_stands_in_the_way_is_told(run: Run, aim: str, why: str) -> None:
    code, _out, err = run({"aim.md": aim, "d/x": ""}, "--fix", "--select", "ACM004")
    assert code == 1
    assert why in err


def test_a_file_that_changed_meanwhile_is_left_alone(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*arguments: Any, **options: Any) -> Any:
        answer = real(*arguments, **options)
        (tmp_path / "p/a.txt").write_text("bad, and more that somebody is typing\n")
        return answer

    real = changing.check
    monkeypatch.setattr(changing, "check", late)
    code, _out, err = run({"a.txt": "bad"}, "--fix", "--select", "ACM001")
    assert "a.txt was not fixed: it changed meanwhile" in err
    assert (tmp_path / "p/a.txt").read_text() == "bad, and more that somebody is typing\n"
    assert code == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written_is_told(run: Run, tmp_path: Path) -> None:
    repository(tmp_path / "p", {"d/a.txt": "bad"})
    (tmp_path / "p/d").chmod(0o500)
    try:
        code, _out, err = run({}, "--fix", "--select", "ACM001")
    finally:
        (tmp_path / "p/d").chmod(0o700)
    assert code == 1
    assert "it cannot be written" in err


def test_a_write_that_fails_leaves_nothing_behind(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_source: str, _target: str) -> None:
        raise OSError(28, "No space left on device")

    repository(tmp_path / "p", {"a.txt": "bad"})
    with monkeypatch.context() as patched:
        patched.setattr(changing.os, "replace", full)
        code, _out, err = run({}, "--fix", "--select", "ACM001", "--no-cache")
    assert code == 1
    assert "a.txt was not fixed: it cannot be written: No space left on device" in err
    assert {path.name for path in (tmp_path / "p").iterdir()} == {".git", "a.txt"}
    assert (tmp_path / "p/a.txt").read_text() == "bad"


def test_quiet_says_nothing_of_what_went_well(run: Run) -> None:
    assert run({"a.txt": "bad"}, "--fix", "--quiet", "--select", "ACM001")[2] == ""


# The patch.


def applied(root: Path, patch: str) -> None:
    subprocess.run(["git", "apply"], cwd=root, input=patch.encode(), check=True)


def test_diff_writes_nothing_and_git_takes_it(run: Run, tmp_path: Path) -> None:
    files = {"a.txt": "fine\nbad\n", "with space.txt": "bad", 'ä"q.txt': "bad\r\nx\r\n", "notes/other.md": "x\n"}
    code, patch, err = run(files, "--diff")
    assert code == 1
    assert "-bad\n+good\n" in patch
    assert "new file mode 100644\n--- /dev/null\n+++ b/notes/note.md\n" in patch
    assert "\\ No newline at end of file" in patch
    assert "--- a/with space.txt\t\n" in patch
    assert err == "Would fix 4 findings in 4 files.\n"
    status = subprocess.run(["git", "diff", "--stat"], cwd=tmp_path / "p", check=True, capture_output=True).stdout
    assert status == b""
    assert not (tmp_path / "p/notes/note.md").exists()
    applied(tmp_path / "p", patch)
    assert (tmp_path / "p/with space.txt").read_bytes() == b"good"
    assert (tmp_path / 'p/ä"q.txt').read_bytes() == b"good\r\nx\r\n"
    assert run({}, "--diff")[:2] == (0, "")


def test_diff_shows_all_rounds(run: Run, tmp_path: Path) -> None:
    _code, patch, _err = run({"a.txt": "bad bad\n"}, "--diff", "--select", "ACM001")
    assert "-bad bad\n+good good\n" in patch


def test_diff_of_unsafe_fixes_is_asked_for(run: Run) -> None:
    assert run({"a.txt": "bad!\n"}, "--diff", "--select", "ACM001")[:2] == (0, "")
    assert run({}, "--diff", "--unsafe-fixes", "--select", "ACM001")[0] == 1


def test_diff_sees_what_git_does_not_track(run: Run, tmp_path: Path) -> None:
    repository(tmp_path / "p", {"a.txt": "bad"})
    (tmp_path / "p" / CONVENTIONS).parent.mkdir()
    (tmp_path / "p" / CONVENTIONS).write_text('exclude = ["a.txt"]\n')
    assert main(["-C", str(tmp_path / "p"), "--diff", "--select", "ACM001"]) == 0


def test_diff_works_in_a_folder_of_a_larger_repository(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    repository(tmp_path / "p", {"sub/.mlscaffold/keep": "", "sub/a.txt": "bad\n", "other.txt": "bad\n"})
    assert main(["-C", str(tmp_path / "p/sub"), "--diff", "--select", "ACM001"]) == 1
    assert capfd.readouterr().out.count("diff --git") == 1
