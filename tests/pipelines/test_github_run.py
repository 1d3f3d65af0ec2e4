"""GitHub's workflows run by act, in fresh clones of a real project; tests/toolbox/triggers says what starts them."""

import json
import subprocess
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import pytest

from toolbox.act import REPOSITORY, Run, act
from toolbox.projects import clone, ready
from toolbox.triggers import Event, selected

pytestmark = pytest.mark.pipelines
NARROW = "tests/infra/test_config.py"  # the whole suite of the project runs elsewhere
TOKEN = "forge-token-of-the-run"  # noqa: S105
FORK = "somebody/flights"
COMMIT = (
    "-c",
    "user.name=Test",
    "-c",
    "user.email=test@localhost",
    "commit",
    "--quiet",
    "--no-verify",
    "-am",
    "change",
)


def started(project: Path, event: Event) -> set[str]:
    """Return the jobs that the event runs when all goes well, of whatever workflow."""
    return {job for _, job in selected("github", project, event)}


def pull_request(head: str = REPOSITORY) -> dict[str, Any]:
    change = {"number": 7, "head": {"ref": "better", "repo": {"full_name": head}}, "base": {"ref": "main"}}
    return {"action": "opened", "number": 7, "pull_request": change, "repository": {"full_name": REPOSITORY}}


class Forge(NamedTuple):
    """GitHub's comments on pull requests, on this machine: what was posted, and with which token."""

    address: str
    comments: list[str]
    tokens: set[str]


@pytest.fixture
def forge() -> Iterator[Forge]:
    comments: list[str] = []
    tokens: set[str] = set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(200, [{"id": 1, "body": text} for text in comments])

        def do_POST(self) -> None:
            comments.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"])
            self.answer(201, {"id": 1, "html_url": "http://localhost/comment"})

        def answer(self, status: int, content: object) -> None:
            tokens.add(str(self.headers["Authorization"]).removeprefix("Bearer "))
            known = self.path.partition("?")[0] == f"/repos/{REPOSITORY}/issues/7/comments"
            self.send_response(status if known else 404)
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield Forge(f"http://127.0.0.1:{server.server_port}", comments, tokens)
        server.shutdown()


def bare(project: Path, to: Path) -> Path:
    """Return what a forge keeps of a project; a remote on this machine is pushed to without a token."""
    subprocess.run(["git", "clone", "--quiet", "--bare", project, to], check=True)
    return to


def judge(project: Path, forge: Forge | None = None, head: str = REPOSITORY) -> Run:
    """Run the workflow of a pull request."""
    address = {"GITHUB_API_URL": forge.address} if forge else {}
    return act(
        project,
        "pull-request",
        "pull_request",
        pull_request(head),
        secrets={"GITHUB_TOKEN": TOKEN},
        PYTEST_ADDOPTS=NARROW,
        **address,
    )


