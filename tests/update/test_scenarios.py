"""Every scenario of the corpus under `mlscaffold update`, calm and under a hostile configuration; the judge itself."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from scenarios import ALL
from scenarios.acts import append, replace, run_git, write
from scenarios.hostile import hostile_environment
from scenarios.lab import Case, Outcome, build, fresh_copy
from scenarios.mlscaffold_tool import Mlscaffold, call, theirs_of
from scenarios.model import Expect, Probe, Scenario, story
from scenarios.parsing import fault
from scenarios.snapshot import Snapshot, differences, snapshot
from scenarios.verdict import GOOD, VERDICTS, Verdict, judge

TOOL = Mlscaffold()


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Scenario], Case]:
    """Set a scenario up once for all tests that need it."""

    @cache
    def case(number: int) -> Case:
        place = tmp_path_factory.mktemp("case")
        scenario = ALL[number]
        return build(scenario, TOOL, place, theirs_of(scenario, place))

    return lambda scenario: case(ALL.index(scenario))


class Run(NamedTuple):
    """One update: what it said, and what was there before and after."""

    case: Case
    before: Snapshot
    after: Snapshot
    outcome: Outcome

    @property
    def verdict(self) -> Verdict:
        return judge(self.case, self.before, self.after, self.outcome, TOOL.state)


def update(case: Case, tool: Callable[[Case], Outcome] = TOOL.update) -> Run:
    before = snapshot(case.sandbox, case.project)
    outcome = tool(case)
    return Run(case, before, snapshot(case.sandbox, case.project), outcome)


class WithoutLock(Mlscaffold):
    """The same, but its projects are as Copier leaves them: an answers file and no lock."""

    def new(self, source: Path, target: Path, scenario: Scenario) -> None:
        super().new(source, target, scenario)
        lock = target / ".mlscaffold/lock"
        if lock.exists():
            lock.unlink()
            if (target / ".git").exists():
                run_git(target, "add", "--all")
                run_git(target, "commit", "--quiet", "--amend", "--no-edit")


# Without a lock the old version is rendered with the answers that are recorded now, so one that was edited by hand is
# taken for the old one, and nothing says that it was another.
LOCKLESS = [scenario for scenario in ALL if scenario.versioned and scenario.name != "answer-edited-by-hand"]


def options(scenario: Scenario) -> list[str]:
    return [part for name, value in scenario.settings.items() for part in ("--set", f"{name}={value}")]


each = pytest.mark.parametrize("scenario", ALL, ids=[f"{scenario.category}/{scenario.name}" for scenario in ALL])


@each
def test_nothing_is_lost(scenario: Scenario, workshop: Callable[[Scenario], Case], tmp_path: Path) -> None:
    run = update(fresh_copy(workshop(scenario), tmp_path / "run"))
    assert run.verdict.name in GOOD, run.verdict


@pytest.mark.parametrize("scenario", LOCKLESS, ids=[f"{case.category}/{case.name}" for case in LOCKLESS])
def test_nothing_is_lost_in_a_project_without_a_lock(scenario: Scenario, tmp_path: Path) -> None:
    tool, place = WithoutLock(), tmp_path / "case"
    place.mkdir()
    run = update(fresh_copy(build(scenario, tool, place, theirs_of(scenario, place)), tmp_path / "run"), tool.update)
    assert run.verdict.name in GOOD, run.verdict


@each
def test_nothing_is_lost_under_a_hostile_configuration(
    scenario: Scenario, workshop: Callable[[Scenario], Case], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = fresh_copy(workshop(scenario), tmp_path / "run")
    for name, value in hostile_environment(tmp_path / "hostile").items():
        monkeypatch.setenv(name, value)
    run = update(case)
    assert run.verdict.name in GOOD, run.verdict


@each
def test_a_preview_touches_nothing_and_agrees_and_abort_restores(
    scenario: Scenario, workshop: Callable[[Scenario], Case], tmp_path: Path
) -> None:
    case = fresh_copy(workshop(scenario), tmp_path / "run")
    command = ("-C", str(case.project), "update", "--defaults", "--json", *options(scenario))
    before, objects = snapshot(case.sandbox, case.project), store(case)
    preview = call(*command, "--preview")
    assert differences(before, snapshot(case.sandbox, case.project)) == []
    assert store(case) == objects
    real = call(*command)
    if real.code == 2:  # a preview may show what an update would refuse to write
        assert differences(before, snapshot(case.sandbox, case.project)) == []
        return
    planned, done = json.loads(preview.out), json.loads(real.out)
    assert not planned["applied"]
    for key in ("from", "to", "files", "conflicts", "kept", "resolved"):
        assert planned[key] == done[key], key
    if real.code == 1:
        assert call("-C", str(case.project), "update", "--continue").code
        assert call("-C", str(case.project), "update", "--abort").code == 0
        assert differences(before, snapshot(case.sandbox, case.project)) == []


def store(case: Case) -> set[str]:
    """Return the names of all objects and references in the project's repository."""
    listed = run_git(case.project, "count-objects", "-v").decode()
    return {listed, run_git(case.project, "for-each-ref").decode()}


