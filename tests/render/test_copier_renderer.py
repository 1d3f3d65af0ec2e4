from pathlib import Path
from typing import Any

import pytest
from oracle import Make, Refused, by_copier, differences, make_template

from mlscaffold.errors import UserError
from mlscaffold.render import render, resolve
from mlscaffold.render.copier_renderer import render_with_copier
from mlscaffold.template import Template
from mlscaffold.tree import File

ANSWERS_FILE = {"{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_nice_yaml }}"}


def test_a_task_runs_in_the_rendering_and_only_with_trust(template: Make, tmp_path: Path) -> None:
    made = template("_tasks: ['echo {{ a }} > made-by-task', 'pwd > where']\na: 1", ANSWERS_FILE, commit="v1")
    with pytest.raises(UserError, match=r"2 task\(s\)"):
        render(made, resolve(made, {}, trust=True))
    result = render(made, resolve(made, {}, folder="flights", trust=True), trust=True)
    assert result.renderer == "copier"
    assert result.tree["made-by-task"].data == b"1\n"
    assert result.tree["where"].data.decode().strip().endswith("/flights")
    assert result.tree[".copier-answers.yml"].data == b"_commit: v1\n_src_path: somewhere\na: 1\n"
    assert not Path(result.tree["where"].data.decode().strip()).exists()


def test_a_task_that_fails_is_told_in_one_line(template: Make) -> None:
    made = template("_tasks: ['exit 3']")
    with pytest.raises(UserError, match="Copier cannot render somewhere") as caught:
        render(made, resolve(made, {}, trust=True), trust=True)
    assert "\n" not in str(caught.value)


def test_jinja_extensions_work_with_trust(template: Make) -> None:
    made = template(
        "_jinja_extensions: [jinja2.ext.do]\n"
        "a: '{% set x = [1] %}{% do x.append(2) %}{{ x }}'\n"
        "b: {secret: true, default: s}",
        {"x.jinja": "{% set x = [] %}{% do x.append(a) %}{{ x }}{{ b }}", **ANSWERS_FILE},
    )
    answers = resolve(made, {}, trust=True)
    assert answers.values == {"a": "[1, 2]", "b": "s"}
    assert answers.recorded == {"a": "[1, 2]"}
    tree = render(made, answers, trust=True).tree
    assert tree["x"].data == b"['[1, 2]']s"
    with pytest.raises(UserError, match="no question 'c'"):
        resolve(made, {"c": 1}, trust=True)


def test_an_extension_that_is_not_installed_is_told(template: Make) -> None:
    made = template("_jinja_extensions: [not_installed_anywhere.Extension]\na: 1")
    with pytest.raises(UserError, match="not_installed_anywhere"):
        resolve(made, {}, trust=True)


@pytest.mark.parametrize(
    "given",
    [{}, {"text": "'7'"}, {"text": "[1]"}, {"data": '"7"'}, {"hidden": 5}, {"token": "t"}, {"many": ["b"]}],
    ids=str,
)
def test_both_renderers_come_to_the_same_from_the_same_answers(template: Make, given: dict[str, Any]) -> None:
    """Copier is handed answers that are cast already, and must not cast them to something else."""
    made = template(
        "text: {type: yaml, default: \"'5'\"}\ndata: {type: json, default: '\"é\"'}\n"
        "hidden: {type: int, when: false, default: '{{ 2 }}', "
        "validator: '{% if hidden == 2 %}never asked{% endif %}'}\n"
        "token: {default: s, secret: true}\nmany: {type: str, multiselect: true, choices: [a, b], default: [a]}\n",
        {
            "x.jinja": "{% for v in [text, data, hidden, token, many] %}{{ v }} {{ v | type_debug }}\n{% endfor %}",
            "y.jinja": "{{ _copier_answers }} {{ _folder_name }}",
            "run": File(b"#!", executable=True),
            "link": File(b"run", symlink=True),
            **ANSWERS_FILE,
        },
        commit="v1.0-3-gabcdef",
    )
    answers = resolve(made, given, defaults={"token": "mine"}, folder="a b")
    native, copied = render(made, answers), render_with_copier(made, answers)
    assert differences(native.tree, copied.tree) == []
    assert copied.sources == native.sources
    assert (native.renderer, copied.renderer) == ("native", "copier")


def test_yield_gives_what_copier_gives(tmp_path: Path) -> None:
    made = make_template(
        tmp_path / "t",
        {
            "copier.yml": "_exclude: [copier.yml]\nnames: [a, b]\n",
            "{% yield x from names %}{{ x }}{% endyield %}/{{ x }}.txt.jinja": "{{ x }}",
            "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_nice_yaml }}",
        },
    )
    result = render(made, resolve(made, {"names": ["c", "d"]}))
    assert result.renderer == "copier"
    assert set(result.tree) == {".copier-answers.yml", "c/c.txt", "d/d.txt"}
    assert differences(result.tree, by_copier(made, {"names": ["c", "d"]})) == []


def test_a_link_that_a_task_makes_may_not_lead_out(template: Make) -> None:
    made = template("_tasks: ['ln -s /etc/passwd link']")
    with pytest.raises(UserError, match="may not link link out of the project"):
        render(made, resolve(made, {}, trust=True), trust=True)


def test_the_users_copier_settings_have_no_say(template: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / "settings.yml"
    settings.write_text("defaults: {a: from settings}\ntrust: [somewhere]\n", encoding="utf-8")
    monkeypatch.setenv("COPIER_SETTINGS_PATH", str(settings))
    made = template("a: from the template", {"x.jinja": "{{ a }}"})
    assert render_with_copier(made, resolve(made, {})).tree["x"].data == b"from the template"
    with pytest.raises(UserError, match="Copier cannot render"):
        render_with_copier(template("_tasks: ['true']"), resolve(template(""), {}))


def test_nothing_is_left_in_the_temporary_folder(
    template: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made: Template = template("_tasks: ['touch x']")
    render(made, resolve(made, {}, trust=True), trust=True)
    assert list(tmp_path.iterdir()) == []


def test_the_oracle_refuses_where_copier_raises(tmp_path: Path) -> None:
    made = make_template(tmp_path / "t", {"copier.yml": "a: {type: int}"})
    assert isinstance(by_copier(made, {"a": "x"}), Refused)
