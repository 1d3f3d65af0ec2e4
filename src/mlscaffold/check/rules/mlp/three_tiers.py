"""MLP601: a model is looked at when it changes, when it is merged, and when nobody touches it."""

from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.pipelines.reading import pipelines_of
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlp._tiers import CHANGE, nightly, tier
from mlscaffold.check.rules.mlp._where import adopted, other_services, trains

_TRAINING: Final = "from sklearn.svm import SVC\n\n\ndef train(x, y):\n    return SVC().fit(x, y)\n"
_JOBS: Final = "jobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n"
BAD: Final[tuple[Example, ...]] = (
    {"src/acme/train.py": _TRAINING, ".github/workflows/ci.yml": f"on:\n  push:\n    branches: [main]\n{_JOBS}"},
)
OK: Final[tuple[Example, ...]] = (
    {
        "src/acme/train.py": _TRAINING,
        ".github/workflows/ci.yml": f"on:\n  pull_request:\n  push:\n    branches: [main]\n{_JOBS}",
        ".github/workflows/nightly.yml": "on:\n  schedule:\n    - cron: 17 2 * * *\n"
        + _JOBS.replace("pytest", "python -m acme.train"),
    },
)


@rule("MLP601", "three-tiers", on=Repository, hint="have pipelines for pull requests, for pushes, and for every night")
def three_tiers(repository: Repository, _: None) -> Iterator[Finding]:
    """The pipelines leave out pull requests, pushes, or the nights in between.

    It speaks where there are pipelines and code that trains, in projects made with mlscaffold or with a folder
    `.mlscaffold`, and elsewhere for the persona `strict`. Services whose files it does not read keep it silent.

    Why: a change is cheapest to mend before it is merged, and a model gets worse while nobody changes anything: data
    do. ML Test Score asks for both (infra 3, model 4); 2 of 15 public repositories had all three.

    How to fix: one pipeline for pull requests with the checks of each change, one for pushes, and one on a schedule
    that trains on what is new and judges it.
    """
    pipelines = pipelines_of(repository)
    if not pipelines or any(one.opaque for one in pipelines) or other_services(repository):
        return
    if not adopted(repository) or not trains(repository):
        return
    # In Azure Repos, policies start the pipelines of pull requests: no file tells.
    asked = any(one.provider == "azure" for one in pipelines)
    found = {
        "for pull requests": asked or tier(pipelines, CHANGE),
        "for pushes": tier(pipelines, {"push", "main"}),
        "every night": nightly(pipelines),
    }
    missing = [name for name, jobs in found.items() if not jobs]
    if missing:
        yield Finding(".", 0, f"no pipeline runs {', nor '.join(missing)}; add one that does")
