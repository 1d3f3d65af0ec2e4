"""What is kept of the rules on the repository is what a run without a cache finds, whatever changed in between."""

import importlib
import os
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mlscaffold.check import incremental
from mlscaffold.check.catalogue import load
from mlscaffold.check.findings import Finding
from mlscaffold.check.listing import tracked
from mlscaffold.check.registry import Example, Rule
from mlscaffold.check.run import check
from toolbox.checking import repository

RULES = [one for one in load().values() if one.on in {"Repository", "Pipeline"}]
HOURS = 3600


def found(root: Path, *, keep: bool, **settings: Any) -> list[Finding]:
    overrides = {"persona": "strict", **settings}
    return list(check(os.fspath(root), tracked(os.fspath(root)), overrides, keep=keep).answer.findings)


def examples(rule: Rule) -> list[Example]:
    module = importlib.import_module(rule.module)
    return [*module.OK, *module.BAD]


def turned_into(root: Path, files: Example) -> None:
    """Make the repository hold these files and no others; all of them hours old, as files mostly are."""
    for path in tracked(os.fspath(root)):
        if path not in files:
            (root / path).unlink()
    changed = {path: text for path, text in files.items() if not _is(root / path, text)}
    repository(root, changed)
    for path in changed:
        _age(root / path)


_AGES = iter(range(1, 10**6))


def _age(place: Path) -> None:
    past = place.stat().st_mtime - HOURS * 100 + next(_AGES)
    os.utime(place, (past, past))


def _clashes(names: set[str]) -> bool:
    return any(other.startswith(f"{path}/") for path in names for other in names)


def _is(place: Path, text: str) -> bool:
    return place.is_file() and place.read_bytes() == text.encode()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_each_rule_notices_what_makes_its_examples_good_and_bad(rule: Rule, tmp_path: Path) -> None:
    repository(tmp_path, {})
    chance = random.Random(rule.code)
    # The same names all the time: other names alone would make every rule look again.
    names = {path for example in examples(rule) for path in example}
    every = [{**dict.fromkeys(names, ""), **example} for example in examples(rule) if not _clashes(names)]
    for files in [*every, *every[::-1], *chance.sample(every, len(every))]:
        turned_into(tmp_path, files)
        assert found(tmp_path, keep=True) == found(tmp_path, keep=False)


def test_files_of_all_examples_come_and_go_one_by_one(tmp_path: Path) -> None:
    repository(tmp_path, {})
    chance = random.Random(2013)
    pool = [(path, text) for rule in RULES for example in examples(rule) for path, text in example.items()]
    pool = [(path, text) for path, text in pool if len(text) < 100_000]
    files: dict[str, str] = {}
    for _ in range(60):
        if files and chance.random() < 0.25:
            del files[chance.choice(list(files))]
        path, text = chance.choice(pool)
        if not any(path.startswith(f"{other}/") or other.startswith(f"{path}/") for other in files):
            files[path] = text
        turned_into(tmp_path, files)
        assert found(tmp_path, keep=True) == found(tmp_path, keep=False), files


