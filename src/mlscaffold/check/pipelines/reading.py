"""All pipelines of a repository."""

__all__ = ["pipelines_of"]

from mlscaffold.check.pipelines.model import Pipeline
from mlscaffold.check.repository import Repository


def pipelines_of(repository: Repository) -> list[Pipeline]:
    """Return what GitHub Actions, GitLab CI and Azure Pipelines would run here."""
    return []
