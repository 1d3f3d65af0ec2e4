"""Azure's files without running them: their schema, their scripts, and the rules that keep them safe and alike."""

import json
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from toolbox.azure import FOLDER, TASKS, AzureError, Job, Pipeline, load, names, plan, read
from toolbox.projects import rendered
from toolbox.triggers import PROBES, selected

pytestmark = pytest.mark.pipelines

PIPELINES = ["branch", "convert", "nightly", "pull-request", "release", "update-template"]
MACRO = re.compile(r"\$\([A-Za-z_][\w.]*\)")
# The only jobs whose command may have a token of the forge.
WITH_TOKEN = {"comment", "nightly", "deploy-dev", "deploy-test", "deploy-prod", "update-template"}
UNCACHED = {"convert", "release", "deploy-dev", "deploy-test", "deploy-prod"}


def tool(name: str) -> str:
    """Return the path of a tool that pip installs beside this Python; fail with one line where it is missing."""
    found = shutil.which(name, path=Path(sys.executable).parent) or shutil.which(name)
    if not found:
        pytest.fail(f"{name} is missing: `pip install -r requirements/operations.txt`", pytrace=False)
    return found


def faults_of_schema(project: Path, scratch: Path) -> list[str]:
    """Check every file against the schema, which wants scalars as text and each file to do something."""
    copies = []
    for path in sorted((project / FOLDER).rglob("*.yml")):
        text = read(path)
        if path.parent.name == "templates":
            text.setdefault("steps", [])
        copies.append(scratch / path.with_suffix(".json").name)
        copies[-1].write_text(json.dumps(text), encoding="utf-8")
    options = ["--builtin-schema", "vendor.azure-pipelines", "--data-transform", "azure-pipelines", "-o", "json"]
    command = [tool("check-jsonschema"), *options, "--regex-variant", "nonunicode", "-v", *copies]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if not done.returncode:
        return []
    said = json.loads(done.stdout)
    errors = [*said["errors"], *said.get("parse_errors", [])]
    return [f"schema: {Path(error['filename']).stem}: {error.get('best_deep_match', error)}" for error in errors]


@cache
def faults_of_script(script: str) -> list[str]:
    """Check one script: shellcheck, no variable put into its text, and an end at the first error."""
    found = []
    if macro := MACRO.search(script):
        found.append(f"{macro[0]} becomes part of the script: map it through env")
    if len(script.splitlines()) > 1 and not script.startswith("set -eu\n"):
        found.append("a script of several lines begins with set -eu")
    command = [tool("shellcheck"), "--shell=bash", "--format=gcc", "-"]
    done = subprocess.run(command, input=script, check=False, capture_output=True, text=True)
    return [*found, *done.stdout.splitlines()]


def faults_of_job(job: Job) -> list[str]:
    """Check what keeps a job's time, token, cache and history in order."""
    tasks = {step.what for step in job.steps if step.kind == "task"}
    tokens = [step.name for step in job.steps if "AccessToken" in str(step)]
    first = next(step for step in job.steps if step.kind != "download")
    history = {"fetchDepth": "0", "persistCredentials": "false"}
    rules = {
        "no time limit": job.minutes > 0,
        f"{', '.join(tasks - set(TASKS))} is not among the tasks": tasks <= set(TASKS),
        f"the token goes to {tokens}": len(tokens) == (job.name in WITH_TOKEN),
        "cached or not": ("Cache@2" in tasks) != (job.name in UNCACHED),
        f"starts with {first.kind} {dict(first.more)}": first.kind == "checkout" and first.more == history,
        f"is called {job.id}": job.id == job.name.replace("-", "_"),
    }
    return [f"{job.name}: {fault}" for fault, held in rules.items() if not held]


def faults_of_rules(pipeline: Pipeline) -> list[str]:
    """Check every job, that no approval holds up more than its own, and what pull requests start."""
    found = [fault for stage in pipeline.stages for job in stage.jobs for fault in faults_of_job(job)]
    shared = [
        stage.id for stage in pipeline.stages if len(stage.jobs) > 1 and any(job.environment for job in stage.jobs)
    ]
    found += [f"{name}: approvals hold up a whole stage: one job each" for name in shared]
    if (pipeline.starts["pr"] != "none") != (pipeline.name == "pull-request"):
        found.append("only pull-request is for pull requests")
    return found


def faults(project: Path) -> list[str]:
    """Check all but the schema, which takes its time."""
    found = []
    for name in names(project):
        try:
            pipeline = load(project, name)
        except AzureError as error:
            found.append(str(error))
            continue
        steps = [step for stage in pipeline.stages for job in stage.jobs for step in job.steps]
        scripts = sorted({step.what for step in steps if step.kind == "bash"})
        said = [*faults_of_rules(pipeline), *(fault for script in scripts for fault in faults_of_script(script))]
        found += [f"{name}: {fault}" for fault in said]
    return found


