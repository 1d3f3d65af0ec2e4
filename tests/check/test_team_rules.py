"""Rules of a team's own, on three rungs; what is wrong with one is told as the team's, in one line."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlscaffold.check import catalogue
from mlscaffold.check.command import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE, main
from mlscaffold.check.findings import Finding
from mlscaffold.check.given import given, sources
from mlscaffold.check.loading import from_package
from mlscaffold.check.registry import declared
from mlscaffold.check.settings import SettingsError
from toolbox.checking import codes, findings, repository

MESSAGE = "is wrong; mend it"
ACM = {"select": ["ACM"]}


@pytest.fixture(autouse=True)
def packages(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that modules can be imported from; nothing that a test imports or declares outlives it."""
    place = tmp_path_factory.mktemp("packages")
    monkeypatch.syspath_prepend(place)
    catalogue.load()
    modules, rules = set(sys.modules), dict(declared)
    yield place
    for name in set(sys.modules) - modules:
        del sys.modules[name]
    assert dict(declared) == rules


def custom(root: Path, table: dict[str, Any], files: dict[str, str | bytes]) -> list[Finding]:
    repository(root, files)
    overrides = {"custom": {"ACM001": {"message": MESSAGE, **table}}}
    write_settings(root, overrides)
    return findings(root, **ACM)


def write_settings(root: Path, table: dict[str, Any], path: str = "pyproject.toml", head: str = "") -> None:
    """Write a table as TOML; `head` is where it hangs."""
    prefix = "tool.mlscaffold.check" if path == "pyproject.toml" else ""
    repository(root, {path: head + "\n".join(_toml(table, prefix)) + "\n"})


def _toml(table: dict[str, Any], name: str) -> Iterator[str]:
    import json

    if name:
        yield f"[{name}]"
    yield from (f"{json.dumps(key)} = {json.dumps(value)}" for key, value in table.items() if type(value) is not dict)
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _toml(value, f"{name}.{json.dumps(key)}" if name else json.dumps(key))


def refused(root: Path, table: dict[str, Any]) -> str:
    write_settings(root, table)
    with pytest.raises(SettingsError) as caught:
        findings(root)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- rules in words

