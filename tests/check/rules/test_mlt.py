"""MLT: what the template gave, and what became of it."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from mlscaffold.check.command import main
from toolbox.checking import codes, findings, repository

LOCK = ".mlscaffold/lock"
ANSWERS = ".copier-answers.yml"
CONVENTIONS = ".mlscaffold/conventions.toml"
HEAD = """# Written by the machine.
format = 1
template = "https://example.org/t.git"
version = "1.2.0"
commit = ""
tool = "mlscaffold-cli 0.2.0"
object-format = "sha1"

[files]  # path = [mode, blob id, who owns it, template file]
"""
AGREED = 'persona = "strict"\n'
SAID = "_commit: 1.2.0\n_src_path: https://example.org/t.git\nci:\n- github\nname: acme\n"
Files = Mapping[str, str | bytes]


def blob(root: Path, content: str | bytes) -> str:
    """Put a content into the object store, as the first commit did."""
    data = content if isinstance(content, bytes) else content.encode()
    command = ["git", "hash-object", "-w", "--stdin"]
    return subprocess.run(command, cwd=root, input=data, check=True, capture_output=True).stdout.decode().strip()


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """A project with a lock of what was given: path -> (owner, content)."""

    def made(given: Mapping[str, tuple[str, str | bytes]], files: Files, mode: str = "100644") -> Path:
        root = repository(tmp_path / "p", {})
        lines = [
            f'"{path}" = ["{mode}", "{blob(root, content)}", "{owner}", "{_source(path)}"]\n'
            for path, (owner, content) in sorted(given.items())
        ]
        return repository(root, {LOCK: HEAD + "".join(lines), **files})

    return made


def _source(path: str) -> str:
    return "template/{{_copier_conf.answers_file}}.jinja" if "answers" in path else f"template/{path}"


MANAGED = {CONVENTIONS: ("managed", AGREED)}


@pytest.mark.parametrize(
    ("given", "files", "told"),
    [
        pytest.param(MANAGED, {CONVENTIONS: "select = []\n"}, "differs from what it gave", id="edited"),
        pytest.param(MANAGED, {CONVENTIONS: ""}, "differs", id="emptied"),
        pytest.param(MANAGED, {CONVENTIONS: AGREED + "\n"}, "differs", id="one more line"),
        pytest.param(MANAGED, {}, "is managed by the template and gone", id="deleted"),
        pytest.param({"a b/c.txt": ("managed", "x")}, {"a b/c.txt": "y"}, "mlscaffold heal a b/c.txt", id="elsewhere"),
        pytest.param(MANAGED, {CONVENTIONS: "", ".mlscaffold/keep.toml": '[keep]\n"src/*" = "ours"\n'}, "differs",
                     id="another file was taken over"),
        pytest.param(MANAGED, {CONVENTIONS: "", ".mlscaffold/keep.toml": 'keep = "all"\n'}, "differs",
                     id="a list of files taken over that is none"),
    ],
)  # fmt: skip
def test_a_managed_file_that_drifted_is_found(
    project: Callable[..., Path], given: object, files: Files, told: str
) -> None:
    found = findings(project(given, files), select=["MLT901"])
    assert [one.line for one in found] == [0]
    assert told in found[0].message


@pytest.mark.parametrize(
    ("given", "files"),
    [
        pytest.param(MANAGED, {CONVENTIONS: AGREED}, id="as it was given"),
        pytest.param({"a.md": ("merge", "x\n"), "b.md": ("seed", "x\n")}, {"a.md": "y\n"}, id="files of the team"),
        pytest.param(
            MANAGED, {CONVENTIONS: AGREED.replace("\n", "\r\n"), ".gitattributes": "* text=auto\n"}, id="CRLF"
        ),
        pytest.param(
            MANAGED, {CONVENTIONS: "", ".mlscaffold/keep.toml": f'[keep]\n"{CONVENTIONS}" = "x"\n'}, id="kept"
        ),
        pytest.param(MANAGED, {CONVENTIONS: "", ".mlscaffold/keep.toml": '[keep]\n".mlscaffold/*" = "x"\n'}, id="glob"),
        pytest.param(
            MANAGED, {CONVENTIONS: "", ".mlscaffold/keep.toml": '[keep]\n".mlscaffold/" = "x"\n'}, id="folder"
        ),
    ],
)
def test_what_did_not_drift_is_left_alone(project: Callable[..., Path], given: object, files: Files) -> None:
    assert findings(project(given, files), select=["MLT901"]) == []


def test_a_link_in_place_of_a_managed_file_is_found(project: Callable[..., Path]) -> None:
    root = project(MANAGED, {"other.toml": AGREED})
    (root / CONVENTIONS).symlink_to("../other.toml")
    assert codes(repository(root, {}), select=["MLT901"]) == ["MLT901"]


def test_a_managed_link_is_left_alone(project: Callable[..., Path]) -> None:
    assert codes(project({"link": ("managed", "to")}, {}, mode="120000"), select=["MLT901"]) == []


def test_a_repository_of_sha256_has_other_ids(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--object-format=sha256", tmp_path / "p"], check=True)
    line = f'"{CONVENTIONS}" = ["100644", "{blob(tmp_path / "p", AGREED)}", "managed", ""]\n'
    lock = HEAD.replace("sha1", "sha256") + line
    assert codes(tmp_path / "p", {LOCK: lock, CONVENTIONS: AGREED}, select=["MLT901"]) == []
    assert codes(tmp_path / "p", {CONVENTIONS: ""}, select=["MLT901"]) == ["MLT901"]


def test_a_managed_file_is_brought_back(project: Callable[..., Path]) -> None:
    root = project(MANAGED, {CONVENTIONS: 'persona = "default"\n'})
    for _time in range(2):
        main(["-C", str(root), "--fix", "--select", "MLT901"])
        assert (root / CONVENTIONS).read_text() == 'persona = "default"\n'  # an edit is not thrown away unasked
    for _time in range(2):
        assert main(["-C", str(root), "--fix", "--unsafe-fixes", "--select", "MLT901"]) == 0
        assert (root / CONVENTIONS).read_text() == AGREED


def test_a_managed_file_that_is_gone_is_brought_back_safely(project: Callable[..., Path]) -> None:
    root = project(MANAGED, {CONVENTIONS: AGREED})
    (root / CONVENTIONS).unlink()
    for _time in range(2):
        assert main(["-C", str(root), "--fix", "--select", "MLT901"]) == 0
        assert (root / CONVENTIONS).read_text() == AGREED


def test_a_managed_file_that_git_does_not_track_is_found(project: Callable[..., Path]) -> None:
    root = project(MANAGED, {})
    (root / CONVENTIONS).write_text(AGREED)
    (one,) = findings(root, select=["MLT901"])
    assert f"not in git; run `git add {CONVENTIONS}`" in one.message
    assert one.fix is None


@pytest.mark.parametrize(
    ("given", "here"),
    [
        pytest.param(b"x = '\xf6'\n", "x\n", id="no UTF-8"),
        pytest.param("x\n", "y\r\n", id="other line ends here"),
        pytest.param("x\r\n", "y\n", id="other line ends there"),
    ],
)
def test_what_cannot_be_brought_back_exactly_has_no_fix(
    project: Callable[..., Path], given: str | bytes, here: str
) -> None:
    found = findings(project({"a.txt": ("managed", given)}, {"a.txt": here}), select=["MLT901"])
    assert [one.fix for one in found] == [None]


def test_what_git_does_not_have_any_more_has_no_fix(tmp_path: Path) -> None:
    lock = HEAD + f'"{CONVENTIONS}" = ["100644", "{"1" * 40}", "managed", ""]\n'
    found = findings(tmp_path, {LOCK: lock, CONVENTIONS: "select = []\n"}, select=["MLT901"])
    assert [one.fix for one in found] == [None]


GIVEN = {ANSWERS: ("merge", SAID)}


@pytest.mark.parametrize(
    ("said", "line", "told"),
    [
        pytest.param(SAID.replace("name: acme", "name: other"), 5, "`name` was edited by hand", id="an answer"),
        pytest.param(SAID.replace("- github", "- gitlab"), 3, "update --to current --set ci=...", id="a list"),
        pytest.param(SAID + "more: 1\n", 6, "`more` was edited", id="one more"),
        pytest.param(SAID.replace("name: acme\n", ""), 0, "`name` was edited", id="one less"),
        pytest.param(SAID.replace("name: acme", "name:"), 5, "`name` was edited", id="emptied"),
        pytest.param(SAID.replace("1.2.0", "1.3.0"), 1, "names version 1.3.0, the lock 1.2.0", id="the version"),
        pytest.param(
            SAID.replace("t.git", "u.git"), 2, "names the template https://example.org/u.git", id="the template"
        ),
        pytest.param(SAID.replace("_src_path", "src_path"), 0, "names no template", id="no template"),
        pytest.param("_commit: 1\n_src_path: [a]\n", 2, "names no template", id="a template that is none"),
    ],
)
def test_answers_that_were_edited_are_found(project: Callable[..., Path], said: str, line: int, told: str) -> None:
    found = findings(project(GIVEN, {ANSWERS: said}), select=["MLT902"])
    assert [(one.path, one.line) for one in found] == [(ANSWERS, line)]
    assert told in found[0].message


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(SAID, id="as the tool wrote them"),
        pytest.param("# Formatted.\n" + SAID.replace("- github", "  - 'github'"), id="formatted"),
        pytest.param(SAID.replace("\n", "\r\n"), id="CRLF"),
    ],
)
def test_answers_of_the_tool_are_left_alone(project: Callable[..., Path], said: str) -> None:
    assert findings(project(GIVEN, {ANSWERS: said}), select=["MLT902"]) == []


@pytest.mark.parametrize(
    ("files", "told"),
    [
        pytest.param({ANSWERS: "_src_path: gh:a/b\n"}, "names no version", id="Copier without a version"),
        pytest.param({ANSWERS: "_commit: v1\n"}, "names no template", id="Copier without a template"),
        pytest.param({ANSWERS: "_commit: v1\n_src_path: ''\n"}, "names no template", id="Copier, empty"),
        pytest.param({LOCK: "format = 1\n"}, "is damaged", id="a lock without files"),
        pytest.param({LOCK: HEAD + "nonsense\n"}, "is damaged", id="a lock with nonsense"),
        pytest.param({LOCK: HEAD + '"a" = ["100644", "1"]\n'}, "is damaged", id="a lock with too little"),
        pytest.param({LOCK: b"\xff\xfe"}, "is damaged", id="a lock that is no text"),
        pytest.param({LOCK: HEAD, ANSWERS: SAID.replace("1.2.0", "1.1.0")}, "names version", id="not in the lock"),
    ],
)
def test_broken_answers_and_locks_are_found(tmp_path: Path, files: Files, told: str) -> None:
    found = findings(tmp_path, files, select=["MLT902"])
    assert len(found) == 1
    assert told in found[0].message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="no template at all"),
        pytest.param({ANSWERS: "_commit: v1.2\n_src_path: gh:a/b\nname: x\n"}, id="Copier"),
        pytest.param({ANSWERS: "- a\n- b\n"}, id="no table, which is somebody else's file"),
        pytest.param({ANSWERS: "a: [\n"}, id="does not parse, which MLZ002 tells"),
        pytest.param(
            {LOCK: HEAD.replace("1.2.0", ""), ANSWERS: SAID.replace("_commit: 1.2.0\n", "")}, id="plain folder"
        ),
        pytest.param({LOCK: HEAD.replace(" = ", "="), ANSWERS: SAID}, id="a lock written otherwise"),
        pytest.param({"tests/p/.copier-answers.yml": "a: 1\n"}, id="below"),
        pytest.param({"{{ _copier_conf.answers_file }}.jinja": "x"}, id="a template"),
    ],
)
def test_other_answers_are_left_alone(tmp_path: Path, files: Files) -> None:
    assert findings(tmp_path, files, select=["MLT902"]) == []


def test_answers_may_have_another_name(project: Callable[..., Path]) -> None:
    given = {".answers.yaml": ("merge", SAID)}
    assert findings(project(given, {".answers.yaml": SAID}), select=["MLT902"]) == []
    found = findings(project(given, {".answers.yaml": SAID.replace("acme", "x")}), select=["MLT902"])
    assert [one.path for one in found] == [".answers.yaml"]


CONFLICT = "all:\n<<<<<<< yours\n\ta\n||||||| 1.0\n\tx\n=======\n\tb\n>>>>>>> 1.2.0\n"
MAKEFILE = {"Makefile": ("merge", "all:\n\ta\n")}


@pytest.mark.parametrize(
    ("files", "path", "line"),
    [
        pytest.param({"Makefile": CONFLICT}, "Makefile", 2, id="a conflict"),
        pytest.param({"Makefile": "x\n\n" + CONFLICT.replace("\n", "\r\n")}, "Makefile", 4, id="a conflict, CRLF"),
        pytest.param({"Makefile": "<<<<<<< a\n=======\n>>>>>>> b\n"}, "Makefile", 1, id="an empty conflict"),
        pytest.param({"Makefile": f"{CONFLICT}\n{CONFLICT}"}, "Makefile", 2, id="two conflicts"),
        pytest.param({"Makefile": "all:\n", "Makefile.rej": "@@\n"}, "Makefile.rej", 0, id="a rejected patch"),
        pytest.param({"Makefile": "all:\n", "Makefile.orig": "x\n"}, "Makefile.orig", 0, id="a copy"),
        pytest.param({"Makefile": "all:\n", "Makefile.yours": "x\n"}, "Makefile.yours", 0, id="a saved edit"),
        pytest.param({"own.txt": "x\n", "own.txt.rej": "@@\n"}, "own.txt.rej", 0, id="beside a file of the team"),
    ],
)
def test_leftovers_of_an_update_are_found(project: Callable[..., Path], files: Files, path: str, line: int) -> None:
    found = findings(project(MAKEFILE, files), select=["MLT903"])
    assert [(one.path, one.line) for one in found] == [(path, line)]


def test_a_conflict_in_the_lock_is_found(tmp_path: Path) -> None:
    found = findings(tmp_path, {LOCK: f"<<<<<<< ours\n{HEAD}=======\n{HEAD}>>>>>>> theirs\n"}, select=["MLT903"])
    assert [(one.path, one.line) for one in found] == [(LOCK, 1)]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"Makefile": "all:\n"}, id="nothing"),
        pytest.param({"Makefile": "Title\n=======\n\ntext\n"}, id="an underline"),
        pytest.param({"Makefile": "<<<<<<< a heredoc\n\ntext\n"}, id="half a marker"),
        pytest.param({"Makefile": "<<<<<<< a\ntext\n=======\n"}, id="no end"),
        pytest.param({"Makefile": "<<<<<<< a\ntext\n>>>>>>> b\n"}, id="no middle"),
        pytest.param({"Makefile": ">>>>>>> b\n=======\n<<<<<<< a\n"}, id="in another order"),
        pytest.param({"Makefile": CONFLICT.replace("\n", "\n    ")}, id="indented, as in a text about conflicts"),
        pytest.param({"own.md": CONFLICT}, id="a file of the team"),
        pytest.param({"data/table.orig": "1\n"}, id="an .orig of its own"),
    ],
)
def test_other_texts_are_left_alone(project: Callable[..., Path], files: Files) -> None:
    assert findings(project(MAKEFILE, files), select=["MLT903"]) == []


def test_markers_that_the_template_gave_are_left_alone(project: Callable[..., Path]) -> None:
    assert findings(project({"docs.md": ("merge", CONFLICT)}, {"docs.md": CONFLICT}), select=["MLT903"]) == []


def test_a_conflict_in_python_is_told_once(project: Callable[..., Path]) -> None:
    root = project({"a.py": ("merge", "x = 1\n")}, {"a.py": CONFLICT})
    assert codes(root, select=["MLT903", "MLZ002"]) == ["MLZ002"]


@pytest.mark.parametrize("name", ["Makefile.rej", "Makefile.orig"])
def test_a_repository_without_a_template_is_left_alone(tmp_path: Path, name: str) -> None:
    assert findings(tmp_path, {"Makefile": CONFLICT, name: "x"}, select=["MLT903"]) == []
    assert codes(tmp_path, {ANSWERS: SAID}, select=["MLT903"]) == ["MLT903"]


@pytest.mark.parametrize(
    ("here", "floor", "found"),
    [
        pytest.param("1.2.0", "1.2.1", True, id="below"),
        pytest.param("1.2.0", "1.2.0", False, id="at the floor"),
        pytest.param("1.2.0", "1.2", False, id="at the floor, written short"),
        pytest.param("1.9.0", "1.10", True, id="numbers, not letters"),
        pytest.param("v1.1", "1.2", True, id="with a v"),
        pytest.param("1.2.0rc1", "1.2.0", True, id="before the release"),
        pytest.param("1.2.0-3-gabc1234", "1.2.0", False, id="a little behind a tag"),
        pytest.param("1.1.0-3-gabc1234", "1.2.0", True, id="a little behind an older tag"),
        pytest.param("abc1234", "1.2.0", False, id="a commit, which is no version"),
        pytest.param("", "1.2.0", False, id="a plain folder"),
    ],
)
def test_a_template_below_the_floor_is_found(tmp_path: Path, here: str, floor: str, found: bool) -> None:
    lock = {LOCK: HEAD.replace("1.2.0", here)}
    assert codes(tmp_path / "lock", lock, select=["MLT904"], min_template=floor) == ["MLT904"] * found
    answers = {ANSWERS: f"_src_path: x\n_commit: '{here}'\n"}
    assert codes(tmp_path / "answers", answers, select=["MLT904"], min_template=floor) == ["MLT904"] * found


def test_the_floor_is_told_with_both_versions(tmp_path: Path) -> None:
    (one,) = findings(tmp_path, {LOCK: HEAD}, select=["MLT904"], min_template="2")
    assert (one.path, one.line) == (LOCK, 0)
    assert "version 1.2.0 of the template, at least 2 is asked for" in one.message


def test_a_floor_that_is_no_version_is_told(tmp_path: Path) -> None:
    (one,) = findings(tmp_path, {LOCK: HEAD}, select=["MLT904"], min_template="newest")
    assert "min-template is 'newest', which is no version" in one.message


@pytest.mark.parametrize("files", [{}, {LOCK: HEAD}, {ANSWERS: "- a\n"}, {ANSWERS: "_src_path: x\n_commit: 1\n"}])
def test_without_a_floor_or_a_version_nothing_is_said(tmp_path: Path, files: Files) -> None:
    assert findings(tmp_path, files, select=["MLT904"]) == []
    if LOCK not in files:
        assert findings(tmp_path, files, select=["MLT904"], min_template="2") == []