@each
def test_a_second_update_changes_nothing(
    scenario: Scenario, workshop: Callable[[Scenario], Case], tmp_path: Path
) -> None:
    case = fresh_copy(workshop(scenario), tmp_path / "run")
    if update(case).outcome.code:
        return
    run_git(case.project, "add", "--all", ".")
    run_git(case.project, "commit", "--quiet", "--allow-empty", "--message", "updated")
    again = update(case._replace(scenario=scenario._replace(settings={})))
    assert again.outcome.code == 0, again.outcome.said
    assert differences(again.before, again.after) == []


# The judge itself: for each bad verdict a tool that earns it.

_V1 = {
    "README.md": story("readme"),
    "old.md": story("guide"),
    "dropped.md": story("dropped"),
    "conf.toml": "[a]\nx = 1\n",
    ".gitignore": ".env\n",
}
_V2 = {
    "README.md": story("readme", {18: "The template says so."}),
    "new.md": story("guide"),
    "dropped.md": story("dropped", {8: "The template says so, too."}),
    "conf.toml": "[a]\nx = 1\n\n[b]\ny = 2\n",
    ".env": "MODE=dev\n",
    ".gitignore": ".env\n",
}


def _drop(folder: Path) -> None:
    (folder / "dropped.md").unlink()


SAMPLE = Scenario(
    name="sample",
    category="judge",
    v1=_V1,
    v2=_V2,
    team=(
        append("README.md", "The team says so.\n"),
        append("old.md", "The team says that.\n"),
        replace("conf.toml", "[a]", "# of the team\n[a]"),
        _drop,
    ),
    loose=(write(".env", "PASSWORD=secret\n"), write("scratch.txt", "scratch\n")),
    expect=Expect(
        moved=("old.md",),
        gone=("dropped.md",),
        holds=(Probe("The team says that.", "new.md"),),
        told=("dropped.md",),
    ),
)


def _well(project: Path) -> None:
    """What a good tool makes of the sample."""
    readme = (project / "README.md").read_text()
    (project / "README.md").write_text(readme.replace(story("readme"), _V2["README.md"]))
    (project / "old.md").rename(project / "new.md")
    (project / "conf.toml").write_text("# of the team\n" + _V2["conf.toml"])


_SAID = Outcome(0, told=frozenset({"dropped.md", ".env"}), version="v2")


def _good(case: Case) -> Outcome:
    _well(case.project)
    return _SAID


def _overwrites(case: Case) -> Outcome:
    """Write the new version over everything, the untracked file in the way included."""
    _well(case.project)
    (case.project / ".env").write_text("MODE=dev\n")
    return _SAID


def _touches_what_lies_beside(case: Case) -> Outcome:
    _well(case.project)
    (case.sandbox / "beside.txt").write_text("a trace\n")
    return _SAID


def _deletes_what_the_template_renamed(case: Case) -> Outcome:
    _well(case.project)
    (case.project / "new.md").write_text(_V2["new.md"])
    return _SAID


def _overwrites_an_edit(case: Case) -> Outcome:
    _well(case.project)
    (case.project / "README.md").write_text(_V2["README.md"])
    return _SAID


def _drops_the_patch(case: Case) -> Outcome:
    _well(case.project)
    (case.project / "conf.toml").write_text("# of the team\n" + _V1["conf.toml"])
    return _SAID


def _does_nothing(_case: Case) -> Outcome:
    return _SAID


def _says_nothing(case: Case) -> Outcome:
    _well(case.project)
    return _SAID._replace(told=frozenset({".env"}))


def _brings_back(case: Case) -> Outcome:
    _well(case.project)
    (case.project / "dropped.md").write_text(_V2["dropped.md"])
    return _SAID


def _copies(case: Case) -> Outcome:
    _well(case.project)
    shutil.copyfile(case.project / "new.md", case.project / "old.md")
    return _SAID


def _breaks(case: Case) -> Outcome:
    _well(case.project)
    append("conf.toml", "[a]\n")(case.project)
    return _SAID


def _leaves_markers(case: Case) -> Outcome:
    _well(case.project)
    append("README.md", "<<<<<<< yours\na\n=======\nb\n>>>>>>> template\n")(case.project)
    return _SAID


