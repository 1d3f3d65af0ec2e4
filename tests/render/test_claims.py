from contextlib import suppress

import pytest
from oracle import Make

from mlscaffold.errors import UserError
from mlscaffold.render import Rendering, render, resolve
from mlscaffold.render.blame import BeyondNative
from mlscaffold.render.native import render_native
from mlscaffold.template.claims import beyond_native, runs_code


@pytest.mark.parametrize(
    "config",
    [
        pytest.param("_migrations: [echo]", id="migrations, which nothing runs when a project is made"),
        pytest.param("_min_copier_version: '9.1.0'", id="an old Copier"),
        pytest.param("_mlscaffold: {classes: {}}", id="our own settings"),
        pytest.param("_message_after_copy: \"{{ '%Y' | strftime }}\"", id="a clock in a message"),
        pytest.param("a: {default: \"{{ '%Y' | strftime }}\"}", id="a clock in a default, which is recorded"),
        pytest.param("_envops: {trim_blocks: true, undefined: jinja2.StrictUndefined}", id="known options of Jinja"),
    ],
)
def test_the_native_renderer_claims(template: Make, config: str) -> None:
    made = template(config)
    assert beyond_native(made.spec, made.files) == []


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ("_tasks: [echo]", "task"),
        ("_jinja_extensions: [jinja2.ext.do]", "jinja2.ext.do"),
        ("_external_data: {parent: x.yml}", "_external_data"),
        ("!include other.yml", "!include"),
        ("_something_new: 1", "_something_new"),
        ("a: {default: 1, something_new: 1}", "something_new"),
        ("_envops: {autoescape: true}", "autoescape"),
        ("_min_copier_version: '99.0'", "99.0"),
        ("_min_copier_version: 'latest'", "latest"),
        ("_exclude: [\"{{ '%Y' | strftime }}\"]", "strftime"),
        ('_answers_file: "{{ _copier_conf.dst_path }}.yml"', "_copier_conf"),
    ],
)
def test_what_copier_yml_hands_to_copier(template: Make, config: str, reason: str) -> None:
    made = template(config, {"other.yml": "a: 1"})
    assert any(reason in found for found in beyond_native(made.spec, made.files))


FEATURES = [
    "{{ '%Y' | strftime }}",
    "{{ 10 | ans_random }}",
    "{{ [1, 2] | random }}",
    "{{ [1, 2] | shuffle }}",
    "{{ '52:54' | random_mac }}",
    "{{ '*' | fileglob }}",
    "{{ '~' | expanduser }}",
    "{{ '$HOME' | expandvars }}",
    "{{ '.' | realpath }}",
    "{{ '.' | relpath }}",
    "{% filter shuffle %}x{% endfilter %}",
    "{{ ['a'] | map('expanduser') | list }}",
    "{{ now() }}",
    "{{ make_secret() }}",
    "{{ lipsum() }}",
    "{{ _copier_python }}",
    "{{ _external_data.x }}",
    "{{ _copier_conf.src_path }}",
    "{{ _copier_conf.os }}",
    "{{ _copier_conf['dst_path'] }}",
    "{{ _copier_conf | string }}",
]


@pytest.mark.parametrize("jinja", FEATURES)
def test_what_a_file_hands_to_copier(template: Make, jinja: str) -> None:
    made = template("", {"folder/file.txt.jinja": jinja})
    assert any("folder/file.txt.jinja" in found for found in beyond_native(made.spec, made.files))


def test_yield_in_a_name_hands_the_template_to_copier(template: Make) -> None:
    name = "{% yield x from ['a', 'b'] %}{{ x }}{% endyield %}.txt"
    made = template("", {name: "one for each"})
    assert beyond_native(made.spec, made.files)
    result = render(made, resolve(made, {}))
    assert result.renderer == "copier"
    assert list(result.tree) == ["a.txt", "b.txt"]


@pytest.mark.parametrize("jinja", FEATURES)
def test_what_the_scan_cannot_see_is_seen_while_rendering(template: Make, jinja: str) -> None:
    """An included file is not a template by its name, so nothing looks into it beforehand."""
    if "fileglob" in jinja or "filter shuffle" in jinja:
        jinja += "{{ now() }}"  # these two may render to nothing at all
    made = template("", {"file.txt.jinja": "{% include 'part' %}", "part": jinja})
    assert beyond_native(made.spec, made.files) == []
    with suppress(UserError):  # not all of the above make sense, not to Copier either
        assert render(made, resolve(made, {})).renderer == "copier"
    with pytest.raises(BeyondNative):
        render_native(made, resolve(made, {}))


def test_talking_about_a_feature_is_not_using_it(template: Make) -> None:
    prose = "Use `_copier_conf.src_path | strftime` or Date.now() {{ 'x' }}, yield and {{ known() | upper }}\n"
    made = template("", {"README.md.jinja": prose, "plain.txt": "{{ now() }}"})
    assert beyond_native(made.spec, made.files) == []


def test_what_is_never_rendered_does_not_matter(template: Make) -> None:
    made = template("", {"a.txt.jinja": "{% if false %}{{ x | map(attr) }}{% endif %}{{ ['b'] | first }}"})
    result = render(made, resolve(made, {}))
    assert isinstance(result, Rendering)
    assert result.renderer == "native"


def test_migrations_are_code_when_a_project_is_updated(template: Make) -> None:
    spec = template("_migrations: [echo]\n_tasks: [a, b]\n_jinja_extensions: [x.Y]").spec
    assert runs_code(spec) == ["the Jinja extension x.Y", "2 task(s)"]
    assert runs_code(spec, updating=True) == ["the Jinja extension x.Y", "2 task(s)", "1 migration(s)"]
