"""The image of a real project: what is in it, as whom it runs, what it answers with all doors shut, how it stops."""

import http.client
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from toolbox.engine import docker
from toolbox.load import load
from toolbox.shipping import Promoted, free_port

pytestmark = pytest.mark.operations

LARGEST = 350  # MB, with a base of about 140
HARDENED = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--tmpfs", "/tmp")  # noqa: S108
MARK = "0f1e2d3c-never-in-an-image"
SECRETS = (".env", "config/.env.prod", "src/flights/private.pem", "service/tls.key", "logs/requests-20260101.jsonl")
RAW = ("data/incoming/raw.csv", "data/raw/table.csv", "reports/index.html", "registry/bundles/x/seen.npy")
MEASURED = Path(__file__).parents[2] / "build" / "image.json"


@pytest.fixture(scope="session")
def image(promoted: Promoted) -> dict[str, Any]:
    """What `image` has written about the image it built, from a folder full of what must not get into one."""
    for name in (*SECRETS, *RAW):
        path = promoted.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(MARK, encoding="utf-8")
    try:
        promoted.run("flights", "image")
    finally:
        for name in (*SECRETS, *RAW):
            (promoted.root / name).unlink()
        shutil.rmtree(promoted.root / "registry" / "bundles" / "x")
    record: dict[str, Any] = json.loads((promoted.root / "build" / "image.json").read_text(encoding="utf-8"))
    return record


def settings(env: dict[str, str], image: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(docker(env, "image", "inspect", image))[0]
    return found


def problems(config: dict[str, Any]) -> list[str]:
    """What is wrong with how an image runs."""
    user = config["User"].partition(":")[0]
    wrong = {
        "runs as root, or as a name that may be root's": not user.isdigit() or user == "0",
        "has no healthcheck": not (config.get("Healthcheck") or {}).get("Test"),
        "starts in a shell, which swallows signals": config["Cmd"][:2] == ["/bin/sh", "-c"],
        "does not say which code is in it": not (config["Labels"] or {}).get("org.opencontainers.image.revision"),
        "has a secret in its variables": any("TOKEN" in one or "API_KEY=" in one for one in config["Env"]),
    }
    return [what for what, is_so in wrong.items() if is_so]


def files_in(env: dict[str, str], image: str) -> dict[str, bytes]:
    """The files below /app but for the packages."""
    container = docker(env, "create", image)
    try:
        packed = subprocess.run(["docker", "cp", f"{container}:/app", "-"], env=env, check=True, capture_output=True)
    finally:
        docker(env, "rm", "--volumes", container)
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        return {
            member.name.removeprefix("app/"): file.read()
            for member in archive
            if not member.name.startswith("app/.venv/") and (file := archive.extractfile(member))
        }


def strangers(found: dict[str, bytes]) -> list[str]:
    """Files that are none of the service's, or hold the secret."""
    rooms = ("src/", "service/", "config/", "models/")
    return sorted(name for name, content in found.items() if not name.startswith(rooms) or MARK.encode() in content)


def test_the_image_runs_as_it_should(promoted: Promoted, image: dict[str, Any]) -> None:
    found = settings(promoted.env, image["reference"])["Config"]
    assert problems(found) == []
    assert found["StopSignal"] == "SIGTERM"
    assert found["Labels"].items() >= image["labels"].items()
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=promoted.root, capture_output=True, text=True, check=True)
    manifest = json.loads((promoted.root / "models" / promoted.version / "manifest.json").read_text(encoding="utf-8"))
    assert found["Labels"]["org.opencontainers.image.revision"] == head.stdout.strip()
    assert found["Labels"]["model.version"] == promoted.version
    assert found["Labels"]["model.data-sha256"] == manifest["data_sha256"]
    assert found["Labels"]["model.contract-version"] == str(manifest["contract_version"])


