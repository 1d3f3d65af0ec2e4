"""The torture template: every feature that the native renderer claims, in one template and five variants of it."""

import os
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from oracle import as_file

from mlscaffold.tree import File

CONFIG = r"""
_min_copier_version: "9.0.0"
_subdirectory: "{{ layout }}"
_answers_file: "{{ 'answers.' ~ flavour ~ '.yml' if own_answers else '.copier-answers.yml' }}"
_secret_questions: [token]
_message_after_copy: "Made {{ name }}"
_skip_if_exists: ["*.once", "{{ slug }}.cfg"]
_exclude:
  - "drop/*"
  - "!drop/keep.txt"
  - "# a comment"
  - "{% if not strict %}loose*{% endif %}"
  - "{% for extra in extras %}/{{ extra }}.only\n{% endfor %}"
  - "{{ _copier_operation }}.txt"
  - "café.txt"
  - "/only at root"
  - "folder only/"
layout:
  type: str
  choices: [skeleton, other]
  default: skeleton
  help: Which layout for {{ _folder_name }}?
own_answers: {type: bool, default: false}
name:
  type: str
  default: Süßes Ding
  placeholder: "{{ layout }}"
  validator: >-
    {% if not name | trim or '/' in name or '\\' in name or ':' in name -%}
    A name without slashes, please.
    {%- endif %}
flavour:
  type: str
  help: A mapping with a validator
  choices:
    Vanilla: van
    "{{ name }} with chocolate":
      value: cho
      validator: "{% if name == 'plain' %}No chocolate for {{ name }}{% endif %}"
    Nothing: ~
  default: van
size:
  type: int
  choices:
    - [Small, 1]
    - [Large, "{{ 1 + 1 }}"]
    - [Huge, {value: 3, validator: "{% if not own_answers %}Huge needs own answers{% endif %}"} ]
  default: "{{ 2 if own_answers else 1 }}"
port:
  type: int
  default: "{{ 8000 + size }}"
  validator: "{% if port < 1024 or port > 65535 %}{{ port }} is no port{% endif %}"
ratio: {type: float, default: 0.5, validator: "{% if ratio > 1 %}too much{% endif %}"}
strict: {type: bool, default: "{{ size > 1 }}"}
extras:
  type: str
  multiselect: true
  choices: [a, u, x, "yes", "{{ flavour }}"]
  default: [a]
levels:
  type: int
  multiselect: true
  choices: {One: 1, Two: 2, Three: {value: 3, validator: "{% if strict %}not when strict{% endif %}"} }
  default: "{{ [1, 2] if strict else [] }}"
pick:
  type: str
  choices: |
    - last{% for extra in extras %}{{ '\n- ' ~ (extra | to_json) }}{% endfor %}
  default: last
data:
  type: json
  default: '{"a": [1, null, "{{ name }}"]}'
  multiline: true
tree:
  type: yaml
  default: |
    a: [1, two]
    when: 2020-02-29
anything: [1, "{{ name }}", [true, null]]
place: {type: path, default: "src/{{ flavour }}/./x"}
token: {type: str, default: "s3cret", validator: "{% if token == 'bad' %}bad token{% endif %}"}
password:
  type: str
  secret: true
  default: "{{ name }}-pw"
  validator: "{% if password == name ~ '-pw' %}Nobody checks the default of a secret{% endif %}"
slug: {type: str, when: false, default: "{{ name | lower | regex_replace('[^a-z0-9]+', '-') }}"}
twice: {type: int, when: false, default: "{{ port * 2 }}", validator: "never asked"}
only_strict: {type: str, when: "{{ strict }}", default: "strict {{ slug }}"}
needed: {type: str, when: "{{ 'u' in extras }}", default: "{{ UNSET }}"}
nothing: {type: str, when: false}
hush: {type: str, ask: false, default: quiet}
either: {type: "{{ 'int' if strict else 'str' }}", default: "7"}
---
_exclude: ["*.bak"]
born: 2020-02-29
simple: 5
simple_text: hello {{ name }}
simple_list: [1, 2]
simple_none:
simple_float: 1.50
simple_flag: yes
unchecked: {type: yaml, validator: "{{ not_defined.boom }}", when: "{{ name == 'boom' }}", default: 1}
yaml_text: {type: yaml, default: "'1'"}
"""

EVERYTHING = r"""
{{ _folder_name }} {{ _copier_phase }} {{ _commit | default('no commit') }} {{ _copier_conf.sep }}
{{ _copier_conf.answers_file.name }}
{% for key, value in _copier_answers.items() %}{{ key }}={{ value }} {{ value | type_debug }}
{% endfor %}
{{ token }} {{ password }} {{ slug }} {{ twice }} {{ only_strict }}
{{ needed | default('-') }} {{ nothing | default('-') }} {{ born }} {{ place }}
{{ data | to_json }} {{ tree | to_json }} {{ anything | to_nice_json }} {{ [born, data] | to_json }}
{{ tree | to_nice_yaml }} {{ data | to_yaml }} {{ '{a: [1]}' | from_yaml }} {{ '[1]' | from_json }}
"""

