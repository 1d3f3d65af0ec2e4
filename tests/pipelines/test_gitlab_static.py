"""GitLab's file without running it: schema, shell, selection as another program sees it, and Renovate's settings."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest

from toolbox.gitlab import chosen, prepare
from toolbox.projects import clone, rendered
from toolbox.triggers import PROBES, PROVIDERS, Event, selected
from toolbox.triggers.gitlab import jobs

pytestmark = pytest.mark.pipelines

CHOICES = [choice for size in range(4) for choice in combinations(PROVIDERS, size)]
FILE = ".gitlab-ci.yml"
LONG = {"project_name": "It's: a #name", "package_name": "a" * 40, "mlscaffold_requirement": "mlscaffold-cli >=0.3"}


def schema(project: Path) -> str:
    return _tool(project, "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", FILE)


def shell(project: Path) -> str:
    return _tool(project, "gitlab-ci-verify", "--no-lint-api", "--format", "text")


def limits(project: Path) -> str:
    """Every job has a time limit, and what it keeps is not kept for ever."""
    found = []
    for name, job in jobs(project).items():
        if not re.fullmatch(r"[1-9]\d* minutes", job.get("timeout", "")):
            found.append(f"{name}: no timeout in minutes")
        if "artifacts" in job and "expire_in" not in job["artifacts"]:
            found.append(f"{name}: no expire_in")
    return "\n".join(found)


def selection(project: Path) -> str:
    """Another program reads the file, and finds that jobs need only jobs that are there."""
    try:
        chosen(project, PROBES["tag v1.2.0, IMAGE set"])
    except RuntimeError as error:
        return str(error)
    return ""


def renovate(project: Path) -> str:
    return _tool(project, "check-jsonschema", "--builtin-schema", "vendor.renovate", "renovate.json")


CHECKS = {check.__name__: check for check in (schema, shell, limits, selection, renovate)}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project whose forge is GitLab, with the remote of a clone."""
    return prepare(clone(rendered(("gitlab",)), tmp_path_factory.mktemp("gitlab") / "flights", sync=False))


@pytest.mark.parametrize("ci", CHOICES, ids=lambda ci: "+".join(ci) or "none")
def test_the_files_are_there_where_they_are_read_and_only_there(ci: tuple[str, ...]) -> None:
    found = rendered(ci)
    assert (found / FILE).exists() is ("gitlab" in ci)
    # GitHub's own Dependabot does there what Renovate does for the others.
    assert (found / "renovate.json").exists() is bool(ci and "github" not in ci)


@pytest.mark.parametrize("check", CHECKS)
def test_nothing_is_found(check: str, project: Path) -> None:
    assert CHECKS[check](project) == ""


@pytest.mark.parametrize("check", ["schema", "shell", "limits"])
def test_nothing_is_found_with_awkward_answers(check: str) -> None:
    assert CHECKS[check](rendered(("gitlab",), **LONG)) == ""


@pytest.mark.parametrize("event", PROBES)
def test_gitlab_ci_local_selects_the_same_jobs(event: str, project: Path) -> None:
    probe = PROBES[event]
    assert set(chosen(project, probe)) == {job for _, job in selected("gitlab", project, probe)}


def test_a_push_to_a_branch_with_a_merge_request_starts_one_pipeline(project: Path) -> None:
    push = Event("push", "feature/x", merging=True)
    assert not selected("gitlab", project, push)
    assert not chosen(project, push)


def test_a_merge_request_onto_another_branch_gets_what_its_push_was_denied(project: Path) -> None:
    request = Event("pull request", "feature/y")
    assert selected("gitlab", project, request) == {("branch", "branch")}
    assert chosen(project, request) == {"branch": "on_success"}


def test_the_comment_comes_after_a_red_run_and_prod_waits_for_a_person(project: Path) -> None:
    assert chosen(project, PROBES["pull request"]) == {"pull-request": "on_success", "comment": "always"}
    assert chosen(project, PROBES["tag v1.2.0, IMAGE set"])["deploy-prod"] == "manual"


def test_renovate_finds_the_uv_of_the_pipelines() -> None:
    project = rendered()
    manager = json.loads((rendered(("gitlab", "azure")) / "renovate.json").read_text(encoding="utf-8"))[
        "customManagers"
    ][0]
    pattern = manager["matchStrings"][0].replace("(?<", "(?P<")
    files = [project / FILE, project / "azure-pipelines/templates/variables.yml"]
    names = [str(file.relative_to(project)) for file in files]
    assert all(any(re.search(form.strip("/"), name) for form in manager["managerFilePatterns"]) for name in names)
    found = [re.findall(pattern, file.read_text(encoding="utf-8")) for file in files]
    assert [len(versions) for versions in found] == [1, 1]
    assert found[0] == found[1]


def swap(old: str, new: str) -> Callable[[str], str]:
    """Return an edit that must change something."""

    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return edit


RUN = "- uv run nox -s branch\n"
FAULTS: list[tuple[str, str, Callable[[str], str], str]] = [
    ("schema", FILE, swap("interruptible: true", "interruptable: true"), "interruptable"),
    ("schema", FILE, swap("when: manual", "when: sometimes"), "sometimes"),
    ("shell", FILE, swap(RUN, "- cd $HOME && ls\n"), "SC2086"),
    ("limits", FILE, swap("  timeout: 20 minutes\n", ""), "branch: no timeout"),
    ("limits", FILE, swap("timeout: 20 minutes", "timeout: 1.5 hours"), "branch: no timeout"),
    ("limits", FILE, swap("    expire_in: 30 days\n", ""), "nightly: no expire_in"),
    ("selection", FILE, swap("needs: [release]", "needs: [relaese]"), "relaese"),
    ("renovate", "renovate.json", swap('"enabled": false', '"enabled": "never"'), "enabled"),
]


@pytest.mark.parametrize(
    ("check", "file", "edit", "says"), FAULTS, ids=lambda part: part if isinstance(part, str) else ""
)
def test_a_planted_fault_is_found(
    check: str, file: str, edit: Callable[[str], str], says: str, project: Path, tmp_path: Path
) -> None:
    faulty = prepare(clone(project, tmp_path / "faulty", sync=False))
    (faulty / file).write_text(edit((faulty / file).read_text(encoding="utf-8")), encoding="utf-8")
    assert says in CHECKS[check](faulty)


def test_every_check_has_a_planted_fault() -> None:
    assert {check for check, *_ in FAULTS} == set(CHECKS)


def _tool(project: Path, *command: str) -> str:
    """Return what a tool said if it found something; fails the test where the tool is missing."""
    if shutil.which(command[0]) is None:
        pytest.fail(f"{command[0]} is missing: `pip install -r requirements/operations.txt`", pytrace=False)
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    return f"{done.stdout}{done.stderr}".strip() if done.returncode else ""
