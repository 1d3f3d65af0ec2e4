"""mlscaffold itself as a tool of the laboratory, run in this process."""

__all__ = ["Mlscaffold", "call", "outcome_of", "theirs_of"]

import contextlib
import io
import json
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mlscaffold.cli import main
from scenarios.lab import Case, Outcome, write_files
from scenarios.model import Scenario
from scenarios.snapshot import Trees, read_files

_STATE = frozenset({".copier-answers.yml", ".mlscaffold/lock"})
_EXPLAINED = frozenset({"keep", "conflict", "delete", "rename"})  # actions that speak for themselves
_ANSWERS = "{{ _copier_conf.answers_file }}.jinja"


class Said(NamedTuple):
    """One command: its exit code (None: it raised), stdout and stderr."""

    code: int | None
    out: str
    err: str


def call(*arguments: str) -> Said:
    """Run one command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code: int | None = main(list(arguments))
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except Exception:  # noqa: BLE001 - a crash is a verdict, not an end of the run
            err.write(traceback.format_exc())
            code = None
    return Said(code, out.getvalue(), err.getvalue())


def _settings(answers: Mapping[str, str]) -> list[str]:
    return [part for name, value in answers.items() for part in ("--set", f"{name}={value}")]


def _new(source: Path, target: Path, *options: str) -> None:
    said = call("new", str(target), "--template", str(source), "--defaults", "--no-sync", "--quiet", *options)
    if said.code != 0:
        raise RuntimeError(f"the project could not be made: {said.err}")


def _paths(entries: Any) -> set[str]:
    found = entries if isinstance(entries, Iterable) and not isinstance(entries, str) else ()
    return {path for entry in found if (path := entry.get("path", "") if isinstance(entry, Mapping) else str(entry))}


def _json(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def outcome_of(said: Said) -> Outcome:
    """Read what `update --json` printed."""
    data = _json(said.out)
    conflicts = _paths(data.get("conflicts"))
    named = [file for file in data.get("files", ()) if file.get("reason") or file.get("action") in _EXPLAINED]
    told = conflicts.union(*(_paths(data.get(key)) for key in ("kept", "missed", "resolved")), _paths(named))
    told |= {file["from"] for file in named if file.get("from")}
    code = -1 if said.code is None else said.code
    return Outcome(code, frozenset(conflicts), frozenset(told), None, said.out + said.err)


class Mlscaffold:
    """The tool of this repository."""

    name = "mlscaffold"
    state = _STATE

    def inapplicable(self, _scenario: Scenario) -> str:
        return ""

    def write_version(self, scenario: Scenario, number: int, folder: Path) -> None:
        last = number == len(scenario.versions) - 1
        config = scenario.config2 if last and scenario.config2 else scenario.config
        write_files(folder, {"copier.yml": config})
        files = {_ANSWERS: "{{ _copier_answers|to_nice_yaml }}", **scenario.versions[number]}
        write_files(folder / "template", files)

    def new(self, source: Path, target: Path, scenario: Scenario) -> None:
        at = ["--at", "v1"] if scenario.versioned else []
        if scenario.maker == "copier":
            _copier_new(source, target, scenario)
            return
        git = [] if scenario.layout.own_git else ["--no-git"]
        _new(source, target, *at, *git, *_settings(scenario.answers))

    def update(self, case: Case) -> Outcome:
        arguments = ("-C", str(case.project), "update", "--defaults", "--json", *_settings(case.scenario.settings))
        outcome = outcome_of(call(*arguments))
        return outcome._replace(version=recorded(case.project) if case.scenario.versioned else None)


def recorded(project: Path) -> str:
    """Return the version that the answers file names."""
    import yaml

    try:
        answers = yaml.safe_load((project / ".copier-answers.yml").read_bytes())
    except (OSError, yaml.YAMLError):
        return ""
    return str(answers.get("_commit", "")) if isinstance(answers, dict) else ""


def _copier_new(source: Path, target: Path, scenario: Scenario) -> None:
    import copier

    copier.run_copy(
        str(source), str(target), vcs_ref="v1", defaults=True, quiet=True, unsafe=True, data=dict(scenario.answers)
    )


def theirs_of(scenario: Scenario, place: Path) -> Trees | None:
    """Return what the last version gives a fresh project with the scenario's answers, below `place`; not our state."""
    if not scenario.renders:
        return None
    source, target = place / "last", place / "fresh" / "demo"
    Mlscaffold().write_version(scenario, len(scenario.versions) - 1, source)
    answers = {**scenario.answers, **scenario.settings} if scenario.then is None else scenario.then
    _new(source, target, "--no-git", *_settings(answers))
    return {path: file for path, file in read_files(target).items() if path not in _STATE}
