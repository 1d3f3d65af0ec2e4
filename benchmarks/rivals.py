"""Copier and cruft, installed from the index into environments of their own, as tools of the scenario laboratory.

Run alone, it installs them below build/ and prints where.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY / "tests" / "update"))

from scenarios.acts import run_git  # noqa: E402 - the corpus lives with the tests
from scenarios.lab import Case, Outcome, write_files  # noqa: E402
from scenarios.mlscaffold_tool import Mlscaffold, recorded  # noqa: E402
from scenarios.model import Link, Scenario  # noqa: E402

PINS = {"copier": "copier==9.19.1", "cruft": "cruft==2.16.0"}
# cookiecutter and cruft import packages that they forget to ask for on newer Pythons.
_ALSO = {"cruft": ("setuptools<81",)}
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_REJECTED = ".rej"
_NAME = "demo"
_TIMEOUT = 120


def install(name: str) -> Path:
    """Return the program of a rival, installed into build/rivals if it is not there yet."""
    place = REPOSITORY / "build" / "rivals" / PINS[name]
    program = place / "bin" / name
    if program.exists():
        return program
    shutil.rmtree(place, ignore_errors=True)
    python, wanted = place / "bin" / "python", [PINS[name], *_ALSO.get(name, ())]
    if uv := shutil.which("uv"):
        _run([uv, "venv", "--quiet", str(place)])
        _run([uv, "pip", "install", "--quiet", "--python", str(python), *wanted])
    else:
        _run([sys.executable, "-m", "venv", str(place)])
        _run([str(python), "-m", "pip", "install", "--quiet", *wanted])
    return program


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True)


class UnmakeableError(Exception):
    """A rival cannot make the project, so that there is nothing to update."""


class Said(NamedTuple):
    """One command that has ended."""

    code: int
    text: str
    seconds: float


def call(command: Sequence[str], folder: Path) -> Said:
    """Run a rival in `folder`, without a terminal, and return what it said."""
    environment = {**os.environ, "GIT_AUTHOR_NAME": "Team", "GIT_AUTHOR_EMAIL": "team@localhost"}
    environment |= {"GIT_COMMITTER_NAME": "Team", "GIT_COMMITTER_EMAIL": "team@localhost"}
    # Submodules and clones from folders are nothing to be afraid of in a laboratory.
    environment |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "protocol.file.allow", "GIT_CONFIG_VALUE_0": "always"}
    start = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=_TIMEOUT,
    )
    return Said(done.returncode, done.stdout.decode(errors="replace"), time.perf_counter() - start)


def _made(command: Sequence[str], folder: Path) -> None:
    said = call(command, folder)
    if said.code:
        raise UnmakeableError(said.text[-400:])


def left_conflicts(project: Path) -> frozenset[str]:
    """Return what a rival left for a person to settle: unmerged paths, and files with rejected changes beside them."""
    listed = run_git(project, "ls-files", "--unmerged", "-z").decode(errors="surrogateescape")
    unmerged = {record.partition("\t")[2] for record in listed.split("\0") if record}
    rejected = {
        str(place.relative_to(project)).removesuffix(_REJECTED)
        for place in project.rglob(f"*{_REJECTED}")
        if ".git" not in place.parts
    }
    return frozenset(unmerged | rejected)


def _outcome(said: Said, project: Path, version: str | None) -> Outcome:
    """Read a rival's end kindly: conflicts that it left count as told, although it exits with 0."""
    if said.code:
        crashed = "Traceback" in said.text
        return Outcome(-1 if crashed else 2, said=said.text)
    conflicts = left_conflicts(project)
    return Outcome(1 if conflicts else 0, conflicts, None, version, said.text)


class Copier:
    """Copier, which reads the corpus' templates as they are."""

    name = "copier"
    state = frozenset({".copier-answers.yml"})

    def __init__(self) -> None:
        """Install it if need be."""
        self.program = str(install("copier"))

    def inapplicable(self, scenario: Scenario) -> str:
        """Say what Copier's templates have no word for."""
        if scenario.name == "new-version-wants-a-task":
            return "it is run with --trust"
        return "settings of ours" if any("_mlscaffold" in config for config in _configs(scenario)) else ""

    def write_version(self, scenario: Scenario, number: int, folder: Path) -> None:
        """Write a version as it is."""
        Mlscaffold().write_version(scenario, number, folder)

    def new(self, source: Path, target: Path, scenario: Scenario) -> None:
        """Make the project."""
        at = ["--vcs-ref", "v1"] if scenario.versioned else []
        target.parent.mkdir(parents=True, exist_ok=True)
        command = [self.program, "copy", "--quiet", "--defaults", "--trust", *at, *_data(scenario.answers)]
        _made([*command, str(source), str(target)], target.parent)

    def update(self, case: Case) -> Outcome:
        """Update the project."""
        command = [self.program, "update", "--quiet", "--defaults", "--trust", *_data(case.scenario.settings)]
        said = call(command, case.project)
        return _outcome(said, case.project, recorded(case.project) if case.scenario.versioned else None)


