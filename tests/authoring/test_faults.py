"""Faults planted in a clean template: each is found, and nothing else is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from clean_template import CONFIG, Check, Files

from mlscaffold.authoring import repeating
from mlscaffold.authoring.child import digest
from mlscaffold.authoring.trials import make_trials
from mlscaffold.errors import UserError
from mlscaffold.render import render
from mlscaffold.template import Template, parse_spec
from mlscaffold.tree import read_tree

Make = Callable[..., Path]
Found = list[tuple[str, str]]

ANSWERS = "template/{{_copier_conf.answers_file}}.jinja"
MORE = "copier.yml, _mlscaffold"


def config(more: str) -> Files:
    return {"copier.yml": CONFIG + more}


def extension(more: str) -> Files:
    return config(f"_mlscaffold: {more}\n")


def found(check: Check, folder: Path, **more: bool) -> Found:
    return [(finding.rule, finding.where) for finding in check(folder, **more).findings]


CLEAN_ONES = [
    pytest.param({}, id="as it is"),
    pytest.param(extension("{classes: {seed: ['src/*.py'], lines: [LICENSE]}}"), id="classes that match"),
    pytest.param(extension("{classes: {managed: [Dockerfile]}}"), id="a class of a file that only one answer renders"),
    pytest.param(
        extension("{moves: [{from: a.py, to: src/pkg/core.py}, {from: lib, to: src, since: v2.0.0}]}"), id="moves"
    ),
    pytest.param(extension("{moves: [{from: a.py, to: b.py}, {from: b.py, to: LICENSE}]}"), id="moves in a chain"),
    pytest.param(
        extension("{renamed: {title: headline, headline: name}, retyped: {docker: {'no': false}}}"), id="names"
    ),
    pytest.param(extension("{setup: [make], next: ['{{ name }}'], verify: []}"), id="commands"),
    pytest.param(config("token: {type: str, secret: true, default: ''}\n"), id="a secret with a default"),
    pytest.param(config("port: {type: int, when: '{{ docker }}'}\n"), id="no default, and not asked by default"),
    pytest.param(
        config("slug: {type: str, default: '{{ name }}', validator: \"{% if ' ' in slug %}no{% endif %}\"}\n"),
        id="a default that is refused for an odd text only",
    ),
    pytest.param(config("year: {type: str, default: \"{{ now().strftime('%Y') }}\"}\n"), id="a recorded clock"),
    pytest.param({"template/notes.md": "Use the filter strftime, and now().\n"}, id="a text that talks about clocks"),
    pytest.param(
        {
            "template/a.md.jinja": "{% include 'template/b.inc' %}",
            "template/b.inc": "b\n",
            "copier.yml": CONFIG + "_exclude: [b.inc]\n",
        },
        id="a file that is taken in",
    ),
    pytest.param({"template/a.yaml": "a: !Ref b\n---\nb: !!python/none\n"}, id="YAML of any tag, in two documents"),
    pytest.param({"template/tsconfig.json": "[1,]"}, id="a trailing comma, where that is usual"),
    pytest.param({"template/asv.conf.json": "{\n  // why\n}\n"}, id="JSON with comments"),
    pytest.param({"template/c/Chart.yaml": "a: 1\n", "template/c/templates/d.yaml": "{{ if }}\n"}, id="a Helm chart"),
    pytest.param({"template/a.md": "Heading\n=======\n\n<<<<<<< is a marker\n"}, id="a text about markers"),
    pytest.param({"template/logo.png": b"\x89PNG\xff"}, id="a binary file"),
    pytest.param({"template/.gitignore": "*.log\n"}, id="a file whose name is all suffix"),
]


@pytest.mark.parametrize("changes", CLEAN_ONES)
def test_a_clean_template_has_no_findings(make: Make, check: Check, changes: Files) -> None:
    assert [tuple(finding) for finding in check(make(changes)).findings] == []


PLANTED = [
    # questions and settings
    pytest.param(config("a: [}\n"), [("unreadable", "copier.yml is not valid YAML")], id="no YAML"),
    pytest.param(
        config("token: {type: str, secret: true}\n"), [("unreadable", "copier.yml")], id="a secret without a default"
    ),
    pytest.param(
        config("age: {type: int, default: 1, help: How old?}\n"),
        [("unreadable", "copier.yml")],
        id="YAML that only some read",
    ),
    pytest.param(config("_exclud: [a]\n"), [("unknown-setting", "copier.yml")], id="an unknown setting"),
    pytest.param(
        config("age: {type: int, default: 1, hlep: x}\n"),
        [("unknown-key", "copier.yml, question age")],
        id="an unknown key",
    ),
    pytest.param(config("age: {type: int}\n"), [("no-default", "copier.yml, question age")], id="no default"),
    pytest.param(
        config('age: {type: int, validator: "{% if age != 77 %}no{% endif %}"}\n'),
        [("no-default", "copier.yml, question age")],
        id="no default, and no way to guess an answer",
    ),
    pytest.param(
        config("age: {type: str, default: '{{ UNSET }}'}\n"), [("no-default", "copier.yml, question age")], id="unset"
    ),
    pytest.param(
        config("age: {type: int, default: 1, validator: 'No.'}\n"),
        [("refused-default", "copier.yml, question age")],
        id="a validator that refuses the default",
    ),
    pytest.param(
        config("age: {type: int, default: many}\n"),
        [("refused-default", "copier.yml, question age")],
        id="a wrong type",
    ),
    pytest.param(
        config("ci: {type: str, default: gitlab, choices: [github, none]}\n"),
        [("not-a-choice", "copier.yml, question ci")],
        id="a default that is no choice",
    ),
    pytest.param(
        config("port: {type: int, default: 1, when: '{{ docker }}', validator: 'No.'}\n"),
        [("refused-default", "copier.yml, question port")],
        id="a refused default behind another answer",
    ),
    pytest.param(extension("{clases: {}}"), [("ill-formed", MORE)], id="an unknown key of ours"),
    pytest.param(extension("{classes: {sed: [LICENSE]}}"), [("ill-formed", MORE)], id="an unknown class"),
    pytest.param(extension("{classes: {seed: LICENSE}}"), [("ill-formed", MORE)], id="a class that is no list"),
    pytest.param(extension("{classes: {seed: [LICENCE]}}"), [("unused-class", MORE)], id="a class of nothing"),
    pytest.param(extension("{moves: {a: b}}"), [("ill-formed", MORE)], id="moves that are no list"),
    pytest.param(
        extension("{moves: [{from: '{{ nme', to: README.md}]}"),
        [("ill-formed", MORE)],
        id="a move that cannot be rendered",
    ),
    pytest.param(extension("{moves: [{from: a, to: b}]}"), [("lost-move", MORE)], id="a move to nothing"),
    pytest.param(
        extension("{moves: [{from: src, to: README.md}]}"), [("lost-move", MORE)], id="a move of what is there"
    ),
    pytest.param(extension("{renamed: {old: nam}}"), [("unknown-question", MORE)], id="renamed to nothing"),
    pytest.param(extension("{renamed: [old]}"), [("ill-formed", MORE)], id="renamed that is no mapping"),
    pytest.param(extension("{retyped: {nam: {a: b}}}"), [("unknown-question", MORE)], id="retyped for nothing"),
    pytest.param(extension("{retyped: {name: b}}"), [("ill-formed", MORE)], id="retyped that is no mapping"),
    pytest.param(extension("{table: {file: name}}"), [("ill-formed", MORE)], id="half a table"),
    pytest.param(
        extension("{table: {file: name, target: tagret, into: data}}"),
        [("unknown-question", MORE)],
        id="a table's question",
    ),
    pytest.param(extension("{setup: make}"), [("ill-formed", MORE)], id="set-up that is no list"),
    pytest.param(extension("{next: ['{{ name']}"), [("ill-formed", MORE)], id="a command that does not render"),
    # files
    pytest.param({ANSWERS: None}, [("no-answers-file", ".copier-answers.yml")], id="no answers file"),
    pytest.param(
        config("_answers_file: .answers.yml\n"), [("no-answers-file", ".copier-answers.yml")], id="another name"
    ),
    pytest.param({ANSWERS: "a: 1\n"}, [("no-answers-file", ".copier-answers.yml")], id="an empty answers file"),
    pytest.param(
        {"template/{% if license == 'GPL' %}NOTICE{% endif %}": "x\n"},
        [("dead-file", "template/{% if license == 'GPL' %}NOTICE{% endif %}")],
        id="a file that nothing renders",
    ),
    pytest.param(
        {"template/README.md": "old\n"}, [("dead-file", "template/README.md")], id="a file beside its template"
    ),
    pytest.param(
        {"template/a.txt.jinja": b"\xff{{ name }}"}, [("not-utf8", "template/a.txt.jinja")], id="a template in Latin-1"
    ),
    pytest.param({"template/readme.md": "x\n"}, [("case-clash", "readme.md")], id="two names but for case"),
    pytest.param({"template/SRC/a.py": "x = 1\n"}, [("case-clash", "src")], id="two folders but for case"),
    pytest.param(
        {"template/{% if docker %}license{% endif %}": "x\n"},
        [("case-clash", "license")],
        id="two names for one answer",
    ),
    pytest.param(
        {"template/docs/aux.md": "x\n"}, [("unportable-path", "template/docs/aux.md")], id="a device of Windows"
    ),
    pytest.param({"template/notes./a.md": "x\n"}, [("unportable-path", "template/notes./a.md")], id="a trailing dot"),
    pytest.param({"template/ab:c.md": "x\n"}, [("unportable-path", "template/ab:c.md")], id="a colon"),
    # rendering
    pytest.param(
        {"template/a.md.jinja": "{{ nothing.at.all }}"},
        [("fails-to-render", "template/a.md.jinja:1")],
        id="never renders",
    ),
    pytest.param(
        {"template/a.md.jinja": "{% if docker %}{{ a.b.c }}{% endif %}"},
        [("fails-to-render", "template/a.md.jinja:1")],
        id="does not render for one answer",
    ),
    pytest.param(
        {"template/a.md.jinja": "{% if docker and license == 'BSD' %}{{ a.b.c }}{% endif %}"},
        [("fails-to-render", "template/a.md.jinja:1")],
        id="does not render for two answers",
    ),
    pytest.param(
        {"template/a.md.jinja": "{{ extras[0].upper() }}"},
        [("fails-to-render", "template/a.md.jinja:1")],
        id="an empty list",
    ),
    pytest.param(
        {"template/a.toml.jinja": 'x = "{{ name }}"\n'},
        [("does-not-parse", "template/a.toml.jinja")],
        id="quotes in TOML",
    ),
    pytest.param(
        {"template/a.yaml.jinja": "x: {{ name }}\n"}, [("does-not-parse", "template/a.yaml.jinja")], id="colons in YAML"
    ),
    pytest.param(
        {"template/a.json.jinja": "{% if docker %}[1,]{% else %}[1]{% endif %}"},
        [("does-not-parse", "template/a.json.jinja")],
        id="JSON for one answer",
    ),
    pytest.param({"template/a.py": "def f(:\n"}, [("does-not-parse", "template/a.py")], id="Python"),
    pytest.param({"template/a.ipynb": "{}"}, [("does-not-parse", "template/a.ipynb")], id="a notebook without cells"),
    pytest.param(
        {"template/a.txt": "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n"},
        [("conflict-marker", "template/a.txt")],
        id="markers",
    ),
    # repeating
    pytest.param(
        {"template/a.md.jinja": "{{ '%Y' | strftime }}"}, [("clock-or-chance", "template/a.md.jinja")], id="a clock"
    ),
    pytest.param(
        {"template/a.md.jinja": "{{ ['a'] | random }}"},
        [("clock-or-chance", "template/a.md.jinja")],
        id="chance that shows nothing",
    ),
    pytest.param(
        config('year: {type: str, default: "{{ now().year }}", when: false}\n'),
        [("clock-or-chance", "copier.yml, question year")],
        id="a clock in an answer that is not recorded",
    ),
    pytest.param(
        {"template/a.md.jinja": "{{ name.upper }}"},
        [("differs", "template/a.md.jinja")],
        id="a call without parentheses, which shows an address of this process",
    ),
    pytest.param(
        {
            **config("token: {type: str, secret: true, default: '{{ make_secret() }}'}\n"),
            "template/a.md.jinja": "{{ token }}",
        },
        [("differs", "template/a.md.jinja")],
        id="a new secret each time",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), PLANTED)
def test_a_planted_fault_is_found_and_nothing_else(make: Make, check: Check, changes: Files, expected: Found) -> None:
    assert found(check, make(changes)) == expected


def test_the_answers_that_it_takes_are_named_as_they_are_typed(make: Make, check: Check) -> None:
    (one,) = check(make({"template/a.md.jinja": "{% if docker %}{{ a.b.c }}{% endif %}"})).findings
    assert one.seen.startswith("with --set docker=true and ")
    (two,) = check(make({"template/a.toml.jinja": 'x = "{{ name }}"\n', "template/a.md.jinja": None})).findings
    assert two.seen == """with --set name='it'"'"'s "quoted"'"""


def test_a_dead_file_is_a_warning_and_fails_nothing(make: Make, check: Check) -> None:
    report = check(make({"template/README.md": "old\n"}))
    assert [finding.level for finding in report.findings] == ["warning"]
    assert not report.failed


def test_a_template_that_runs_code_needs_trust(make: Make, check: Check) -> None:
    folder = make(config("_jinja_extensions: [jinja2.ext.do]\n"), {"template/a.md.jinja": "{% do [] %}{{ name }}\n"})
    with pytest.raises(UserError, match="--trust"):
        check(folder)
    assert found(check, folder, trust=True) == []


@pytest.mark.parametrize("more", ["", "_unknown_setting: 1\n"], ids=["native", "by Copier"])
def test_no_task_is_ever_run(make: Make, check: Check, release: Callable[..., None], tmp_path: Path, more: str) -> None:
    ran = tmp_path / "a-task-ran"
    folder = make(
        config(f"_tasks: ['touch {ran}']\n_migrations: [{{version: v1.0.0, command: 'touch {ran}'}}]\n{more}")
    )
    release(folder, "v1.0.0")
    make({"template/new.txt": "new\n"}, folder=folder)
    for trust in (True, False):
        report = check(folder, trust=trust)
        assert [finding.rule for finding in report.findings] == ["unknown-setting"][: len(more)]
        assert report.looked_at[0].endswith(" renderings, without running its tasks")
        assert len(report.looked_at) == 2
    assert not ran.exists()


def test_another_process_sees_what_this_one_does_not(make: Make) -> None:
    files = read_tree(make({"template/a.md.jinja": "{{ name.upper }}"}))
    template = Template("here", None, None, files, parse_spec(files, "here"))
    trial = make_trials(template, trust=False).all[0]
    here = digest(trial.rendering.tree)
    assert digest(render(template, trial.explored.answers).tree) == here
    (elsewhere,) = repeating._elsewhere(template, [trial], trust=False)
    assert [path for path in here if here[path] != elsewhere[path]] == ["a.md"]


def test_a_fault_that_many_answers_show_is_told_once(make: Make, check: Check) -> None:
    (one,) = check(make({"template/a.md.jinja": "{% if license != 'MIT' %}{{ a.b.c }}{% endif %}"})).findings
    assert one.seen.startswith("with --set license=BSD and ")


def test_what_is_no_template_is_a_user_error(tmp_path: Path, check: Check) -> None:
    with pytest.raises(UserError, match=r"has no copier\.yml"):
        check(tmp_path)
    with pytest.raises(UserError, match="no template at"):
        check(tmp_path / "missing")


def test_at_most_sixty_sets_of_answers_are_tried(make: Make, check: Check) -> None:
    folder = make(config("".join(f"q{number}: {{type: bool, default: false}}\n" for number in range(20))))
    assert check(folder).looked_at == ("60 renderings",)
