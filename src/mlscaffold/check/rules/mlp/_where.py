"""Which repositories the rules on pipelines speak about."""

__all__ = ["adopted", "other_services", "trains"]

from typing import Final

from mlscaffold.check.repository import Repository, shared
from mlscaffold.check.targets.facts import ModuleFacts

_LIBRARIES: Final = frozenset(
    {
        *("catboost", "fastai", "flax", "jax", "keras", "lightgbm", "lightning", "pytorch_lightning", "sklearn"),
        *("statsmodels", "tensorflow", "torch", "transformers", "xgboost"),
    }
)
_FITS: Final = (".fit", ".fit_transform", ".backward", ".train")
# Services whose pipelines are not read here: what seems to be missing may run there.
_OTHERS: Final = (
    *("/.circleci/**", "/.travis.yml", "/appveyor.yml", "/.appveyor.yml", "/Jenkinsfile*", "/.buildkite/**"),
    *("/.cirrus.yml", "/.drone.yml", "/.woodpecker*", "/.woodpecker/**", "/bitbucket-pipelines.yml", "/cloudbuild*"),
    *("/buildspec*", "/.semaphore/**", "/.forgejo/**", "/.gitea/**", "/.builds/**", "/.teamcity/**"),
)


def adopted(repository: Repository) -> bool:
    """Return whether somebody asked for our idea of pipelines: with the template, a team's conventions, or strict."""
    return repository.settings.persona == "strict" or repository.has(".mlscaffold")


@shared
def trains(repository: Repository) -> bool:
    """Return whether code of the repository, other than its tests and notebooks, makes models."""
    for path, facts in repository.modules.items():
        roles = repository.roles_of(path)
        # Templates of projects (`{{ name }}/train.py`) train nothing here.
        if roles & {"tests", "notebooks"} or "{{" in path:
            continue
        if _learns(facts) and ("training" in roles or _fits(facts)):
            return True
    return False


def other_services(repository: Repository) -> bool:
    """Return whether pipelines of a service are there that nothing here reads."""
    return bool(repository.glob(*_OTHERS))


def _learns(facts: ModuleFacts) -> bool:
    return any(name.partition(".")[0] in _LIBRARIES for name in facts.imports.values())


def _fits(facts: ModuleFacts) -> bool:
    return any(call.endswith(_FITS) for function in facts.functions for call in function.calls)
