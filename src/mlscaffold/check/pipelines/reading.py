"""All pipelines of a repository."""

__all__ = ["pipelines_of"]

from mlscaffold.check.pipelines.azure import azure_pipelines
from mlscaffold.check.pipelines.github import workflows
from mlscaffold.check.pipelines.gitlab import gitlab_pipeline
from mlscaffold.check.pipelines.model import Pipeline
from mlscaffold.check.repository import Repository, shared


@shared
def pipelines_of(repository: Repository) -> tuple[Pipeline, ...]:
    """Return what GitHub Actions, GitLab CI and Azure Pipelines would run here."""
    return (*workflows(repository), *gitlab_pipeline(repository), *azure_pipelines(repository))