FILTERS = r"""
{{ name | b64encode }} {{ name | b64encode | b64decode }} {{ name | hash('sha256') }} {{ name | md5 }} {{ name | sha1 }}
{{ name | checksum }} {{ name | to_uuid }} {{ strict | ternary('y', 'n') }} {{ 'yes' | bool }} {{ name | quote }}
{{ 'a1b2' | regex_search('(?P<n>\\d)', '\\g<n>', '\\1') }} {{ 'a.b' | regex_escape }}
{{ 'a1b2' | regex_findall('\\d') }}
{{ '/x/y.z' | basename }} {{ '/x/y.z' | dirname }} {{ 'y.z' | splitext }} {{ 'C:\\x\\y' | win_basename }}
{{ [1, [2, [3]]] | flatten }} {{ {'a': 1} | combine({'b': 2} ) }} {{ 1 | extract([5, 6]) }} {{ name | comment('c') }}
{{ '2020-01-02 03:04:05' | to_datetime }} {{ [{'k': [1, 2]}] | subelements('k') }} {{ name | mandatory }}
{{ [{'k': 1}, {'k': 2}] | ans_groupby('k') }} {{ pathjoin('a', 'b', mode='windows') }} {{ name | upper | center(20) }}
{{ range(3) | list }} {{ namespace(x=1).x }} {{ dict(a=1) }} {{ [3, 1] | sort | join(',') }} {{ 'x' is filter }}
"""

SKELETON: Mapping[str, File | str | bytes] = {
    "{{ _copier_conf.answers_file }}.jinja": "# made by {{ name }}\n{{ _copier_answers | to_nice_yaml -}}\n",
    "everything.txt.jinja": EVERYTHING,
    "filters.txt.jinja": FILTERS,
    "{{ name }}/{{ slug }}.txt.jinja": "{{ name }}",
    "{% if strict %}strict{% endif %}/inner.txt": "only when strict\n",
    "{% if 'x' in extras %}x.txt{% endif %}.jinja": "{{ extras }}",
    "deep/{{ place }}/file.txt": "the name renders to folders\n",
    "binary.bin": bytes(range(256)) * 3,
    "crlf.txt": b"one\r\ntwo\r\n",
    "crlf rendered.txt.jinja": b"{{ name }}\r\n{% if strict %}\r\nstrict\r{% endif %}end\r\n",
    "latin-1.txt": "Süß".encode("latin-1"),
    "bom.txt.jinja": b"\xef\xbb\xbf{{ name }}",
    "empty": b"",
    "empty.txt.jinja": b"",
    "no newline.jinja": "{{ port }}",
    "newlines.jinja": "\n\n{{ port }}\n\n",
    "run.sh": File(b"#!/bin/sh\n", executable=True),
    "tool.jinja": File(b"#!/bin/sh\necho {{ name }}\n", executable=True),
    "both.txt": "never seen",
    "both.txt.jinja": "the template {{ name }}",
    "quirk.txt": "never seen: the root holds quirk.txt.jinja",
    "name with blanks é.txt": "blanks",
    "cafe\u0301.txt": "excluded by a pattern in the other form",
    "café.txt": "not excluded",
    "included.txt.jinja": (
        "{% include 'shared/licence.txt' %}{% from 'shared/macros.jinja' import greet %}{{ greet(name) }}"
        "{% import 'shared/macros.jinja' as macros with context %}{{ macros.greet(slug) }}"
        "{% include ['nope', 'shared/licence.txt'] %}{% include 'nope' ignore missing %}"
    ),
    "extended.txt.jinja": "{% extends 'shared/base.jinja' %}{% block body %}{{ super() }} {{ name }}{% endblock %}",
    "raw.txt.jinja": "{% raw %}{{ name }}{% endraw %} {# gone #}{{ '{{' }} {%- set x = 1 -%}  {{ x }}\n",
    "link.txt": File(b"run.sh", symlink=True),
    "link.jinja": File(b"./tool.jinja", symlink=True),
    "folder link": File(b"drop", symlink=True),
    "shared licence": File(b"../shared/licence.txt", symlink=True),
    "{{ slug }}.lnk": File(b"link.txt", symlink=True),
    "dotted.name.jinja": "{{ name }}",
    "twice.jinja.jinja": "{{ name }}",
    "drop/me.txt": "dropped",
    "drop/keep.txt": "kept",
    "drop/rendered.txt.jinja": "{{ name }}",
    "loose.txt": "only when strict",
    "loose/ends.txt": "only when strict",
    "a.only": "a",
    "x.only": "x",
    "sub/x.only": "the pattern is anchored",
    "copy.txt": "excluded: the operation is copy",
    "old.bak": "excluded by the second document",
    "only at root": "excluded",
    "sub/only at root": "kept",
    "folder only": "kept: the pattern is for folders",
    "sub/folder only/file.txt": "excluded with its folder",
    "settings.once": "never written over",
    "{{ slug }}.cfg": "nor this",
    "copier.yml": "not the template's own: kept",
    "same/{% if strict %}one{% endif %}.txt": "the same in both",
    "same/{{ 'one' if strict else 'two' }}.txt": "the same in both",
    ".hidden/{{ slug }}/.keep": "",
    "plain{{ '' }}/file.txt": "a template in a folder's name",
    "  {{ slug }} ": "blanks around",
    "{{ ' ' }}": "a name of one blank is not empty",
}