CAUGHT = [
    pytest.param(
        {"require-file": ["CODEOWNERS", ".github/CODEOWNERS"]},
        {"a.py": ""},
        [(".", 0, f"{MESSAGE} (missing: CODEOWNERS or .github/CODEOWNERS)")],
        id="a file that must be there",
    ),
    pytest.param(
        {"forbid-file": ["*.csv", "setup.py"]},
        {"data/x.csv": "", "setup.py": "", "a.py": ""},
        [("data/x.csv", 0, MESSAGE), ("setup.py", 0, MESSAGE)],
        id="files that must not be there",
    ),
    pytest.param(
        {"files": ["*.md"], "file-must-contain": ["^Owner: ", "^# "]},
        {"a.md": "# a\n", "b.md": "# b\nOwner: us\n", "c.txt": ""},
        [("a.md", 0, f"{MESSAGE} (no line fits '^Owner: ')")],
        id="a line that each file must hold",
    ),
    pytest.param(
        {"files": ["*.py"], "file-must-not-contain": ["localhost", "127[.]0"]},
        {"a.py": 'x = 1\r\ny = "localhost"\r\nz = "127.0.0.1 localhost"\r\n', "b.sh": "localhost"},
        [("a.py", 2, MESSAGE), ("a.py", 3, MESSAGE)],
        id="lines that no file may hold, once each",
    ),
    pytest.param(
        {"files": ["*.md"], "file-must-contain": ["^x$"]},
        {"a.md": "x" * 3 + "\n"},
        [("a.md", 0, f"{MESSAGE} (no line fits '^x$')")],
        id="anchors are those of a line",
    ),
    pytest.param(
        {"files": ["ruff.toml"], "toml-key": ["lint.select"]},
        {"ruff.toml": "[lint]\nignore = []\n"},
        [("ruff.toml", 1, f"{MESSAGE} (lint.select is missing)")],
        id="a key of TOML",
    ),
    pytest.param(
        {"files": ["ruff.toml"], "toml-key": ["line-length = 120", "a.'b.c' = true", "d = 1"]},
        {"ruff.toml": "line-length = 88\nd = true\n[a]\n'b.c' = false\n"},
        [
            ("ruff.toml", 1, f"{MESSAGE} (line-length is 88, not 120)"),
            ("ruff.toml", 2, f"{MESSAGE} (d is True, not 1)"),
            ("ruff.toml", 4, f"{MESSAGE} (a.b.c is False, not True)"),
        ],
        id="a value of TOML, by kind too",
    ),
    pytest.param(
        {"files": ["*.yml"], "yaml-key": ["owner.team = 'ml'"]},
        {"a.yml": "owner:\n  team: web\n", "b.yml": "", "c.yml": "- x\n"},
        [
            ("a.yml", 2, f"{MESSAGE} (owner.team is 'web', not 'ml')"),
            ("b.yml", 0, f"{MESSAGE} (owner.team is missing)"),
            ("c.yml", 0, f"{MESSAGE} (owner.team is missing)"),
        ],
        id="a value of YAML, and documents without",
    ),
    pytest.param(
        {"files": ["Pipfile"], "toml-key": ["packages"]},
        {"Pipfile": "[source]\n"},
        [("Pipfile", 0, f"{MESSAGE} (packages is missing)")],
        id="TOML of another suffix",
    ),
    pytest.param(
        {"files": ["Pipfile"], "toml-key": ["packages"]},
        {"Pipfile": "no = toml = at all"},
        [("Pipfile", 0, f"{MESSAGE} (packages is missing)")],
        id="what is no TOML at all has no key",
    ),
    pytest.param(
        {"forbid-import": ["pandas", "acme.old"]},
        {
            "a.py": "import numpy\nimport os, pandas.io as io\nfrom pandas import DataFrame\n",
            "src/acme/b.py": "from acme import old\nfrom . import old\n"
            "from .old.deep import x\ndef f():\n    import acme.old\n",
        },
        [
            ("a.py", 2, MESSAGE),
            ("a.py", 3, MESSAGE),
            ("src/acme/b.py", 1, MESSAGE),
            ("src/acme/b.py", 2, MESSAGE),
            ("src/acme/b.py", 3, MESSAGE),
            ("src/acme/b.py", 5, MESSAGE),
        ],
        id="imports, relative ones too",
    ),
    pytest.param(
        {"forbid-import": ["tomli"]},
        {"a.py": "try:\n    import tomli as t\nexcept ImportError:\n    import tomllib as t\n"},
        [("a.py", 2, MESSAGE)],
        id="an import whose name is bound again",
    ),
    pytest.param(
        {"forbid-import": ["tomli"]},
        {"a.py": "from tomli import loads\nfrom json import loads\n"},
        [("a.py", 1, MESSAGE)],
        id="a name from a module that is bound again",
    ),
    pytest.param(
        {"forbid-call": ["numpy.random.seed", ".to_pickle"]},
        {"a.py": "import numpy as np\nnp.random.seed(1)\nread(x).to_pickle(y)\ntable.to_pickle(\n    y,\n)\n"},
        [("a.py", 2, MESSAGE), ("a.py", 3, MESSAGE), ("a.py", 4, MESSAGE)],
        id="calls of functions and of methods",
    ),
    pytest.param(
        {"forbid-call": ["eval"], "forbid-import": ["os"]},
        {"a.py": "import os\neval(os)\n"},
        [("a.py", 1, MESSAGE), ("a.py", 2, MESSAGE)],
        id="imports and calls in one rule",
    ),
    pytest.param(
        {"require-file": ["LICENSE"], "forbid-file": ["setup.py"]},
        {"setup.py": ""},
        [(".", 0, f"{MESSAGE} (missing: LICENSE)"), ("setup.py", 0, MESSAGE)],
        id="two demands on files in one rule",
    ),
]


@pytest.mark.parametrize(("table", "files", "found"), CAUGHT)
def test_a_rule_in_words_finds(
    tmp_path: Path, table: dict[str, Any], files: dict[str, str | bytes], found: list[tuple[str, int, str]]
) -> None:
    assert [(one.path, one.line, one.message) for one in custom(tmp_path, table, files)] == found


