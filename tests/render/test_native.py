import os
from collections.abc import Mapping
from typing import Any

import pytest
from oracle import Make

from mlscaffold.render import render, render_texts, resolve
from mlscaffold.render.native import render_native
from mlscaffold.template import Template
from mlscaffold.tree import File


def rendered(made: Template, given: Mapping[str, Any] | None = None) -> dict[str, bytes]:
    result = render_native(made, resolve(made, given or {}))
    return {path: file.data for path, file in result.tree.items()}


def test_sources_say_where_each_file_came_from(template: Make) -> None:
    files = {
        "t/{{ a }}.txt.jinja": "{{ a }}",
        "t/plain": "p",
        "t/{{ _copier_conf.answers_file }}.jinja": "x",
        "no": "-",
    }
    made = template("_subdirectory: t\na: b", files)
    result = render_native(made, resolve(made, {}))
    assert result.sources == {
        "b.txt": "t/{{ a }}.txt.jinja",
        "plain": "t/plain",
        ".copier-answers.yml": "t/{{ _copier_conf.answers_file }}.jinja",
    }
    assert list(result.tree) == sorted(result.sources)
    assert result.renderer == "native"


def test_what_skip_if_exists_names_is_written_once(template: Make) -> None:
    made = template("_skip_if_exists: ['*.cfg', '{{ a }}/']\na: mine", {"x.cfg": "", "mine/deep/y": "", "z": ""})
    assert render_native(made, resolve(made, {})).once == {"x.cfg", "mine/deep/y"}


def test_two_renderings_are_equal(template: Make) -> None:
    made = template("a: 1", {f"{name}.jinja": "{{ a }} {{ _copier_answers }}" for name in "abc"})
    assert render(made, resolve(made, {})) == render(made, resolve(made, {}))


def test_the_answers_file_records_source_and_version(template: Make) -> None:
    made = template(
        "a: 1", {"{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_nice_yaml }}"}, commit="v3"
    )
    assert rendered(made)[".copier-answers.yml"] == b"_commit: v3\n_src_path: somewhere\na: 1\n"


def test_a_followed_link_is_executable_as_copier_makes_it(template: Make) -> None:
    """From git, Copier takes the mode of the link and not of the file that it leads to."""
    files = {"run": File(b"#!", executable=True), "link": File(b"run", symlink=True)}
    for commit, executable in ((None, True), ("v1", False)):
        made = template("", files, commit=commit)
        tree = render_native(made, resolve(made, {})).tree
        assert tree["run"].executable
        assert tree["link"] == File(b"#!", executable=executable)


def test_links_within_the_template_are_followed(template: Make) -> None:
    files = {
        "shared/text.jinja": "{{ a }}",
        "t/folder": File(b"../shared", symlink=True),
        "t/deep/again": File(b"../folder/../t/here", symlink=True),
        "t/here": "h",
        "t/there": File(b"./deep/again", symlink=True),
    }
    made = template("_subdirectory: t\na: 1", files)
    assert rendered(made) == {"folder/text": b"1", "deep/again": b"h", "there": b"h", "here": b"h"}


def test_the_subdirectory_may_be_a_link(template: Make) -> None:
    made = template("_subdirectory: t\na: 1", {"t": File(b"real/one", symlink=True), "real/one/x.jinja": "{{ a }}"})
    assert rendered(made) == {"x": b"1"}


def test_kept_links_keep_their_targets(template: Make) -> None:
    files = {"x.txt": "", "a": File(b"./x.txt", symlink=True), "b.jinja": File(b"{{ n }}.txt", symlink=True)}
    made = template("_preserve_symlinks: true\nn: x", files)
    tree = render_native(made, resolve(made, {})).tree
    assert tree["a"] == tree["b"] == File(b"x.txt", symlink=True)


def test_one_path_from_two_files_is_fine_if_they_agree(template: Make) -> None:
    made = template("n: x", {"{{ n }}": "same", "x": "same"})
    assert rendered(made) == {"x": b"same"}


def test_messages_of_the_template_are_rendered(template: Make) -> None:
    made = template("_message_after_copy: 'cd {{ _folder_name }}, {{ name }}'\nname: Ann")
    answers = resolve(made, {}, folder="here")
    assert render_texts(made, answers, [made.spec.messages["after_copy"]]) == ["cd here, Ann"]


def test_nothing_of_this_machine_gets_into_a_rendering(template: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    made = template("a: 1", {"x.jinja": "{{ a }} {{ _copier_conf.sep }} {{ '/b/c' | basename }}"})
    here = rendered(made)
    monkeypatch.setenv("HOME", "/elsewhere")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.chdir(os.sep)
    assert rendered(made) == here
