"""Clients that keep asking a service, and what became of their requests: none may be lost when it stops."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

__all__ = ["Load", "load"]

_JOIN = 15


@dataclass
class Load:
    """Requests answered, by status, and those that were sent and got no answer."""

    statuses: list[int] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    told_to_leave: int = 0


@contextmanager
def load(port: int, body: bytes, clients: int = 4, path: str = "/predict") -> Iterator[Load]:
    """Ask over `clients` connections that are kept, as a proxy does; who is told to close comes back no more.

    The block may stop the service; at its end the clients have, too.
    """
    found, ended = Load(), threading.Event()
    asking = [threading.Thread(target=_ask, args=(port, path, body, found, ended)) for _ in range(clients)]
    for thread in asking:
        thread.start()
    while not found.statuses and not found.lost:
        time.sleep(0.01)
    try:
        yield found
    finally:
        ended.set()
        for thread in asking:
            thread.join(_JOIN)


def _ask(port: int, path: str, body: bytes, found: Load, ended: threading.Event) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.connect()
    while not ended.is_set():
        try:
            connection.request("POST", path, body)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            found.lost.append(repr(error))
            break
        found.statuses.append(answer.status)
        if answer.will_close:
            found.told_to_leave += 1
            break
    connection.close()