LEFT_ALONE = [
    pytest.param({"require-file": ["docs/*.md"]}, {"docs/a.md": ""}, id="one file of those is enough"),
    pytest.param({"forbid-file": ["*.csv"]}, {"a.py": "", "csv": ""}, id="other files"),
    pytest.param({"files": ["*.md"], "file-must-contain": ["b$"]}, {"a.md": "ab\r\n"}, id="a line of another system"),
    pytest.param({"files": ["*.md"], "file-must-contain": ["x"]}, {"a.py": ""}, id="no file of that kind"),
    pytest.param({"files": ["*.bin"], "file-must-contain": ["x"]}, {"a.bin": b"\0"}, id="no text"),
    pytest.param({"files": ["*"], "file-must-not-contain": ["^x"]}, {"a.txt": "y" * 1_000_001 + "\nx\n"}, id="large"),
    pytest.param({"files": ["*.txt"], "file-must-not-contain": ["x$"]}, {"a.txt": "y" * 1_000 + "x"}, id="far right"),
    pytest.param(
        {"files": ["*.txt"], "file-must-not-contain": ["x+x+y"]}, {"a.txt": "x" * 900_000}, id="a slow expression"
    ),
    pytest.param({"files": ["a.toml"], "toml-key": ["a.b"]}, {"a.toml": "[a]\nb = false\n"}, id="the key is there"),
    pytest.param(
        {"files": ["a.toml"], "toml-key": ["d = 2024-01-02", "l = [1]", "f = 1"]},
        {"a.toml": "d = 2024-01-02\nl = [1]\nf = 1.0\n"},
        id="values of other kinds",
    ),
    pytest.param({"files": ["a.toml"], "toml-key": ["a"]}, {"a.toml": "= broken"}, id="MLZ002 tells what is broken"),
    pytest.param({"files": ["a.yml"], "yaml-key": ["on = 'push'"]}, {"a.yml": "on: push\n"}, id="`on` is a text"),
    pytest.param({"forbid-import": ["pandas"]}, {"a.py": "import pandas_gbq\nimport x.pandas\n"}, id="another module"),
    pytest.param({"forbid-import": ["pandas"]}, {"a.py": '"""import pandas"""\n'}, id="a word in a text"),
    pytest.param({"forbid-import": ["pandas"]}, {"a.py": "from . import pandas\n"}, id="a module of the package"),
    pytest.param({"forbid-import": ["pandas"]}, {"src/a.py": "from . import pandas\n"}, id="a module beside it"),
    pytest.param({"forbid-import": ["os"], "files": ["src/**"]}, {"a.py": "import os\n"}, id="another folder"),
    pytest.param({"forbid-call": ["os.system"]}, {"a.py": "import os\nos.system\nmy.os.system()\n"}, id="no such call"),
    pytest.param({"forbid-call": [".fit"]}, {"a.py": "fit()\nx.refit()\n"}, id="no such method"),
]


@pytest.mark.parametrize(("table", "files"), LEFT_ALONE)
def test_a_rule_in_words_leaves_alone(tmp_path: Path, table: dict[str, Any], files: dict[str, str | bytes]) -> None:
    assert custom(tmp_path, table, files) == []


def test_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("/dev/zero")
    assert custom(tmp_path, {"files": ["*.txt"], "file-must-not-contain": ["\0"]}, {"b.py": ""}) == []


def test_a_rule_on_code_leaves_files_without_its_words_unread(tmp_path: Path) -> None:
    table = {"message": "m", "forbid-import": ["pandas.io"], "forbid-call": ["os.system", ".to_pickle"]}
    write_settings(tmp_path, {"custom": {"ACM001": table, "ACM002": {"message": "m", "forbid-file": ["y"]}}})
    rules = given(os.fspath(tmp_path), {})[0]
    assert (rules["ACM001"].needles, rules["ACM002"].needles) == ((b"pandas", b"system", b"to_pickle"), ())


def test_a_rule_in_words_has_hint_name_level_and_reason(tmp_path: Path) -> None:
    table = {"message": "a\n  b", "name": "no-x", "why": "it  hurts", "level": "strict", "forbid-file": ["x"]}
    write_settings(tmp_path, {"custom": {"ACM001": table, "ACM002": {"message": "m", "forbid-file": ["y"]}}})
    rules = given(os.fspath(tmp_path), {})[0]
    one, other = rules["ACM001"], rules["ACM002"]
    assert (one.name, one.level, one.hint, one.doc) == ("no-x", "strict", "it hurts", "a b\n\nWhy: it hurts")
    assert (other.name, other.level) == ("forbid-file", "default")
    assert "custom.ACM002" in other.hint
    repository(tmp_path, {"x": "", "y": ""})
    assert codes(tmp_path, persona="default", ignore=["ML"]) == ["ACM002"]
    assert codes(tmp_path, persona="strict", ignore=["ML"]) == ["ACM001", "ACM002"]


