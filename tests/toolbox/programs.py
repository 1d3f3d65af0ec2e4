"""Programs that run beside a test: started, waited for, and stopped by their own process."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from http.client import HTTPException
from pathlib import Path
from socket import socket
from typing import Any
from urllib.request import Request, urlopen

__all__ = ["answers", "ask", "free_ports", "listens", "started", "until"]

_SECONDS = 60  # in which whatever is waited for must have happened


@contextmanager
def started(
    command: Sequence[str | Path], log: Path, *, cwd: Path, env: Mapping[str, str]
) -> Iterator[subprocess.Popen]:
    """Run a program while the block runs, its output in `log`. It must still run at the end."""
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(command, cwd=cwd, env=dict(env), stdout=out, stderr=subprocess.STDOUT)
        try:
            yield process
            assert process.poll() is None, f"{log.stem} has ended: {log.read_text(encoding='utf-8')[-2000:]}"
        finally:
            process.terminate()
            process.wait(_SECONDS)


def free_ports(count: int) -> list[int]:
    """Return ports of this machine that nobody listens on."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def until(holds: Callable[[], object], what: str) -> None:
    """Wait until something holds; fail when it takes longer than a minute."""
    start = time.monotonic()
    while not holds():
        assert time.monotonic() - start < _SECONDS, f"{what}: not within {_SECONDS} s"
        time.sleep(0.2)


def listens(port: int) -> bool:
    """Whether somebody takes connections on a port of this machine."""
    with socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def answers(url: str) -> bool:
    """Whether an address answers with success."""
    try:
        with urlopen(url, timeout=5):  # noqa: S310
            return True
    except (OSError, HTTPException):
        return False


def ask(url: str, body: object = None, **headers: str) -> Any:
    """Return the JSON (None: nothing) that an address answers to a GET, or to a POST of a body. Raises HTTPError."""
    request = Request(url, data=None if body is None else json.dumps(body).encode(), headers=headers)  # noqa: S310
    with urlopen(request, timeout=10) as answer:  # noqa: S310
        content = answer.read()
    return json.loads(content) if content else None
