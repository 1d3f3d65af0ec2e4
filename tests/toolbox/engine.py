"""A Docker engine for tests: the one that answers, else Debian's, started for as long as it is wanted.

The engine that is started here leaves the machine's network alone (no NAT: what a build installs needs
`--network host`, and a running container reaches nobody outside), keeps everything in a temporary folder, and is taken
down with its containers and links. The base image python:X-slim is pulled where that can be done, else made from this
machine's own files, once: build/tools keeps it.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from toolbox.baseimage import PYTHON, make_base
from toolbox.debian import TOOLS, debian, environment
from toolbox.iptables import iptables
from toolbox.once import locked

__all__ = ["docker", "engine"]

_SECONDS = 60  # in which an engine must have come up or gone down
_PULL_SECONDS = 60
_WITHOUT_NAT = ("--iptables=false", "--ip6tables=false", "--ip-masq=false")


@contextmanager
def engine() -> Iterator[dict[str, str]]:
    """Give the environment in which `docker` (with buildx and compose) works and has python:X-slim, X this Python's."""
    if _answers(os.environ):
        yield _with_base(dict(os.environ))
        return
    with tempfile.TemporaryDirectory(prefix="engine-", ignore_cleanup_errors=True) as scratch, _started(scratch) as env:
        yield _with_base(env)


def docker(env: Mapping[str, str], *arguments: str, content: str | None = None) -> str:
    """Run the docker client and return what it printed. Fails with what it said."""
    done = subprocess.run(
        ["docker", *arguments], env=dict(env), input=content, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"docker {' '.join(arguments)}: {done.stderr.strip()}"
    return done.stdout.strip()


def _answers(env: Mapping[str, str]) -> bool:
    if shutil.which("docker", path=env.get("PATH")) is None:
        return False
    asked = [("docker", "info"), ("docker", "buildx", "version"), ("docker", "compose", "version")]
    return all(not subprocess.run(one, env=dict(env), capture_output=True, check=False).returncode for one in asked)


@contextmanager
def _started(scratch: str) -> Iterator[dict[str, str]]:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.fail(
            "no Docker engine answers, and one is only started by root with `ip`: start Docker, set DOCKER_HOST"
        )
    root = debian("docker.io", "docker-cli", "docker-compose", "docker-buildx", "containerd", "tini", suite="trixie")
    # The suite's own runc wants a newer C library than Debian 12 has.
    place, found = Path(scratch), environment(root, debian("runc"))
    (place / "client" / "cli-plugins").mkdir(parents=True)
    for plugin in (root / "usr/libexec/docker/cli-plugins").iterdir():
        (place / "client" / "cli-plugins" / plugin.name).symlink_to(plugin)
    address = f"unix://{place / 'docker.sock'}"
    env = dict(os.environ) | {
        "PATH": f"{iptables()}{os.pathsep}{found['PATH']}",
        "DOCKER_HOST": address,
        "DOCKER_CONFIG": str(place / "client"),
    }
    with _bridge() as bridge, (place / "log").open("w") as log:
        folders = [f"--{kind}={place / kind}" for kind in ("data-root", "exec-root", "pidfile")]
        command = ["dockerd", *_WITHOUT_NAT, f"--bridge={bridge}", *folders, "-H", address]
        process = subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT)
        try:
            end = time.monotonic() + _SECONDS
            while not _answers(env):
                said = (place / "log").read_text(encoding="utf-8").splitlines()[-1:]
                assert process.poll() is None, f"Debian's Docker engine ended: {said}"
                assert time.monotonic() < end, f"Debian's Docker engine does not answer: {said}"
                time.sleep(0.1)
            yield env
            if containers := docker(env, "ps", "-aq").split():
                docker(env, "rm", "-f", *containers)
            docker(env, "network", "prune", "-f")  # their links stay on the machine otherwise
        finally:
            process.terminate()
            process.wait(_SECONDS)
            _unmount(place)


def _unmount(place: Path) -> None:
    """Let go of what the engine leaves mounted (the network of `--network host`), so that the folder can go."""
    points = [line.split()[1] for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()]
    for point in points:
        if point.startswith(f"{place}/"):
            subprocess.run(["umount", "--lazy", point], check=True)


@contextmanager
def _bridge() -> Iterator[str]:
    """Make a network link of our own, so that engines beside each other do not share one."""
    name, number = f"mls{os.getpid()}", os.getpid() % 250
    for command in (
        f"link add name {name} type bridge",
        f"addr add 10.231.{number}.1/24 dev {name}",
        f"link set {name} up",
    ):
        subprocess.run(["ip", *command.split()], check=True)
    try:
        yield name
    finally:
        subprocess.run(["ip", "link", "del", name], check=True)


def _with_base(env: dict[str, str]) -> dict[str, str]:
    """Return `env` once its engine has the base image."""
    tag, kept = f"python:{PYTHON}-slim", TOOLS / f"python-{PYTHON}-slim.tar"
    if tag in _images(env):
        return env
    with locked(kept):
        if kept.exists():
            docker(env, "load", "--quiet", "--input", str(kept))
        elif not _pulled(env, tag):
            make_base(lambda *arguments: docker(env, *arguments), tag)
        if not kept.exists():
            part = kept.with_suffix(".part")
            docker(env, "save", "--output", str(part), tag)
            part.rename(kept)
    return env


def _images(env: Mapping[str, str]) -> list[str]:
    listed = docker(env, "images", "--format", "json").splitlines()
    return [f"{image['Repository']}:{image['Tag']}" for image in map(json.loads, listed)]


def _pulled(env: Mapping[str, str], tag: str) -> bool:
    try:
        pull = subprocess.run(
            ["docker", "pull", "--quiet", tag], env=dict(env), capture_output=True, check=False, timeout=_PULL_SECONDS
        )
    except subprocess.TimeoutExpired:
        return False
    return not pull.returncode