REFUSED = [
    pytest.param({"message": MESSAGE}, "asks for nothing; give it one of file-must-contain", id="nothing"),
    pytest.param({"message": MESSAGE, "forbid-file": []}, "asks for nothing", id="an empty list"),
    pytest.param({"forbid-file": ["x"]}, "custom.ACM001 has no 'message'", id="no message"),
    pytest.param({"message": " ", "forbid-file": ["x"]}, "has an empty message", id="an empty message"),
    pytest.param({"message": "m", "forbid-import": [" "]}, "holds an empty text", id="an empty text"),
    pytest.param({"message": "m", "forbid-call": ["x"], "files": [""]}, "holds an empty text", id="an empty pattern"),
    pytest.param({"message": "m", "forbidfile": ["x"]}, "did you mean 'forbid-file'", id="an unknown key"),
    pytest.param({"message": "m", "forbid-file": "x"}, "is 'x', not an array", id="a text for a list"),
    pytest.param({"message": "m", "level": "hard", "forbid-file": ["x"]}, "not one of default, strict", id="a level"),
    pytest.param({"message": "m", "file-must-contain": ["x"]}, "in which files", id="no files"),
    pytest.param({"message": "m", "forbid-call": ["x"], "forbid-file": ["x"]}, "make it two rules", id="two targets"),
    pytest.param(
        {"message": "m", "files": ["x"], "file-must-contain": ["ok", "(a"]},
        "custom.ACM001.file-must-contain: '(a' is no regular expression: missing )",
        id="no regular expression",
    ),
    pytest.param(
        {"message": "m", "files": ["x"], "toml-key": ["a b"]},
        "'a b' is neither a key, as a.b",
        id="neither key nor line",
    ),
    pytest.param({"message": "m", "files": ["x"], "yaml-key": ["a = 1\nb = 2"]}, "no single key", id="two keys"),
]


@pytest.mark.parametrize(("table", "told"), REFUSED)
def test_a_rule_in_words_that_cannot_be_followed_is_refused(tmp_path: Path, table: dict[str, Any], told: str) -> None:
    assert told in refused(tmp_path, {"custom": {"ACM001": table}})


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("MLX802", "codes that begin with ML are mlscaffold's own"),
        ("MLA999", "codes that begin with ML"),
        ("A001", "is no code"),
        ("ACM01", "is no code"),
        ("ACMEXX001", "is no code"),
        ("acm001", "is no code"),
        ("ACM0011", "is no code"),
    ],
)
def test_a_code_is_of_a_kind_and_not_one_of_ours(tmp_path: Path, code: str, told: str) -> None:
    assert told in refused(tmp_path, {"custom": {code: {"message": "m", "forbid-file": ["x"]}}})
    repository(tmp_path, {"tools/rules.py": RULE.replace("ACM101", code)})
    assert told in refused(tmp_path, {"rules-files": ["tools/rules.py"]})


# --- rules in files

RULE = """\
from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import rule
from mlscaffold.check.repository import Repository


@rule("ACM101", "has-owners", on=Repository, hint="write CODEOWNERS")
def has_owners(repository, _):
    if not repository.has("CODEOWNERS"):
        yield Finding(".", 0, "has no owners")
"""
NODE_RULE = """\
import ast
from dataclasses import dataclass
from mlscaffold.check.registry import rule


@dataclass
class Known:
    name: "str"


@rule("ACM102", "no-print", on=ast.Call, hint="log", needles=(b"print",), options={"name": "print"})
def no_print(call, module):
    if module.qualified(call.func) == module.options["ACM102"]["name"]:
        yield module.at(call, "prints")
"""


def with_file(root: Path, source: str, **files: str) -> dict[str, Any]:
    repository(root, {"tools/rules.py": source, **files})
    write_settings(root, {"rules-files": ["tools/rules.py"]})
    return {"select": ["ACM"]}


def test_rules_of_a_file_are_rules(tmp_path: Path) -> None:
    asked = with_file(tmp_path, RULE + NODE_RULE, **{"a.py": "print(1)\nlog(2)\n"})
    assert [(one.code, one.path, one.line) for one in findings(tmp_path, **asked)] == [
        ("ACM101", ".", 0),
        ("ACM102", "a.py", 1),
    ]
    assert codes(tmp_path, select=["ACM"], rules={"ACM102": {"name": "log"}}) == ["ACM101", "ACM102"]
    assert [path.name for path in (tmp_path / "tools").iterdir()] == ["rules.py"]  # no bytecode is left there


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        pytest.param("", ["a.py", "src/a.py", "src/features.py", "tests/a.py"], id="everywhere"),
        pytest.param("only=('source',)", ["src/a.py", "src/features.py"], id="in one role"),
        pytest.param("only=('features', 'tests')", ["src/features.py", "tests/a.py"], id="in two"),
        pytest.param("never=('tests',)", ["a.py", "src/a.py", "src/features.py"], id="not in one"),
        pytest.param("only=('source',), never=('features', 'tests')", ["src/a.py"], id="in some of one"),
    ],
)
@pytest.mark.parametrize("on", ["ast.Call", "Module"])
def test_a_rule_looks_where_it_says(tmp_path: Path, where: str, expected: list[str], on: str) -> None:
    rule = NODE_RULE.replace("needles=", f"{where}, needles=" if where else "needles=")
    if on == "Module":
        rule = rule.replace("import ast\n", "import ast\nfrom mlscaffold.check.targets.module import Module\n")
        rule = rule.replace("on=ast.Call", "on=Module").replace(
            "def no_print(call, module):", "def no_print(module, _):"
        )
        rule = rule.replace("    if module", "    for call in module.all(ast.Call):\n     if module")
    files = dict.fromkeys(["a.py", "src/a.py", "src/features.py", "tests/a.py"], "print()\n")
    asked = with_file(tmp_path, rule, **files)
    assert [one.path for one in findings(tmp_path, **asked)] == expected


