"""Projects at released versions, updated to what is on disk: what the engine answers, and what is made of it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from clean_template import CONFIG, CORE, Check, Files
from hypothesis import given, settings
from hypothesis import strategies as st

from mlscaffold.authoring.edits import Edited, Line, edit
from mlscaffold.authoring.exploring import explore
from mlscaffold.authoring.parsing import fault
from mlscaffold.authoring.updating import Old, Updated, update
from mlscaffold.authoring.verdict import edited_faults, expected, untouched_faults
from mlscaffold.authoring.workshop import make_history
from mlscaffold.errors import UserError
from mlscaffold.git.scratch import Stage
from mlscaffold.merge.conflicts import Conflict
from mlscaffold.render import render
from mlscaffold.template import builtin
from mlscaffold.template.sources import load_template
from mlscaffold.tree import File, Tree, read_tree

Make = Callable[..., Path]
Release = Callable[..., None]

CORE_PATH = "template/src/pkg/core.py"


def config(more: str, old: str = "", new: str = "") -> Files:
    return {"copier.yml": CONFIG.replace(old, new) + more}


def extension(more: str) -> Files:
    return config(f"_mlscaffold: {more}\n")


EVOLUTIONS = [
    pytest.param({}, {}, [], id="nothing changed"),
    pytest.param({}, {CORE_PATH: CORE.replace("return 2", "return 22")}, [], id="a line changed"),
    pytest.param({}, {CORE_PATH: "x = 1\n"}, [], id="a file rewritten"),
    pytest.param({}, {CORE_PATH: None, "template/src/pkg/kernel.py": CORE}, [], id="a file renamed"),
    pytest.param({}, {CORE_PATH: None, "template/README.md.jinja": None}, [], id="files dropped"),
    pytest.param({}, {"template/new.md": "new\n", "template/src/pkg/team.py": "x = 1\n"}, [], id="files added"),
    pytest.param(
        {"template/a.txt": "a\r\nb\r\nc\r\nd\r\ne\r\nf\r\n"},
        {"template/a.txt": "a\r\nB\r\nc\r\nd\r\ne\r\nf\r\n"},
        [],
        id="CRLF",
    ),
    pytest.param({"template/a.txt": "no end"}, {"template/a.txt": "no end\n"}, [], id="a last line that is not ended"),
    pytest.param(
        extension("{classes: {seed: [LICENSE]}}"),
        {"template/{% if license != 'none' %}LICENSE{% endif %}.jinja": "new {{ license }}\n"},
        [],
        id="a seed changed",
    ),
    pytest.param(
        extension("{classes: {managed: [README.md]}}"),
        {"template/README.md.jinja": "# other\n"},
        [],
        id="a managed file",
    ),
    pytest.param({}, config("new: {type: str, default: x}\n"), [], id="a new question"),
    pytest.param(
        {},
        config("new: {type: str}\n"),
        [("needs-answer", "copier.yml, question new")],
        id="a new question without a default",
    ),
    pytest.param(
        {},
        config("", "[MIT, BSD, none]", "[MIT, none]"),
        [("lost-answer", "copier.yml, question license")],
        id="a choice is gone",
    ),
    pytest.param(
        {},
        config("_mlscaffold: {retyped: {license: {BSD: MIT}}}\n", "[MIT, BSD, none]", "[MIT, none]"),
        [],
        id="a choice is replaced",
    ),
    pytest.param(
        {},
        config("", 'help: "What is it called?"', "validator: \"{% if name == 'demo' %}No.{% endif %}\""),
        [("refused-default", "copier.yml, question name")],
        id="the default is refused now",
    ),
    pytest.param(
        {},
        config("", "default: demo", "default: other, validator: \"{% if name == 'demo' %}No.{% endif %}\""),
        [("lost-answer", "copier.yml, question name")],
        id="the old default is refused now",
    ),
    pytest.param(
        {},
        {
            **config("", "default: demo", "default: other"),
            "template/a.md.jinja": "{% if name == 'demo' %}{{ a.b.c }}{% endif %}",
        },
        [("refused", "copier.yml")],
        id="the old default does not render any more",
    ),
    pytest.param(
        {},
        {
            **config("_mlscaffold: {moves: [{from: src/pkg, to: src/lib}]}\n"),
            **{
                f"template/src/{folder}/{name}.py": text if folder == "lib" else None
                for folder in ("pkg", "lib")
                for name, text in {
                    "__init__": "",
                    "core": CORE,
                    "other": "a = 1\n",
                    "more": "b = 2\n",
                    "last": "c = 3\n",
                }.items()
            },
        },
        [],
        id="a package moved and rewritten",
    ),
    pytest.param({}, config("", "choices: [a, b]", "choices: [b, a]"), [], id="choices in another order"),
    pytest.param({"copier.yml": "a: [\n"}, {"copier.yml": CONFIG}, [], id="an old version that cannot be read"),
    pytest.param(
        {"template/{{_copier_conf.answers_file}}.jinja": None},
        {"template/{{_copier_conf.answers_file}}.jinja": "{{ _copier_answers|to_nice_yaml }}"},
        [],
        id="an old version without an answers file",
    ),
]


@pytest.mark.parametrize(("before", "after", "expected_findings"), EVOLUTIONS)
def test_updates_from_a_release_to_the_disk(
    make: Make, release: Release, check: Check, before: Files, after: Files, expected_findings: list[tuple[str, str]]
) -> None:
    folder = make(before)
    release(folder, "v1.0.0")
    make(after, folder=folder)
    report = check(folder)
    assert [(finding.rule, finding.where) for finding in report.findings] == expected_findings, report.findings


def test_what_was_looked_at_is_told_version_by_version(make: Make, release: Release, check: Check) -> None:
    folder = make()
    release(folder, "v1.0.0")
    make({CORE_PATH: CORE.replace("return 2", "return 22")}, folder=folder)
    release(folder, "v1.1.0")
    make({"template/README.md.jinja": "# {{ name }}\n\nAll new.\n", CORE_PATH: CORE + "\n\nx = 1\n"}, folder=folder)
    report = check(folder)
    assert report.findings == ()
    assert report.looked_at[1:] == (
        "v1.0.0: 2 files change; with a team's edits 2 in conflict, all as expected",
        "v1.1.0: 2 files change; with a team's edits 2 in conflict, all as expected",
    )
    assert check(folder, "v1.1.0").looked_at[1:] == report.looked_at[2:]
    with pytest.raises(UserError, match=r"no version 'v1.2.0'; nearest: v1"):
        check(folder, "v1.2.0")


def test_the_newest_release_is_not_updated_to_itself_and_ten_are_enough(
    make: Make, release: Release, check: Check
) -> None:
    folder = make()
    for number in range(12):
        make({"template/number.txt": f"{number}\n"}, folder=folder)
        release(folder, f"v1.{number}.0")
    told = check(folder).looked_at[1:]
    assert [line.partition(":")[0] for line in told] == [f"v1.{number}.0" for number in range(1, 11)]


def test_what_git_ignores_in_the_templates_folder_is_not_looked_at(make: Make, release: Release, check: Check) -> None:
    folder = make({".gitignore": "*.bak.py\n", "template/broken.bak.py": "def f(:\n"})
    release(folder, "v1.0.0")
    assert check(folder).findings == ()
    make({"template/broken.py": "def f(:\n"}, folder=folder)
    assert [finding.rule for finding in check(folder).findings] == ["does-not-parse"]


def test_a_renamed_file_is_told_as_a_detail(make: Make, release: Release, check: Check) -> None:
    folder = make()
    release(folder, "v1.0.0")
    make({CORE_PATH: None, "template/src/pkg/kernel.py": CORE}, folder=folder)
    assert check(folder).details == ("v1.0.0: src/pkg/core.py is known as src/pkg/kernel.py now",)


def test_hostile_configuration_has_no_say(make: Make, release: Release, check: Check, home: Path) -> None:
    folder = make(
        {
            "template/a.txt": "a\r\nb\r\n",
            "template/.gitattributes": "* text=auto eol=crlf\n",
            "template/.gitignore": "src\n",
        }
    )
    release(folder, "v1.0.0")
    make({CORE_PATH: CORE.replace("return 2", "return 22")}, folder=folder)
    (home / "gitconfig").write_text(
        "[core]\n\tautocrlf = true\n\thooksPath = /nowhere\n[commit]\n\tgpgsign = true\n[diff]\n\tnoprefix = true\n"
        "[init]\n\tdefaultObjectFormat = sha256\n"
    )
    assert [tuple(finding) for finding in check(folder).findings] == []


# Faults of the engine cannot be planted in a template, so they are planted in what it answers.


class Case(NamedTuple):
    """A project of v1 with edits, and what became of it and of an untouched one."""

    old: Old
    edited: Edited
    plain: Updated
    ours: Updated
    fresh: Mapping[str, bytes]


@pytest.fixture
def case(make: Make, tmp_path: Path) -> Case:
    old_files = read_tree(make())
    new_files = Tree({**old_files, CORE_PATH: File(CORE.replace("return 2", "return 22").encode())})
    history = make_history(tmp_path / "history", {"v1.0.0": old_files}, new_files, "v2.0.0")
    template = load_template(history.source, "v1.0.0")
    explored = explore(template, {}, trust=False)
    old = Old(template, explored, render(template, explored.answers))
    edited = edit(old.rendering.tree, old.owner)
    plain = update(tmp_path / "plain", history, old, old.rendering.tree, {}, trust=False)
    ours = update(tmp_path / "ours", history, old, edited.files, {}, trust=False)
    return Case(old, edited, plain, ours, {path: file.data for path, file in plain.plan.target.rendering.tree.items()})


def rules(findings: Iterator) -> list[tuple[str, str]]:
    return [(finding.rule, finding.where) for finding in findings]


def test_an_honest_answer_gives_no_findings(case: Case) -> None:
    assert rules(untouched_faults("v1", case.old, case.plain, case.fresh)) == []
    assert rules(edited_faults("v1", case.old, case.edited, case.ours, case.fresh)) == []


@pytest.mark.parametrize("damage", [{"LICENSE": b"other\n"}, {"LICENSE": None}, {"left-over.txt": b"x\n"}])
def test_an_update_that_is_not_a_new_project_is_seen(case: Case, damage: dict[str, bytes | None]) -> None:
    files = {path: data for path, data in {**case.plain.files, **damage}.items() if data is not None}
    assert rules(untouched_faults("v1", case.old, case.plain._replace(files=files), case.fresh)) == [
        ("not-fresh", *damage)
    ]


def test_each_kind_of_lost_edit_is_seen(case: Case) -> None:
    def lost(change: Mapping[str, bytes | None]) -> list[tuple[str, str]]:
        files = {path: data for path, data in {**case.ours.files, **change}.items() if data is not None}
        return rules(edited_faults("v1", case.old, case.edited, case.ours._replace(files=files), case.fresh))

    touched = sorted({line.path for line in case.edited.lines})
    for path in touched:
        before = case.old.rendering.tree[path].data
        assert set(lost({path: before})) == {("lost-edit", path)}
    assert lost(dict.fromkeys(case.edited.own)) == [("lost-edit", path) for path in case.edited.own]
    assert lost({case.edited.deleted: b"x\n"}) == [("lost-edit", case.edited.deleted)]
    old, new = case.edited.renamed
    assert lost({old: b"x\n"}) == [("lost-edit", old)]
    assert lost({new: None}) == [("lost-edit", old)]


def test_a_file_that_breaks_in_the_merge_is_seen(case: Case) -> None:
    broken = case.ours.files["src/pkg/core.py"] + b"def f(:\n"
    files = {**case.ours.files, "src/pkg/core.py": broken}
    found = rules(edited_faults("v1", case.old, case.edited, case.ours._replace(files=files), case.fresh))
    assert found == [("broken-merge", "src/pkg/core.py")]


def test_a_conflict_far_from_what_the_template_changed_is_seen(case: Case) -> None:
    node = next(iter(case.ours.plan.record.values()))

    def conflict(path: str) -> Updated:
        made = Conflict(path, "made up", tuple(Stage(number, path, node) for number in (1, 2, 3)))
        return case.ours._replace(plan=case.ours.plan._replace(conflicts=(made,)))

    found = rules(edited_faults("v1", case.old, case.edited, conflict("README.md"), case.fresh))
    assert found == [("needless-conflict", "README.md")]
    untouched = case.plain._replace(plan=conflict("README.md").plan)
    assert ("not-fresh", "README.md") in rules(untouched_faults("v1", case.old, untouched, case.fresh))
    at_the_line = [Line("src/pkg/core.py", CORE.splitlines().index("    return 2"), "x")]
    far = [Line("src/pkg/core.py", 0, "x")]
    (made,) = conflict("src/pkg/core.py").plan.conflicts
    assert expected(made, case.ours, case.old, at_the_line)
    assert not expected(made, case.ours, case.old, far)


def test_the_edits_are_those_of_a_team_and_always_the_same(case: Case) -> None:
    again = edit(case.old.rendering.tree, case.old.owner)
    assert again == case.edited
    assert case.edited.deleted
    assert case.edited.renamed[0]
    assert list(case.edited.own) == ["src/pkg/team_own.py"]
    marks = [line.mark for line in case.edited.lines]
    assert len(set(marks)) == len(marks)
    for line in case.edited.lines:
        assert line.mark.encode() in case.edited.files[line.path].data
    assert any(mark.endswith("-middle") for mark in marks)


def test_the_edits_leave_what_parses_parsing(case: Case) -> None:
    odd = {
        "a.py": File(b'x = (\n1,\n2)\ny = 1 + \\\n2\nz = """\na\n"""\n'),
        "b.json": File(b"{}\n"),
        "c.bin": File(b"\0"),
    }
    edited = edit(odd, lambda _path: "merge")
    compile(edited.files["a.py"].data, "a.py", "exec")
    assert edited.files["b.json"].data == b"{}\n"
    assert edited.files["c.bin"].data == b"\0"


NAMES = st.sampled_from(["a.py", "b.toml", "c.yaml", "d.txt", "Makefile", "e.md", "src/f.py", "g.csv", ".gitignore"])
BYTES = st.lists(st.sampled_from([b"x = 1", b"y: 2", b"", b"[t]", b"  - z", b'"""', b"(", b")", b"\\"]), max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(NAMES, st.tuples(BYTES, st.sampled_from([b"\n", b"\r\n"]), st.booleans())))
def test_without_its_own_lines_an_edited_file_is_the_templates(
    texts: dict[str, tuple[list[bytes], bytes, bool]],
) -> None:
    files = {path: File(end.join(lines) + end * ended) for path, (lines, end, ended) in texts.items()}
    edited = edit(files, lambda _path: "merge")
    for path in files.keys() - {edited.deleted, edited.renamed[0]}:
        left = [line for line in edited.files[path].data.splitlines() if b"ours-" not in line]
        assert left == files[path].data.splitlines()
        assert fault(path, files[path].data) is not None or fault(path, edited.files[path].data) is None
    if edited.renamed[0]:
        assert edited.files[edited.renamed[1]] == files[edited.renamed[0]]
    for line in edited.lines:
        assert edited.files[line.path].data.count(line.mark.encode()) == 1


