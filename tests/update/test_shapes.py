"""Templates as other people write them: six shapes, each made, worked on, and updated."""
# ruff: noqa: E501 - a copier.yml reads best as it is

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from laboratory import Lab, put, run_git

from mlscaffold.cli import main

MakeLab = Callable[..., Lab]
ANSWERS = "{{ _copier_answers|to_nice_yaml }}\n"
LINES = "".join(f"line {number}\n" for number in range(20))


class Shape(NamedTuple):
    """A way to write a template: version one, what version two changes, and what must come of it."""

    one: Mapping[str, str]
    two: Mapping[str, str | None]
    edited: str  # the file of the project that the team edits: its last line
    expected: Mapping[str, str]  # path -> a text in it, after the update
    gone: tuple[str, ...] = ()
    trust: bool = False


SHAPES = {
    # conditions in file names, a package folder named by an answer, files switched on by a new question's default
    "conditional file names": Shape(
        {
            "copier.yml": "_subdirectory: src\nname: {default: demo}\nci: {type: str, default: github}\npackage: {default: \"{{ name|replace('-', '_') }}\"}\n",
            "src/{{ _copier_conf.answers_file }}.jinja": ANSWERS,
            "src/{% if ci == 'github' %}ci.yml{% endif %}.jinja": f"# {{{{ name }}}}\n{LINES}",
            "src/{{ package }}/{% if ci %}cli.py{% endif %}": "",
            "src/{{ package }}/__init__.py": "",
        },
        {
            "copier.yml": "_subdirectory: src\nname: {default: demo}\nci: {type: str, default: github}\npackage: {default: \"{{ name|replace('-', '_') }}\"}\ndocs: {type: bool, default: true}\n",
            "src/{% if ci == 'github' %}ci.yml{% endif %}.jinja": f"# {{{{ name }}}}\nnew of the template\n{LINES}",
            "src/{% if docs %}docs{% endif %}/index.md": "docs\n",
        },
        "ci.yml",
        {"ci.yml": "new of the template", "docs/index.md": "docs", "demo/cli.py": ""},
    ),
    # other delimiters, no subdirectory, `_exclude` written out, a link, and a message
    "other delimiters at the root": Shape(
        {
            "copier.yml": '_envops: {variable_start_string: "[[", variable_end_string: "]]", block_start_string: "[%", block_end_string: "%]"}\n_exclude: [copier.yml, "*.bak", ".git"]\n_preserve_symlinks: true\n_message_after_update: done\nname: demo\n',
            "[[ _copier_conf.answers_file ]].jinja": ANSWERS.replace("{{", "[[").replace("}}", "]]"),
            "README.md.jinja": f"# [[ name ]] {{{{ stays }}}}\n{LINES}",
            "x.bak": "not rendered",
        },
        {"README.md.jinja": f"# [[ name ]] {{{{ stays }}}} 2\n{LINES}", "docs/a.md": "a\n"},
        "README.md",
        {"README.md": "# demo {{ stays }} 2", "docs/a.md": "a"},
        gone=("x.bak",),
    ),
    # no suffix: every file is a template
    "every file is a template": Shape(
        {
            "copier.yml": '_templates_suffix: ""\n_subdirectory: template\nname: demo\n',
            "template/{{_copier_conf.answers_file}}": ANSWERS,
            "template/{{ name }}/core.py": f"# {{{{ name }}}}\n{LINES}",
        },
        {"template/{{ name }}/core.py": None, "template/{{ name }}/engine.py": f"# {{{{ name }}}}\nnew\n{LINES}"},
        "demo/core.py",
        {"demo/engine.py": "new"},
        gone=("demo/core.py",),
    ),
    # an answers file of its own name
    "another answers file": Shape(
        {
            "copier.yml": "_answers_file: .copier-answers.ml.yml\n_subdirectory: template\nname: demo\n",
            "template/{{_copier_conf.answers_file}}.jinja": ANSWERS,
            "template/a.txt": LINES,
        },
        {"template/a.txt": f"new\n{LINES}"},
        "a.txt",
        {"a.txt": "new", ".copier-answers.ml.yml": "_commit: v2.0.0"},
    ),
    # tasks, migrations and an extension: Copier renders, and only with trust; nothing of it runs in the project
    "tasks, migrations and extensions": Shape(
        {
            "copier.yml": "_subdirectory: template\n_jinja_extensions: [jinja2.ext.do]\n_tasks: ['touch made-by-a-task']\n_migrations: ['touch made-by-a-migration']\n_skip_if_exists: [once.txt]\nname: demo\n",
            "template/{{_copier_conf.answers_file}}.jinja": ANSWERS,
            "template/a.txt.jinja": f"{{% set l = [] %}}{{% do l.append(name) %}}{{{{ l[0] }}}}\n{LINES}",
            "template/once.txt": "1\n",
        },
        {
            "template/a.txt.jinja": f"{{% set l = [] %}}{{% do l.append(name) %}}{{{{ l[0] }}}} 2\n{LINES}",
            "template/once.txt": "2\n",
        },
        "a.txt",
        {"a.txt": "demo 2", "once.txt": "1"},
        gone=("made-by-a-migration",),
        trust=True,
    ),
    # several documents, a computed and a secret question, macros imported from beside the subdirectory
    "computed answers and macros": Shape(
        {
            "copier.yml": "_subdirectory: template\nname: {default: My Demo}\n---\nslug: {default: \"{{ name|lower|replace(' ', '-') }}\", when: false}\ntoken: {default: '', secret: true}\n",
            "macros.jinja": "{% macro title(text) %}== {{ text }} =={% endmacro %}",
            "template/{{_copier_conf.answers_file}}.jinja": ANSWERS,
            "template/{{ slug }}/a.txt.jinja": f"{{% from 'macros.jinja' import title %}}{{{{ title(name) }}}}\n{LINES}",
        },
        {"macros.jinja": "{% macro title(text) %}## {{ text }} ##{% endmacro %}"},
        "my-demo/a.txt",
        {"my-demo/a.txt": "## My Demo ##"},
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_template_of_this_shape_is_made_worked_on_and_updated(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shape = SHAPES[name]
    made = Lab(tmp_path / "template", tmp_path / "project", capsys)
    made.template.mkdir()
    run_git(made.template, "init", "-q", "-b", "main")
    for number, files in enumerate((shape.one, shape.two), start=1):
        put(made.template, files)
        run_git(made.template, "add", "-A")
        run_git(made.template, "commit", "-qm", str(number))
        run_git(made.template, "tag", f"v{number}.0.0")
    trust = ["--trust"] if shape.trust else []
    new = [
        "new",
        str(made.project),
        "--template",
        str(made.template),
        "--at",
        "v1.0.0",
        "--defaults",
        "--quiet",
        "--no-sync",
    ]
    assert main([*new, *trust]) == 0
    made.commit({shape.edited: made.text(shape.edited) + "of the team\n"})
    if shape.trust:
        refused = made.run("update", "--defaults")
        assert (refused[0], "add --trust" in refused[2]) == (2, True)
    assert made.update(*trust) == 0
    for path, text in shape.expected.items():
        assert text in made.text(path)
    assert not [path for path in shape.gone if (made.project / path).exists()]
    where = shape.edited if (made.project / shape.edited).exists() else "demo/engine.py"
    assert "of the team" in made.text(where)
    made.commit({}, "update")
    assert made.plan("--preview", *trust)["files"] == []