def test_rules_of_a_file_are_of_that_repository_alone(tmp_path: Path) -> None:
    asked = with_file(tmp_path / "one", RULE)
    assert codes(tmp_path / "one", **asked) == ["ACM101"]
    repository(tmp_path / "two", {"a.py": ""})
    assert "ACM101" not in given(os.fspath(tmp_path / "two"), {})[0]
    other = with_file(tmp_path / "three", RULE.replace("has no owners", "is another rule"))
    assert [one.message for one in findings(tmp_path / "three", **other)] == ["is another rule"]
    assert codes(tmp_path / "one", **asked) == ["ACM101"]
    assert not any(code.startswith("ACM") for code in catalogue.load())


def test_a_rule_that_was_taken_out_of_a_file_is_gone(tmp_path: Path) -> None:
    asked = with_file(tmp_path, RULE + NODE_RULE)
    assert codes(tmp_path, **asked) == ["ACM101"]
    with_file(tmp_path, NODE_RULE, **{"a.py": "print()"})
    assert codes(tmp_path, **asked) == ["ACM102"]


def test_the_print_of_the_rules_changes_with_their_text(tmp_path: Path, packages: Path) -> None:
    (packages / "acme_rules.py").write_text(RULE, encoding="utf-8")
    prints = []
    for source, table in (
        (NODE_RULE, {}),
        (NODE_RULE + "\n", {}),
        (NODE_RULE, {"plugins": ["acme_rules"]}),
        (NODE_RULE, {"custom": {"ACM001": {"message": "m", "forbid-file": ["x"]}}}),
        (NODE_RULE, {"custom": {"ACM001": {"message": "n", "forbid-file": ["x"]}}}),
    ):
        repository(tmp_path, {"tools/rules.py": source})
        write_settings(tmp_path, {"rules-files": ["tools/rules.py"], **table})
        prints.append(given(os.fspath(tmp_path), {})[2])
    (packages / "acme_rules.py").write_text(RULE + "\n", encoding="utf-8")
    write_settings(tmp_path, {"rules-files": ["tools/rules.py"], "plugins": ["acme_rules"]})
    prints.append(given(os.fspath(tmp_path), {})[2])
    assert len(set(prints)) == len(prints)


FAULTS = [
    pytest.param("import os\nx = (\n", "tools/rules.py, line 2: SyntaxError: '(' was never closed", id="no Python"),
    pytest.param("x = 1\n\nraise ValueError('a\\nb')\n", "tools/rules.py, line 3: ValueError: a b", id="it raises"),
    pytest.param("import sys\nsys.exit(3)\n", "tools/rules.py, line 2: SystemExit: 3", id="it ends the program"),
    pytest.param("import nosuchmodule\n", "line 1: ModuleNotFoundError: No module named 'nosuchmodule'", id="import"),
    pytest.param(
        "def f():\n    return 1 / 0\n\nf()\n", "tools/rules.py, line 2: ZeroDivisionError", id="the innermost line"
    ),
    pytest.param(
        RULE + RULE.replace("has_owners", "other").replace("has-owners", "other"),
        "ACM101 is declared twice",
        id="a code twice",
    ),
    pytest.param(RULE.replace("on=Repository", "on=int"), "ACM101 is on int, not on a node", id="on what?"),
    pytest.param(RULE.replace("on=Repository", "on='x'"), "ACM101 is on 'x', not on a node", id="on a text"),
    pytest.param(
        NODE_RULE.replace("needles=", "only=('sources',), needles="),
        "ACM102: 'sources' is no role; did you mean 'source'?",
        id="no role",
    ),
    pytest.param(NODE_RULE.replace("needles=", "never='tests', needles="), "ACM102: 't' is no role", id="no list"),
]


