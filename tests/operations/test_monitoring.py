"""The real Prometheus and Alertmanager over a real service: drift that is planted in the traffic asks for retraining.

Watcher, relay and service are the project's own, the forge is a server on this machine that answers as GitHub does.
The project's rules and configuration are used as they are, but for addresses and intervals.
"""

import csv
import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest
import yaml

from toolbox.debian import debian
from toolbox.debian import environment as with_programs
from toolbox.dispatches import Dispatches, dispatches
from toolbox.programs import answers, ask, free_ports, started, until
from toolbox.projects import clone, environment, ready

pytestmark = pytest.mark.operations
TOKEN = "a-token-for-the-length-of-a-test"  # noqa: S105
# What the model was trained on, and promised: a tenth of those named late are late.
SETTINGS = {"FLIGHTS_ENV": "test", "FLIGHTS_MONITOR__PRECISION": "0.1", "FLIGHTS_SERVE__POLL_SECONDS": "0.2"}


class Stack(NamedTuple):
    """What runs, and where it listens."""

    project: Path
    forge: Dispatches
    service: str
    watcher: str
    prometheus: str
    relay: str


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a trained model."""
    place = clone(ready(), tmp_path_factory.mktemp("stack") / "flights")
    for command in (("ingest",), ("train", "--allow-dirty")):
        done = subprocess.run(
            [place / ".venv/bin/flights", *command],
            cwd=place,
            env=environment(**SETTINGS),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return place


@pytest.fixture(scope="module")
def stack(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Everything in place; each program is stopped by its own process in the end."""
    place = tmp_path_factory.mktemp("run")
    ports = dict(zip(("service", "watcher", "relay", "prometheus", "alertmanager"), free_ports(5), strict=True))
    at = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
    (place / "relay_token").write_text(f"{TOKEN}\n", encoding="utf-8")
    configure(project / "ops", place, at)
    programs = debian("prometheus", "prometheus-alertmanager") / "usr/bin"
    flights, port = project / ".venv/bin/flights", {name: str(number) for name, number in ports.items()}
    commands = {
        "service": (flights, "serve", "--model", "latest", "--port", port["service"]),
        "watcher": (flights, "watch", "--model", "latest", "--listen", port["watcher"], "--every", "1"),
        "relay": (flights, "relay", "--port", port["relay"], "--token-file", place / "relay_token"),
        "prometheus": (
            programs / "prometheus",
            f"--config.file={place / 'prometheus.yml'}",
            f"--storage.tsdb.path={place / 'data'}",
            f"--web.listen-address={at['prometheus']}",
        ),
        "alertmanager": (
            *with_share(programs.parents[1]),
            programs / "prometheus-alertmanager",
            f"--config.file={place / 'alertmanager.yml'}",
            f"--storage.path={place / 'alerts'}",
            f"--web.listen-address={at['alertmanager']}",
            "--cluster.listen-address=",
        ),
    }
    with dispatches() as forge, ExitStack() as running:
        env = environment(**SETTINGS, **forge.variables, PYTHONUNBUFFERED="1")
        for name, command in commands.items():
            running.enter_context(started(command, place / f"{name}.log", cwd=project, env=env))
        found = Stack(project, forge, *(f"http://{at[name]}" for name in ("service", "watcher", "prometheus", "relay")))
        for ready_at in (f"{found.service}/ready", f"{found.relay}/health", f"{found.prometheus}/-/ready"):
            until(lambda url=ready_at: answers(url), f"{ready_at} answers")
        yield found


def with_share(root: Path) -> tuple[str, ...]:
    """Return what a program is run by that looks for its files in /usr/share: for it alone, they are there."""
    mount = 'mount -t overlay overlay -o "lowerdir=$0/usr/share:/usr/share" /usr/share && exec "$@"'
    return ("unshare", "--mount", "sh", "-c", mount, str(root))


