"""The hooks of a generated project at a real `git commit`, by pre-commit and by prek; each fault is refused by name."""

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from toolbox.projects import clone, environment, ready

pytestmark = pytest.mark.pipelines

# Whoever goes out to a network meets a closed door.
SHUT = {"UV_OFFLINE": "1", "PIP_INDEX_URL": "http://127.0.0.1:9"} | dict.fromkeys(
    ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"
)
INSTALL = {
    "pre-commit": ("uv", "run", "pre-commit", "install", "--install-hooks"),
    "prek": ("prek", "install", "--install-hooks"),
}


class Team(NamedTuple):
    """A clone whose hooks are installed by one of the two tools."""

    root: Path
    env: dict[str, str]

    def run(self, *command: str, offline: bool = True) -> subprocess.CompletedProcess[str]:
        env = self.env | (SHUT if offline else {})
        return subprocess.run(command, cwd=self.root, env=env, capture_output=True, text=True, check=False)

    def commit(self, *paths: str) -> tuple[int, str]:
        """Force the paths into a commit; return the exit code and all that was said."""
        for command in (("add", "--force", *paths), ("commit", "-m", "A change")):
            done = self.run("git", *command)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module", params=INSTALL)
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Team:
    place = tmp_path_factory.mktemp("team")
    env = environment(
        PRE_COMMIT_HOME=str(place / "pre-commit"),
        PREK_HOME=str(place / "prek"),
        GIT_CONFIG_GLOBAL=str(place / "gitconfig"),
    )
    team = Team(clone(ready(), place / "flights"), env)
    for command in (
        ("git", "config", "--global", "user.name", "Test"),
        ("git", "config", "--global", "user.email", "test@localhost"),
        INSTALL[request.param],
    ):
        done = team.run(*command, offline=False)
        assert done.returncode == 0, done.stderr
    return team


@pytest.fixture
def team(installed: Team) -> Iterator[Team]:
    """The clone as it was cloned; what a test does to it is undone."""
    start = installed.run("git", "rev-parse", "HEAD").stdout.strip()
    yield installed
    installed.run("git", "reset", "--quiet", "--hard", start)
    installed.run("git", "clean", "--quiet", "-fdx", "--exclude=.venv")


def test_the_project_as_it_comes_passes_every_hook(team: Team) -> None:
    tool = "prek" if (team.root.parent / "prek").exists() else "pre-commit"
    done = team.run(*(("prek",) if tool == "prek" else ("uv", "run", "pre-commit")), "run", "--all-files")
    assert done.returncode == 0, done.stdout
    assert "Failed" not in done.stdout


def test_a_clean_change_is_committed_without_a_network(team: Team) -> None:
    sessions = team.root / "noxfile.py"
    sessions.write_text(f"# Ours.\n{sessions.read_text()}")
    (team.root / "docs" / "notes.yaml").write_text("a: 1\n")
    code, said = team.commit("noxfile.py", "docs/notes.yaml")
    assert (code, team.run("git", "status", "--porcelain").stdout) == (0, ""), said
    assert team.run("git", "log", "-1", "--format=%s").stdout == "A change\n"


def write(path: str, content: str | bytes) -> Callable[[Path], Sequence[str]]:
    def plant(root: Path) -> Sequence[str]:
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return [path]

    return plant


KEY = "-----BEGIN RSA " + "PRIVATE KEY-----\nAAAA\n-----END RSA " + "PRIVATE KEY-----\n"
NOTEBOOK = """{"cells": [{"cell_type": "code", "execution_count": 7, "id": "a", "metadata": {},
 "outputs": [{"name": "stdout", "output_type": "stream", "text": ["a customer of ours"]}], "source": ["print(1)"]}],
 "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"""