@pytest.mark.parametrize(("source", "told"), FAULTS)
def test_a_file_that_does_not_run_is_told_with_its_line(tmp_path: Path, source: str, told: str) -> None:
    repository(tmp_path, {"tools/rules.py": source})
    assert told in refused(tmp_path, {"rules-files": ["tools/rules.py"]})


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "rules-files: no.py cannot be read: No such file" in refused(tmp_path, {"rules-files": ["no.py"]})


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param("    return 1 / 0\n    yield", "ACM101 fails, line 8: ZeroDivisionError", id="it raises"),
        pytest.param("    yield 'x'", "ACM101 fails: TypeError: it yields 'x', which is no Finding", id="no finding"),
        pytest.param(
            "    return None", "ACM101 fails: TypeError: 'NoneType' object is not iterable", id="no generator"
        ),
    ],
)
def test_a_rule_that_fails_is_the_team_s_fault(tmp_path: Path, body: str, told: str) -> None:
    source = RULE.partition("    if not")[0] + body + "\n"
    asked = with_file(tmp_path, source)
    with pytest.raises(SettingsError) as caught:
        codes(tmp_path, **asked)
    assert f"tools/rules.py: {told}" in str(caught.value)


def test_a_rule_that_fails_on_a_node_names_the_file(tmp_path: Path) -> None:
    asked = with_file(
        tmp_path, NODE_RULE.replace('yield module.at(call, "prints")', "call.nothing"), **{"a.py": "print()"}
    )
    with pytest.raises(SettingsError, match=r"ACM102 fails on a\.py, line 14: AttributeError"):
        codes(tmp_path, **asked)


def test_two_rungs_may_not_share_a_code(tmp_path: Path) -> None:
    repository(tmp_path, {"tools/rules.py": RULE})
    table = {"rules-files": ["tools/rules.py"], "custom": {"ACM101": {"message": "m", "forbid-file": ["x"]}}}
    assert "ACM101 is declared twice" in refused(tmp_path, table)
    repository(tmp_path, {"tools/more.py": RULE})
    told = refused(tmp_path, {"rules-files": ["tools/rules.py", "tools/more.py"]})
    assert "declared twice: in rules-file tools/rules.py and in rules-file tools/more.py" in told


# --- rules in packages


def package(folder: Path, name: str, files: dict[str, str]) -> None:
    (folder / name).mkdir()
    for path, text in {"__init__.py": "", **files}.items():
        (folder / name / path).write_text(text, encoding="utf-8")


def test_rules_of_a_package_are_found_in_all_modules_that_it_imports(tmp_path: Path, packages: Path) -> None:
    package(packages, "acme_conventions", {"__init__.py": "from . import owners\n", "owners.py": RULE})
    (packages / "acme_conventions_more.py").write_text(RULE.replace("ACM101", "ACM103"), encoding="utf-8")
    write_settings(tmp_path, {"plugins": ["acme_conventions"]})
    assert codes(tmp_path, **ACM) == ["ACM101"]
    assert codes(tmp_path, **ACM) == ["ACM101"]  # imported once in a process, and declared for each run
    write_settings(tmp_path, {"plugins": ["acme_conventions", "acme_conventions_more"]})
    assert codes(tmp_path, **ACM) == ["ACM101", "ACM103"]
    write_settings(tmp_path, {})
    assert "ACM101" not in given(os.fspath(tmp_path), {})[0]


def test_rules_of_a_package_stay_beside_those_of_a_file(tmp_path: Path, packages: Path) -> None:
    (packages / "acme_conventions.py").write_text(RULE, encoding="utf-8")
    repository(tmp_path, {"tools/rules.py": NODE_RULE, "a.py": "print()\n"})
    write_settings(tmp_path, {"rules-files": ["tools/rules.py"], "plugins": ["acme_conventions"]})
    assert codes(tmp_path, **ACM) == codes(tmp_path, **ACM) == ["ACM101", "ACM102"]


def test_the_files_of_a_package_are_its_own(packages: Path) -> None:
    (packages / "acme_conventions.py").write_text(RULE, encoding="utf-8")
    assert from_package("acme_conventions", "here").files == (os.fspath(packages / "acme_conventions.py"),)


def test_rules_of_a_package_that_another_imported_are_its_own(tmp_path: Path, packages: Path) -> None:
    (packages / "acme_base.py").write_text(RULE, encoding="utf-8")
    (packages / "acme_top.py").write_text("import acme_base\n" + NODE_RULE, encoding="utf-8")
    write_settings(tmp_path, {"plugins": ["acme_top"]})
    assert [code for code in given(os.fspath(tmp_path), {})[0] if code.startswith("ACM")] == ["ACM102"]
    write_settings(tmp_path, {"plugins": ["acme_base"]})
    assert [code for code in given(os.fspath(tmp_path), {})[0] if code.startswith("ACM")] == ["ACM101"]