# The command


def run(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mlscaffold", *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_the_command_prints_groups_what_to_do_and_a_sum(make: Make, tmp_path: Path) -> None:
    make({"template/a.py": "def f(:\n", "template/README.md": "old\n"})
    done = run("-C", str(tmp_path), "template", "check", "template-of-ours", cwd=Path.home())
    assert done.returncode == 1
    assert done.stderr == ""
    assert (
        "Files of the template\n  template/README.md: warning: template/README.md.jinja takes its place\n    -> "
        in done.stdout
    )
    assert "Rendering\n  template/a.py: a.py does not parse: no Python" in done.stdout
    assert done.stdout.endswith("1 finding, 1 warning\n")


def test_the_command_gives_a_list_as_json(make: Make) -> None:
    folder = make({"template/a.py": "def f(:\n"})
    done = run("template", "check", str(folder), "--json", cwd=folder)
    (one,) = json.loads(done.stdout)
    assert (done.returncode, set(one), one["rule"]) == (
        1,
        {"rule", "where", "what", "fix", "seen", "level"},
        "does-not-parse",
    )
    clean = make({"template/a.py": None}, folder=folder)
    done = run("template", "check", str(clean), "--json", cwd=folder)
    assert (done.returncode, json.loads(done.stdout)) == (0, [])


def test_a_clean_template_says_so(make: Make) -> None:
    done = run("template", "check", ".", cwd=make())
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "Nothing found."


def test_a_wrong_source_is_a_user_error(tmp_path: Path) -> None:
    done = run("template", "check", "missing", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: no template at ")


def test_a_template_by_address(make: Make, release: Release) -> None:
    folder = make()
    release(folder, "v1.0.0")
    make({CORE_PATH: CORE.replace("return 2", "return 22")}, folder=folder)
    release(folder, "v1.1.0")
    done = run("template", "check", f"file://{folder}", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "checked   v1.0.0: 1 files change; with a team's edits no conflict\n" in done.stdout


def test_the_built_in_template_is_clean(check: Check) -> None:
    assert list(check(builtin.SOURCE).findings) == []