FAULTS = {
    "ruff format": write("tools/ugly.py", '"""Ugly."""\n\nx   = {  "a":1 }\n'),
    "ruff check": write("tools/unused.py", '"""Unused."""\n\nimport os\n'),
    "types": write("tools/typed.py", '"""Typed."""\n\nNUMBER: int = "seven"\n'),
    "large files (above 1,000 kB)": write("docs/film.bin", os.urandom(6_000_000)),
    "private keys": write("config/key.txt", KEY),
    "merge markers": write("docs/open.md", "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"),
    "syntax of TOML": write("config/broken.toml", "[gate\nbars = \n"),
    "syntax of YAML": write("config/broken.yaml", "a: [1\nb: }\n"),
    "notebooks without outputs": write("notebooks/01-look.ipynb", NOTEBOOK),
}
OUT = "data, models and secrets stay out of git"
CONVENTIONS = "conventions of this repository"
# What two hooks mind. (Outputs of notebooks are gone by the time that the second one looks.)
MINDED_TWICE = {"syntax of TOML": "MLZ002", "syntax of YAML": "MLZ002"}


@pytest.mark.parametrize("hook", FAULTS)
def test_a_fault_is_refused_by_its_hook_and_by_no_other(team: Team, hook: str) -> None:
    code, said = team.commit(*FAULTS[hook](team.root))
    assert code == 1, said
    minded = MINDED_TWICE.get(hook, "")
    assert failed(said) == [hook, *([CONVENTIONS] if minded else [])]
    assert minded in said


def failed(said: str) -> list[str]:
    """Return the names of the hooks that refused."""
    return [line.partition("...")[0] for line in said.splitlines() if line.endswith("Failed")]


def test_a_commit_that_only_deletes_is_held_to_the_conventions(team: Team) -> None:
    assert team.run("git", "rm", "--quiet", ".mlscaffold/conventions.toml").returncode == 0
    done = team.run("git", "commit", "-m", "Away with it")
    assert done.returncode == 1
    assert failed(done.stdout + done.stderr) == [CONVENTIONS]
    assert "MLT901" in done.stdout + done.stderr


def test_what_stays_out_of_git_is_refused_when_it_is_forced_in(team: Team) -> None:
    paths = [
        "data/raw/0123abcd",
        "data/incoming/customers.csv",
        "models/20260101/model.onnx",
        "docs/model.onnx",
        "src/flights/model.pkl",
        "logs/requests-2026-01-01.jsonl",
        ".env",
        "ops/relay.env",
        "ops/secrets/relay_token",
        "tracking.db-wal",
    ]
    code, said = team.commit(*(name for path in paths for name in write(path, "1\n")(team.root)))
    assert code == 1, said
    assert OUT in said
    assert set(paths) <= set(said.split()), "it says which files"


def test_a_promoted_model_may_be_committed(team: Team) -> None:
    paths = [*write("registry/bundles/20260101/model.onnx", os.urandom(2_000_000))(team.root)]
    code, said = team.commit(*paths, *write("data/incoming/.gitkeep", "")(team.root))
    assert code == 0, said


def test_what_a_hook_mended_is_committed_the_second_time(team: Team) -> None:
    paths = [*FAULTS["ruff format"](team.root), *FAULTS["notebooks without outputs"](team.root)]
    assert team.commit(*paths)[0] == 1
    assert 'x = {"a": 1}' in (team.root / paths[0]).read_text()
    assert "a customer of ours" not in (team.root / paths[1]).read_text()
    code, said = team.commit(*paths)
    assert code == 0, said


def test_a_push_of_broken_features_is_refused_by_their_tests(team: Team, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", tmp_path / "origin"], check=True)
    features = team.root / "src" / "flights" / "features.py"
    features.write_text(features.read_text().replace("[425.0, None]", "[426.0, None]"))
    team.run("git", "commit", "--all", "--no-verify", "-m", "Broken")
    done = team.run("git", "push", str(tmp_path / "origin"), "HEAD:main")
    assert done.returncode == 1
    assert "tests of features and data" in done.stdout + done.stderr