FILES: Mapping[str, File | str | bytes] = {
    "copier.yml": CONFIG,
    "README.md": "not part of any project",
    "quirk.txt.jinja": "at the root of the template",
    "shared/licence.txt": "Licence of {{ name }}\n",
    "shared/macros.jinja": "{% macro greet(whom) %}Hello {{ whom }}!{% endmacro %}",
    "shared/base.jinja": "base <{% block body %}body{% endblock %}>\n",
    "other/{{ slug }}.md.jinja": "# {{ name }}\n",
    "other/[[ slug ]].md.tmpl": "# [[ name ]]\n",
    **{f"skeleton/{path}": content for path, content in SKELETON.items()},
}


def variant(name: str) -> dict[str, File | str | bytes]:
    """Return the torture template with other settings: see `VARIANTS`."""
    return VARIANTS[name]({path: as_file(content) for path, content in FILES.items()})


def _with_settings(files: dict[str, File], settings: str) -> dict[str, File]:
    return {**files, "copier.yml": File(f"{settings}\n---\n".encode() + files["copier.yml"].data)}


def _as_is(files: dict[str, File]) -> Any:
    return files


def _links(files: dict[str, File]) -> Any:
    more = {
        "skeleton/to {{ name }}.jinja": File(b"{{ slug }}.cfg", symlink=True),
        "skeleton/dangling": File(b"not//there/./yet", symlink=True),
    }
    # kept as it is, this one would lead out of the project
    kept = {path: file for path, file in files.items() if path != "skeleton/shared licence"}
    return _with_settings({**kept, **more}, "_preserve_symlinks: true")


def _other_marks(files: dict[str, File]) -> Any:
    """Use other delimiters and another suffix, in names and contents."""

    def marked(text: bytes) -> bytes:
        for old, new in (
            (b"{{", b"[["),
            (b"}}", b"]]"),
            (b"{%", b"[%"),
            (b"%}", b"%]"),
            (b"{#", b"[#"),
            (b"#}", b"#]"),
        ):
            text = text.replace(old, new)
        return text

    def renamed(path: str) -> str:
        name = os.fsdecode(marked(os.fsencode(path)))
        return f"{name.removesuffix('.jinja')}.tmpl" if name.endswith(".jinja") and "shared/" not in name else name

    text = {renamed(path): file for path, file in files.items()}
    text = {p: f if p.endswith(".bin") else f._replace(data=marked(f.data)) for p, f in text.items() if "{{" not in p}
    text["skeleton/link.tmpl"] = File(b"./tool.tmpl", symlink=True)
    text["skeleton/line.txt.tmpl"] = File(b"%% for x in extras\n  [[ x ]] ## gone\n%% endfor\n## comment\nend\n")
    return _with_settings(
        text,
        "_templates_suffix: .tmpl\n_envops: {block_start_string: '[%', block_end_string: '%]', "
        "variable_start_string: '[[', variable_end_string: ']]', comment_start_string: '[#', "
        "comment_end_string: '#]', trim_blocks: true,"
        " lstrip_blocks: true, line_statement_prefix: '%%', line_comment_prefix: '##'}",
    )


def _no_suffix(files: dict[str, File]) -> Any:
    """Make every file a template, at the root, with the default excludes; what is not UTF-8 is copied."""
    flat = {path.removeprefix("skeleton/"): file for path, file in files.items() if path.startswith("skeleton/")}
    shared = {path: file for path, file in files.items() if path.startswith("shared/")}
    config = _without_excludes(files).replace('_subdirectory: "{{ layout }}"\n', "")
    more = {
        "~backup": File(b"gone"),
        "x.pyc": File(b"gone"),
        ".DS_Store": File(b"gone"),
        "copier.yml": File(config.encode()),
    }
    kept = {path: file for path, file in {**flat, **shared, **more}.items() if not file.symlink}
    return _with_settings(kept, "_templates_suffix: ''")