def configure(ops: Path, place: Path, at: dict[str, str]) -> None:
    """Write the project's configuration with the addresses of this test, and seconds for minutes. The rules stay."""
    settings = yaml.safe_load((ops / "prometheus/prometheus.yml").read_text(encoding="utf-8"))
    settings["global"] = dict.fromkeys(settings["global"], "1s")
    settings["rule_files"] = [str(ops / "prometheus/rules.yml")]
    settings["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [at["alertmanager"]]
    for job in settings["scrape_configs"]:
        job["static_configs"][0]["targets"] = [at[job["job_name"]]]
    (place / "prometheus.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    settings = yaml.safe_load((ops / "alertmanager/alertmanager.yml").read_text(encoding="utf-8"))
    settings["route"] |= {"group_wait": "1s", "group_interval": "2s"}
    (relay,) = (one for one in settings["receivers"] if one["name"] == "relay")
    (hook,) = relay["webhook_configs"]
    hook["url"] = hook["url"].replace("relay:8010", at["relay"])
    hook["http_config"]["authorization"]["credentials_file"] = str(place / "relay_token")
    (place / "alertmanager.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")


def query(stack: Stack, expression: str) -> list[dict[str, Any]]:
    """Return the series that Prometheus answers with, those without a number left out."""
    found = ask(f"{stack.prometheus}/api/v1/query?query={quote(expression)}")["data"]["result"]
    return [one for one in found if one["value"][1] != "NaN"]


def value(stack: Stack, expression: str) -> float | None:
    found = query(stack, expression)
    return float(found[0]["value"][1]) if found else None


def rows(project: Path, count: int) -> list[dict[str, Any]]:
    """Return rows like those that were trained on: the first half of the year, drawn without order."""
    with (project / "data/sample.csv").open(encoding="utf-8") as file:
        known = [
            {name: cell(text) for name, text in row.items() if name != "late_arrival"} for row in csv.DictReader(file)
        ]
    return Random(5).sample(known[: len(known) * 6 // 10], count)


def cell(text: str) -> float | str | None:
    number = re.fullmatch(r"-?\d+(\.\d+)?", text)
    return json.loads(text) if number else text or None


@pytest.fixture(scope="module")
def quiet(stack: Stack) -> Stack:
    """The stack after 600 rows as in training, and users who say that the answers were right."""
    asked = rows(stack.project, 600)
    for first in range(0, 600, 30):
        if first == 300:  # a rate needs two looks, with requests between them
            until(lambda: value(stack, "sum(predictions_total)"), "Prometheus has seen the first half")
        said = ask(f"{stack.service}/predict", {"rows": asked[first : first + 30]})
        for number, answer in enumerate(said["predictions"], start=1):
            if answer["prediction"] == "1":
                ask(f"{stack.service}/feedback", {"id": said["id"], "row": number, "correct": True})
    until(lambda: value(stack, "watch_log_rows") == 600, "the watcher judges all rows")
    time.sleep(5)  # as many evaluations of the rules
    return stack


def test_traffic_as_in_training_asks_for_nothing(quiet: Stack) -> None:
    assert value(quiet, 'watch_alert{check="drift"}') == 0
    assert value(quiet, 'sum(ALERTS{action="retrain"})') is None
    assert quiet.forge.heard == []
    assert not (quiet.project / "logs/retraining.jsonl").exists()


def test_prometheus_asks_all_that_is_configured(quiet: Stack) -> None:
    until(lambda: value(quiet, "sum(up)") == 3, "service, watcher and Alertmanager are up")


def test_the_names_of_all_metrics_are_as_prometheus_wants_them(quiet: Stack) -> None:
    programs = with_programs(debian("prometheus", "prometheus-alertmanager"))
    for address in (quiet.service, quiet.watcher):
        with urlopen(f"{address}/metrics", timeout=10) as answer:  # noqa: S310
            told = answer.read()
        command = ["promtool", "check", "metrics"]
        done = subprocess.run(command, input=told, env=os.environ | programs, capture_output=True, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, b"")
        done = subprocess.run(
            command,
            input=told.replace(b"_seconds", b"_hours"),
            env=os.environ | programs,
            capture_output=True,
            check=False,
        )
        assert done.returncode != 0


def expressions(project: Path) -> dict[str, str]:
    """Return every query of every panel, under "panel: legend"."""
    dashboard = json.loads((project / "ops/grafana/dashboards/model.json").read_text(encoding="utf-8"))
    return {
        f"{panel['title']}: {target['legendFormat']}": target["expr"].replace("$__rate_interval", "1m")
        for panel in dashboard["panels"]
        for target in panel.get("targets", [])
    }


def test_every_panel_has_data(quiet: Stack) -> None:
    found = {title: query(quiet, expression) for title, expression in expressions(quiet.project).items()}
    assert len(found) >= 20
    assert {title for title, series in found.items() if not series} == set()


def test_a_panel_without_data_is_noticed(quiet: Stack) -> None:
    assert query(quiet, "sort_desc(watch_drift_spi)") == []


def test_strangers_cannot_ask_for_retraining(quiet: Stack) -> None:
    with pytest.raises(HTTPError) as refused:
        ask(f"{quiet.relay}/alerts", {"version": "4", "alerts": []})
    refused.value.close()
    assert refused.value.code == 401


def test_drift_in_the_traffic_asks_the_forge_for_one_retraining(
    quiet: Stack, record_property: Callable[[str, object], None]
) -> None:
    quiet.forge.broken = 3  # the relay asks twice before it tells Alertmanager, which tells again
    drifted = [row | {"temperature_f": 100.0 + number % 20} for number, row in enumerate(rows(quiet.project, 600))]
    start = time.monotonic()
    for first in range(0, 600, 30):
        ask(f"{quiet.service}/predict", {"rows": drifted[first : first + 30]})
    until(lambda: quiet.forge.heard, "the forge is asked for retraining")
    seconds = time.monotonic() - start
    (asked,) = quiet.forge.heard
    assert asked["event_type"] == "retrain"
    assert asked["client_payload"]["reason"].startswith("FeatureDrift: temperature_f has drifted")
    assert quiet.forge.refused == 3
    assert value(quiet, 'ALERTS{alertname="FeatureDrift", feature="temperature_f", alertstate="firing"}') == 1
    time.sleep(6)  # the alert goes on firing, and Alertmanager goes on telling
    assert len(quiet.forge.heard) == 1
    (line,) = (quiet.project / "logs/retraining.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["reason"] == asked["client_payload"]["reason"]
    record_property("seconds from the first drifted row to the forge", round(seconds, 1))
