"""The hooks of a repository: what runs before a commit."""

__all__ = ["hooks_of"]

from typing import Any, Final

from mlscaffold.check.repository import Repository

_FILES: Final = (".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml")


def hooks_of(repository: Repository) -> tuple[str, dict[str, Any]]:
    """Return the file in which hooks are set up and what is in it; "" and nothing where there is none."""
    path = next((path for path in _FILES if path in repository.files), "")
    return path, repository.table(path) if path else {}
