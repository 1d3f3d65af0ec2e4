"""`--fix` never breaks a file that parsed: over endless edits, and on a generated project with every fixable fault."""

import ast
import importlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlscaffold.check.catalogue import load
from mlscaffold.check.findings import Edit, Finding, Fix
from mlscaffold.check.fixing import mend
from mlscaffold.check.registry import Example, Rule
from mlscaffold.check.targets.document import UnreadableError, parsed
from toolbox.checking import findings, repository

RULES = load()
FIXABLE = [one for one in RULES.values() if one.fix]
# MLT901 restores what a template gave: it needs a project of its own, in test_mlt.
PLANTABLE = [one for one in FIXABLE if one.code != "MLT901"]

PIECES = (
    "x = 1",
    "x = train_test_split(a, b)",
    "y = train_test_split(\n    a,  # why\n    b,\n)",
    "z = RandomForestClassifier()  # mlscaffold: ignore[MLE401] not so",
    "# mlscaffold: ignore[MLX802] nothing here",
    "s = '# mlscaffold: ignore[MLX802] in a string'",
    'd = """\n# mlscaffold: ignore[MLX802] in a text\n"""',
    "f(KFold(shuffle=True), *args, **kwargs)",
    "if x:\n    m = KMeans(n_clusters=3, )  # ü",
    "def f():\n    # mlscaffold: ignore[MLX802] alone in a body\n    return LogisticRegression(solver='saga')",
    "if x:\n    pass  # mlscaffold: ignore[MLX802, MLE401] both",
    "t = [RandomForestRegressor(n_estimators=5,\n  ), 'é', (SGDClassifier)()]",
    "class A:\n\tb = 'ß'; c = StratifiedKFold(5, shuffle=True)",
)
HEAD = (
    "from sklearn.cluster import KMeans\nfrom sklearn.ensemble import RandomForestClassifier, RandomForestRegressor\n"
    "from sklearn.linear_model import LogisticRegression, SGDClassifier\n"
    "from sklearn.model_selection import KFold, StratifiedKFold, train_test_split\n"
)


def parses(path: str, data: bytes) -> bool:
    try:
        if path.endswith(".py"):
            ast.parse(data)
        elif path.endswith(".toml"):
            tomllib.loads(data.decode())
        elif path.endswith((".yml", ".yaml", ".json")):
            parsed(path, data)
        elif path.endswith(".ipynb"):
            json.loads(data)
    except (SyntaxError, ValueError, UnreadableError):
        return False
    return True


def contents(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in found if ".mlscaffold_cache" not in path.parts}


def fix(root: Path, *codes: str) -> subprocess.CompletedProcess[str]:
    """Run `check --fix --unsafe-fixes` as people do."""
    command = [sys.executable, "-m", "mlscaffold", "check", "--persona", "strict", "--fix", "--unsafe-fixes"]
    chosen = ["--select", ",".join(codes)] if codes else []
    done = subprocess.run([*command, *chosen], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done


@settings(deadline=None, max_examples=30)  # three runs of the check each
@given(
    pieces=st.lists(st.sampled_from(PIECES), max_size=6),
    crlf=st.booleans(),
    mark=st.booleans(),
    newline=st.booleans(),
)
def test_python_that_parsed_still_does_and_a_second_fix_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], crlf: bool, mark: bool, newline: bool
) -> None:
    text = HEAD + "\n".join(pieces) + ("\n" if newline else "")
    data = (b"\xef\xbb\xbf" if mark else b"") + (text.replace("\n", "\r\n") if crlf else text).encode()
    ast.parse(data)
    path, root = "src/acme/train.py", tmp_path_factory.mktemp("fix")
    found = findings(root, {path: data}, persona="strict", select=["MLR204", "MLZ001"])
    mended = mend(found, lambda _path: data).contents.get(path, data)
    ast.parse(mended)
    assert mended.startswith(b"\xef\xbb\xbf") == mark
    if crlf:
        assert mended.count(b"\n") == mended.count(b"\r\n")
    # Overlapping fixes wait for another round; after it, nothing is left to mend.
    again = findings(root, {path: mended}, persona="strict", select=["MLR204", "MLZ001"])
    third = mend(again, lambda _path: mended).contents.get(path, mended)
    last = findings(root, {path: third}, persona="strict", select=["MLR204", "MLZ001"])
    assert [one for one in last if one.fix] == []


