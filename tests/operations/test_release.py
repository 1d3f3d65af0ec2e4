"""A release as the pipelines make it: the image in a registry, rolled out by its digest, proved, written down."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from toolbox.engine import docker
from toolbox.projects import clone
from toolbox.shipping import TOKEN, USER, Promoted, free_port

pytestmark = pytest.mark.operations


@pytest.fixture(scope="module")
def shipped(promoted: Promoted, registry: str) -> Iterator[Promoted]:
    """The project after `nox -s release`, with what a pipeline knows; nothing runs of it in the end."""
    ours = {"IMAGE": f"{registry}/team/flights", "IMAGE_USER": USER, "IMAGE_TOKEN": TOKEN}
    project = promoted._replace(env={**promoted.env, **ours, "SERVICE_PORT": str(free_port())})
    empty(project)  # the engine is shared: another module's release may run there
    project.run("nox", "-s", "release")
    yield project
    empty(project)


def empty(project: Promoted) -> None:
    for one in ("dev", "test", "prod"):
        compose(project, one, "down", "--volumes")


def compose(project: Promoted, environment: str, *arguments: str) -> str:
    file = str(project.root / "ops" / "compose.yaml")
    return docker(project.env, "compose", "--file", file, "--project-name", f"flights-{environment}", *arguments)


def record(project: Promoted) -> dict[str, Any]:
    """What `image` has written."""
    found: dict[str, Any] = json.loads((project.root / "build" / "image.json").read_text(encoding="utf-8"))
    return found


def runs(project: Promoted, environment: str) -> str | None:
    """What the service of an environment was started from."""
    name = compose(project, environment, "ps", "--quiet", "service")
    return str(json.loads(docker(project.env, "inspect", name))[0]["Config"]["Image"]) if name else None


def deployments(project: Promoted) -> list[dict[str, Any]]:
    path = project.root / "registry" / "deployments.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def planted(project: Promoted, to: Path) -> Promoted:
    """A copy to break, which knows what was released."""
    root = clone(project.root, to)
    (root / "build").mkdir()
    (root / "build" / "image.json").write_text(json.dumps(record(project)), encoding="utf-8")
    return project._replace(root=root)


def test_the_image_is_in_the_registry_under_the_digest_that_is_noted(shipped: Promoted) -> None:
    made = record(shipped)
    assert (made["tag"], made["pushed"], made["version"]) == ("v1.0.0", True, shipped.version)
    assert re.fullmatch(re.escape(shipped.env["IMAGE"]) + "@sha256:[0-9a-f]{64}", made["reference"])
    docker(shipped.env, "image", "rm", "--force", made["reference"], f"{made['image']}:{made['tag']}", "flights:local")
    docker(shipped.env, "login", "--username", USER, "--password-stdin", made["image"].partition("/")[0], content=TOKEN)
    docker(shipped.env, "pull", "--quiet", made["reference"])
    docker(shipped.env, "logout", made["image"].partition("/")[0])


def test_no_token_is_left_on_the_machine(shipped: Promoted) -> None:
    kept = Path(shipped.env["DOCKER_CONFIG"], "config.json") if "DOCKER_CONFIG" in shipped.env else None
    assert (
        kept is None or not kept.exists() or "auth" not in json.loads(kept.read_text(encoding="utf-8")).get("auths", {})
    )
    assert TOKEN not in (shipped.root / "build" / "image.json").read_text(encoding="utf-8")


def test_a_wrong_token_pushes_nothing(shipped: Promoted, tmp_path: Path) -> None:
    broken = planted(shipped, tmp_path / "flights")
    (broken.root / "build" / "image.json").unlink()
    done = broken.run("flights", "image", good=(2,), IMAGE_TOKEN="another")  # noqa: S106
    assert done.stderr.splitlines()[-1].startswith("flights: docker login:")
    assert not (broken.root / "build" / "image.json").exists()


def test_it_is_rolled_out_by_digest_and_written_down(shipped: Promoted) -> None:
    before = len(deployments(shipped))
    done = shipped.run("nox", "-s", "deploy", "--", "dev")
    assert shipped.version in done.stdout
    assert runs(shipped, "dev") == record(shipped)["reference"]
    with urlopen(f"http://127.0.0.1:{shipped.env['SERVICE_PORT']}/version", timeout=10) as answer:
        assert json.load(answer)["version"] == shipped.version
    (entry,) = deployments(shipped)[before:]
    assert (entry["environment"], entry["version"]) == ("dev", shipped.version)
    assert entry["image"] == record(shipped)["reference"]
    origin = shipped.root.parent / "origin.git"
    shown = ["git", "--git-dir", origin, "show", "main:registry/deployments.jsonl"]
    told = subprocess.run(shown, capture_output=True, text=True, check=True).stdout
    assert json.loads(told.splitlines()[-1]) == entry


def test_an_image_with_another_model_is_taken_back(shipped: Promoted, tmp_path: Path) -> None:
    shipped.run("flights", "roll-out", "dev")
    broken, former = planted(shipped, tmp_path / "flights"), runs(shipped, "dev")
    before = deployments(broken)
    # The planted fault: whoever built it put another model's name on the same answers.
    text = (
        f"FROM {former}\nUSER root\n"
        f"RUN sed -i 's/{shipped.version}/20990101T000000Z-other/' models/{shipped.version}/manifest.json\nUSER 10001\n"
    )
    docker(shipped.env, "build", "-q", "-t", "other", "-", content=text)
    other = json.loads(docker(shipped.env, "image", "inspect", "other"))[0]["Id"]
    (broken.root / "build" / "image.json").write_text(
        json.dumps({**record(shipped), "reference": other}), encoding="utf-8"
    )
    done = broken.run("flights", "roll-out", "dev", good=(2,))
    assert "20990101T000000Z-other" in done.stderr
    assert f"{former} runs again" in done.stderr
    assert runs(shipped, "dev") == former
    assert deployments(broken) == before


def test_an_image_that_does_not_start_leaves_nothing_behind(shipped: Promoted, tmp_path: Path) -> None:
    broken = planted(shipped, tmp_path / "flights")
    docker(
        shipped.env, "build", "-q", "-t", "mute", "-", content=f'FROM {record(shipped)["reference"]}\nCMD ["false"]\n'
    )
    mute = json.loads(docker(shipped.env, "image", "inspect", "mute"))[0]["Id"]
    (broken.root / "build" / "image.json").write_text(
        json.dumps({**record(shipped), "reference": mute}), encoding="utf-8"
    )
    done = broken.run("flights", "roll-out", "test", good=(2,), SERVICE_PORT=str(free_port()))
    assert "nothing runs now" in done.stderr
    assert runs(shipped, "test") is None
    assert [entry for entry in deployments(broken) if entry["environment"] == "test"] == []


def test_a_champion_that_was_changed_is_not_released(shipped: Promoted, tmp_path: Path) -> None:
    broken = planted(shipped, tmp_path / "flights")
    model = next((broken.root / "registry" / "bundles" / shipped.version).glob("model.onnx"))
    model.write_bytes(model.read_bytes()[:-1] + b"x")
    done = broken.run("nox", "-s", "release", good=(1,))
    assert "was changed after training" in done.stdout + done.stderr
    assert not (broken.root / "build" / "bundle").exists()


def test_a_card_that_nobody_filled_in_is_not_released(shipped: Promoted, tmp_path: Path) -> None:
    broken = planted(shipped, tmp_path / "flights")
    base = broken.root / "config" / "base.toml"
    text = base.read_text(encoding="utf-8")
    base.write_text(re.sub(r'^limits = ".*?"', 'limits = ""', text, flags=re.MULTILINE), encoding="utf-8")
    done = broken.run("nox", "-s", "release", good=(1,))
    assert "card" in done.stdout + done.stderr
    assert not (broken.root / "build" / "bundle").exists()
