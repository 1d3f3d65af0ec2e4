"""What a project says about itself, and what a line of a template says about its rendering."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlscaffold.adopt.evidence import facts, role_of
from mlscaffold.adopt.patterns import Marks, finder, marks_of
from mlscaffold.adopt.place import look_at
from mlscaffold.adopt.reverse import reader
from mlscaffold.adopt.similarity import Likeness, lines_apart, measure_against
from mlscaffold.git.history import deleted_paths, hash_filtered, ignored_paths, known_paths
from mlscaffold.template.sources import load_template
from mlscaffold.tree import File, Tree

Git = Callable[..., str]
Make = Callable[..., Path]
Write = Callable[..., Path]


@pytest.mark.parametrize(
    ("template", "line", "found"),
    [
        ("# {{ name }}", "# Acme", ("Acme",)),
        ('a = "{{ x }}", {{ y|int }}', 'a = "1", 2', ("1", "2")),
        ("{{- x -}} lies", "it lies", ("it",)),
        ("{% if a %}A {{ x }}{% else %}B{% endif %}.", "A 1.", ("1",)),
        ("{% if a %}A {{ x }}{% endif %}.", ".", (None,)),
        ("in {# a note #}{{ x }}", "in it", ("it",)),
        ("(.*) {{ x }}", "(.*) y", ("y",)),
    ],
)
def test_a_line_of_a_template_finds_its_answers(template: str, line: str, found: tuple[str | None, ...]) -> None:
    here = finder(template, Marks())
    assert here is not None
    match = here.pattern.fullmatch(line)
    assert match is not None
    assert match.groups() == found


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("plain", id="no answer in it"),
        pytest.param("{{ x }}", id="any line would match"),
        pytest.param("a {% for x in y %}{{ x }}{% endfor %}", id="a loop"),
        pytest.param("a {% if x %}{{ y }}", id="open at the end of the line"),
        pytest.param("a {% endif %}{{ y }}{% if x %}", id="closed before it is opened"),
        pytest.param("a {{ a }} {{ b }} {{ c }} {{ d }} {{ e }}", id="too many at once"),
        pytest.param("a {% %}{{ b }}", id="an empty tag"),
    ],
)
def test_some_lines_are_left_alone(template: str) -> None:
    assert finder(template, Marks()) is None


@settings(deadline=None)
@given(st.text(alphabet="a(){}%#|\\[]*? -if endif", max_size=40))
def test_no_line_breaks_the_finder(text: str) -> None:
    finder(text, Marks())


def test_a_template_may_use_marks_of_its_own(tmp_path: Path, write: Write) -> None:
    config = "_subdirectory: t\n_envops: {variable_start_string: '[[', variable_end_string: ']]'}\nname: x\n"
    folder = write(tmp_path / "t1", {"copier.yml": config, "t/a.md.jinja": "# [[ name ]] {{ no }}\n"})
    template = load_template(str(folder))
    assert marks_of(template.spec).expression == ("[[", "]]")
    ours = write(tmp_path / "ours", {"a.md": "# Acme {{ no }}\n"})
    assert reader({"a.md"}, look_at(ours))(template).plain["name"] == {"Acme": 1}


def test_what_json_wrote_is_read_as_json(tmp_path: Path, write: Write) -> None:
    text = "a = {{ name | to_json }}\nb = {{ name | tojson(ensure_ascii=False) }}\nc = {{ name | upper }}\n"
    folder = write(tmp_path / "t1", {"copier.yml": "_subdirectory: t\nname: x\n", "t/a.toml.jinja": text})
    ours = write(tmp_path / "ours", {"a.toml": 'a = "\\"x\\""\nb = [1]\nc = "Y"\n'})
    votes = reader({"a.toml"}, look_at(ours))(load_template(str(folder)))
    assert votes.plain["name"] == {'"x"': 1}
    assert votes.derived["name"] == {'"Y"': 1}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            (
                '[project]\nname = "a-b"\ndescription = "d"\nrequires-python = ">=3.12,<4"\n'
                'authors = [{name = "N", email = "e@x"}]'
            ),
            {"name": ("a-b", "here"), "description": ("d",), "author": ("N",), "email": ("e@x",), "python": ("3.12",)},
        ),
        (
            '[tool.poetry]\nname = "p"\nauthors = ["N M <e@x>", "O"]\n[tool.poetry.dependencies]\npython = "^3.11"',
            {"name": ("p", "here"), "author": ("N M", "O"), "email": ("e@x",), "python": ("3.11",)},
        ),
        ("[project]\nname = 1\nauthors = 5\n", {"name": ("here",)}),
        ("[project", {"name": ("here",)}),
        ("project = 1", {"name": ("here",)}),
    ],
)
def test_a_pyproject_says_what_it_can(
    tmp_path: Path, write: Write, text: str, told: dict[str, tuple[str, ...]]
) -> None:
    folder = write(tmp_path / "here", {"pyproject.toml": text})
    found = facts(folder, {"pyproject.toml"}, look_at(folder))
    assert {role: values for role, values in found.items() if values and role != "package"} == told


def test_packages_are_ordered_by_size_and_tests_are_none(tmp_path: Path, write: Write, home: Path) -> None:
    paths = ["src/one/a.py", "src/two/a.py", "src/two/b.py", "three/__init__.py", "tests/__init__.py", "src/x.py"]
    folder = write(tmp_path / "My-Repo", dict.fromkeys(paths, ""))
    (folder / ".python-version").write_text("3.14.1\n")
    (home / "gitconfig").write_text("[user]\n\tname = Ada\n")
    found = facts(folder, paths, look_at(folder))
    assert found["package"] == ("two", "one", "three", "my_repo")
    assert (found["python"], found["author"], found["email"]) == (("3.14",), ("Ada",), ())


@pytest.mark.parametrize(
    ("question", "role"),
    [("project_slug", "package"), ("Project-Name", "name"), ("full_name", "author"), ("colour", None)],
)
def test_a_question_is_known_by_its_name(question: str, role: str | None) -> None:
    assert role_of(question) == role


def test_likeness_counts_same_lines_and_absent_files(tmp_path: Path, write: Write) -> None:
    folder = write(tmp_path / "here", {"same": "a\r\n", "near": "a\nb\nc\n", "other": "x\n", "bin": b"\0a"})
    texts = {
        "same": b"a\n",
        "near": b"a\nb\nd\n",
        "other": b"y\n",
        "bin": b"\0b",
        "gone": b"",
        "deleted": b"",
        "own": b"",
    }
    tree = Tree({path: File(data) for path, data in texts.items()})
    like = measure_against(look_at(folder), {"deleted"}, leave_out={"own"})(tree)
    assert (like.total, like.there, like.same, like.missing, like.perfect) == (6, 4, 1, 1, False)
    assert like.score == pytest.approx(1 + 3 * 0.1 + 0.9 * 4 / 7)


def test_what_is_missing_counts_only_where_most_is_the_same() -> None:
    assert Likeness(9, 8, 8, 8.0, 1).rank > Likeness(10, 8, 8, 8.0, 2).rank
    assert Likeness(90, 8, 2, 8.0, 82).rank == Likeness(99, 8, 2, 8.0, 91).rank


def test_lines_that_differ_are_counted_on_the_longer_side() -> None:
    assert lines_apart(b"a\nb\n", b"b\nc\nd\n") == 2
    assert lines_apart(b"a\nb\n", b"b\na\n") == 0
    assert lines_apart(b"\0", b"a") is None


def test_history_is_told_for_the_folder_alone(make_repository: Make, git: Git) -> None:
    top = make_repository(
        {"sub/gone.txt": "1\n", "sub/moved.txt": "long enough to be a rename\n" * 9, "gone.txt": "1\n", "ü\n": ""}
    )
    git(top, "rm", "-q", "sub/gone.txt", "gone.txt", "ü\n")
    git(top, "mv", "sub/moved.txt", "sub/there.txt")
    git(top, "commit", "-qm", "gone")
    (top / ".gitignore").write_text("*.log\n")
    (top / "sub/new.txt").write_text("")
    (top / "sub/a.log").write_text("")
    assert deleted_paths(top / "sub") == {"gone.txt", "moved.txt"}
    assert deleted_paths(top) == {"sub/gone.txt", "sub/moved.txt", "gone.txt", "ü\n"}
    assert known_paths(top / "sub") == {"there.txt", "new.txt"}
    assert ignored_paths(top / "sub", ["b.log", "b.txt"]) == {"b.log"}


def test_files_are_hashed_as_git_stores_them_in_any_folder_and_under_any_name(make_repository: Make, git: Git) -> None:
    top = make_repository({"sub/a b.txt": "1\n", "sub/two\nlines": "2\n"})
    found = hash_filtered(top / "sub", ["a b.txt", "two\nlines"])
    assert found == {"a b.txt": git(top, "rev-parse", "HEAD:sub/a b.txt")}  # a list of lines cannot name the other


def test_on_a_terminal_what_was_found_is_the_default(make_repository: Make, small_template: Path) -> None:
    project = make_repository({"README.md": "# acme\n\n4 things\n"})
    ours, theirs = pty.openpty()
    os.write(ours, b"\n7\n")
    command = [sys.executable, "-m", "mlscaffold", "adopt", "--template", str(small_template)]
    with subprocess.Popen(command, cwd=project, stdin=theirs, stdout=theirs, stderr=theirs) as running:
        os.close(theirs)
        seen = b""
        try:
            while chunk := os.read(ours, 4096):
                seen += chunk
        except OSError:  # the other end is closed
            os.close(ours)
    assert running.returncode == 0, seen
    said = seen.decode()
    assert said.index("of them the same") < said.index("project_name [acme]: ") < said.index("count [4]: ")
    assert (project / "README.md").read_text() == "# acme\n\n4 things\n"
    assert "count: 7" in (project / ".copier-answers.yml").read_text()


@pytest.mark.parametrize("more", ["", "_jinja_extensions: [jinja2.ext.do]\n"], ids=["rendered", "asked, too"])
def test_what_only_copier_can_render_is_found_with_few_renderings(
    make_repository: Make, git_template: Path, git: Git, more: str
) -> None:
    (git_template / "template/os.txt.jinja").write_text("{{ _copier_conf.os }} {{ count }}\n")
    config = git_template / "copier.yml"
    config.write_text(config.read_text() + more)
    git(git_template, "add", "-A")
    git(git_template, "commit", "-qm", "x")
    git(git_template, "tag", "v1.2.0")
    from mlscaffold.adopt.plan import find
    from mlscaffold.adopt.wishes import Wishes

    project = make_repository({"README.md": "# acme\n\n4 things\n", "new.txt": "third\n", "src/acme/main.py": ""})
    found = find(Wishes(project, str(git_template), trust=True)).guess
    assert found.renders <= 6
    assert found.template.version == "v1.2.0"
    assert found.answers.recorded == {"project_name": "acme", "count": 4}