# Rules of a team, each of which looks at one kind of thing.
TEAM = """
from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import rule
from mlscaffold.check.repository import Repository, shared


@rule("ACM001", "tracked-text", on=Repository, hint="none")
def tracked_text(repository, _):
    if "bad" in repository.text("note.md"):
        yield Finding("note.md", 1, "bad")


@rule("ACM002", "untracked-text", on=Repository, hint="none")
def untracked_text(repository, _):
    if "bad" in repository.text("secret.md"):
        yield Finding("note.md", 1, "bad")


@rule("ACM003", "facts", on=Repository, hint="none")
def facts(repository, _):
    if "bad" in repository.modules["a.py"].imports:
        yield Finding("a.py", 1, "bad")


@rule("ACM004", "sizes", on=Repository, hint="none")
def sizes(repository, _):
    if repository.entry("note.md").size > 5:
        yield Finding("note.md", 0, "bad")


@rule("ACM005", "documents", on=Repository, hint="none")
def documents(repository, _):
    if repository.table("a.toml").get("bad"):
        yield Finding("a.toml", 1, "bad")


@rule("ACM006", "persona", on=Repository, hint="none")
def persona(repository, _):
    if repository.settings.persona == "strict":
        yield Finding(".", 0, "bad")


@rule("ACM007", "folder", on=Repository, hint="none")
def folder(repository, _):
    with open(repository.root + "/secret.md") as file:
        if "bad" in file.read():
            yield Finding(".", 0, "bad")


@rule("ACM008", "names", on=Repository, hint="none")
def names(repository, _):
    if "bad.md" in repository.files:
        yield Finding(".", 0, "bad")


@rule("ACM009", "functions", on=Repository, hint="none")
def functions(repository, _):
    if any(one.name == "bad" for facts in repository.modules.values() for one in facts.functions):
        yield Finding(".", 0, "bad")


@rule("ACM010", "attributes", on=Repository, hint="none")
def attributes(repository, _):
    if any("x.bad" in facts.attributes for facts in repository.modules.values()):
        yield Finding(".", 0, "bad")


@rule("ACM011", "script", on=Repository, hint="none")
def script(repository, _):
    if repository.modules["a.py"].script:
        yield Finding(".", 0, "bad")


@shared
def is_bad(repository):
    return "BAD" in repository.text("note.md") or any("worse" in facts.imports for facts in repository.modules.values())


@rule("ACM012", "one-of-two-who-ask", on=Repository, hint="none")
def one(repository, _):
    if is_bad(repository):
        yield Finding(".", 0, "bad")


@rule("ACM013", "the-other", on=Repository, hint="none")
def other(repository, _):
    if is_bad(repository):
        yield Finding(".", 0, "bad")


@shared
def behind_the_link(repository):
    return repository.text("link.md")


@rule("ACM014", "link", on=Repository, hint="none")
def link(repository, _):
    if "bad" in behind_the_link(repository):
        yield Finding("link.md", 0, "bad")


@rule("ACM015", "document-behind-a-link", on=Repository, hint="none")
def linked(repository, _):
    if repository.table("link.toml").get("bad"):
        yield Finding("link.toml", 0, "bad")


@rule("ACM016", "mode", on=Repository, hint="none")
def mode(repository, _):
    if repository.entry("note.md").executable:
        yield Finding("note.md", 0, "bad")


@rule("ACM017", "time", on=Repository, hint="none")
def time(repository, _):
    if repository.entry("a.toml").mtime == 10**18:
        yield Finding("a.toml", 0, "bad")


@shared
def table(repository):
    return repository.table("c.toml")


@rule("ACM021", "shared-document", on=Repository, hint="none")
def shared_document(repository, _):
    if table(repository).get("bad"):
        yield Finding("c.toml", 0, "bad")


@rule("ACM020", "kind", on=Repository, hint="none")
def kind(repository, _):
    if repository.entry("note.md").symlink:
        yield Finding("note.md", 0, "bad")


@rule("ACM019", "modules", on=Repository, hint="none")
def modules(repository, _):
    if "b.py" not in repository.modules:
        yield Finding("b.py", 0, "bad")
"""
ODD = """
from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import rule
from mlscaffold.check.repository import Repository


@rule("ACM018", "a-module-as-a-document", on=Repository, hint="none")
def document(repository, _):
    if repository.data("a.py") == [2] and repository.modules["a.py"].functions:
        yield Finding("a.py", 0, "bad")
"""
SETTINGS = "[tool.mlscaffold.check]\nrules-files = ['tools/rules.py']\n"


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A repository with those rules, in which nothing is bad, checked once."""
    files = {
        "tools/rules.py": TEAM,
        "pyproject.toml": SETTINGS,
        "note.md": "ok\n",
        "a.py": "x = 1\n",
        "b.py": "x = 1\n",
        "a.toml": "x = 1\n",
        "c.toml": "x = 1\n",
    }
    (tmp_path / "link.md").symlink_to("secret.md")
    (tmp_path / "link.toml").symlink_to("secret.toml")
    repository(tmp_path, {**files, ".gitignore": "secret.*\n"})
    (tmp_path / "secret.md").write_text("ok\n", encoding="utf-8")
    (tmp_path / "secret.toml").write_text("ok = 1\n", encoding="utf-8")
    for path in [*files, "secret.md", "secret.toml"]:
        _age(tmp_path / path)
    assert of_team(tmp_path) == set()
    return tmp_path


def of_team(root: Path, persona: str = "default") -> set[str]:
    """Which of those rules find something; the second run of two, which may only repeat the first."""
    first = found(root, keep=True, persona=persona)
    assert found(root, keep=True, persona=persona) == first == found(root, keep=False, persona=persona)
    return {one.code for one in first if one.code.startswith(("ACM", "MLZ002"))}


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("note.md", "bad\n", {"ACM001"}),
        ("note.md", "bad bad\n", {"ACM001", "ACM004"}),
        ("note.md", "BAD\n", {"ACM012", "ACM013"}),
        ("secret.md", "bad\n", {"ACM002", "ACM007", "ACM014"}),
        ("secret.toml", "bad = 1\n", {"ACM015"}),
        ("a.py", "import bad\n", {"ACM003"}),
        ("a.py", "def bad(): ...\n", {"ACM009"}),
        ("a.py", "x.bad\n", {"ACM010"}),
        ("a.py", "if __name__ == '__main__':\n    x()\n", {"ACM011"}),
        ("a.py", "import worse\n", {"ACM012", "ACM013"}),
        ("b.py", "def (\n", {"ACM019", "MLZ002"}),
        ("a.toml", "bad = 1\n", {"ACM005"}),
        ("c.toml", "bad = 1\n", {"ACM021"}),
        ("c.toml", "bad = \n", {"MLZ002"}),
        ("a.toml", "bad = \n", {"MLZ002"}),
    ],
)
def test_what_one_rule_looks_at_is_looked_at_again(team: Path, path: str, text: str, expected: set[str]) -> None:
    before = (team / path).read_text(encoding="utf-8")
    for content, codes in ((text, expected), (before, set()), (text, expected)):
        (team / path).write_text(content, encoding="utf-8")
        _age(team / path)
        assert of_team(team) == codes


def test_the_mode_and_the_time_of_a_file_are_looked_at_again(team: Path) -> None:
    for mode, codes in ((0o755, {"ACM016"}), (0o644, set()), (0o755, {"ACM016"})):
        (team / "note.md").chmod(mode)
        assert of_team(team) == codes
    (team / "note.md").unlink()
    (team / "note.md").symlink_to("a.py")  # the mode of a link is 777
    assert of_team(team) == {"ACM016", "ACM020"}
    for time, codes in ((10**18, {"ACM017"}), (10**18 + 10**9, set())):
        os.utime(team / "a.toml", ns=(time, time))
        assert of_team(team) == codes | {"ACM016", "ACM020"}


def test_a_module_that_is_a_document_too_is_both(tmp_path: Path) -> None:
    repository(tmp_path, {"tools/rules.py": ODD, "pyproject.toml": SETTINGS, "a.py": "[1]\n"})
    for text, codes in (("[1]\n", set()), ("[2]\n", {"ACM018"}), ("[3]\n", set())):
        (tmp_path / "a.py").write_text(text, encoding="utf-8")
        _age(tmp_path / "a.py")
        assert of_team(tmp_path) == codes


def test_other_names_are_another_question(team: Path) -> None:
    repository(team, {"bad.md": ""})
    assert of_team(team) == {"ACM008"}
    (team / "bad.md").unlink()
    assert of_team(team) == set()


def test_another_persona_is_another_question(team: Path) -> None:
    for persona, codes in (("strict", {"ACM006"}), ("default", set()), ("strict", {"ACM006"})):
        assert of_team(team, persona) == codes


def test_a_file_younger_than_the_clock_is_read_again(team: Path) -> None:
    place = team / "note.md"
    later = place.stat().st_mtime_ns + 10**9 * HOURS * 1000
    for text, codes in (("no\n", set()), ("bad"[:3], {"ACM001"})):
        place.write_text(text, encoding="utf-8")
        os.utime(place, ns=(later, later))
        assert of_team(team) == codes


def test_other_settings_are_another_question(tmp_path: Path) -> None:
    repository(tmp_path, {"data/a.csv": "x" * 3000, "src/acme/train.py": "def train():\n    return 1\n"})
    for options in ({}, {"MLD101": {"max-kb": 1}}, {}):
        assert found(tmp_path, keep=True, rules=options) == found(tmp_path, keep=False, rules=options)
    for persona in ("strict", "default", "strict"):
        assert found(tmp_path, keep=True, persona=persona) == found(tmp_path, keep=False, persona=persona)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rules that looked, by code."""
    codes: list[str] = []
    original = incremental.Round.found

    def noting(self: incremental.Round, code: str, look: Any) -> Any:
        def looking(repository: Any) -> Any:
            codes.append(code)
            return look(repository)

        return original(self, code, looking)

    monkeypatch.setattr(incremental.Round, "found", noting)
    return codes


