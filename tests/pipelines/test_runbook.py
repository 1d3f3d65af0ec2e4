"""The runbook of a generated project, done: every block of commands, in order, in a trained project, with its effect.

What it says about containers is said in the text and not in blocks: tests/operations has the containers.
"""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from toolbox.projects import clone, environment, ready

pytestmark = pytest.mark.pipelines

FENCED = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
DECIDED = (0, 1, 3)  # what `gate` may end with: promote, reject, hold


class Block(NamedTuple):
    """One fenced block of the runbook."""

    title: str
    language: str
    text: str

    @property
    def lines(self) -> list[str]:
        return [line for line in self.text.replace("\\\n", " ").splitlines() if line.strip()]


def blocks(page: str) -> list[Block]:
    """Return the fenced blocks of a page, each with the title above it."""
    sections = re.split(r"^#{2,3} +", page, flags=re.MULTILINE)[1:]
    return [
        Block(section.partition("\n")[0].strip(), *found) for section in sections for found in FENCED.findall(section)
    ]


class Team(NamedTuple):
    """A clone in which somebody follows the runbook."""

    root: Path

    @property
    def env(self) -> dict[str, str]:
        return environment(GIT_CONFIG_GLOBAL=str(self.root.parent / "gitconfig"))

    def run(self, *lines: str, **more: str) -> list[tuple[int, str]]:
        """Run the lines in one shell, whatever each of them ends with; return exit code and output of each."""
        mark = "----8<----"
        script = "\n".join(f"{line}\nprintf '%s%d%s' '{mark}' $? '{mark}'" for line in lines)
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.root,
            env=self.env | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        parts = done.stdout.split(mark)
        return [(int(code), text) for text, code in zip(parts[::2], parts[1::2], strict=False)]

    def ask(self, command: str, **more: str) -> Any:
        """Return what a command of the project answers to a program."""
        code, text = self.run(f"uv run flights {command} --json 2>/dev/null", **more)[0]
        assert code in DECIDED, text
        return json.loads(text)

    def champion(self) -> str:
        return next(each["version"] for each in self.ask("models")["models"] if each["alias"] == "champion")


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    """A project with a champion, and nothing uncommitted."""
    place = tmp_path_factory.mktemp("runbook")
    (place / "gitconfig").write_text("[user]\n\tname = Test\n\temail = test@localhost\n", encoding="utf-8")
    team = Team(clone(ready(), place / "flights"))
    first = [f"uv run flights {command}" for command in ("ingest", "train", "evaluate", "gate")]
    commit = ["git add --all registry data/ledger.jsonl", "git commit -qm Promote"]
    ended = team.run(*first, *commit)
    assert [code for code, _ in ended] == [0] * 6, ended
    return team


def follow(team: Team, block: Block) -> str:
    """Run a block as it stands; return what it printed. Every line must end well, a verdict of the gate is well."""
    ended = team.run(*block.lines)
    assert len(ended) == len(block.lines), f"{block.title}: {ended}"
    for line, (code, text) in zip(block.lines, ended, strict=True):
        assert code in (DECIDED if " gate" in line else (0,)), f"{block.title}: {line} ended with {code}: {text}"
    return "".join(text for _, text in ended)


def read_a_verdict(team: Team, block: Block) -> None:
    printed = follow(team, block)
    version = (team.root / "models" / "latest").read_text().strip()
    assert {version, team.champion()} <= set(re.findall(r"[\w-]+", printed))
    assert json.loads(printed[printed.index("{") :])["reasons"]
    assert (team.root / "models" / version / "verdict.html").is_file()


def retrain(team: Team, block: Block) -> None:
    before = {each["version"] for each in team.ask("models")["models"]}
    follow(team, block)
    new = {each["version"]: each["decision"] for each in team.ask("models")["models"] if each["version"] not in before}
    assert next(iter(new.values())) in {"promote", "hold", "reject"}
    assert team.champion() in (team.root / "docs" / "model-card.md").read_text()
    assert team.run("git log -1 --format=%s")[0][1].strip() == "Train on the newest data"
    assert team.run("git status --porcelain")[0][1] == ""


def add_a_feature(team: Team, block: Block) -> None:
    if block.language == "python":
        with (team.root / "src" / "flights" / "features.py").open("a", encoding="utf-8") as file:
            file.write(f"\n\n{block.text}")
        assert team.run("uv run ruff check src", "uv run ruff format --check src")[0][0] == 0
        return
    printed = follow(team, block)
    assert "passed" in printed
    version = (team.root / "models" / "latest").read_text().strip()
    assert "icing" in (team.root / "models" / version / "manifest.json").read_text()
    assert team.run("git revert --no-edit HEAD")[0][0] == 0  # it was a branch, and is not merged


