"""What a template may not do, and what a person reads when it tries."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from oracle import Make

from mlscaffold.errors import UserError
from mlscaffold.render import render, resolve
from mlscaffold.tree import File

Files = Mapping[str, File | str | bytes]


def refusal(template: Make, config: str, files: Files, given: dict[str, Any] | None = None) -> str:
    made = template(config, files)
    with pytest.raises(UserError) as caught:
        render(made, resolve(made, given or {}))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "path",
    [
        "../outside",
        "a/../../outside",
        "a/../b",
        "..",
        "/etc/passwd",
        ".git/hooks/pre-commit",
        "sub/.GIT/config",
        "a\\b",
        "nul\0byte",
        "x" * 256,
    ],
)
@pytest.mark.parametrize("name", ["{{ path }}", "folder/{{ path }}.jinja", "{{ path }}/file.txt"])
def test_a_rendered_path_may_not_leave_the_project(template: Make, path: str, name: str) -> None:
    said = refusal(template, "path: {type: str}", {name: "x"}, {"path": path})
    assert "may not write" in said or "out of the template" in said


@pytest.mark.parametrize("answers_file", ["../answers.yml", ".git/config"])
def test_the_answers_file_may_not_leave_the_project(template: Make, answers_file: str) -> None:
    said = refusal(template, f"_answers_file: {answers_file}", {"{{ _copier_conf.answers_file }}.jinja": "x"})
    assert "may not write" in said


def test_a_file_may_not_be_written_through_a_link(template: Make) -> None:
    files = {"link": File(b"real", symlink=True), "real/x": "x", "{{ n }}/y": "y"}
    assert "a file or a link" in refusal(template, "_preserve_symlinks: true\nn: link", files)


@pytest.mark.parametrize("preserve", ["true", "false"])
@pytest.mark.parametrize("target", [b"/etc/passwd", b"../../x", b"../x"])
def test_a_link_may_not_lead_out(template: Make, preserve: str, target: bytes) -> None:
    said = refusal(template, f"_preserve_symlinks: {preserve}", {"link": File(target, symlink=True)})
    assert "link" in said
    assert "out of" in said


def test_a_link_that_leads_out_is_refused_even_where_it_is_excluded(template: Make) -> None:
    assert "out of" in refusal(template, "_exclude: [link]", {"link": File(b"/etc/passwd", symlink=True)})


def test_a_rendered_target_may_not_lead_out(template: Make) -> None:
    files = {"link.jinja": File(b"{{ up }}/x", symlink=True)}
    assert "out of the project" in refusal(template, "_preserve_symlinks: true\nup: ../..", files)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"a": File(b"b", symlink=True), "b": File(b"a", symlink=True)}, "circles"),
        ({"a/b/c": File(b"..", symlink=True)}, "folder that holds it"),
        ({"a/l": File(b"../b", symlink=True), "b/l": File(b"../a", symlink=True)}, "folder that holds it"),
        ({"a": File(b"nowhere", symlink=True)}, "links to nothing"),
    ],
)
def test_links_that_lead_nowhere_are_refused(template: Make, files: Files, words: str) -> None:
    assert words in refusal(template, "", files)


def test_an_include_may_not_leave_the_template(template: Make) -> None:
    files = {"x.jinja": "{% include 'l' %}", "l": File(b"../secret", symlink=True)}
    assert "out of" in refusal(template, "_preserve_symlinks: true\n_exclude: [l]", files)
    assert "no template file" in refusal(template, "", {"x.jinja": "{% include '../secret' %}"})
    assert "no template file" in refusal(template, "", {"x.jinja": "{% include '/etc/passwd' %}"})


@pytest.mark.parametrize(
    "escape",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.system('id') }}",
        "{{ '{0.__class__.__mro__}'.format(1) }}",
        "{{ '%s' | format(''.__class__.mro()) }}",
        "{{ (1).__class__.__base__.__subclasses__() }}",
        "{% for x in ().__class__.__bases__ %}{{ x }}{% endfor %}",
        "{{ ''['__class__'].__mro__ }}",
        "{{ _copier_conf.answers_file.__class__.__init__.__globals__ }}",
        "{{ pathjoin.__globals__.os }}",
        "{{ (''|attr('__class__')).__mro__ }}",
    ],
)
@pytest.mark.parametrize("place", ["file", "name", "default", "exclude"])
def test_breaking_out_of_the_sandbox_is_refused(template: Make, escape: str, place: str) -> None:
    if place == "name" and "/" in escape:
        pytest.skip("no name holds a slash")
    quoted = "'" + escape.replace("'", "''") + "'"  # as YAML quotes
    config = {"default": f"a: {{type: str, default: {quoted}}}", "exclude": f"_exclude: [{quoted}]"}.get(place, "")
    files = {"file": {"x.txt.jinja": f"one\n{escape}"}, "name": {f"{escape}.txt": "x"}}.get(place, {"x": "x"})
    said = refusal(template, config, files)
    assert "sandbox" in said or "undefined" in said


def test_an_escape_says_where_it_stands(template: Make) -> None:
    files = {"t/bad.txt.jinja": "one\ntwo\n{{ ''.__class__.__mro__ }}\n"}
    assert refusal(template, "_subdirectory: t", files).startswith("t/bad.txt.jinja:3: the template tries to break out")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("one\n{{ nothing.there }}", "x.txt.jinja:2: 'nothing' is undefined"),
        ("one\n\n{% if %}", "x.txt.jinja:3: "),
        ("{{ 1 | nofilter }}", "x.txt.jinja:1: No filter named 'nofilter'."),
        ("\n{{ 1 / 0 }}", "x.txt.jinja:2: ZeroDivisionError: division by zero"),
        ("{% include 'part' %}", "part:2: 'nothing' is undefined"),
        ("{% include 'missing' %}", "x.txt.jinja:1: there is no template file missing"),
        ("{% for i in range(10**9) %}{% endfor %}", "x.txt.jinja:1: OverflowError"),
    ],
)
def test_a_fault_names_template_file_and_line(template: Make, text: str, said: str) -> None:
    files = {"x.txt.jinja": text, "part": "\n{{ nothing.there }}"}
    assert refusal(template, "_exclude: [part]", files).startswith(said)


def test_a_fault_in_a_name_names_the_file(template: Make) -> None:
    assert refusal(template, "", {"a/{{ x.y.z }}.txt": ""}).startswith("the name of a/{{ x.y.z }}.txt: ")


def test_a_template_that_is_not_utf_8_is_refused(template: Make) -> None:
    assert refusal(template, "", {"x.jinja": b"\xff"}).startswith("x.jinja is a template but not UTF-8")


def test_an_answer_that_is_not_unicode_is_refused(template: Make) -> None:
    said = refusal(template, "a: x", {"x.jinja": "{{ a }}"}, {"a": "\udcff"})
    assert said.startswith("x.jinja: UnicodeEncodeError")


def test_two_files_for_one_path_are_refused(template: Make) -> None:
    said = refusal(template, "n: x", {"{{ n }}": "one", "x": "two"})
    assert "x and {{ n }} both render to x" in said


def test_a_file_where_a_folder_is_needed_is_refused(template: Make) -> None:
    assert "not a folder" in refusal(template, "n: x", {"{{ n }}": "one", "x/y": "two"})


def test_a_missing_subdirectory_is_refused(template: Make) -> None:
    assert "no folder gone" in refusal(template, "_subdirectory: gone", {"x": ""})
    assert "out of the template" in refusal(template, "_subdirectory: ../..", {"x": ""})


def test_an_invalid_pattern_is_refused(template: Make) -> None:
    assert refusal(template, "_exclude: ['!']", {"x": ""}).startswith("copier.yml: patterns: ")


@pytest.mark.parametrize("config", ["_tasks: ['touch {}']", "_jinja_extensions: [jinja2.ext.do]"])
def test_code_needs_trust_before_anything_is_asked(template: Make, config: str, tmp_path: Path) -> None:
    made = template(config.format(tmp_path / "ran") + "\na: {type: int}")
    with pytest.raises(UserError, match=r"somewhere runs code of its own: .*add --trust"):
        resolve(made, {})
    with pytest.raises(UserError, match="add --trust"):
        render(made, resolve(template("a: 1"), {}))
    assert not (tmp_path / "ran").exists()
