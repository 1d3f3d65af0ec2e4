"""GitHub's workflows without running them: other people's linters and our own rules, each seen to find a fault."""

import shutil
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest

from toolbox.projects import rendered
from toolbox.workflows import CHECKS, actions

pytestmark = pytest.mark.pipelines
FORGES = ("github", "gitlab", "azure")
CHOICES = [choice for size in range(4) for choice in combinations(FORGES, size)]
PIPELINES = {"branch", "pull-request", "nightly", "release", "convert", "update-template"}


@pytest.mark.parametrize("ci", CHOICES, ids=lambda ci: "+".join(ci) or "none")
def test_workflows_are_there_where_github_was_chosen_and_only_there(ci: tuple[str, ...]) -> None:
    project = rendered(ci)
    found = {file.stem for file in (project / ".github/workflows").glob("*.yml")}
    assert found == (PIPELINES if "github" in ci else set())
    assert (project / ".github").exists() is ("github" in ci)


# What is rendered into the files is the name of the package.
@pytest.mark.parametrize(
    "answers",
    [{}, {"project_name": "It's: a #name", "package_name": "a" * 40}],
    ids=["flights", "long name"],
)
@pytest.mark.parametrize("check", CHECKS)
def test_nothing_is_found(check: str, answers: dict[str, str]) -> None:
    assert CHECKS[check](rendered(("github",), **answers)) == ""


def test_the_files_are_the_same_whatever_other_forge_was_chosen() -> None:
    def files(ci: tuple[str, ...]) -> dict[str, bytes]:
        folder = rendered(ci) / ".github"
        return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    assert files(("github",)) == files(FORGES)


def test_every_listed_action_is_named_once_and_by_a_full_commit() -> None:
    assert all(len(action.commit) == 40 and int(action.commit, 16) for action in actions())
    assert len({action.name for action in actions()}) == len(actions())


CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
UPLOAD = "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0"


def swap(old: str, new: str) -> Callable[[str], str]:
    """Return an edit that must change something."""

    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return edit


RUN = "run: uv run nox -s branch\n"
FAULTS: list[tuple[str, str, Callable[[str], str], str]] = [
    ("actionlint", "branch.yml", swap("runs-on: ubuntu-24.04", "runs-on: ubuntu-1.0"), 'label "ubuntu-1.0" is unknown'),
    ("actionlint", "pull-request.yml", swap("needs: pull-request", "needs: pull"), 'needs job "pull"'),
    ("actionlint", "nightly.yml", swap("github.ref_name", "github.ref_nam"), '"ref_nam" is not defined'),
    ("zizmor", "branch.yml", swap(CHECKOUT, "actions/checkout@v7"), "unpinned-uses"),
    ("zizmor", "branch.yml", swap(RUN, 'run: echo "${{ github.head_ref }}"\n'), "template-injection"),
    ("zizmor", "branch.yml", swap("permissions: {}", "permissions: write-all"), "excessive-permissions"),
    ("zizmor", "release.yml", swap("enable-cache: false", "enable-cache: true"), "cache-poisoning"),
    ("zizmor", "pull-request.yml", swap("  pull_request:\n", "  pull_request_target:\n"), "dangerous-triggers"),
    ("schemas", "branch.yml", swap("    timeout-minutes: 20\n", ""), "timeout-minutes"),
    ("schemas", "branch.yml", swap("runs-on:", "run-on:"), "runs-on"),
    ("schemas", "../dependabot.yml", swap("interval: weekly", "interval: sometimes"), "'sometimes' is not one of"),
    ("act", "branch.yml", swap("timeout-minutes:", "timeout-hours:"), "timeout-hours"),
    ("shellcheck", "branch.yml", swap(RUN, "run: cd $HOME\n"), "SC2086"),
    ("shellcheck", "branch.yml", swap(RUN, 'run: echo "${{ github.sha }}"\n'), "an expression inside `run`"),
    ("pins", "branch.yml", swap(CHECKOUT, "actions/setup-node@" + "0" * 40 + " # v9"), "actions/setup-node@0000000"),
    ("pins", "branch.yml", swap(CHECKOUT, CHECKOUT.replace("v7.0.1", "v8.0.0")), "v8.0.0 is not in actions.txt"),
    ("pins", "branch.yml", swap(CHECKOUT, CHECKOUT.partition(" ")[0]), "is not in actions.txt"),
    ("pins", "branch.yml", swap(f"uses: {CHECKOUT}", f'"uses": {CHECKOUT}'), "say so in the usual way"),
    ("inputs", "branch.yml", swap("retention-days: 7", "keep-days: 7"), "does not know keep-days"),
    ("permissions", "branch.yml", swap("permissions: {}", "permissions: read-all"), '"read-all" to every job'),
    ("permissions", "branch.yml", swap("contents: read", "contents: write"), "branch.yml, job branch"),
    ("permissions", "pull-request.yml", swap("pull-requests: write", "issues: write"), "job comment"),
    ("hygiene", "branch.yml", swap("persist-credentials: false", "fetch-tags: true"), "the token stays"),
    ("hygiene", "pull-request.yml", swap("github.token", "secrets.FORGE_TOKEN"), "a pull request sees a secret"),
    ("hygiene", "nightly.yml", swap("cancel-in-progress: false", "cancel-in-progress: true"), "has to be false"),
    ("hygiene", "pull-request.yml", swap("cancel-in-progress: true", "cancel-in-progress: false"), "has to be true"),
    ("hygiene", "pull-request.yml", swap("  pull_request:\n", "  pull_request_target:\n"), "code of a fork"),
]


@pytest.mark.parametrize(
    ("check", "file", "edit", "says"), FAULTS, ids=lambda part: part if isinstance(part, str) else ""
)
def test_a_planted_fault_is_found(tmp_path: Path, check: str, file: str, edit: Callable[[str], str], says: str) -> None:
    project = tmp_path / "project"
    shutil.copytree(rendered(("github",)) / ".github", project / ".github")
    place = project / ".github/workflows" / file
    place.write_text(edit(place.read_text(encoding="utf-8")), encoding="utf-8")
    assert says in CHECKS[check](project)


def test_an_action_that_nobody_uses_may_not_stay_in_the_list(tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(rendered(("github",)) / ".github", project / ".github")
    for file in (project / ".github/workflows").iterdir():
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(f"uses: {UPLOAD}", "run: echo"), encoding="utf-8")
    assert "actions/upload-artifact v7.0.0 is in actions.txt and not used" in CHECKS["pins"](project)


def test_every_check_has_a_planted_fault() -> None:
    assert {check for check, *_ in FAULTS} == set(CHECKS)
