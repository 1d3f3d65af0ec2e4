"""A JSON service on this machine that answers as a test tells it, and keeps what it was asked."""

__all__ = ["Answer", "Asked", "serving"]

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit


class Asked(NamedTuple):
    """One request: method, path, query, headers (small letters) and body (None: without one)."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any


Answer = Callable[[Asked], tuple[int, Any]]  # status and body, None for an empty one


@contextmanager
def serving(answer: Answer) -> Generator[tuple[str, list[Asked]]]:
    """Serve on a free port; give the address and the list that all requests are put into."""
    requests: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def work(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            address = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = json.loads(content) if content else None
            requests.append(Asked(self.command, address.path, parse_qs(address.query), headers, body))
            status, told = answer(requests[-1])
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"" if told is None else json.dumps(told).encode())

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = work  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        server.server_close()