@pytest.mark.parametrize(
    ("pattern", "instead", "told"),
    [
        (r"USER .*\n", "", "runs as root"),
        (r"HEALTHCHECK .*\n.*\n", "", "has no healthcheck"),
        (r'CMD \["python", "-m", "flights".*', "CMD python -m flights serve", "starts in a shell"),
    ],
)
def test_a_careless_dockerfile_is_seen(
    promoted: Promoted, image: dict[str, Any], pattern: str, instead: str, told: str
) -> None:
    text, changed = re.subn(pattern, instead, (promoted.root / "ops" / "Dockerfile").read_text(encoding="utf-8"))
    assert changed == 1
    options = ("--quiet", "--network=host", "--label=org.opencontainers.image.revision=x", "--tag=careless", "--file=-")
    docker(promoted.env, "build", *options, str(promoted.root), content=text)
    (found,) = problems(settings(promoted.env, "careless")["Config"])
    assert found.startswith(told)


def test_nothing_but_the_service_and_its_model_is_in_it(promoted: Promoted, image: dict[str, Any]) -> None:
    found = files_in(promoted.env, image["reference"])
    assert strangers(found) == []
    assert {"models/champion", f"models/{promoted.version}/model.onnx", "service/app.py"} <= found.keys()
    assert f"models/{promoted.version}/model.onnx" in found


def test_a_context_that_lets_everything_in_is_seen(promoted: Promoted, tmp_path: Path) -> None:
    for name in (".env", "data/raw/table.csv", "service/app.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(MARK, encoding="utf-8")
    text = 'FROM scratch\nCOPY . /app\nCMD ["x"]\n'
    docker(promoted.env, "build", "-q", "-t", "open", "-f-", str(tmp_path), content=text)
    assert strangers(files_in(promoted.env, "open")) == [".env", "data/raw/table.csv", "service/app.py"]
    shutil.copy(promoted.root / ".dockerignore", tmp_path)
    docker(promoted.env, "build", "-q", "-t", "shut", "-f-", str(tmp_path), content=text)
    assert sorted(files_in(promoted.env, "shut")) == ["service/app.py"]


@contextmanager
def container(env: dict[str, str], image: str, *options: str) -> Iterator[tuple[str, int]]:
    """A container with all doors shut but its port; gives its name and the port."""
    port = free_port()
    started = ("run", "-d", "--pull", "never", "-p", f"127.0.0.1:{port}:8000", "--memory", "512m", *HARDENED)
    name = docker(env, *started, *options, image)
    try:
        yield name, port
    finally:
        docker(env, "rm", "-fv", name)


def first_answer(port: int, body: bytes, seconds: float = 60) -> float:
    """Ask until there is an answer; return the seconds that took."""
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("POST", "/predict", body)
            if connection.getresponse().status == 200:
                return time.monotonic() - began
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
        finally:
            connection.close()
    pytest.fail(f"no answer in {seconds} s")


@pytest.fixture(scope="session")
def body(promoted: Promoted) -> bytes:
    """A row of the sample as a client sends it."""
    code = (
        "import json, sys; sys.path.insert(0, '.')\n"
        "from pathlib import Path\n"
        "from flights.bundle.store import latest_bundle\n"
        "from flights.data.tables import read_table\n"
        "from tools.pipeline.questions import questions\n"
        "asked = questions(latest_bundle(Path('models'), 1), read_table(Path('data/sample.csv')))\n"
        "print(json.dumps({'row': asked.rows[0]}))"
    )
    return promoted.run("python", "-c", code).stdout.strip().encode()


def test_it_answers_with_all_doors_shut_and_says_that_it_is_well(
    promoted: Promoted, image: dict[str, Any], body: bytes
) -> None:
    # That its answers are the bundle's, bit by bit, `image` has found out before it wrote image.json.
    with container(promoted.env, image["reference"]) as (name, port):
        seconds = first_answer(port, body)
        end = time.monotonic() + 30
        while (state := json.loads(docker(promoted.env, "inspect", name))[0]["State"])["Health"]["Status"] != "healthy":
            assert time.monotonic() < end, state
            time.sleep(0.2)
        logged = docker(promoted.env, "exec", name, "sh", "-c", "cat logs/requests-*.jsonl")
        assert json.loads(logged.splitlines()[0])["version"] == promoted.version
        written = subprocess.run(
            ["docker", "exec", name, "touch", "/app/config/x"], env=promoted.env, capture_output=True, check=False
        )
        assert written.returncode, "the file system can be written"
    assert image["megabytes"] < LARGEST
    found = {"megabytes": image["megabytes"], "seconds_to_first_answer": round(seconds, 2)}
    MEASURED.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"image: {found}\n")