@pytest.mark.parametrize("name", ["acme_missing", "acme_missing.rules"])
def test_a_package_that_is_not_installed_says_where_hooks_name_it(tmp_path: Path, name: str) -> None:
    told = refused(tmp_path, {"plugins": [name]})
    assert f"plugins: {name} is not installed here" in told
    assert "additional_dependencies" in told


def test_a_package_that_misses_another_one_says_which(tmp_path: Path, packages: Path) -> None:
    (packages / "acme_broken.py").write_text("import nosuchmodule\n", encoding="utf-8")
    told = refused(tmp_path, {"plugins": ["acme_broken"]})
    assert "plugins: acme_broken: ModuleNotFoundError: No module named 'nosuchmodule'" in told


# --- settings of a package


def shared(packages: Path, text: str) -> None:
    package(packages, "acme_conventions", {"base.toml": text})


def test_what_is_extended_lies_under_all_other_settings(tmp_path: Path, packages: Path) -> None:
    shared(
        packages,
        'persona = "strict"\nexclude = ["a"]\nbaseline = "base"\nignore = ["MLX"]\n'
        '[custom.ACM001]\nmessage = "m"\nforbid-file = ["x"]\n',
    )
    write_settings(
        tmp_path,
        {"extends": "package:acme_conventions/base.toml", "exclude": ["b"], "baseline": "conventions"},
        ".mlscaffold/conventions.toml",
    )
    write_settings(tmp_path, {"baseline": "own", "ignore": {"MLS": "why"}})
    rules, settings, _ = given(os.fspath(tmp_path), {})
    assert (settings.persona, settings.exclude, settings.baseline) == ("strict", ("b",), "own")
    assert [(one.prefix, one.reason) for one in settings.ignore] == [("MLX", ""), ("MLS", "why")]
    assert "ACM001" in rules


def test_the_print_changes_with_what_is_extended(tmp_path: Path, packages: Path) -> None:
    shared(packages, "")
    write_settings(tmp_path, {"extends": "package:acme_conventions/base.toml"})
    before = given(os.fspath(tmp_path), {})[2]
    (packages / "acme_conventions" / "base.toml").write_text("# more\n", encoding="utf-8")
    assert given(os.fspath(tmp_path), {})[2] != before


@pytest.mark.parametrize(
    ("extends", "text", "told"),
    [
        pytest.param("https://x.y/z.toml", "", "it takes package:NAME/FILE.toml", id="an address"),
        pytest.param("package:acme_conventions/base.yml", "", "it takes package:NAME/FILE.toml", id="no TOML"),
        pytest.param("package:acme_none/base.toml", "", "acme_none is not installed here", id="no package"),
        pytest.param("package:acme_conventions/no.toml", "", "holds no no.toml that can be read", id="no file"),
        pytest.param("package:acme_conventions/base.toml", "= 1", "base.toml does not parse", id="broken"),
        pytest.param("package:acme_conventions/base.toml", "personna = 1", "did you mean 'persona'", id="unknown key"),
        pytest.param(
            "package:acme_conventions/base.toml", 'extends = "package:x/y.toml"', "extends nothing itself", id="a chain"
        ),
    ],
)
def test_what_cannot_be_extended_is_told(tmp_path: Path, packages: Path, extends: str, text: str, told: str) -> None:
    shared(packages, text)
    assert told in refused(tmp_path, {"extends": extends})


def test_a_package_that_raises_when_it_is_imported_is_told(tmp_path: Path, packages: Path) -> None:
    package(packages, "acme_conventions", {"__init__.py": "1 / 0\n", "base.toml": ""})
    assert "acme_conventions cannot be imported: ZeroDivisionError" in refused(
        tmp_path, {"extends": "package:acme_conventions/base.toml"}
    )


def test_a_package_that_misses_another_one_is_not_called_missing(tmp_path: Path, packages: Path) -> None:
    package(packages, "acme_conventions", {"__init__.py": "import nosuchmodule\n", "base.toml": ""})
    assert "acme_conventions cannot be imported: No module named 'nosuchmodule'" in refused(
        tmp_path, {"extends": "package:acme_conventions/base.toml"}
    )


# --- what the last answer is kept for


def run(root: Path, *arguments: str) -> int:
    return main(["-C", os.fspath(root), "--select", "ACM", *arguments])