@settings(deadline=None)
@given(data=st.data())
def test_whatever_edits_a_rule_asks_for_a_file_that_parsed_still_does(data: st.DataObject) -> None:
    path, text = data.draw(
        st.sampled_from(
            (
                ("a.py", HEAD),
                ("a.toml", "[a]\nb = 1\nc = ['é']\n"),
                ("a.json", '{"a": [1, "ü"]}\n'),
                ("a.yml", "a: [b]\n"),
            )
        )
    )
    source = text.encode()
    place = st.integers(0, len(source))
    edit = st.builds(
        lambda a, b, new: Edit(path, min(a, b), max(a, b), new), place, place, st.text("[]{}(),:'\" \nax#é", max_size=4)
    )
    fixes = data.draw(
        st.lists(st.builds(lambda edits, safe: Fix(tuple(edits), safe), st.lists(edit, max_size=3), st.booleans()))
    )
    found = [Finding(path, 1, "planted", fix=one, code="MLZ001") for one in fixes]
    mended = mend(found, lambda _path: source)
    assert parses(path, mended.contents.get(path, source))


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new project on the bundled data, nothing installed."""
    place = tmp_path_factory.mktemp("generated") / "flights"
    new = ["new", str(place), "--defaults", "--no-sync", "--quiet", "--set", "package_name=flights"]
    subprocess.run([sys.executable, "-m", "mlscaffold", *new], check=True, capture_output=True)
    return place


def planted(generated: Path, to: Path, examples: list[Example]) -> Path:
    subprocess.run(["git", "clone", "--quiet", str(generated), str(to)], check=True)
    return repository(to, {path: text for example in examples for path, text in example.items()})


def bad(one: Rule) -> Example:
    example: Example = importlib.import_module(one.module).BAD[0]
    return example


@pytest.mark.parametrize("one", PLANTABLE, ids=lambda one: one.code)
def test_a_fault_planted_in_a_generated_project_is_mended_and_breaks_nothing(
    one: Rule, generated: Path, tmp_path: Path
) -> None:
    root = planted(generated, tmp_path / "flights", [bad(one)])
    faults = [found for found in findings(root, persona="strict", select=[one.code]) if found.fix]
    assert faults, f"the first bad example of {one.code} has no fix in a generated project"
    before = contents(root)
    fix(root, one.code)
    after = contents(root)
    assert after != before
    assert [
        path for path, data in after.items() if not parses(path, data) and parses(path, before.get(path, b""))
    ] == []
    assert [found for found in findings(root, persona="strict", select=[one.code]) if found.fix] == []
    fix(root, one.code)
    assert contents(root) == after


def test_all_faults_at_once_are_mended_and_break_nothing(generated: Path, tmp_path: Path) -> None:
    root = planted(generated, tmp_path / "flights", [bad(one) for one in PLANTABLE])
    before = contents(root)
    assert len({one.code for one in findings(root, persona="strict") if one.fix}) >= len(PLANTABLE) - 1
    fix(root)
    after = contents(root)
    assert [
        path for path, data in after.items() if not parses(path, data) and parses(path, before.get(path, b""))
    ] == []
    assert [one for one in findings(root, persona="strict") if one.fix] == []
    fix(root)
    assert contents(root) == after


def test_there_are_fixes_of_both_kinds() -> None:
    assert {one.fix for one in FIXABLE} == {"safe", "unsafe"}
