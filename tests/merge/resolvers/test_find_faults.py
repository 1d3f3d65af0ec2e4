"""What git merges cleanly and wrongly; every case is a merge of two sound sides."""

import pytest

from mlscaffold.merge.resolvers import fault_of_merge

TOML = '[project]\ndependencies = ["rich>=14", "numpy>=2 ; python_version < \'3.12\'", "numpy>=2.3"]\n'
HOOKS = (
    "repos:\n  - repo: a\n    hooks:\n      - id: x\n  - repo: local\n    hooks: []\n  - repo: local\n    hooks: []\n"
)
STEPS = (
    "jobs:\n  a:\n    steps:\n      - name: one\n  b:\n    steps:\n"
    "      - name: one\n        !x custom: 1\n---\nz: !include a\n"
)
PYTHON = (
    "import os\n\n\ndef f():\n    pass\n\n\nclass A:\n"
    "    @property\n    def x(self): ...\n    @x.setter\n    def x(self, v): ...\n"
)

FAULTS = [
    pytest.param("a.toml", "a = 1\n", "[x]\ny = 1\n[x]\n", "TOML", id="a table twice"),
    pytest.param(
        "a.toml", TOML, TOML.replace('"rich>=14", ', '"rich>=14", "Rich>=15", '), "Rich>=15", id="a requirement twice"
    ),
    pytest.param(
        "requirements-dev.txt", "a==1 # c\n", "a==1 # c\n-r x.txt\nA==2\n", "A==2", id="a line of requirements twice"
    ),
    pytest.param("a.yml", "a: 1\n", "a: 1\na: 1\n", "'a'", id="a YAML key twice"),
    pytest.param("a.yml", "a: 1\n", "a: 1\n  b: 2\n", "YAML", id="no YAML"),
    pytest.param(
        "a.yml",
        STEPS,
        STEPS.replace("- name: one\n  b", "- name: one\n      - name: one\n  b"),
        "'one'",
        id="a step twice",
    ),
    pytest.param(".pre-commit-config.yaml", HOOKS, HOOKS + "  - repo: a\n", "'a'", id="a repository twice"),
    pytest.param(
        ".pre-commit-config.yaml",
        HOOKS,
        HOOKS.replace("- id: x\n", "- id: x\n      - id: x\n"),
        "'x'",
        id="a hook twice",
    ),
    pytest.param("a.json", '{"a": 1}', '{"a": 1,}', "JSON", id="no JSON"),
    pytest.param("a.json", '{"a": 1}', '{"a": 1, "a": 1}', "'a'", id="a JSON key twice"),
    pytest.param("a.ipynb", '{"cells": []}', '{"cells": [}', "JSON", id="no notebook"),
    pytest.param("a.py", PYTHON, PYTHON + "def g(\n", "Python", id="no Python"),
    pytest.param("a.py", PYTHON, PYTHON + "\n\ndef f():\n    return 1\n", "f twice", id="a function twice"),
    pytest.param(
        "test_a.py", PYTHON, PYTHON + "    def y(self): ...\n    def y(self): ...\n", "A.y twice", id="a method twice"
    ),
    pytest.param("README.md", "# A\n", "# A\n<<<<<<< yours\n", "markers", id="left-over markers"),
]

SOUND = [
    pytest.param("a.toml", TOML, TOML + "\n[x]\n", id="one package under two markers"),
    pytest.param("a.yml", STEPS, STEPS + "y: 1\n", id="tags, documents, one name in two jobs"),
    pytest.param(".pre-commit-config.yaml", HOOKS, HOOKS + "  - repo: b\n", id="several local repositories"),
    pytest.param(
        "a.yml", "a: &x {b: 1}\nc: {<<: *x}\n", "a: &x {b: 1}\nc: {<<: *x, <<: *x}\n", id="aliases and merge keys"
    ),
    pytest.param("a.py", PYTHON, PYTHON.replace("import os\n", "import os\nimport os\n"), id="an import twice"),
    pytest.param("a.py", PYTHON, PYTHON + 'x = "\\d"\n', id="an escape that Python warns of"),
    pytest.param("tsconfig.json", '{"a": 1} // no JSON\n', '{"a": 1,} // no JSON\n', id="JSON with comments"),
    pytest.param("a.yml", "{{ jinja }}: {%\n", "{{ jinja }}: {%\na: 1\na: 1\n", id="a template of YAML"),
    pytest.param("a.py", "print 1\n", "print 1\ndef f(): 0\ndef f(): 0\n", id="Python of another age"),
    pytest.param("docs/merging.md", "<<<<<<< yours\n", "<<<<<<< yours\n# More\n", id="markers that one side had"),
    pytest.param("a.rst", "A\n=======\n", "A\n=======\n\nB\n=======\n", id="a heading that looks like a marker"),
    pytest.param("a.bin", "\0", "\0\0", id="anything else"),
]


@pytest.mark.parametrize(("path", "side", "merged", "expected"), FAULTS)
def test_a_fault_is_named(path: str, side: str, merged: str, expected: str) -> None:
    found = fault_of_merge(path, b"", side.encode(), side.encode(), merged.encode())
    assert found is not None
    assert expected in found
    assert "\n" not in found


@pytest.mark.parametrize(("path", "side", "merged"), SOUND)
def test_a_sound_merge_has_no_fault(path: str, side: str, merged: str) -> None:
    assert fault_of_merge(path, b"", side.encode(), side.encode(), merged.encode()) is None


def test_a_fault_that_one_side_brought_is_its_own() -> None:
    assert fault_of_merge("a.yml", b"", b"a: 1\na: 1\n", b"a: 1\n", b"a: 1\na: 1\nb: 2\n") is None


def test_a_merge_that_is_one_of_the_sides_is_not_looked_at() -> None:
    assert fault_of_merge("a.toml", b"broken [", b"a = 1\n", b"b = 1\n", b"broken [") is None
