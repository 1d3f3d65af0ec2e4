"""A forge on this machine that takes GitHub's repository dispatches, and now and then is out of order."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from toolbox.rest import Asked, serving

__all__ = ["Dispatches", "dispatches"]

_VARIABLES: Final = {"GITHUB_REPOSITORY": "owner/flights", "FORGE_TOKEN": "secret"}


@dataclass
class Dispatches:
    """`heard` are the dispatches that were taken. The next `broken` requests get 503, and count as `refused`."""

    heard: list[dict[str, Any]] = field(default_factory=list)
    broken: int = 0
    refused: int = 0
    variables: dict[str, str] = field(default_factory=lambda: dict(_VARIABLES))  # lead a project's commands here

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """Take a dispatch of the one repository from who has the token."""
        if self.broken:
            self.broken, self.refused = self.broken - 1, self.refused + 1
            return 503, None
        if (asked.method, asked.path) != ("POST", "/repos/owner/flights/dispatches"):
            return 404, None
        if asked.headers.get("authorization") != "Bearer secret":
            return 401, None
        self.heard.append(asked.body)
        return 204, None


@contextmanager
def dispatches() -> Iterator[Dispatches]:
    """Listen while the block runs."""
    forge = Dispatches()
    with serving(forge.answer) as (address, _):
        forge.variables["GITHUB_API_URL"] = address
        yield forge
