"""GitHub's release, run by act: an image that was built, pushed and rolled out to dev, test and prod, in that order."""

import json
import subprocess
from pathlib import Path

import pytest

from toolbox.act import Run, act
from toolbox.projects import clone
from toolbox.shipping import TOKEN, USER, Promoted

pytestmark = pytest.mark.operations
JOBS = ["release", "deploy-dev", "deploy-test", "deploy-prod"]


def released(promoted: Promoted, registry: str, place: Path, token: str) -> tuple[Run, Path]:
    """Run the release of the tag in a fresh clone; return it, and the forge's repository."""
    origin = place / "origin.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", promoted.root, origin], check=True)
    project = clone(origin, place / "runner", sync=False)
    docker = {name: promoted.env[name] for name in ("DOCKER_HOST", "DOCKER_CONFIG") if name in promoted.env}
    run = act(
        project,
        "release",
        "push",
        {"ref": "refs/tags/v1.0.0"},
        # Any port that is free: here, all three environments are on one machine.
        variables={"IMAGE": f"{registry}/flights", "SERVICE_PORT": "0"},
        secrets={
            "GITHUB_TOKEN": "token-of-the-run",
            "IMAGE_USER": USER,
            "IMAGE_TOKEN": token,
            "DOCKER_HOST": docker["DOCKER_HOST"],
        },
        machine={"PATH": promoted.env["PATH"]},
        FLIGHTS_IMAGE__NETWORK="host",
        **docker,
    )
    return run, origin


def test_a_tag_reaches_all_environments_in_order_and_the_ledger_says_so(
    promoted: Promoted, registry: str, tmp_path: Path
) -> None:
    run, origin = released(promoted, registry, tmp_path, TOKEN)
    assert run.results() == dict.fromkeys(JOBS, "success"), run.log[-6000:]
    image = json.loads((run.artifacts / "release/build/image.json").read_text(encoding="utf-8"))
    assert image["version"] == promoted.version
    ledger = subprocess.run(
        ["git", "show", "main:registry/deployments.jsonl"], cwd=origin, check=True, capture_output=True, text=True
    ).stdout
    deployed = [json.loads(line) for line in ledger.splitlines()][-3:]  # other tests deploy this project as well
    assert [line["environment"] for line in deployed] == ["dev", "test", "prod"]
    assert {line["version"] for line in deployed} == {promoted.version}


def test_an_image_that_cannot_be_pushed_is_rolled_out_nowhere(
    promoted: Promoted, registry: str, tmp_path: Path
) -> None:
    run, _ = released(promoted, registry, tmp_path, "another token")
    assert run.results() == {"release": "failure"}, run.log[-6000:]
    assert "docker login" in run.jobs["release"].log.partition("flights image")[2]
    assert "another token" not in run.log
