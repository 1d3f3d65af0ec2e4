"""YAML: pre-commit hooks by repository and id, steps by name, everything else by key; never written anew."""

from textwrap import dedent

import pytest

from mlscaffold.merge.resolvers import resolve_file

HOOKS = dedent("""\
    # Hooks.
    default_language_version: {python: python3.12}
    repos:
      - repo: https://example.org/ruff
        rev: v0.4.0  # pin
        hooks:
          - id: ruff
            args: [--fix]
          # formats
          - id: ruff-format
      - repo: local
        hooks:
        - id: types
          entry: >-
            uv run
            ty check

    """)

WORKFLOW = dedent("""\
    name: CI
    on:
      push: {branches: [main]}
    env: &env
      A: "1"
    jobs:
      test:
        env: *env
        steps:
          - uses: actions/checkout@v4
          - name: Python
            uses: actions/setup-python@1111111111111111111111111111111111111111  # v5.1.0
            with:
              python-version: "3.11"
          - run: |
              pip install .

              pytest   # no comment
    """)

PIPELINE = dedent("""\
    include: !include base.yml
    test:
      script:
        - !reference [.setup, script]
        - pytest
      only: !!set {a, b}
    """)


def resolve(name: str, base: str, ours: str, theirs: str) -> str | None:
    found = resolve_file(name, base.encode(), ours.encode(), theirs.encode())
    return None if found is None else found.data.decode()


