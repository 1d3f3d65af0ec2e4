"""Files that programs read, where what lines say is not the whole truth."""

__all__ = ["SCENARIOS"]

from functools import partial

from scenarios.acts import append, insert, replace, write
from scenarios.model import Expect, Probe, Scenario

_scenario = partial(Scenario, category="structured")


def _pyproject(*requirements: str, more: str = "") -> dict[str, str]:
    listed = "".join(f'    "{requirement}",\n' for requirement in requirements)
    head = '[project]\nname = "demo"\nversion = "0.1.0"\n'
    tail = '\n[tool.ruff]\nline-length = 120\n\n[tool.pytest.ini_options]\naddopts = "-ra"\n'
    return {"pyproject.toml": f"{head}dependencies = [\n{listed}]\n{tail}{more}"}


_TOML = "pyproject.toml"
_NEEDS = ("numpy>=2.0", "pandas>=2.2")
_RUN = "\n[tool.coverage.run]\n{}\n"
_HOOKS = ".pre-commit-config.yaml"


def _hook(repository: str, rev: str, *hooks: str) -> str:
    listed = "".join(f"      - id: {hook}\n" for hook in hooks)
    return f"  - repo: https://example.com/{repository}\n    rev: {rev}\n    hooks:\n{listed}"


def _hooks(*entries: str) -> dict[str, str]:
    return {_HOOKS: "repos:\n" + "".join(entries)}


_RUFF = _hook("ruff", "v0.6.0", "ruff", "ruff-format")
_HYGIENE = _hook("hygiene", "v4.0.0", "end-of-file-fixer")
_CI = ".github/workflows/ci.yml"
_STEPS = {
    "check out": "uses: actions/checkout@v4",
    "install": "run: uv sync",
    "test": "run: uv run pytest",
}


def _workflow(steps: dict[str, str], more: str = "") -> dict[str, str]:
    listed = "".join(f"      - name: {name}\n        {what}\n" for name, what in steps.items())
    return {
        _CI: f"name: CI\non: [push]\n{more}jobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n{listed}",
    }


def _with_step(name: str, what: str) -> dict[str, str]:
    items = list(_STEPS.items())
    return dict([*items[:2], (name, what), *items[2:]])


_CHANGES = "# Changelog\n\n## Unreleased\n\n{}\n## 1.0.0\n\n- The first one.\n"
_CODE = "import os\nimport sys\n{}\nimport yaml\n\n\ndef main() -> None:\n    print(os, sys, yaml)\n"
_JSON = '{{\n  "name": "demo",\n  "version": 1{}\n}}\n'
_IGNORED = ".venv/\n*.log\n{}"
_NOTEBOOK = (
    '{{\n "cells": [\n  {{"cell_type": "code", "metadata": {{}}, "outputs": [], "source": ["a = 1"]}}{}\n ],\n'
    ' "metadata": {{}},\n "nbformat": 4,\n "nbformat_minor": 5\n}}\n'
)

