"""The compose stack, up: the images of the project as they are, Prometheus and Alertmanager made of Debian's packages.

Grafana has no stand-in worth the name, and MLflow's image takes minutes: both are left out (docs/monitoring.md).
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote

import pytest

from toolbox.baseimage import PYTHON
from toolbox.debian import debian
from toolbox.engine import docker
from toolbox.programs import ask, free_ports, until
from toolbox.projects import clone
from toolbox.shipping import Promoted

pytestmark = pytest.mark.operations
TOKEN = "a-token-for-the-length-of-a-test"  # noqa: S105
RUNNING = ("service", "watcher", "relay", "prometheus", "alertmanager")
# What the published images have and this one does not, for the healthchecks.
WGET = """#!/usr/local/bin/python
import sys, urllib.request
urllib.request.urlopen(sys.argv[-1], timeout=3)
"""


class Stack(NamedTuple):
    """The project, the environment of its compose commands, and where its services listen."""

    root: Path
    env: dict[str, str]
    at: dict[str, str]

    def compose(self, *arguments: str) -> str:
        return docker(self.env, "compose", "-f", str(self.root / "ops/compose.yaml"), *arguments)


@pytest.fixture(scope="module")
def stack(promoted: Promoted, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """All that can run, healthy; images, volumes and networks of this test are removed."""
    place = tmp_path_factory.mktemp("stack")
    project = promoted._replace(root=clone(promoted.root, place / "flights"))
    project.run("flights", "image", "--jobs")
    made = json.loads((project.root / "build/image.json").read_text(encoding="utf-8"))
    secrets = place / "secrets"
    secrets.mkdir(mode=0o700)
    for name in ("relay_token", "grafana_password", "postgres_password"):
        (secrets / name).write_text(TOKEN, encoding="utf-8")
        (secrets / name).chmod(0o644)
    forge = "GITHUB_REPOSITORY=owner/flights\nGITHUB_API_URL=http://127.0.0.1:9\nFORGE_TOKEN=secret\n"
    (project.root / "ops/relay.env").write_text(forge, encoding="utf-8")
    ports = dict(zip(RUNNING, free_ports(len(RUNNING)), strict=True))
    env = (
        os.environ
        | project.env
        | {
            "COMPOSE_PROJECT_NAME": f"stack-{os.getpid()}",
            "SERVICE_IMAGE": made["reference"],
            "JOBS_IMAGE": made["jobs"],
            "PROMETHEUS_VERSION": "stand-in",
            "ALERTMANAGER_VERSION": "stand-in",
            "SECRETS": str(secrets),
            **{f"{name.upper()}_PORT": str(port) for name, port in ports.items()},
        }
    )
    stand_ins(env, place)
    found = Stack(project.root, env, {name: f"http://127.0.0.1:{port}" for name, port in ports.items()})
    try:
        found.compose("up", "--detach", "--wait", "--wait-timeout", "180", "--pull", "never", *RUNNING)
        yield found
    finally:
        found.compose("--profile", "monitoring", "--profile", "tracking", "down", "--volumes", "--timeout", "5")


def stand_ins(env: dict[str, str], place: Path) -> None:
    """Make images of the names that the stack asks for, from Debian's packages."""
    root = debian("prometheus", "prometheus-alertmanager")
    (place / "wget").write_text(WGET, encoding="utf-8")
    for name, program in (("prometheus", "prometheus"), ("alertmanager", "prometheus-alertmanager")):
        (place / "Dockerfile").write_text(
            f"FROM python:{PYTHON}-slim\n"
            f"COPY --from=debian usr/bin/{program} /usr/bin/\n"
            "COPY --from=debian usr/share/prometheus /usr/share/prometheus\n"
            "COPY --chmod=755 wget /usr/bin/wget\n"
            f"RUN install -d -o 65534 -g 65534 /{name}\n"
            "USER 65534:65534\n"
            f'ENTRYPOINT ["/usr/bin/{program}"]\n',
            encoding="utf-8",
        )
        options = ("--quiet", "--build-context", f"debian={root}", "--tag", f"prom/{name}:stand-in")
        docker(env, "buildx", "build", "--load", *options, str(place))


def value(stack: Stack, expression: str) -> float | None:
    found = ask(f"{stack.at['prometheus']}/api/v1/query?query={quote(expression)}")["data"]["result"]
    return float(found[0]["value"][1]) if found else None


def test_prometheus_reaches_all_by_their_names(stack: Stack) -> None:
    until(lambda: value(stack, "sum(up)") == 3, "service, watcher and Alertmanager are up")


def test_the_watcher_reads_what_the_service_wrote(stack: Stack) -> None:
    row = (stack.root / "data/sample.csv").read_text(encoding="utf-8").splitlines()[:2]
    named = dict(zip(*(line.split(",") for line in row), strict=True))
    text = {"flight_id", "scheduled_departure", "carrier", "origin", "destination"}
    asked = {name: cell if name in text else json.loads(cell) for name, cell in named.items() if name != "late_arrival"}
    assert len(ask(f"{stack.at['service']}/predict", {"row": asked})["predictions"]) == 1
    stack.compose("restart", "watcher")  # it would look again in five minutes
    until(lambda: value(stack, "watch_log_rows") == 1, "the watcher judges the row")


def test_alertmanager_reaches_the_relay_with_its_token(stack: Stack) -> None:
    with pytest.raises(HTTPError) as refused:
        ask(f"{stack.at['relay']}/alerts", {"version": "4", "alerts": []})
    refused.value.close()
    assert refused.value.code == 401
    alert = {"labels": {"alertname": "FeatureDrift", "action": "retrain"}, "annotations": {"summary": "planted"}}
    ask(f"{stack.at['alertmanager']}/api/v2/alerts", [alert], **{"Content-Type": "application/json"})
    # The relay took it, and says that no forge answers: none can be reached from here.
    until(lambda: "status code 502" in stack.compose("logs", "alertmanager"), "the relay answers Alertmanager")


@pytest.mark.parametrize("name", RUNNING)
def test_nothing_runs_as_root_or_can_write_its_own_files(stack: Stack, name: str) -> None:
    container = stack.compose("ps", "--quiet", name)
    (found,) = json.loads(docker(stack.env, "inspect", container))
    assert found["Config"]["User"] not in {"", "root", "0", "0:0"}
    assert found["HostConfig"]["ReadonlyRootfs"]
    assert found["HostConfig"]["CapDrop"] == ["ALL"]
    assert {port["HostIp"] for ports in found["NetworkSettings"]["Ports"].values() for port in ports or ()} == {
        "127.0.0.1"
    }
