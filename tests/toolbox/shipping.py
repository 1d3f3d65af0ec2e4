"""What a release needs beside an engine: a registry on this machine, and a project with a champion to release."""

import os
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from toolbox.debian import debian, environment
from toolbox.projects import clone, ready
from toolbox.projects import environment as quiet

__all__ = ["TOKEN", "USER", "Promoted", "free_port", "promote", "registry"]

USER, TOKEN = "pipeline", "a token"
_HASHED = "$2y$05$abcdefghijklmnopqrstuukiZ7SmIOEUsdViUMaj6o5.hoo3qaa4a"  # of TOKEN, as the registry wants it
_SECONDS = 20
_CARD = {
    "intended_use": "Tests of the release.",
    "limits": "No decision may rest on it.",
    "contact": "The owners",
    "license": "apache-2.0",
}


class Promoted(NamedTuple):
    """A clone with a champion, tagged v1.0.0, and the environment in which its commands reach the engine."""

    root: Path
    env: dict[str, str]
    version: str

    def run(self, *command: str, good: tuple[int, ...] = (0,), **env: str) -> subprocess.CompletedProcess[str]:
        """Run one of its commands by uv; fails with what it said."""
        done = subprocess.run(
            ["uv", "run", "--no-sync", *command],
            cwd=self.root,
            env={**self.env, **env},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in good, f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
        return done


@contextmanager
def registry() -> Iterator[str]:
    """Give host and port of a registry on this machine that wants to know who pushes."""
    port = free_port()
    found = environment(debian("docker-registry"))
    with tempfile.TemporaryDirectory(prefix="registry-") as scratch:
        users, settings = Path(scratch, "users"), Path(scratch, "config.yml")
        users.write_text(f"{USER}:{_HASHED}\n", encoding="utf-8")
        settings.write_text(
            f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {scratch}/data}}}}\n"
            f"http: {{addr: '127.0.0.1:{port}'}}\nauth: {{htpasswd: {{realm: test, path: {users}}}}}\n",
            encoding="utf-8",
        )
        process = subprocess.Popen(
            ["docker-registry", "serve", str(settings)],
            env={**os.environ, **found},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(port)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(_SECONDS)


def promote(place: Path, docker_env: Mapping[str, str]) -> Promoted:
    """Clone the flights project into `place`, train it, promote the model and push that to its origin."""
    origin = place / "origin.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", ready(), origin], check=True)
    root = clone(origin, place / "flights")
    engine_of = {name: docker_env[name] for name in ("PATH", "DOCKER_HOST", "DOCKER_CONFIG") if name in docker_env}
    env = quiet(**engine_of, FLIGHTS_IMAGE__NETWORK="host", SERVICE_PORT=str(free_port()))
    project = Promoted(root, env, "")
    for key, value in {"user.name": "Model owners", "user.email": "owners@localhost"}.items():
        subprocess.run(["git", "config", key, value], cwd=root, check=True)
    base = root / "config" / "base.toml"
    text = base.read_text(encoding="utf-8")
    for key, value in _CARD.items():
        text = re.sub(rf'^{key} = ".*?"', f'{key} = "{value}"', text, flags=re.MULTILINE)
    base.write_text(text, encoding="utf-8")
    subprocess.run(["git", "commit", "-qam", "What only people can say"], cwd=root, check=True)
    for command in (["ingest"], ["train"], ["evaluate"], ["gate", "--force", "the first one"], ["card"]):
        project.run("flights", *command)
    subprocess.run(["git", "add", "registry", "data", "docs"], cwd=root, check=True)
    subprocess.run(["git", "commit", "-qm", "The first champion"], cwd=root, check=True)
    subprocess.run(["git", "tag", "v1.0.0"], cwd=root, check=True)
    subprocess.run(["git", "push", "-q", "origin", "HEAD:main", "v1.0.0"], cwd=root, check=True)
    return project._replace(version=(root / "models" / "champion").read_text(encoding="utf-8").strip())


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(port: int) -> None:
    end = time.monotonic() + _SECONDS
    while True:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < end, f"nothing listens on port {port} after {_SECONDS} s"
        time.sleep(0.05)
