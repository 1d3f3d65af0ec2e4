"""Simple texts are filled in without Jinja; nobody may be able to tell."""

from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlscaffold.render.substitution import substitute

CONTEXT: dict[str, Any] = {
    "a": "A",
    "name_2": "{{ a }}",
    "n": 3,
    "f": 0.5,
    "yes": True,
    "none": "x",
    "list": [1],
    "e": "",
}
PIECES = ["{{ a }}", "{{name_2}}", "{{n}}", "{{ f }}", "{{ e }}", "{{ yes }}", "{{ list }}", "{{ none }}", "{{ b }}"]
PIECES += [
    "{",
    "}",
    "{{",
    "}}",
    "{%",
    "{#",
    "#}",
    "\r\n",
    "\r",
    "\n",
    " ",
    "text",
    "-",
    "{{- a }}",
    "{{ a -}}",
    "é",
    "\x85",
]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.sampled_from(["\n", "\r\n"]))
def test_what_is_filled_in_is_what_jinja_gives(text: str, newline: str) -> None:
    result = substitute(text, CONTEXT, newline)
    if result is not None:
        environment = jinja2.Environment(keep_trailing_newline=True, newline_sequence=newline, autoescape=False)  # noqa: S701
        assert result == environment.from_string(text).render(CONTEXT)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("", ""),
        ("import {{ a }}.x\n", "import A.x\n"),
        ("{{a}}{{ n }}\n{{ f }}", "A3\n0.5"),
        ("f{x} }} %}", "f{x} }} %}"),
        ("{{ name_2 }}", "{{ a }}"),
        ("ends with {", "ends with {"),
    ],
)
def test_simple_texts_need_no_jinja(text: str, result: str) -> None:
    assert substitute(text, CONTEXT, "\n") == result


@pytest.mark.parametrize(
    "text",
    [
        "{{ a | upper }}",
        "{% if a %}{% endif %}",
        "{# #}",
        "{{ b }}",
        "{{ none }}",
        "{{ list }}",
        "{{ yes }}",
        "{{- a }}",
        "{{{ a }}}",
        "{{ a.b }}",
        "{{ 'a' }}",
        "{% raw %}{{ a }}{% endraw %}",
        "{{ a }} {{",
    ],
)
def test_anything_else_is_jinjas(text: str) -> None:
    assert substitute(text, CONTEXT, "\n") is None