class Night(NamedTuple):
    """A nightly run, and the forge's repository after it."""

    run: Run
    origin: Path


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The first night: nothing is in production yet."""
    place = tmp_path_factory.mktemp("night")
    origin = bare(ready(), place / "origin.git")
    project = clone(origin, place / "runner", sync=False)
    run = act(project, "nightly", "schedule", {"schedule": "17 2 * * *"}, secrets={"GITHUB_TOKEN": TOKEN})
    return Night(run, origin)


@pytest.fixture
def shipped(night: Night, tmp_path: Path) -> Path:
    """A fresh clone of what the first night recorded: a champion, and its card."""
    assert night.run.results() == {"nightly": "success"}, night.run.log
    return clone(night.origin, tmp_path / "runner", sync=False)


def git(project: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=project, check=True, capture_output=True, text=True).stdout.strip()


def edit(file: Path, change: Callable[[str], str]) -> None:
    """Change a file, and commit that as the last commit of the pull request."""
    old = file.read_text(encoding="utf-8")
    new = change(old)
    assert new != old
    file.write_text(new, encoding="utf-8")
    git(file.parent, *COMMIT)


def test_a_push_to_a_branch_runs_its_checks(tmp_path: Path) -> None:
    project = clone(ready(), tmp_path / "runner", sync=False)
    run = act(project, "branch", "push", {"ref": "refs/heads/better"})
    assert run.results() == {"branch": "success"}, run.log
    assert set(run.jobs) == started(project, Event("push", "better"))
    assert "Running session branch" in run.jobs["branch"].log
    assert (run.artifacts / "branch/tests.xml").stat().st_size > 1000


def test_a_pull_request_is_judged_and_told(tmp_path: Path, forge: Forge) -> None:
    project = clone(ready(), tmp_path / "runner", sync=False)
    run = judge(project, forge)
    assert run.results() == {"pull-request": "success", "comment": "success"}, run.log
    assert set(run.jobs) == started(project, Event("pull request"))
    kept = run.artifacts / "pull-request"
    summary = (kept / "reports/summary.md").read_text(encoding="utf-8")
    assert [summary.strip() in comment for comment in forge.comments] == [True]
    assert summary.strip() in run.page
    assert forge.tokens == {TOKEN}
    assert TOKEN not in run.log
    assert list(kept.glob("models/*/model.onnx"))
    assert (kept / "reports/tests.xml").exists()


def test_a_night_promotes_and_records(night: Night, tmp_path: Path) -> None:
    project = clone(night.origin, tmp_path / "later", sync=False)
    assert night.run.results() == {"nightly": "success"}, night.run.log
    for event in (Event("schedule", pipeline="nightly"), Event("dispatch", type="retrain")):
        assert set(night.run.jobs) == started(project, event)
    events = (project / "registry/versions.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(events[-1])["event"] == "promote"
    assert "nightly: promote" in git(project, "log", "--format=%s")
    assert (project / "docs/model-card.md").exists()
    kept = night.run.artifacts / "nightly"
    assert (kept / "reports/summary.md").exists()
    assert list(kept.glob("models/*/manifest.json"))


def test_what_the_night_promoted_is_converted_on_a_tag(shipped: Path) -> None:
    git(shipped, "tag", "v1.0.0")
    run = act(shipped, "convert", "push", {"ref": "refs/tags/v1.0.0"})
    assert run.results() == {"convert": "success"}, run.log
    assert {job for pipeline, job in selected("github", shipped, Event("tag", "v1.0.0")) if pipeline == "convert"} == {
        "convert"
    }
    assert [path for path in (run.artifacts / "convert/models").rglob("*") if "converted" in path.parts]


def test_an_update_that_nobody_can_install_is_a_notice(tmp_path: Path) -> None:
    """What it does otherwise is seen in test_update_template.py; here, that the workflow starts it."""
    project = clone(ready(), tmp_path / "runner", sync=False)
    run = act(project, "update-template", "schedule", {"schedule": "41 5 * * 1"}, variables={"MLSCAFFOLD": " "})
    assert run.results() == {"update-template": "success"}, run.log
    assert set(run.jobs) == started(project, Event("schedule", pipeline="update-template"))
    assert "no update is looked for" in run.jobs["update-template"].log


def shuffled(table: str) -> str:
    """Return the table with the target of each row moved to another one, as by a broken join: noise to every model."""
    head, *rows = table.splitlines()
    place = head.split(",").index("late_arrival")
    cells = [row.split(",") for row in rows]
    targets = [row[place] for row in cells]
    moved = targets[97:] + targets[:97]
    for row, target in zip(cells, moved, strict=True):
        row[place] = target
    return "\n".join([head, *map(",".join, cells), ""])


def test_bad_data_is_refused_also_from_a_fork_where_nothing_is_commented(tmp_path: Path, forge: Forge) -> None:
    project = clone(ready(), tmp_path / "runner", sync=False)
    edit(project / "data/sample.csv", lambda table: table.replace("EWR", "XYZ"))
    run = judge(project, forge, head=FORK)
    assert run.results() == {"pull-request": "failure"}
    assert set(run.jobs) == started(project, Event("pull request", fork=True))
    assert "XYZ" in run.jobs["pull-request"].log
    assert forge.comments == []
    assert TOKEN not in run.log


def test_a_model_of_noise_is_rejected_and_the_comment_says_why(tmp_path: Path, forge: Forge) -> None:
    project = clone(ready(), tmp_path / "runner", sync=False)
    edit(project / "data/sample.csv", shuffled)
    run = judge(project, forge)
    assert run.results() == {"pull-request": "failure", "comment": "success"}, run.log
    assert "bar roc_auc" in "".join(run.jobs["pull-request"].log.splitlines()[-12:])  # the last words are the reason
    reason = (run.artifacts / "pull-request/reports/summary.md").read_text(encoding="utf-8").splitlines()[0]
    assert "REJECT" in reason
    assert reason in forge.comments[0]
    assert reason in run.page


def test_a_stale_card_is_refused(shipped: Path) -> None:
    edit(
        shipped / "config/base.toml", lambda text: text.replace('intended_use = ""', 'intended_use = "Something else"')
    )
    run = judge(shipped)
    assert run.results()["pull-request"] == "failure"
    assert "flights card --stale failed" in run.jobs["pull-request"].log
    assert "docs/model-card.md" in run.jobs["pull-request"].log.partition("card --stale")[2]


@pytest.mark.parametrize(
    ("image", "jobs"), [("", set()), ("host/flights", {"deploy-dev", "deploy-test", "deploy-prod"})]
)
def test_a_tag_ships_only_where_an_image_is_pushed(image: str, jobs: set[str]) -> None:
    """Which jobs there are; tests/operations runs them, with an engine."""
    found = {
        job for name, job in selected("github", ready(), Event("tag", "v1.0.0", image=bool(image))) if name == "release"
    }
    assert found == {"release", *jobs}
