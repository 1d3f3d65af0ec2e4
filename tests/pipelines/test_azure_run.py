"""Azure's pipelines played on this machine, each job in a fresh clone with its own environment.

Green where they should be, and red, with the reason, for each planted fault. What Azure itself would do is our reading:
docs/explanation/azure-interpreter.md.
"""

import csv
import json
import random
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from toolbox.azure import Result, run
from toolbox.projects import ready
from toolbox.triggers import Event

pytestmark = pytest.mark.pipelines

# Each session whole, in small: a few tests (the whole suite runs elsewhere), a smaller model.
SMALL = {
    "PYTEST_ADDOPTS": "-k test_features",
    "FLIGHTS_MODEL__MAX_ITER": "40",
    "FLIGHTS_EVALUATE__BOOTSTRAP_ROUNDS": "100",
    "FLIGHTS_EVALUATE__STALENESS_AGES": "2",
}
PULL_REQUEST = Event("pull request")


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Test", "-c", "user.email=test@localhost"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


class Play(NamedTuple):
    """Runs pipelines of bare repositories; what they need once is here."""

    place: Path
    caches: Path

    def __call__(self, origin: Path, name: str, event: Event, **variables: str) -> Result:
        place = self.place / f"run-{len(list(self.place.iterdir()))}"
        place.mkdir()
        return run(origin, name, event, place, variables=SMALL | variables, caches=self.caches)

    def changed(self, origin: Path, change: Callable[[Path], object]) -> Path:
        """Return a bare repository whose main is `origin`'s with a change committed."""
        work = self.place / f"work-{len(list(self.place.iterdir()))}"
        git(self.place, "clone", "--quiet", str(origin), str(work))
        change(work)
        git(work, "commit", "--quiet", "--all", "--message", "A change")
        git(self.place, "clone", "--quiet", "--bare", str(work), f"{work}.git")
        return Path(f"{work}.git")


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Play:
    """Give a player whose cache was filled by an older run: with what uv has on this machine."""
    caches = tmp_path_factory.mktemp("caches")
    known = subprocess.run(["uv", "cache", "dir"], check=True, capture_output=True, text=True).stdout.strip()
    (caches / "uv|Linux|an older lock").symlink_to(known)
    Path(known).mkdir(parents=True, exist_ok=True)
    return Play(tmp_path_factory.mktemp("play"), caches)


@pytest.fixture(scope="module")
def origin(play: Play) -> Path:
    git(play.place, "clone", "--quiet", "--bare", str(ready()), "origin.git")
    return play.place / "origin.git"


class Night(NamedTuple):
    """A repository whose first night is over."""

    origin: Path
    result: Result


@pytest.fixture(scope="module")
def night(play: Play, origin: Path) -> Night:
    git(play.place, "clone", "--quiet", "--bare", str(origin), "night.git")
    place = play.place / "night.git"
    return Night(place, play(place, "nightly", Event("schedule", pipeline="nightly")))


def test_a_push_to_a_branch(play: Play, origin: Path) -> None:
    result = play(origin, "branch", Event("push", "feature/x"))
    assert result.jobs == {"branch": "succeeded"}, result.logs["branch"][-2000:]
    assert result.left.hits == ["uv|Linux|an older lock"]
    assert result.left.tests["branch"] > 0
    assert {path.name for path in result.left.artifacts["reports"].iterdir()} >= {"tests.xml"}


def test_a_night_promotes_the_first_model_and_writes_it_down_on_main(night: Night) -> None:
    result = night.result
    assert result.jobs == {"nightly": "succeeded"}, result.logs["nightly"][-2000:]
    assert set(result.left.artifacts) == {"reports", "models"}
    assert (result.left.artifacts["models"] / "latest").is_file()
    assert len(result.left.summaries) == 1
    assert "promote" in git(night.origin, "show", "main:registry/versions.jsonl")


def test_a_pull_request_is_judged_and_told(play: Play, night: Night, threads: "Threads") -> None:
    settings = {"System.CollectionUri": threads.address, "System.TeamProject": "team", "Build.Repository.Id": "repo"}
    result = play(night.origin, "pull-request", PULL_REQUEST, **settings)
    assert result.jobs == {"pull-request": "succeeded", "comment": "succeeded"}, result.logs["pull-request"][-2000:]
    assert set(result.left.artifacts) == {"reports", "models"}
    assert result.left.tests["pull-request"] > 0
    (summary,) = result.left.summaries
    (comment,) = threads.posted
    assert summary.strip() in comment


def without_contract(project: Path) -> None:
    """Let the sample hold what the contract forbids."""
    path = project / "data/sample.csv"
    header, first, *rest = path.read_text(encoding="utf-8").splitlines()
    cells = dict(zip(header.split(","), first.split(","), strict=True)) | {"origin": "XXX"}
    path.write_text("\n".join([header, ",".join(cells.values()), *rest]) + "\n", encoding="utf-8")


def without_meaning(project: Path) -> None:
    """Give each row of the sample the answer of another: nothing can be learned from it."""
    path = project / "data/sample.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    answers = [row[header.index("late_arrival")] for row in rows]
    random.Random(7).shuffle(answers)
    for row, answer in zip(rows, answers, strict=True):
        row[header.index("late_arrival")] = answer
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def without_truth(project: Path) -> None:
    """Let the model card tell what is no longer so."""
    path = project / "docs/model-card.md"
    path.write_text(path.read_text(encoding="utf-8").replace("0.", "9."), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "said"),
    [(without_contract, "XXX"), (without_meaning, "reject"), (without_truth, "docs/model-card.md")],
)
def test_a_planted_fault_makes_the_pull_request_red(
    change: Callable[[Path], None], said: str, play: Play, night: Night
) -> None:
    result = play(play.changed(night.origin, change), "pull-request", Event("pull request", fork=True))
    assert result.jobs == {"pull-request": "failed", "comment": "skipped"}
    session = result.logs["pull-request"].split("\n== summary")[0]
    assert said.lower() in "\n".join(session.splitlines()[-25:]).lower()  # near the end, where one looks
    assert "reports" in result.left.artifacts  # kept also when red


def test_a_release_without_a_model_is_red_and_reaches_no_environment(play: Play, origin: Path) -> None:
    result = play(origin, "release", Event("tag", "v1.0.0"), IMAGE="host/team/name")
    deploys = {f"deploy-{name}": "skipped" for name in ("dev", "test", "prod")}
    assert result.jobs == {"release": "failed", **deploys}
    assert "there is no latest model yet" in result.logs["release"]


class Threads(NamedTuple):
    """A pull request's threads as Azure DevOps has them, as far as one comment needs them."""

    address: str
    posted: list[str]


@pytest.fixture
def threads() -> Iterator[Threads]:
    posted: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer({"value": []})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            posted.append(body["comments"][0]["content"])
            self.answer({"id": 1})

        def answer(self, content: Any) -> None:
            known = self.path.startswith("/team/_apis/git/repositories/repo/pullRequests/7/threads")
            self.send_response(200 if known and "Authorization" in self.headers else 404)
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Threads(f"http://127.0.0.1:{server.server_port}/", posted)
        server.shutdown()
        thread.join()
