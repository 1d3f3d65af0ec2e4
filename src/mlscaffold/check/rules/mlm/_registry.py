"""The registry of a generated project: which version is in charge."""

__all__ = ["REGISTRY", "champion"]

import json
from typing import Final

from mlscaffold.check.repository import Repository

REGISTRY: Final = "registry/versions.jsonl"


def champion(repository: Repository) -> tuple[str, int] | None:
    """Return the version that the registry of a generated project has in charge, and the line that put it there."""
    stack: list[tuple[str, int]] = []
    lines = repository.text(REGISTRY).split("\n") if repository.has(REGISTRY) else []
    for number, line in enumerate(lines, 1):
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        match event:
            case {"event": "promote" | "force", "version": str(version)} if "/" not in version:
                stack.append((version, number))
            case {"event": "rollback"} if stack:
                stack.pop()
    return stack[-1] if stack else None