def _mixes_line_ends(case: Case) -> Outcome:
    _well(case.project)
    append("README.md", "one more\r\n")(case.project)
    return _SAID


def _conflicts(case: Case) -> Outcome:
    _well(case.project)
    return _SAID._replace(code=1, conflicts=frozenset({"README.md"}))


def _conflicts_nowhere(case: Case) -> Outcome:
    _well(case.project)
    return _SAID._replace(code=1)


def _stops_half_way(case: Case) -> Outcome:
    (case.project / "conf.toml").write_text(_V2["conf.toml"])
    return Outcome(2)


def _crashes_half_way(case: Case) -> Outcome:
    return _stops_half_way(case)._replace(code=-1)


def _records_nothing(case: Case) -> Outcome:
    _well(case.project)
    return _SAID._replace(version="v1")


def _refuses(_case: Case) -> Outcome:
    return Outcome(2)


def _crashes(_case: Case) -> Outcome:
    return Outcome(-1, said="Traceback")


BAD = {
    _good: "right",
    _overwrites: "destroyed",
    _touches_what_lies_beside: "destroyed",
    _deletes_what_the_template_renamed: "lost-edit",
    _overwrites_an_edit: "lost-edit",
    _drops_the_patch: "lost-template-change",
    _does_nothing: "lost-template-change",
    _says_nothing: "lost-template-change",
    _brings_back: "resurrected",
    _copies: "duplicate",
    _breaks: "corrupt",
    _leaves_markers: "corrupt",
    _mixes_line_ends: "corrupt",
    _conflicts: "needless-conflict",
    _conflicts_nowhere: "corrupt",
    _stops_half_way: "half-done",
    _crashes_half_way: "half-done",
    _records_nothing: "half-done",
    _refuses: "refused",
    _crashes: "crash",
}


@contextmanager
def sample(place: Path, expect: Expect = SAMPLE.expect) -> Iterator[Case]:
    scenario = SAMPLE._replace(expect=expect)
    yield build(scenario, TOOL, place, theirs_of(scenario, place))


@pytest.mark.parametrize(("tool", "verdict"), BAD.items(), ids=[tool.__name__.strip("_") for tool in BAD])
def test_the_judge_knows_a_bad_tool(tool: Callable[[Case], Outcome], verdict: str, tmp_path: Path) -> None:
    with sample(tmp_path) as case:
        run = update(case, tool)
    assert run.verdict.name == verdict, run.verdict


def test_every_bad_verdict_is_given_by_a_planted_tool() -> None:
    assert set(VERDICTS) - set(BAD.values()) == {"right-with-conflict"}


def test_an_honest_conflict_is_right_where_one_may_be(tmp_path: Path) -> None:
    with sample(tmp_path, SAMPLE.expect._replace(conflict="may")) as case:
        run = update(case, _conflicts)
    assert run.verdict.name == "right-with-conflict"


def test_both_versions_of_a_line_without_a_word_are_no_merge(tmp_path: Path) -> None:
    with sample(tmp_path, SAMPLE.expect._replace(conflict="must")) as case:
        run = update(case, _good)
    assert run.verdict.name == "corrupt"


def test_going_on_where_a_refusal_is_due_is_half_done(tmp_path: Path) -> None:
    with sample(tmp_path, SAMPLE.expect._replace(refusal="must")) as case:
        run = update(case, _good)
    assert run.verdict.name == "half-done"


def test_a_staged_change_that_is_unstaged_is_seen(tmp_path: Path) -> None:
    with sample(tmp_path) as case:
        run_git(case.project, "add", "scratch.txt")

        def unstages(case: Case) -> Outcome:
            run_git(case.project, "rm", "--quiet", "--cached", "scratch.txt")
            return _good(case)

        run = update(case, unstages)
    assert run.verdict.name == "destroyed"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.toml", "[a]\n[a]\n"),
        ("a.yml", "a: 1\na: 2\n"),
        ("a.yaml", "a:\n  - b: 1\n    b: 2\n"),
        ("a.json", '{"a": 1, "a": 2}'),
        ("a.ipynb", "{,}"),
        ("a.py", "def f(:\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_known(path: str, text: str) -> None:
    assert fault(path, text.encode())


@pytest.mark.parametrize(
    ("path", "text"),
    [("a.yml", "a: !x [1]\n---\na: 1\n"), ("a.md", "[a]\n[a]\n"), ("a.toml", ""), ("a.py", "a = 1\n")],
)
def test_a_file_that_can_be_read_is_known(path: str, text: str) -> None:
    assert not fault(path, text.encode())


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(ALL) >= 75
    assert len({scenario.name for scenario in ALL}) == len(ALL)