def test_a_rule_does_not_look_again_where_nothing_of_its_own_changed(tmp_path: Path, looked: list[str]) -> None:
    files = {"config/base.toml": "a = 1\n", "src/acme/a.py": "def f():\n    return g()\n", "pyproject.toml": ""}
    repository(tmp_path, files)
    for path in files:
        _age(tmp_path / path)
    found(tmp_path, keep=True)
    assert {"MLC301", "MLR202", "MLD105"} <= set(looked)
    looked.clear()
    (tmp_path / "src/acme/a.py").write_text("def f():\n    return h()\n", encoding="utf-8")
    found(tmp_path, keep=True)
    assert not {"MLC301", "MLR202"} & set(looked)
    looked.clear()
    (tmp_path / "config/base.toml").write_text("b = 1\n", encoding="utf-8")
    found(tmp_path, keep=True)
    assert "MLC301" in looked


def test_what_a_rule_saw_of_an_untracked_file_is_kept_though_no_other_file_changed(
    team: Path, looked: list[str]
) -> None:
    (team / "secret.md").write_text("bad\n", encoding="utf-8")
    _age(team / "secret.md")
    for again in (True, False):
        looked.clear()
        assert "ACM002" in {one.code for one in found(team, keep=True)}
        assert ("ACM002" in looked) == again