def test_it_stops_in_time_and_loses_nothing(promoted: Promoted, image: dict[str, Any], body: bytes) -> None:
    with container(promoted.env, image["reference"]) as (name, port):
        first_answer(port, body)
        with load(port, body) as found:
            time.sleep(1)
            began = time.monotonic()
            docker(promoted.env, "stop", "--time", "10", name)
            seconds = time.monotonic() - began
        state = json.loads(docker(promoted.env, "inspect", name))[0]["State"]
        logged = docker(promoted.env, "cp", f"{name}:/app/logs", "-").count('"version"')
    assert (found.lost, set(found.statuses), found.told_to_leave) == ([], {200}, 4)
    assert seconds < 5
    assert (state["ExitCode"], state["OOMKilled"]) == (0, False)
    assert logged == len(found.statuses) + 1, "the log was not written to its end"


def test_without_a_container_it_stops_as_well(promoted: Promoted, body: bytes) -> None:
    port = free_port()
    service = subprocess.Popen(
        [promoted.root / ".venv" / "bin" / "flights", "serve", "--port", str(port)],
        cwd=promoted.root,
        env=promoted.env,
        stdout=subprocess.DEVNULL,
    )
    try:
        first_answer(port, body)
        with load(port, body) as found:
            time.sleep(1)
            began = time.monotonic()
            service.terminate()
            assert service.wait(20) == 0
            seconds = time.monotonic() - began
    finally:
        service.kill()
        service.wait()
    assert (found.lost, set(found.statuses), found.told_to_leave) == ([], {200}, 4)
    assert seconds < 5


def test_one_that_is_killed_loses_requests(promoted: Promoted, image: dict[str, Any], body: bytes) -> None:
    with container(promoted.env, image["reference"]) as (name, port):
        first_answer(port, body)
        with load(port, body) as found:
            docker(promoted.env, "kill", name)
    assert found.lost


def test_it_can_be_stopped_while_it_starts(promoted: Promoted, image: dict[str, Any]) -> None:
    with container(promoted.env, image["reference"], "--init") as (name, _):  # as in ops/compose.yaml
        time.sleep(0.2)
        began = time.monotonic()
        docker(promoted.env, "stop", "--time", "10", name)
        assert time.monotonic() - began < 5


def test_a_model_that_is_mounted_is_served_in_place_of_the_one_inside(
    promoted: Promoted, image: dict[str, Any], body: bytes, tmp_path: Path
) -> None:
    models = shutil.copytree(promoted.root / "build" / "bundle", tmp_path / "models")
    other = (models / promoted.version).rename(models / "20990101T000000Z-other")
    manifest = json.loads((other / "manifest.json").read_text(encoding="utf-8"))
    (other / "manifest.json").write_text(json.dumps({**manifest, "version": other.name}), encoding="utf-8")
    (models / "champion").write_text(other.name, encoding="utf-8")
    with container(promoted.env, image["reference"], "-v", f"{models}:/app/models:ro") as (name, port):
        first_answer(port, body)
        told = docker(promoted.env, "exec", name, "python", "-m", "service.healthcheck", "/version")
    assert json.loads(told)["version"] == other.name


def test_the_dockerfiles_keep_the_rules(promoted: Promoted) -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    assert hadolint, "hadolint is missing: install requirements/operations.txt"
    text = (promoted.root / "ops" / "Dockerfile").read_text(encoding="utf-8")
    assert subprocess.run([hadolint, "-"], input=text, text=True, capture_output=True, check=False).stdout == ""
    if "--check" in docker(promoted.env, "build", "--help"):  # newer than Debian 13's
        docker(promoted.env, "build", "--check", "--file", str(promoted.root / "ops/Dockerfile"), str(promoted.root))
    broken = text.replace("USER 10001:10001\n", "USER root\n").replace("--no-cache-dir ", "")
    told = subprocess.run([hadolint, "-"], input=broken, text=True, capture_output=True, check=False).stdout
    assert {"DL3002", "DL3042"} <= set(told.split())