def _data(answers: Mapping[str, str]) -> list[str]:
    return [part for name, value in answers.items() for part in ("--data", f"{name}={value}")]


class Cruft:
    """cruft, for which the templates are translated to cookiecutter's language."""

    name = "cruft"
    state = frozenset({".cruft.json"})

    def __init__(self) -> None:
        """Install it if need be."""
        self.program = str(install("cruft"))

    def inapplicable(self, scenario: Scenario) -> str:
        """Say what cookiecutter has no word for."""
        if not scenario.versioned:
            return "a template without versions"
        if scenario.maker == "copier" or scenario.answers_file:
            return "about Copier's answers file"
        if any(isinstance(content, Link) for files in scenario.versions for content in files.values()):
            return "links in the template"
        if any(word in config for config in _configs(scenario) for word in _UNTRANSLATABLE):
            return "settings of Copier"
        return "" if all(_translatable(config) for config in _configs(scenario)) else "questions of Copier's kind"

    def write_version(self, scenario: Scenario, number: int, folder: Path) -> None:
        """Translate a version."""
        last = number == len(scenario.versions) - 1
        config = scenario.config2 if last and scenario.config2 else scenario.config
        try:
            questions = _questions(config)
        except yaml.YAMLError:
            write_files(folder, {"cookiecutter.json": "{"})
            return
        plain = [path for path in scenario.versions[number] if not path.endswith(".jinja")]
        context: dict[str, Any] = dict(questions)
        context["_copy_without_render"] = [_escaped(f"*/{_translated(path, questions)}") for path in plain]
        files = {"cookiecutter.json": json.dumps(context, indent=2) + "\n"}
        write_files(folder, files)
        for path, content in scenario.versions[number].items():
            place = _translated(path, questions).removesuffix(".jinja")
            text = _translated(content, questions) if path.endswith(".jinja") and isinstance(content, str) else content
            write_files(folder / "{{ cookiecutter.project_name }}", {place: text})

    def new(self, source: Path, target: Path, scenario: Scenario) -> None:
        """Make the project."""
        target.parent.mkdir(parents=True, exist_ok=True)
        context = json.dumps({**scenario.answers, "project_name": _NAME})
        command = [self.program, "create", str(source), "--checkout", "v1", "--no-input", "--extra-context", context]
        _made([*command, "--output-dir", str(target.parent), "--overwrite-if-exists"], target.parent)
        # It records the branch or tag to follow; a person who follows the newest version does not pin one.
        record = json.loads((target / ".cruft.json").read_text(encoding="utf-8"))
        (target / ".cruft.json").write_text(json.dumps(record | {"checkout": None}, indent=2) + "\n", encoding="utf-8")

    def update(self, case: Case) -> Outcome:
        """Update the project."""
        settings = case.scenario.settings
        changed = ["--variables-to-update", json.dumps(dict(settings))] if settings else []
        said = call([self.program, "update", "--skip-apply-ask", *changed], case.project)
        newest = f"v{len(case.scenario.versions)}"
        # A commit that changed no file is not recorded, which does no harm.
        trees = [
            run_git(case.template, "rev-parse", "--verify", "--quiet", f"{name}^{{tree}}", check=False)
            for name in (newest, _commit(case.project) or "none")
        ]
        return _outcome(said, case.project, newest if trees[0] == trees[1] else "another")


_UNTRANSLATABLE = ("_exclude", "_skip_if_exists", "_tasks", "renamed", "classes", "validator", "choices", "when:")


def _configs(scenario: Scenario) -> list[str]:
    return [config for config in (scenario.config, scenario.config2) if config]


def _questions(config: str) -> dict[str, Any]:
    data = yaml.safe_load(config)
    questions = {name: question for name, question in data.items() if not name.startswith("_")}
    return {name: str(question["default"]) for name, question in questions.items()}


def _translatable(config: str) -> bool:
    try:
        return all(
            question.get("type") in {"str", "int"}
            for name, question in yaml.safe_load(config).items()
            if name[0] != "_"
        )
    except yaml.YAMLError:
        return True  # and cookiecutter.json is as broken


def _translated(text: str, questions: Mapping[str, Any]) -> str:
    names = re.compile(rf"\b({'|'.join(map(re.escape, questions))})\b")
    return _JINJA.sub(lambda found: names.sub(r"cookiecutter.\1", found[0]), text)


def _escaped(path: str) -> str:
    """Return a glob that matches nothing but `path`; what Jinja would name is matched by a star."""
    literal = re.sub(r"([\[?])", r"[\1]", _JINJA.sub("\0", path))
    return literal.replace("\0", "*")


def _commit(project: Path) -> str:
    try:
        return str(json.loads((project / ".cruft.json").read_text(encoding="utf-8"))["commit"])
    except (OSError, ValueError, KeyError):
        return ""


def main() -> int:
    """Install both; print where they are."""
    for name in PINS:
        sys.stdout.write(f"{install(name).relative_to(REPOSITORY)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
