"""What the steps do, on folders of this machine. The tasks in `TASKS` are all that our pipelines may use."""

import hashlib
import os
import shutil
import signal
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from toolbox.azure.agent import Agent, StepFailed, expand, listen, note, surroundings
from toolbox.azure.description import Step
from toolbox.azure.expressions import AzureError

__all__ = ["TASKS", "do"]


def do(agent: Agent, step: Step) -> None:
    """Do one step.

    Raises:
        StepFailed: it went wrong.
        AzureError: it is not known here.
    """
    match step.kind:
        case "checkout":
            _checkout(agent, step)
        case "bash":
            _bash(agent, step)
        case "publish":
            _publish(agent, expand(step.what, agent), step.more["artifact"])
        case "download" if step.what == "none":
            pass
        case "task" if step.what in TASKS:
            TASKS[step.what](agent, {name: expand(text, agent) for name, text in step.more.get("inputs", {}).items()})
        case _:
            raise AzureError(f"{step.kind} {step.what} is not known here")


def _checkout(agent: Agent, step: Step) -> None:
    """Clone as an agent does: the commit of the run, on no branch, with as much history as was asked for."""
    depth = step.more.get("fetchDepth", "0")
    if step.what != "self" or step.more.get("persistCredentials") != "false":
        raise AzureError("only `checkout: self` without credentials is known here")
    shallow = [] if depth == "0" else [f"--depth={depth}"]
    command = ["git", "clone", "--quiet", "--no-checkout", *shallow, agent.run.repository.as_uri(), str(agent.sources)]
    subprocess.run(command, check=True)
    commit = agent.variables["build.sourceversion"]
    subprocess.run(["git", "checkout", "--quiet", "--detach", commit], cwd=agent.sources, check=True)


def _bash(agent: Agent, step: Step) -> None:
    """Run the script. As on an agent, only its last line's exit code counts, unless it says `set -e`."""
    temporary = Path(agent.variables["agent.tempdirectory"])
    script, log = temporary / "step.sh", temporary / "step.log"
    script.write_text(expand(step.what, agent) + "\n", encoding="utf-8")
    with log.open("wb") as file:
        process = subprocess.Popen(
            ["bash", "--noprofile", "--norc", script],
            cwd=agent.sources,
            env=surroundings(agent, step.more.get("env", {})),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        code: int | None = None
        try:
            code = process.wait(timeout=max(agent.seconds, 0))
        except subprocess.TimeoutExpired:
            pass
        finally:
            if code is None:  # also when somebody interrupts the tests
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    output = log.read_text(encoding="utf-8", errors="replace")
    note(agent, output)
    if code is None:
        raise StepFailed("the job has run longer than its time limit")
    listen(agent, output)
    if code:
        raise StepFailed(f"bash exited with code {code}")


def _publish(agent: Agent, path: str, name: str) -> None:
    """Keep a file or folder. One that is not there, or a name that is taken, is an error; an empty folder is not."""
    source, target = agent.sources / path, agent.run.place / "artifacts" / name
    if not source.exists():
        raise StepFailed(f"publish: there is no {path}")
    if name in agent.run.artifacts:
        raise StepFailed(f"publish: artifact {name} already exists")
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    else:
        target.mkdir(parents=True)
        shutil.copy(source, target)
    agent.run.artifacts[name] = target


def _download(agent: Agent, inputs: Mapping[str, str]) -> None:
    name, target = _only(inputs, "artifactName", "targetPath")
    if name not in agent.run.artifacts:
        raise StepFailed(f"download: there is no artifact {name}")
    # Relative paths would be below the workspace, not below the sources.
    place = Path(agent.variables["pipeline.workspace"]) / target
    shutil.copytree(agent.run.artifacts[name], place, symlinks=True, dirs_exist_ok=True)


def _cache(agent: Agent, inputs: Mapping[str, str]) -> None:
    """Give the folder of the key, or of the newest key that starts as `restoreKeys` says, or a new one."""
    key, restore, path = _only(inputs, "key", "restoreKeys", "path")
    name = _key(agent, key)
    kept = agent.run.caches / name
    if not kept.exists():
        older = sorted(agent.run.caches.glob(f"{_key(agent, restore)}|*"), key=os.path.getmtime)
        kept = older[-1] if older else kept
    if kept.exists():
        agent.run.hits.append(kept.name)
    kept.mkdir(parents=True, exist_ok=True)
    # The folder itself instead of a copy there and one back: what the job adds is kept at once.
    Path(path).symlink_to(kept.resolve(), target_is_directory=True)


def _key(agent: Agent, text: str) -> str:
    """Return the name of a key. Its parts are words in quotes or of letters only, and files, which must be there."""
    parts = []
    for part in (part.strip() for part in text.split("|")):
        file = agent.sources / part
        if part.startswith('"') or part.isalpha():
            parts.append(part.strip('"'))
        elif file.is_file():
            parts.append(hashlib.sha256(file.read_bytes()).hexdigest())
        else:
            raise StepFailed(f"cache: there is no file {part}")
    return "|".join(parts)


def _tests(agent: Agent, inputs: Mapping[str, str]) -> None:
    """Count the test cases. Azure only warns where there is no file."""
    kind, files = _only(inputs, "testResultsFormat", "testResultsFiles")
    if kind != "JUnit":
        raise AzureError(f"results of {kind} are not known here")
    path = agent.sources / files
    if not path.is_file():
        note(agent, f"warning: no test results: {files}")
        return
    agent.run.tests[agent.job] = sum(1 for _ in ET.parse(path).iter("testcase"))  # noqa: S314 - pytest wrote it


def _only(inputs: Mapping[str, str], *names: str) -> list[str]:
    """Return the inputs of these names, which must be all there are."""
    if set(inputs) != set(names):
        raise AzureError(f"inputs {', '.join(sorted(inputs))}: exactly {', '.join(names)} are known here")
    return [inputs[name] for name in names]


TASKS: Final[dict[str, Callable[[Agent, Mapping[str, str]], None]]] = {
    "Cache@2": _cache,
    "DownloadPipelineArtifact@2": _download,
    "PublishTestResults@2": _tests,
}