def roll_back(team: Team, block: Block) -> None:
    held = [each["version"] for each in team.ask("models")["models"] if each["decision"] in {"hold", "reject"}]
    for version in held[:1]:  # the retrained model, unless it won by itself
        assert team.run(f'uv run flights gate {version} --force "somebody was sure"')[0][0] == 0
    failed = team.champion()
    follow(team, block)
    last = json.loads((team.root / "registry" / "versions.jsonl").read_text().splitlines()[-1])
    assert (last["event"], last["version"], last["previous"]) == ("rollback", team.champion(), failed)
    assert last["reason"] == "answers are wrong since the last promotion"
    assert team.champion() != failed
    assert team.run("git status --porcelain")[0][1] == ""


def rotate_a_key(team: Team, block: Block) -> None:
    if "relay_token" in block.text:
        follow(team, block)
        token = team.root / "ops" / "secrets" / "relay_token"
        assert len(token.read_text().strip()) >= 32
        assert stat.S_IMODE(token.parent.stat().st_mode) == 0o700
        assert team.run("git status --porcelain")[0][1] == "", "it is not for git"
        return
    with served(team, block) as (address, key):
        asked = rows(team)
        assert {status(f"{address}/predict", asked[0], wrong) for wrong in ("the old key", "")} == {401}
        assert {status(f"{address}/predict", row, key) for row in asked} == {200}


def restore(team: Team, block: Block) -> None:
    other = Team(team.root.parent / "restored")
    clone(team.root, other.root, sync=False)
    printed = follow(other, block)
    assert other.champion() == team.champion()
    assert "BROKEN" not in printed
    assert {each["version"]: each["size"] for each in other.ask("models")["models"]}[other.champion()] != "gone"


def alerts(team: Team, block: Block) -> None:
    ended = team.run(*block.lines)[0]
    assert ended[0] in (0, 1), ended  # one day's flights may well look like drift
    assert "not judged" not in next(line for line in ended[1].splitlines() if " speed" in line)
    assert (team.root / "reports" / "watch.html").is_file()


EFFECTS: dict[str, Callable[[Team, Block], None]] = {
    "Read a verdict": read_a_verdict,
    "Retrain": retrain,
    "Add a feature": add_a_feature,
    "Roll back": roll_back,
    "Rotate a key": rotate_a_key,
    "Restore after a lost machine": restore,
    "Alerts": alerts,
}


def test_the_runbook_does_what_it_says(team: Team) -> None:
    found = blocks((team.root / "docs" / "runbook.md").read_text(encoding="utf-8"))
    assert {block.title for block in found} == set(EFFECTS), "each section with commands has its effect tested"
    for block in found:
        EFFECTS[block.title](team, block)


def test_a_command_that_fails_is_seen(team: Team) -> None:
    with pytest.raises(AssertionError, match="Planted: uv run flights fly ended with 2"):
        follow(team, Block("Planted", "sh", "git status\nuv run flights fly\ngit status\n"))
    with pytest.raises(AssertionError, match="Planted"):
        follow(team, Block("Planted", "sh", "exit 0\ngit status\n"))


@contextmanager
def served(team: Team, block: Block) -> Iterator[tuple[str, str]]:
    """Start the service as the block says, on a free port; yield its address and its new key."""
    *first, start = block.lines
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    key = team.root.parent / "key"
    script = "\n".join([*first, f'printf %s "$FLIGHTS_SERVE__API_KEY" > "{key}"', f"exec {start}"])
    env = team.env | {"FLIGHTS_SERVE__PORT": str(port)}
    running = subprocess.Popen(["bash", "-c", script], cwd=team.root, env=env, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while status(f"{address}/ready") != 200:
            assert running.poll() is None, "the service ended"
            assert time.monotonic() < deadline, "the service is not ready after a minute"
            time.sleep(0.2)
        yield address, key.read_text()
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(timeout=30)


def status(address: str, row: dict[str, Any] | None = None, key: str = "") -> int:
    """Return the status of an answer; 0 where nobody answers."""
    body = None if row is None else json.dumps({"row": row}).encode()
    request = urllib.request.Request(address, body, {"X-API-Key": key, "Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


def rows(team: Team) -> list[dict[str, Any]]:
    """Return the first 150 rows of the sample as a client sends them."""
    program = (
        "import itertools, json; from tests.asking import json_rows; from flights.data.tables import read_table; "
        "from flights.contract.records import load_contract; from flights.project import find_project; "
        "p = find_project(); c = load_contract(p.contract); print(json.dumps(json_rows(read_table(p.sample)[:150], c)))"
    )
    command = ["uv", "run", "python", "-c", program]
    found: list[dict[str, Any]] = json.loads(subprocess.check_output(command, cwd=team.root, env=team.env))
    return found
