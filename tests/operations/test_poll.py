"""New data in a real object store (Azurite) asks the forge for a run: by polling, and by an Event Grid message."""

import base64
import json
import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from toolbox.dispatches import Dispatches, dispatches
from toolbox.npm import node, npm
from toolbox.programs import answers, ask, free_ports, listens, started, until
from toolbox.projects import clone, environment, ready

pytestmark = pytest.mark.operations
TOKEN = "a-token-for-the-length-of-a-test"  # noqa: S105
# Run by the project's own Python, which has Azure's client: what somebody else does with the store.
STORE = """
import json, os, sys
from azure.storage.blob import BlobServiceClient
store = BlobServiceClient.from_connection_string(os.environ["AZURE_STORAGE_CONNECTION_STRING"])
container = store.get_container_client(os.environ["CONTAINER"])
if not container.exists():
    container.create_container()
for action, name, text in json.loads(sys.argv[1]):
    blob = container.get_blob_client(name)
    if action == "delete":
        blob.delete_blob()
        continue
    blob.upload_blob(text, overwrite=True)
    found = blob.get_blob_properties()
    told = {"etag": found.etag, "size": found.size, "url": blob.url, "when": found.last_modified.isoformat()}
    print(json.dumps(told))
"""


class Scene(NamedTuple):
    """A project with the drivers, a store that is reached by `env`, and a forge."""

    project: Path
    env: dict[str, str]
    forge: Dispatches

    @property
    def address(self) -> str:
        """The folder in the store that data arrives in."""
        return f"abfs://{self.env['CONTAINER']}/flights/"

    def poll(self, *options: str) -> tuple[int, dict[str, Any]]:
        """Look once; returns the exit code and what was told."""
        command = [self.project / ".venv/bin/flights", "poll", "--address", self.address, "--json", *options]
        done = subprocess.run(command, cwd=self.project, env=self.env, capture_output=True, text=True, check=False)
        return done.returncode, json.loads(done.stdout)

    def store(self, *actions: tuple[str, str, str]) -> list[dict[str, Any]]:
        """Write or delete blobs; returns what the store says of those that were written."""
        command = [self.project / ".venv/bin/python", "-c", STORE, json.dumps(actions)]
        done = subprocess.run(command, cwd=self.project, env=self.env, capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = clone(ready(), tmp_path_factory.mktemp("poll") / "flights", sync=False)
    command = ["uv", "sync", "--quiet", "--locked", "--group", "stores"]
    subprocess.run(command, cwd=place, env=environment(), check=True)
    return place


@pytest.fixture(scope="module")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The connection string of a store that runs on this machine, with a key of its own."""
    program = npm("azurite") / "azurite/dist/src/blob/main.js"
    (port,), key = free_ports(1), base64.b64encode(secrets.token_bytes(64)).decode()
    place = tmp_path_factory.mktemp("azurite")
    options = ("--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck", "--silent")
    command = (node(), program, "--blobHost", "127.0.0.1", "--blobPort", str(port), *options)
    env = os.environ | {"AZURITE_ACCOUNTS": f"account:{key}"}
    with started(command, place / "azurite.log", cwd=place, env=env):
        until(lambda: listens(port), "Azurite listens")
        yield (
            f"DefaultEndpointsProtocol=http;AccountName=account;AccountKey={key};"
            f"BlobEndpoint=http://127.0.0.1:{port}/account;"
        )


@pytest.fixture
def scene(project: Path, azurite: str) -> Iterator[Scene]:
    """A container of its own; nothing polled before."""
    for path in (project / "logs").glob("*"):
        path.unlink()
    with dispatches() as forge:
        store = {"AZURE_STORAGE_CONNECTION_STRING": azurite, "CONTAINER": f"data-{secrets.token_hex(4)}"}
        yield Scene(project, environment(**forge.variables, **store), forge)


def test_what_is_new_or_has_changed_asks_for_a_run_and_the_rest_does_not(scene: Scene) -> None:
    scene.store(("write", "flights/2013-01.csv", "a,b"), ("write", "other/2013-01.csv", "a,b"))
    container = scene.env["CONTAINER"]
    first = f"{container}/flights/2013-01.csv"
    assert scene.poll() == (0, told(scene, new=[first]))
    assert scene.poll() == (3, told(scene))

    scene.store(("write", "flights/2013-02.csv", "a,b"))
    assert scene.poll()[1]["new"] == [f"{container}/flights/2013-02.csv"]

    scene.store(("write", "flights/2013-01.csv", "b,a"))  # as long as before: only its mark tells
    assert scene.poll() == (0, told(scene, changed=[first]))

    scene.store(("delete", "flights/2013-01.csv", ""))
    assert scene.poll() == (3, told(scene, gone=[first]))
    assert [one["event_type"] for one in scene.forge.heard] == ["new-data"] * 3
    assert [one["client_payload"]["reason"].rpartition("/")[2] for one in scene.forge.heard] == [
        "2013-01.csv",
        "2013-02.csv",
        "2013-01.csv",
    ]


def told(scene: Scene, **names: list[str]) -> dict[str, Any]:
    """What `poll --json` says of these names."""
    found = names.get("new", []) + names.get("changed", [])
    message = f"asked for a run: {', '.join(found)}" if found else f"nothing new below {scene.address}"
    return {"asked": bool(found), "new": [], "changed": [], "gone": [], **names, "message": message}


def test_what_the_forge_has_not_heard_is_news_again(scene: Scene) -> None:
    scene.store(("write", "flights/2013-01.csv", "a,b"))
    scene.forge.broken = 2  # asked twice, then given up
    code, said = scene.poll()
    assert (code, "503" in said["error"]) == (2, True)
    assert scene.forge.heard == []
    assert scene.poll()[0] == 0
    assert len(scene.forge.heard) == 1


def test_a_place_where_nothing_lies_is_told(scene: Scene) -> None:
    scene.env["CONTAINER"] = "misspelt"
    assert scene.poll() == (3, told(scene) | {"message": "nothing lies below abfs://misspelt/flights/"})


def test_a_store_that_refuses_us_is_one_line_without_the_key(scene: Scene) -> None:
    scene.store(("write", "flights/2013-01.csv", "a,b"))
    key = base64.b64encode(secrets.token_bytes(64)).decode()
    account, _, rest = scene.env["AZURE_STORAGE_CONNECTION_STRING"].partition("AccountKey=")
    scene.env["AZURE_STORAGE_CONNECTION_STRING"] = f"{account}AccountKey={key};{rest.partition(';')[2]}"
    code, said = scene.poll()
    assert (code, key in str(said)) == (2, False)
    assert said["error"].startswith(f"{scene.address} cannot be listed (")


def test_looking_again_and_again_tells_what_comes_meanwhile(scene: Scene, tmp_path: Path) -> None:
    scene.store(("write", "flights/2013-01.csv", "a,b"))
    command = (scene.project / ".venv/bin/flights", "poll", "--address", scene.address, "--every", "0.5")
    with started(command, tmp_path / "poll.log", cwd=scene.project, env=scene.env):
        until(lambda: len(scene.forge.heard) == 1, "the first file is told")
        scene.store(("write", "flights/2013-02.csv", "a,b"))
        until(lambda: len(scene.forge.heard) == 2, "the second file is told")


def test_a_message_of_event_grid_about_a_real_blob_asks_for_one_run(scene: Scene, tmp_path: Path) -> None:
    (blob,) = scene.store(("write", "flights/2013-03.csv", "a,b"))
    (tmp_path / "token").write_text(TOKEN, encoding="utf-8")
    (port,) = free_ports(1)
    command = (scene.project / ".venv/bin/flights", "relay", "--port", f"{port}", "--token-file", tmp_path / "token")
    message = {
        "topic": "/subscriptions/0/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/account",
        "subject": f"/blobServices/default/containers/{scene.env['CONTAINER']}/blobs/flights/2013-03.csv",
        "eventType": "Microsoft.Storage.BlobCreated",
        "id": "831e1650-001e-001b-66ab-eeb76e069631",
        "eventTime": blob["when"],
        "data": {"api": "PutBlob", "eTag": blob["etag"], "contentLength": blob["size"], "url": blob["url"]},
        "dataVersion": "",
        "metadataVersion": "1",
    }
    with started(command, tmp_path / "relay.log", cwd=scene.project, env=scene.env):
        until(lambda: answers(f"http://127.0.0.1:{port}/health"), "the relay answers")
        url = f"http://127.0.0.1:{port}/events?token={TOKEN}"
        assert ask(url, [message]) == {"outcome": "asked"}
        assert ask(url, [message]) == {"outcome": "covered"}  # it may be delivered more than once
    (asked,) = scene.forge.heard
    assert asked["event_type"] == "new-data"
    assert asked["client_payload"]["reason"].endswith("/flights/2013-03.csv")
    assert TOKEN not in (tmp_path / "relay.log").read_text(encoding="utf-8")