def changed(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


Edits = list[tuple[str, str]]
OLD, NEW, NEWER = "1" * 40 + "  # v5.1.0", "2" * 40 + "  # v5.2.0", "3" * 40 + "  # v5.10.0"

RESOLVED = [
    pytest.param(
        HOOKS,
        [("v0.4.0", "v0.5.0"), ("[--fix]", "[--fix, --ours]")],
        [("v0.4.0", "v0.10.0"), ("[--fix]", "[--fix]\n        stages: [pre-push]")],
        [("v0.4.0", "v0.10.0"), ("[--fix]", "[--fix, --ours]\n        stages: [pre-push]")],
        id="one hook bumped by both",
    ),
    pytest.param(
        HOOKS,
        [("      - id: ruff-format\n", "      - id: ruff-format\n      - id: ours\n")],
        [
            (
                "      - id: ruff-format\n",
                "      - id: ruff-format\n      # theirs\n      - id: theirs\n        name: |\n          x\n",
            ),
            (
                "  - repo: local\n",
                "  - repo: https://example.org/new\n    rev: v1\n    hooks: [{id: new}]\n  - repo: local\n",
            ),
        ],
        [
            (
                "      - id: ruff-format\n",
                (
                    "      - id: ruff-format\n      - id: ours\n"
                    "      # theirs\n      - id: theirs\n        name: |\n          x\n"
                ),
            ),
            (
                "  - repo: local\n",
                "  - repo: https://example.org/new\n    rev: v1\n    hooks: [{id: new}]\n  - repo: local\n",
            ),
        ],
        id="hooks added by both, and a repository",
    ),
    pytest.param(
        HOOKS,
        [
            (
                "    - id: types\n      entry: >-\n        uv run\n        ty check\n",
                "    - id: types\n      entry: mypy\n",
            )
        ],
        [("    - id: types\n", "    - id: new\n      entry: >-\n        x\n        y\n    - id: types\n")],
        [
            (
                "    - id: types\n      entry: >-\n        uv run\n        ty check\n",
                "    - id: new\n      entry: >-\n        x\n        y\n    - id: types\n      entry: mypy\n",
            )
        ],
        id="block scalars of both",
    ),
    pytest.param(
        WORKFLOW,
        [("      - run: |", "      - name: Lint\n        run: ruff check\n      - run: |"), ("[main]", "[main, dev]")],
        [
            (
                "      - run: |",
                "      # a cache\n      - uses: actions/cache@v4\n        with: {path: x}\n      - run: |",
            ),
            ("v4\n      - name", "v5\n      - name"),
        ],
        [
            (
                "      - run: |",
                (
                    "      - name: Lint\n        run: ruff check\n"
                    "      # a cache\n      - uses: actions/cache@v4\n        with: {path: x}\n      - run: |"
                ),
            ),
            ("v4\n      - name", "v5\n      - name"),
            ("[main]", "[main, dev]"),
        ],
        id="steps added by both in one place",
    ),
    pytest.param(
        WORKFLOW,
        [(OLD, NEWER), ('"3.11"', '"3.12"')],
        [(OLD, NEW), ('"3.11"', '"3.13"')],
        [(OLD, NEWER), ('"3.11"', '"3.13"')],
        id="hash and comment move together",
    ),
    pytest.param(
        WORKFLOW,
        [("          pytest   # no comment\n", "          pytest   # no comment\n          ruff\n")],
        [("      - run: |\n", "      - run: echo\n      - run: |\n"), ('"1"', '"1"\n  B: 2')],
        [
            ("          pytest   # no comment\n", "          pytest   # no comment\n          ruff\n"),
            ("      - run: |\n", "      - run: echo\n      - run: |\n"),
            ('"1"', '"1"\n  B: 2'),
        ],
        id="a step without a name that one side changed",
    ),
    pytest.param(
        PIPELINE,
        [("    - pytest\n", "    - pytest\n    - ruff\n")],
        [("    - pytest\n", "    - pytest\n    - !reference [.end, script]\n")],
        [("    - pytest\n", "    - pytest\n    - ruff\n    - !reference [.end, script]\n")],
        id="tags are left as they are",
    ),
]


@pytest.mark.parametrize(("base", "ours", "theirs", "expected"), RESOLVED)
def test_it_resolves(base: str, ours: Edits, theirs: Edits, expected: Edits) -> None:
    assert resolve(".pre-commit-config.yaml", base, changed(base, *ours), changed(base, *theirs)) == changed(
        base, *expected
    )


LEFT = [
    pytest.param(WORKFLOW, [("v4\n", "v3\n")], [("v4\n", "v5\n")], id="a deliberate downgrade"),
    pytest.param(
        WORKFLOW,
        [("pip install .", "uv sync")],
        [("pip install .", "pip install -e .")],
        id="a script that both changed",
    ),
    pytest.param(
        WORKFLOW, [("      - uses: actions/checkout@v4\n", "")], [("@v4", "@v5")], id="a step removed and bumped"
    ),
    pytest.param(
        WORKFLOW,
        [("      - run: |", "      - name: Lint\n        run: a\n      - run: |")],
        [("      - run: |", "      - name: Lint\n        run: b\n      - run: |")],
        id="one new step with two contents",
    ),
    pytest.param(
        WORKFLOW,
        [("      - uses: actions/checkout@v4\n", "      - name: New\n      - uses: actions/checkout@v4\n")],
        [("    pytest   # no comment\n", "    pytest   # no comment\n      - name: New\n")],
        id="one new step in two places",
    ),
    pytest.param(
        WORKFLOW,
        [("env: *env", "env: *env\n    more: *env")],
        [("&env", "&all"), ("*env", "*all")],
        id="an anchor renamed that the other uses anew",
    ),
    pytest.param(WORKFLOW, [("name: CI", "name: A")], [("name: CI", "name: B\nname: C")], id="a key twice"),
    pytest.param(HOOKS, [("rev: v0.4.0", "rev: v0.5.0")], [("rev: v0.4.0", "rev: main")], id="a version and a branch"),
    pytest.param(HOOKS, [("# Hooks.", "# Ours.")], [("# Hooks.", "--- \n# Hooks.\n---")], id="two documents"),
    pytest.param(HOOKS, [("[--fix]", "[--a]")], [("[--fix]", "[--b]")], id="both replaced an argument"),
]


@pytest.mark.parametrize(("base", "ours", "theirs"), LEFT)
def test_it_leaves(base: str, ours: Edits, theirs: Edits) -> None:
    assert resolve("ci.yml", base, changed(base, *ours), changed(base, *theirs)) is None


def test_indentation_of_the_project_is_kept() -> None:
    base = "a:\n  b:\n    - x\nz: 1\n"
    ours = "a:\n    b:\n    - x\n    - y\nz: 1\n"
    theirs = "a:\n  b:\n    - x\n    - w: |\n        text\n      v: 1\n  c:\n    d: 1\nz: 1\n"
    assert resolve("a.yml", base, ours, theirs) == (
        "a:\n    b:\n    - x\n    - y\n    - w: |\n        text\n      v: 1\n    c:\n      d: 1\nz: 1\n"
    )


def test_windows_lines_are_kept() -> None:
    ours = changed(HOOKS, ("v0.4.0", "v0.5.0")).replace("\n", "\r\n")
    theirs = changed(HOOKS, ("v0.4.0", "v0.6.0"))
    found = resolve_file(".pre-commit-config.yaml", HOOKS.encode(), ours.encode(), theirs.encode())
    assert found is not None
    assert found.data == theirs.replace("\n", "\r\n").encode()
    assert found.notes == (
        "repos.https://example.org/ruff: rev: took v0.6.0, the newer of v0.5.0 (yours) and v0.6.0 (template)",
    )


def test_a_list_without_a_key_is_merged_too() -> None:
    assert resolve("a.yml", "- '1.0'\n- b\n", "- '1.1'\n- b\n", "- '1.2'\n- b\n") is None
    assert resolve("a.yml", "- v1.0\n- b\n", "- v1.1\n- b\n", "- v1.2\n- b\n") == "- v1.2\n- b\n"
    assert (
        resolve("a.yml", "- a: 1\n- b\n", "- a: 1\n  c: 1\n- b\n", "- a: 1\n  d: 1\n- b\n")
        == "- a: 1\n  c: 1\n  d: 1\n- b\n"
    )