def _without_excludes(files: dict[str, File]) -> str:
    head, rest = files["copier.yml"].data.decode().split("_exclude:\n", 1)
    return head + rest[rest.index("layout:") :].replace('_exclude: ["*.bak"]\n', "")


def _nothing_excluded(files: dict[str, File]) -> Any:
    """Have no `_exclude`: below a subdirectory, there are no default ones."""
    return {**files, "copier.yml": File(_without_excludes(files).encode()), "skeleton/~backup": File(b"kept")}


def _strict(files: dict[str, File]) -> Any:
    """Let undefined variables fail, and newlines be as on Windows."""
    return _with_settings(
        files, '_envops: {undefined: jinja2.StrictUndefined, newline_sequence: "\\r\\n", keep_trailing_newline: false}'
    )


VARIANTS = {
    "as it is": _as_is,
    "links kept": _links,
    "other marks": _other_marks,
    "no suffix": _no_suffix,
    "strict": _strict,
    "nothing excluded": _nothing_excluded,
}

GIVEN: tuple[dict[str, Any], ...] = (
    {},
    {"layout": "other"},
    {"layout": "neither"},
    {"own_answers": True},
    {"own_answers": "yes", "size": 3},
    {"size": 3},
    {"name": "plain"},
    {"name": "plain", "flavour": "cho"},
    {"name": "a/b"},
    {"name": "   "},
    {"name": None},
    {"flavour": "Nothing"},
    {"flavour": None},
    {"size": "2", "strict": "no"},
    {"size": 2, "levels": [3]},
    {"port": 80},
    {"port": "eighty"},
    {"port": 8080.9},
    {"ratio": 2},
    {"ratio": "0.25"},
    {"strict": True, "extras": ["a", "x"]},
    {"extras": []},
    {"extras": "[a, 'yes', \"x\"]"},
    {"extras": "a"},
    {"extras": ["zebra"]},
    {"extras": ["u"]},
    {"extras": ["u"], "needed": "here it is"},
    {"needed": "given though it is not asked"},
    {"levels": "[1, 3]"},
    {"levels": [2, 1]},
    {"pick": "a"},
    {"pick": "x"},
    {"data": "{broken"},
    {"data": {"already": "parsed"}},
    {"data": "null"},
    {"tree": "a: [1"},
    {"tree": "just text"},
    {"anything": "{a: 1}"},
    {"place": 5},
    {"token": "bad"},
    {"token": "good", "password": "hunter2"},
    {"slug": "given", "twice": 3},
    {"slug": "given"},
    {"strict": True, "either": "not a number"},
    {"strict": False, "either": "not a number"},
    {"hush": "loud"},
    {"name": "boom"},
    {"simple": 2.7, "simple_flag": "off", "simple_none": [1], "born": "2021-01-01"},
    {"name": "x" * 300},
    {"name": "новое 名前"},
    {"yaml_text": "'5'"},
    {"port": 10**400},
    {"ratio": "nan", "own_answers": 10**400},
)

JUNK = st.sampled_from(["", "no", "{{ name }}", "[1, 2]", "0", None, True, 3, 2.5, [], ["a"], {"a": 1}, "\n", "é"])


def mostly(valid: st.SearchStrategy[Any], junk: st.SearchStrategy[Any] = JUNK) -> st.SearchStrategy[Any]:
    """Draw junk now and then: with twenty questions, one bad answer in each set would leave nothing to compare."""
    return st.integers(0, 19).flatmap(lambda die: junk if die == 0 else valid)


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "layout": st.sampled_from(["skeleton", "skeleton", "other"]),
        "own_answers": st.booleans(),
        "name": mostly(st.sampled_from(["plain", "Ünder score"]), st.text(st.characters(codec="utf-8"), max_size=12)),
        "flavour": mostly(st.sampled_from(["van", "cho", "Nothing"])),
        "size": mostly(st.integers(1, 2)),
        "port": mostly(st.integers(1024, 65535)),
        "ratio": mostly(st.floats(0, 1)),
        "strict": st.booleans(),
        "extras": mostly(st.lists(st.sampled_from(["a", "x", "yes"]), unique=True)),
        "levels": mostly(st.lists(st.integers(1, 2))),
        "data": mostly(st.sampled_from(["[1, 2]", "null", '"text"', {"a": [None, 2.5]}])),
        "tree": mostly(st.sampled_from(["[1, 2]", "a: b", "'5'", None, {"a": [None, 2.5]}])),
        "anything": JUNK,
        "token": mostly(st.just("good"), st.just("bad")),
        "needed": st.sampled_from(["yes", ""]),
        "either": mostly(st.integers(0, 9)),
        "yaml_text": mostly(st.sampled_from(["a", "'5'", 5])),
    },
)