SCENARIOS = (
    _scenario(
        name="toml-both-add-a-dependency-at-the-same-place",
        v1=_pyproject(*_NEEDS),
        v2=_pyproject(*_NEEDS, "polars>=1.0"),
        team=(insert(_TOML, '    "pandas>=2.2",\n', '    "torch>=2.5",  # for the team\n'),),
        expect=Expect(holds=(Probe("torch>=2.5", _TOML), Probe("# for the team", _TOML)), once=("polars",)),
    ),
    _scenario(
        name="toml-both-add-the-same-dependency",
        v1=_pyproject(*_NEEDS),
        v2=_pyproject(*_NEEDS, "polars>=1.0"),
        team=(insert(_TOML, '"numpy>=2.0",\n', '    "polars>=1.0",\n'),),
        expect=Expect("may", once=("polars",)),
    ),
    _scenario(
        name="toml-pins-both-bumped",
        v1=_pyproject(*_NEEDS),
        v2=_pyproject("numpy>=2.2", "pandas>=2.2"),
        team=(replace(_TOML, "numpy>=2.0", "numpy>=2.1"),),
        expect=Expect(drops=('    "numpy>=2.1",',), once=("numpy",), gets=(Probe("numpy>=2.2", _TOML),)),
    ),
    _scenario(
        name="toml-pins-both-bumped-team-further",
        v1=_pyproject(*_NEEDS),
        v2=_pyproject("numpy>=2.1", "pandas>=2.2"),
        team=(replace(_TOML, "numpy>=2.0", "numpy>=2.3"),),
        expect=Expect(drops=('    "numpy>=2.1",',), once=("numpy",), holds=(Probe("numpy>=2.3", _TOML),)),
    ),
    _scenario(
        name="toml-neighbours-bumped-one-by-each",
        v1=_pyproject(*_NEEDS),
        v2=_pyproject("numpy>=2.2", "pandas>=2.2"),
        team=(replace(_TOML, "pandas>=2.2", "pandas>=2.3"),),
    ),
    _scenario(
        name="toml-team-removes-what-the-template-bumps",
        v1=_pyproject(*_NEEDS),
        v2=_pyproject("numpy>=2.2", "pandas>=2.2"),
        team=(replace(_TOML, '    "numpy>=2.0",\n', ""),),
        expect=Expect("may", drops=('    "numpy>=2.2",',)),
    ),
    _scenario(
        name="toml-team-pins-down-what-the-template-bumps",
        v1=_pyproject(*_NEEDS),
        v2=_pyproject("numpy>=2.2", "pandas>=2.2"),
        team=(replace(_TOML, "numpy>=2.0", "numpy>=2.0,<2.1"),),
        expect=Expect("must", holds=(Probe("numpy>=2.0,<2.1"),), gets=(Probe("numpy>=2.2"),)),
    ),
    _scenario(
        name="toml-the-same-table-from-both",
        v1=_pyproject(*_NEEDS),
        v2=_pyproject(*_NEEDS, more=_RUN.format("branch = true")),
        team=(insert(_TOML, "line-length = 120\n", _RUN.format('source = ["src"]')),),
        expect=Expect("may"),
    ),
    _scenario(
        name="toml-the-same-key-from-both",
        v1=_pyproject(*_NEEDS),
        v2=_pyproject(*_NEEDS, more='\n[tool.mypy]\nstrict = true\npython_version = "3.11"\n'),
        team=(append(_TOML, '\n[tool.mypy]\nstrict = true\nplugins = ["x"]\n'),),
        expect=Expect("may", once=("[tool.mypy]",)),
    ),
    _scenario(
        name="toml-value-changed-differently",
        v1=_pyproject(*_NEEDS),
        v2={_TOML: _pyproject(*_NEEDS)[_TOML].replace("= 120", "= 100")},
        team=(replace(_TOML, "= 120", "= 88"),),
        expect=Expect("must", holds=(Probe("line-length = 88"),), gets=(Probe("line-length = 100"),)),
    ),
    _scenario(
        name="requirements-both-append",
        v1={"requirements.txt": "numpy==2.0\npandas==2.2\n"},
        v2={"requirements.txt": "numpy==2.0\npandas==2.2\npolars==1.0\n"},
        team=(append("requirements.txt", "torch==2.5\n"),),
    ),
    _scenario(
        name="hooks-rev-both-bumped",
        v1=_hooks(_HYGIENE, _RUFF),
        v2=_hooks(_HYGIENE, _RUFF.replace("v0.6.0", "v0.10.0")),
        team=(replace(_HOOKS, "v0.6.0", "v0.9.1"),),
        expect=Expect(
            drops=("    rev: v0.9.1",), gets=(Probe("rev: v0.10.0", _HOOKS),), once=("repo: https://example.com/ruff",)
        ),
    ),
    _scenario(
        name="hooks-added-by-both",
        v1=_hooks(_HYGIENE, _RUFF),
        v2=_hooks(_HYGIENE, _RUFF, _hook("mypy", "v1.11.0", "mypy")),
        team=(append(_HOOKS, _hook("codespell", "v2.3.0", "codespell")),),
    ),
    _scenario(
        name="hooks-the-same-added-by-both-at-two-places",
        v1=_hooks(_HYGIENE, _RUFF),
        v2=_hooks(_HYGIENE, _RUFF, _hook("mypy", "v1.11.0", "mypy")),
        team=(write(_HOOKS, _hooks(_hook("mypy", "v1.10.0", "mypy"), _HYGIENE, _RUFF)[_HOOKS]),),
        expect=Expect("may", once=("id: mypy",), drops=("    rev: v1.10.0",)),
    ),
    _scenario(
        name="workflow-step-inserted-by-both-at-the-same-place",
        v1=_workflow(_STEPS),
        v2=_workflow(_with_step("lint", "run: uv run ruff check")),
        team=(write(_CI, _workflow(_with_step("fetch the data", "run: make data"))[_CI]),),
    ),
    _scenario(
        name="workflow-action-bumped-by-both",
        v1=_workflow(_STEPS),
        v2=_workflow({**_STEPS, "check out": "uses: actions/checkout@v6"}),
        team=(replace(_CI, "checkout@v4", "checkout@v5"),),
        expect=Expect(drops=("        uses: actions/checkout@v5",), gets=(Probe("checkout@v6", _CI),)),
    ),
    _scenario(
        name="yaml-the-same-key-from-both-at-two-places",
        v1=_workflow(_STEPS),
        v2=_workflow(_STEPS, more="permissions: {contents: read}\n"),
        team=(append(_CI, "permissions: {contents: read, packages: write}\n"),),
        expect=Expect("may"),
    ),
    _scenario(
        name="yaml-value-changed-differently",
        v1=_workflow(_STEPS),
        v2={_CI: _workflow(_STEPS)[_CI].replace("runs-on: ubuntu-24.04", "runs-on: [self-hosted, arm]")},
        team=(replace(_CI, "runs-on: ubuntu-24.04", "runs-on: [self-hosted, gpu]"),),
        expect=Expect("must", holds=(Probe("gpu"),), gets=(Probe("arm"),)),
    ),
    _scenario(
        name="yaml-with-tags-and-anchors",
        v1={"conf.yml": "base: &base {a: 1}\nuse:\n  <<: *base\nlist: !x [1]\nlast: true\n"},
        v2={"conf.yml": "base: &base {a: 1}\nuse:\n  <<: *base\n  t: 1\nlist: !x [1]\nlast: true\n"},
        team=(replace("conf.yml", "last: true", "last: false"),),
    ),
    _scenario(
        name="gitignore-both-append",
        v1={".gitignore": _IGNORED.format("")},
        v2={".gitignore": _IGNORED.format("dist/\n")},
        team=(append(".gitignore", "data/\n"),),
    ),
    _scenario(
        name="gitignore-both-append-the-same-and-more",
        v1={".gitignore": _IGNORED.format("")},
        v2={".gitignore": _IGNORED.format("dist/\nbuild/\n")},
        team=(append(".gitignore", "data/\ndist/\n"),),
        expect=Expect(once=("dist/",)),
    ),
    _scenario(
        name="changelog-both-add-a-line",
        v1={"CHANGELOG.md": _CHANGES.format("- Nothing yet.\n")},
        v2={"CHANGELOG.md": _CHANGES.format("- Nothing yet.\n- Of the template.\n")},
        team=(replace("CHANGELOG.md", "- Nothing yet.\n", "- Nothing yet.\n- Of the team.\n"),),
    ),
    _scenario(
        name="changelog-both-add-a-section",
        v1={"CHANGELOG.md": _CHANGES.format("")},
        v2={"CHANGELOG.md": _CHANGES.format("").replace("## 1.0.0", "## 1.2.0\n\n- Of the template.\n\n## 1.0.0")},
        team=(replace("CHANGELOG.md", "## 1.0.0", "## 1.1.0\n\n- Of the team.\n\n## 1.0.0"),),
    ),
    _scenario(
        name="python-imports-from-both",
        v1={"main.py": _CODE.format("")},
        v2={"main.py": _CODE.format("from pathlib import Path\n")},
        team=(replace("main.py", "import sys\n", "import sys\nfrom typing import Any\n"),),
    ),
    _scenario(
        name="python-function-from-both-at-the-end",
        v1={"main.py": _CODE.format("")},
        v2={"main.py": _CODE.format("") + "\n\ndef template() -> int:\n    return 1\n"},
        team=(append("main.py", "\n\ndef team() -> int:\n    return 2\n"),),
        expect=Expect("may"),
    ),
    _scenario(
        name="python-argument-and-body",
        v1={"main.py": "def f(\n    a,\n):\n    x = 1\n    y = 2\n    z = 3\n    return a\n"},
        v2={"main.py": "def f(\n    a,\n    b,\n):\n    x = 1\n    y = 2\n    z = 3\n    return a\n"},
        team=(replace("main.py", "return a", "return a + 1"),),
    ),
    _scenario(
        name="json-both-add-a-key-at-the-end",
        v1={"conf.json": _JSON.format("")},
        v2={"conf.json": _JSON.format(',\n  "template": true')},
        team=(write("conf.json", _JSON.format(',\n  "team": true')),),
        expect=Expect(
            "may",
            holds=(Probe('"team": true'),),
            gets=(Probe('"template": true'),),
            drops=('  "team": true', '  "template": true'),  # one of them gets a comma
        ),
    ),
    _scenario(
        name="json-the-same-key-from-both-at-two-places",
        v1={"conf.json": '{\n  "a": 1,\n  "b": 2,\n  "c": 3,\n  "d": 4\n}\n'},
        v2={"conf.json": '{\n  "x": 1,\n  "a": 1,\n  "b": 2,\n  "c": 3,\n  "d": 4\n}\n'},
        team=(replace("conf.json", '"d": 4', '"x": 2,\n  "d": 4'),),
        expect=Expect("may"),
    ),
    _scenario(
        name="notebook-cell-from-both",
        v1={"a.ipynb": _NOTEBOOK.format("")},
        v2={
            "a.ipynb": _NOTEBOOK.format(
                ',\n  {"cell_type": "code", "metadata": {}, "outputs": [], "source": ["template = 1"]}'
            )
        },
        team=(
            write(
                "a.ipynb",
                _NOTEBOOK.format(',\n  {"cell_type": "code", "metadata": {}, "outputs": [], "source": ["team = 1"]}'),
            ),
        ),
        expect=Expect("may", holds=(Probe("team = 1"),), gets=(Probe("template = 1"),)),
    ),
    _scenario(
        name="dockerfile-both-insert-at-the-same-place",
        v1={"Dockerfile": 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD ["demo"]\n'},
        v2={"Dockerfile": 'FROM python:3.12-slim\nWORKDIR /app\nENV A=1\nCOPY . .\nCMD ["demo"]\n'},
        team=(insert("Dockerfile", "WORKDIR /app\n", "RUN apt-get update\n"),),
        expect=Expect("may", holds=(Probe("RUN apt-get update"),), gets=(Probe("ENV A=1"),)),
    ),
)