OF_MODULES = {
    "imports": ("import os\n\n\ndef f():\n    return 1\n", {"ACM003", "ACM012", "ACM013"}),
    "functions": ("\n\n\ndef f():\n    return g()\n", {"ACM009"}),
    "attributes": ("\n\n\ndef f():\n    return x.y\n", {"ACM010"}),
    "nothing of these": ("\n\n\ndef f():\n    return 2\n", set()),
}


@pytest.mark.parametrize("kind", OF_MODULES)
def test_a_rule_looks_again_only_at_the_kind_of_facts_that_it_asked_for(
    team: Path, looked: list[str], kind: str
) -> None:
    (team / "a.py").write_text("\n\n\ndef f():\n    return 1\n", encoding="utf-8")
    _age(team / "a.py")
    found(team, keep=True)
    text, codes = OF_MODULES[kind]
    (team / "a.py").write_text(text, encoding="utf-8")
    _age(team / "a.py")
    looked.clear()
    found(team, keep=True)
    own = {code for code in looked if code.startswith("ACM")}
    assert own - {"ACM007", "ACM014", "ACM015"} == codes  # they look each time: at the folder, and behind links


def test_a_rule_does_not_look_again_at_modules_that_it_did_not_ask_for(team: Path, looked: list[str]) -> None:
    found(team, keep=True)
    (team / "b.py").write_text("import os\n", encoding="utf-8")
    _age(team / "b.py")
    looked.clear()
    found(team, keep=True)
    assert "ACM012" in looked  # asks for the imports of all
    assert "ACM003" not in looked  # for those of a.py


def test_a_file_that_git_does_not_track_is_looked_at_again(tmp_path: Path) -> None:
    card = "# Card\n\n<!-- metrics: reports/metrics.json -->\n- auc: 0.7\n<!-- /metrics -->\n"
    repository(tmp_path, {"MODEL_CARD.md": card, ".gitignore": "reports/\n"})
    subprocess.run(["git", "rm", "-rq", "--cached", "--ignore-unmatch", "reports"], cwd=tmp_path, check=True)
    (tmp_path / "reports").mkdir()
    for value in ("0.7", "0.8", "0.7"):
        place = tmp_path / "reports/metrics.json"
        place.write_text(f'{{"auc": {value}}}\n', encoding="utf-8")
        _age(place)
        kept = found(tmp_path, keep=True)
        assert kept == found(tmp_path, keep=False)
        assert ("MLM504" in {one.code for one in kept}) == (value == "0.8")