def test_sources_are_all_files_that_settings_and_rules_come_from(tmp_path: Path, packages: Path) -> None:
    package(packages, "acme_conventions", {"__init__.py": RULE, "base.toml": 'plugins = ["acme_conventions"]\n'})
    repository(tmp_path, {"tools/rules.py": NODE_RULE})
    write_settings(tmp_path, {"rules-files": ["tools/rules.py"], "extends": "package:acme_conventions/base.toml"})
    given(os.fspath(tmp_path), {})
    found = {os.path.realpath(tmp_path / path) for path in sources(os.fspath(tmp_path))}
    assert found == {
        os.fspath(place)
        for place in (
            tmp_path / "pyproject.toml",
            tmp_path / ".mlscaffold" / "conventions.toml",
            tmp_path / ".mlscaffold" / "baseline.json",
            tmp_path / "tools" / "rules.py",
            packages / "acme_conventions" / "__init__.py",
            packages / "acme_conventions" / "base.toml",
        )
    }


@pytest.mark.parametrize("what", ["settings", "rules-file", "plugin", "extended"])
def test_the_last_answer_is_not_given_again_when_a_file_beside_git_has_changed(
    tmp_path: Path, packages: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    root = repository(tmp_path / "project", {"README.md": ""})
    os.utime(root / "README.md", (1, 1))  # what was written this instant is not relied on
    package(packages, "acme_conventions", {"__init__.py": RULE, "base.toml": ""})
    settings = {
        "settings": {},
        "rules-file": {"rules-files": ["rules.py"]},
        "plugin": {"plugins": ["acme_conventions"]},
        "extended": {"extends": "package:acme_conventions/base.toml", "plugins": ["acme_conventions"]},
    }[what]
    (root / "rules.py").write_text(RULE, encoding="utf-8")  # git tracks none of these
    (root / "pyproject.toml").write_text(
        "\n".join(
            _toml(
                {"custom": {"ACM101": {"message": "m", "require-file": ["x"]}}} if what == "settings" else settings,
                "tool.mlscaffold.check",
            )
        ),
        encoding="utf-8",
    )
    assert run(root) == EXIT_FINDINGS
    assert (root / ".mlscaffold_cache" / "last.json").exists()
    told = capsys.readouterr().out
    assert run(root) == EXIT_FINDINGS
    assert capsys.readouterr().out == told
    place, text = {
        "settings": (
            root / "pyproject.toml",
            "[tool.mlscaffold.check.custom.ACM001]\nmessage = 'm'\nforbid-file = ['x']\n",
        ),
        "rules-file": (root / "rules.py", RULE.replace('has("CODEOWNERS")', 'has("README.md")')),
        "plugin": (
            packages / "acme_conventions" / "__init__.py",
            RULE.replace('has("CODEOWNERS")', 'has("README.md")'),
        ),
        "extended": (packages / "acme_conventions" / "base.toml", "ignore = {ACM101 = 'not here'}\n"),
    }[what]
    place.write_text(text, encoding="utf-8")
    for name in [name for name in sys.modules if name.startswith("acme_conventions")]:
        del sys.modules[name]  # as in a process of its own
    assert run(root) == EXIT_CLEAN


def test_a_fault_of_a_team_s_rule_is_exit_code_2_and_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_file(tmp_path, RULE.partition("    if not")[0] + "    yield 1 / 0\n")
    assert run(tmp_path) == EXIT_USAGE
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: [tool.mlscaffold.check] of pyproject.toml: rules-files: tools/rules.py") or (
        said.err.startswith("error: tools/rules.py: ACM101 fails, line 8: ZeroDivisionError")
    )
    assert said.err.count("\n") == 1


# --- the examples of the documentation

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "team-rules.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_rules_of_the_how_to_find_what_they_say(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "src/churn/serve.py": "import pandas\nprint(pandas)\n",
        "tools/conventions.py": blocks("python")[0],
        "pyproject.toml": blocks("toml")[1] + blocks("toml")[0],
    }
    assert codes(tmp_path, files, persona="strict", **ACM) == [
        "ACM002",
        "ACM102",
        "ACM003",
        "ACM003",
        "ACM001",
        "ACM101",
    ]
    files["pyproject.toml"] = f"{files['pyproject.toml']!s}[tool.ruff]\nline-length = 120\nlint.select = []\n"
    more = {"CODEOWNERS": "", "docs/runbook.md": "", "src/churn/serve.py": "print\n"}
    assert codes(tmp_path, {**files, **more}, persona="strict", **ACM) == []
