"""Three nights for real: months arrive, the service answers, what it sees drifts, and the registry tells the story.

Each night is `nox -s nightly` in a fresh clone of a bare `origin`, as a runner of a pipeline has it; the months are
those of the bundled flights. What the gate says is what it came to on these rows: nothing of it is arranged.
"""

import csv
import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from toolbox.projects import clone, environment, ready

pytestmark = pytest.mark.pipelines
Git = Callable[..., str]

SECONDS = 60  # in which the service has to come up
BATCH = 50
TEXTS = {"flight_id", "scheduled_departure", "carrier", "origin", "destination"}


class Night(NamedTuple):
    """What a night came to: its exit code, what it printed, the clone it ran in, and what was decided on which months.

    `decision` is "" and `months` 0 where nothing was trained.
    """

    code: int
    said: str
    place: Path
    decision: str
    months: int

    def report(self, name: str) -> dict[str, Any]:
        return json.loads((self.place / "reports" / name).read_bytes())


class World:
    """A bare `origin`, the folder that months arrive in, and the log of the service, which outlives each clone."""

    def __init__(self, base: Path) -> None:
        self.base, self.origin = base, base / "origin.git"
        self.months, self.logs = base / "months", base / "logs"
        self.months.mkdir()
        subprocess.run(["git", "clone", "--quiet", "--bare", ready(), self.origin], check=True)
        with (ready() / "data/sample.csv").open(encoding="utf-8", newline="") as file:
            self.flights = list(csv.DictReader(file))

    def environment(self, **more: str) -> dict[str, str]:
        """Those of the nightly pipelines, months for the data, and one thread: these tests share their cores."""
        settings = {
            "ENV": "prod",
            "DATA__SOURCE": str(self.months),
            "DATA__TRAIN_ON": "all",
            "RUNTIME__THREADS": "1",
            "EVALUATE__BOOTSTRAP_ROUNDS": "200",
            "EVALUATE__STALENESS_AGES": "2",
            "TRACKING__STORE": "",
        }
        named = {f"FLIGHTS_{name}": value for name, value in settings.items()}
        return environment(CI="true", **{**named, **more})

    def month(self, number: int) -> list[dict[str, str]]:
        return [row for row in self.flights if row["scheduled_departure"].startswith(f"2013-{number:02}")]

    def arrive(self, *numbers: int) -> None:
        for number in numbers:
            with (self.months / f"2013-{number:02}.csv").open("w", encoding="utf-8", newline="") as file:
                table = csv.DictWriter(file, list(self.flights[0]))
                table.writeheader()
                table.writerows(self.month(number))

    def clone(self, name: str) -> Path:
        return clone(self.origin, self.base / name)

    def night(self, name: str, **more: str) -> Night:
        place = self.clone(name)
        if self.logs.exists():
            shutil.copytree(self.logs, place / "logs")
        done = self.run(place, "nox", "-s", "nightly", **more)
        decision, months = "", 0
        if (place / "models/latest").exists():
            model = place / "models" / (place / "models/latest").read_text().strip()
            decision = json.loads((model / "verdict.json").read_bytes())["decision"]
            months = len(json.loads((model / "manifest.json").read_bytes())["arrivals"])
        return Night(done.returncode, done.stdout, place, decision, months)

    def run(self, place: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        command = ["uv", "run", "--no-sync", *words]
        env = self.environment(**more)
        # One stream, so that the last words are last.
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.run(command, cwd=place, env=env, text=True, check=False, **pipes)

    def day(self, place: Path, *numbers: int) -> None:
        """Serve the champion from a clone that has only what git has, answer the flights of months, keep the log."""
        shutil.rmtree(place / "models")
        with service(place, self.environment()) as address:
            done = self.run(place, "flights", "deploy", "champion", "--to", "prod", "--where", "the only one")
            assert done.returncode == 0, done.stdout
            assert self.run(place, "flights", "pipeline", "record", "deploy").returncode == 0
            rows = [typed(row) for number in numbers for row in self.month(number)]
            for start in range(0, len(rows), BATCH):
                ask(address, {"rows": rows[start : start + BATCH]})
        shutil.copytree(place / "logs", self.logs, dirs_exist_ok=True)

    def commit(self, place: Path, message: str) -> None:
        """Commit all changes of a clone and push them to main."""
        who = ("-c", "user.name=Test", "-c", "user.email=test@localhost")
        subprocess.run(["git", *who, "commit", "--quiet", "--all", "--message", message], cwd=place, check=True)
        subprocess.run(["git", "push", "--quiet", "origin", "HEAD:main"], cwd=place, check=True)

    def story(self) -> list[str]:
        """The commits on main since the project was set up, oldest first."""
        log = subprocess.run(
            ["git", "log", "--reverse", "--format=%s", "main"],
            cwd=self.origin,
            capture_output=True,
            text=True,
            check=True,
        )
        return [line for line in log.stdout.splitlines() if line.startswith(("nightly", "deploy"))]

    def lines(self, path: str) -> list[dict[str, Any]]:
        """The records of a ledger on main."""
        shown = subprocess.run(["git", "show", f"main:{path}"], cwd=self.origin, capture_output=True, check=False)
        return [json.loads(line) for line in shown.stdout.splitlines()]


def typed(row: dict[str, str]) -> dict[str, Any]:
    """A flight as a client asks about it: numbers are numbers, and nobody knows yet whether it will be late."""
    known = {name: None if text in {"", "NA"} else text for name, text in row.items() if name != "late_arrival"}
    return {name: text if text is None or name in TEXTS else float(text) for name, text in known.items()}


def ask(address: str, body: dict[str, Any]) -> None:
    request = Request(f"{address}/predict", json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310
    with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - on this machine
        assert len(json.load(answer)["predictions"]) == len(body["rows"])


@contextmanager
def service(place: Path, env: dict[str, str]) -> Iterator[str]:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [place / ".venv/bin/flights", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=place, env=env, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/ready", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(address, timeout=1):  # noqa: S310 - on this machine
                return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the service did not come up within {SECONDS} s (exit code {process.poll()})")


def decisions(events: list[dict[str, Any]]) -> list[str]:
    return [event["event"] for event in events if event["event"] != "register"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path_factory.mktemp("git") / "config"))
        yield World(tmp_path_factory.mktemp("world"))


class Nights(NamedTuple):
    """What happened, in this order, and the commits on main after the first of them."""

    without_store: Night
    nothing_kept: list[str]
    first: Night
    idle: Night
    second: Night
    third: Night


@pytest.fixture(scope="module")
def nights(world: World) -> Nights:
    """January to August, twice; September and October; November and December. Between them the service answers."""
    world.arrive(*range(1, 9))
    (world.base / "taken").touch()
    without_store = world.night("without-store", FLIGHTS_STORE__MODELS=f"{world.base}/taken/bundles")
    nothing_kept = world.story()
    first, idle = world.night("first"), world.night("idle")
    world.day(first.place, 9, 10)
    world.arrive(9, 10)
    second = world.night("second")
    world.day(second.place, 11, 12)
    world.arrive(11, 12)
    return Nights(without_store, nothing_kept, first, idle, second, world.night("third"))


def test_without_its_store_nothing_is_promoted(nights: Nights) -> None:
    night = nights.without_store
    assert night.code == 1
    assert "/taken/bundles cannot be written" in night.said
    assert nights.nothing_kept == []
    assert not (night.place / "models" / "champion").exists()
    noted = (night.place / "registry/versions.jsonl").read_text(encoding="utf-8").splitlines()
    assert decisions([json.loads(line) for line in noted]) == []


def test_the_first_model_that_passes_is_promoted(nights: Nights) -> None:
    assert nights.first.code == 0, nights.first.said[-3000:]
    assert "promote: " in nights.first.said
    assert "nothing to judge: no champion" in nights.first.said


def test_a_night_without_news_changes_nothing(nights: Nights) -> None:
    assert nights.idle.code == 0, nights.idle.said[-3000:]
    assert "nothing new: the champion stands" in nights.idle.said
    assert (nights.idle.decision, nights.idle.months) == ("", 0)
    assert "flights train" not in nights.idle.said
    assert "nothing is recorded: nothing has changed" in nights.idle.said


@pytest.mark.parametrize("name", ["second", "third"])
def test_drift_is_seen_and_a_model_is_trained_on_the_new_months(nights: Nights, name: str) -> None:
    night: Night = getattr(nights, name)
    watched = night.report("watch.json")
    drift = next(finding for finding in watched["findings"] if finding["job"] == "drift")
    assert (drift["state"], drift["value"] > drift["limit"]) == ("alert", True)
    assert any(one["psi"] > one["limit"] for one in watched["drift"])
    assert [said for said in night.report("news.json")["news"] if said.startswith("data: 2013-")]
    assert night.months == {"second": 10, "third": 12}[name]


def test_autumn_is_rejected_and_the_year_is_held(nights: Nights) -> None:
    assert nights.second.code == 1, "a rejected model ends red"
    assert "dummy: not better than dummy" in nights.second.said
    assert nights.third.code == 0, nights.third.said[-3000:]
    assert "champion: no difference beyond chance" in nights.third.said
    assert (nights.second.decision, nights.third.decision) == ("reject", "hold")


def test_main_tells_the_story(world: World, nights: Nights) -> None:
    events = world.lines("registry/versions.jsonl")
    assert decisions(events) == ["promote", "reject", "hold"]
    assert [event["event"] for event in events].count("register") == 3
    champion = next(event["version"] for event in events if event["event"] == "promote")
    assert [line.split(" ")[:2] for line in world.story()] == [
        ["nightly:", "promote"],
        ["deploy:", champion],
        ["nightly:", "reject"],
        ["deploy:", champion],
        ["nightly:", "hold"],
    ]
    months = [f"2013-{number:02}.csv" for number in range(1, 13)]
    assert [arrival["source"] for arrival in world.lines("data/ledger.jsonl")] == months
    assert {line["version"] for line in world.lines("registry/deployments.jsonl")} == {champion}
    fresh = world.clone("fresh")
    assert [path.name for path in (fresh / "registry/bundles").iterdir()] == [champion], "only what was promoted"
    assert world.run(fresh, "flights", "card", "--stale").returncode == 0
    trail = world.run(fresh, "flights", "lineage", "champion")
    assert trail.stdout.count("BROKEN") == trail.stdout.count("is not on this machine") == 8, trail.stdout


def test_a_bad_month_stops_the_night(world: World, nights: Nights) -> None:
    before, bad = world.story(), world.months / "2014-01.csv"
    bad.write_text((world.months / "2013-01.csv").read_text().replace("EWR", "BER"))
    night = world.night("bad-month")
    bad.unlink()
    assert night.code == 1
    assert "2014-01.csv (kept as data/quarantine/" in night.said
    assert "rule of its contract" in night.said
    assert "flights train" not in night.said
    assert world.story() == before
    assert len(list((night.place / "data/quarantine").glob("*.json"))) == 1


def test_a_bad_model_ends_red_and_the_champion_stays(world: World, nights: Nights) -> None:
    place = world.clone("bad-model-made")
    settings = place / "config/base.toml"
    settings.write_text(settings.read_text().replace("learning_rate = 0.05 ", "learning_rate = 0.0001 "))
    world.commit(place, "Learn slowly")
    night = world.night("bad-model")
    assert night.code == 1
    assert "settings: model.learning_rate" in night.report("news.json")["news"]
    events = world.lines("registry/versions.jsonl")
    assert decisions(events)[-1] == "reject"
    assert "champion: worse beyond chance" in events[-1]["reason"]
    assert events[-1]["reason"].split(": ")[0] in "\n".join(night.said.splitlines()[-12:]), "the last word is why"
    assert len(list((night.place / "registry/bundles").iterdir())) == 1
