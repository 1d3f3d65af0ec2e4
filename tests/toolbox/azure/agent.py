"""What an agent of Azure Pipelines gives to the steps of one job: folders, variables, an environment, a log."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from toolbox.azure.expressions import AzureError
from toolbox.projects import environment

__all__ = ["Agent", "Run", "StepFailed", "expand", "listen", "note", "surroundings"]

_MACRO: Final = re.compile(r"\$\(([\w.]+)\)")
_COMMAND: Final = re.compile(r"##vso\[([\w.]+)(?: ([^\]]*))?\](.*)")


class StepFailed(Exception):  # noqa: N818 - it is an outcome
    """A step went wrong, and why."""


@dataclass
class Run:
    """What the jobs of one run share, and leave behind."""

    repository: Path  # what is checked out
    place: Path  # everything of this run
    caches: Path
    secrets: Mapping[str, str]  # in lower case; they reach a step through its `env` only
    artifacts: dict[str, Path] = field(default_factory=dict)
    summaries: list[str] = field(default_factory=list)
    tests: dict[str, int] = field(default_factory=dict)  # by job: how many were published
    hits: list[str] = field(default_factory=list)  # keys of caches that were found


@dataclass
class Agent:
    """The state of one job. Names of variables are in lower case, as Azure does not tell them apart."""

    run: Run
    job: str
    variables: dict[str, str]
    deadline: float
    status: str = "succeeded"
    paths: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    @property
    def sources(self) -> Path:
        """The folder that steps start in."""
        return Path(self.variables["system.defaultworkingdirectory"])

    @property
    def seconds(self) -> float:
        """How much of the job's time is left."""
        return self.deadline - time.monotonic()


def expand(text: str, agent: Agent) -> str:
    """Replace each $(name); what has no variable stays as it is."""
    known = {**agent.variables, **agent.run.secrets}
    return _MACRO.sub(lambda found: known.get(found[1].lower(), found[0]), text)


def surroundings(agent: Agent, more: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a script: all variables but secret ones, and what its `env` maps."""
    own = {name.upper().replace(".", "_"): text for name, text in agent.variables.items()}
    shell = environment()
    path = ":".join([*agent.paths, shell["PATH"]])
    return shell | own | {"PATH": path} | {name: expand(text, agent) for name, text in more.items()}


def note(agent: Agent, text: str) -> None:
    """Write to the log, secrets masked."""
    for secret in agent.run.secrets.values():
        text = text.replace(secret, "***")
    agent.log.append(text)


def listen(agent: Agent, output: str) -> None:
    """Do what the ##vso commands in a step's output ask for.

    Raises:
        StepFailed: the step declared itself failed, or asked for the impossible.
        AzureError: a command is not known here.
    """
    for command, properties, text in _COMMAND.findall(output):
        given = dict(entry.split("=", 1) for entry in properties.split(";") if entry)
        match command:
            case "task.prependpath":
                agent.paths.insert(0, text)
            case "task.setvariable" if given.keys() == {"variable"}:
                agent.variables[given["variable"].lower()] = text
            case "task.uploadsummary":
                if not Path(text).is_file():
                    raise StepFailed(f"uploadsummary: there is no file {text}")
                agent.run.summaries.append(Path(text).read_text(encoding="utf-8"))
            case "task.logissue" if given.get("type") in {"warning", "error"}:
                note(agent, f"{given['type']}: {text}")
            case "task.complete" if given == {"result": "Failed"}:
                raise StepFailed(text)
            case _:
                raise AzureError(f"the command {f'{command} {properties}'.strip()} is not known here")