@pytest.mark.parametrize("ci", [("azure",), ("github", "azure"), ("github", "gitlab", "azure")])
def test_every_file_is_without_fault(ci: tuple[str, ...], tmp_path: Path) -> None:
    assert names(rendered(ci)) == PIPELINES
    assert faults(rendered(ci)) == []
    assert faults_of_schema(rendered(ci), tmp_path) == []


@pytest.mark.parametrize("ci", [(), ("github",), ("gitlab",)])
def test_without_azure_there_is_nothing_of_it(ci: tuple[str, ...]) -> None:
    assert not (rendered(ci) / FOLDER).exists()


def test_every_task_of_the_list_is_used() -> None:
    pipelines = [load(rendered(), name) for name in PIPELINES]
    jobs = [job for pipeline in pipelines for stage in pipeline.stages for job in stage.jobs]
    assert {step.what for job in jobs for step in job.steps if step.kind == "task"} == set(TASKS)


def test_only_pull_requests_are_cancelled() -> None:
    said = {name: load(rendered(), name).starts["pr"] for name in PIPELINES}
    assert {name: pr.get("autoCancel") for name, pr in said.items() if pr != "none"} == {"pull-request": "true"}


@pytest.mark.parametrize("event", PROBES)
def test_the_interpreter_and_the_reader_of_triggers_agree(event: str) -> None:
    started = selected("azure", rendered(), PROBES[event])
    variables = {"IMAGE": "host/team/name"} if PROBES[event].image else {}
    for name in {pipeline for pipeline, _ in started}:
        jobs = plan(load(rendered(), name), PROBES[event], variables)
        assert {job for job, result in jobs.items() if result != "skipped"} == {
            job for at, job in started if at == name
        }


@pytest.mark.parametrize(
    ("file", "there", "planted", "said"),
    [
        ("branch.yml", "timeoutInMinutes: 20", "timeoutInMinute: 20", "timeoutInMinute is not known here"),
        ("branch.yml", "    timeoutInMinutes: 20\n", "", "branch: no time limit"),
        ("branch.yml", "testResultsFiles", "testResultFiles", "schema: branch"),
        ("release.yml", "environment: dev", "enviroment: dev", "schema: release"),
        ("branch.yml", "PublishTestResults@2", "CmdLine@2", "CmdLine@2 is not among the tasks"),
        ("branch.yml", "pr: none", "pr: {branches: {include: [main]}}", "only pull-request is for pull requests"),
        ("branch.yml", "jobs:\n", "extends: {template: other.yml@elsewhere}\njobs:\n", "extends is not known here"),
        ("branch.yml", "nox -s branch", "nox -s $(Build.SourceBranchName)", "map it through env"),
        ("branch.yml", "nox -s branch", "nox -s $SESSION", "[SC2086]"),
        ("branch.yml", "- job: branch", "- job: the-branch", "'the-branch' cannot name a job"),
        (
            "pull-request.yml",
            "nox -s pull_request\n",
            "nox -s pull_request\n        env: {T: $(System.AccessToken)}\n",
            "token",
        ),
        ("release.yml", "cache: false", "cache: true", "release: cached or not"),
        (
            "release.yml",
            "dependsOn: deploy_dev",
            "dependsOn: deploy_def",
            "names deploy_def, which does not stand above",
        ),
        ("release.yml", "(variables['IMAGE'], '')", "(variables['IMAGE'])", None),
        ("templates/setup.yml", "fetchDepth: 0", "fetchDepth: 1", "starts with checkout"),
        ("templates/setup.yml", "persistCredentials: false", "persistCredentials: true", "starts with checkout"),
        ("templates/setup.yml", "set -eu\n", "set -u\n", "begins with set -eu"),
        ("templates/setup.yml", "parameters.cache }}", "variables.cache.x }}", "unexpected"),
    ],
)
def test_a_planted_fault_is_found(file: str, there: str, planted: str, said: str | None, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(rendered() / FOLDER, project / FOLDER)
    path = project / FOLDER / file
    text = path.read_text(encoding="utf-8")
    assert there in text
    path.write_text(text.replace(there, planted, 1), encoding="utf-8")
    if said is None:  # conditions are read when they are met
        with pytest.raises(AzureError, match="cannot have 1 arguments"):
            plan(load(project, path.stem), PROBES["tag v1.2.0"], {})
    else:
        found = faults_of_schema(project, tmp_path) if said.startswith("schema") else faults(project)
        assert any(said in fault for fault in found), found


def test_approvals_of_one_environment_do_not_hold_up_another(tmp_path: Path) -> None:
    shutil.copytree(rendered() / FOLDER, tmp_path / FOLDER)
    path = tmp_path / FOLDER / "release.yml"
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if "- stage: deploy_test" in line)
    end = next(number for number, line in enumerate(lines[start:], start) if "- deployment:" in line)
    text = "\n".join(lines[:start] + lines[end:]).replace("dependsOn: deploy_test", "dependsOn: deploy_dev")
    path.write_text(text, encoding="utf-8")
    assert "release: deploy_dev: approvals hold up a whole stage: one job each" in faults(tmp_path)
