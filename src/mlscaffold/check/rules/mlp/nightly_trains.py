"""MLP604: what runs every night is the model's life, not only its code's tests."""

import re
from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.pipelines.reading import pipelines_of
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlp._tiers import nightly
from mlscaffold.check.rules.mlp._where import adopted, trains

_TRAINS: Final = (
    r"(?i)(?<![a-z])(?:re)?train(?:ing|er|s)?(?![a-z])|(?<![a-z])fit(?![a-z])|(?<![a-z])evaluat(?:e|ion|or)(?![a-z])"
    r"|papermill|nbconvert|mlflow run|az ml job|\bflow\.py|sagemaker|aiplatform|databricks"
)
_TRAINING: Final = "from sklearn.svm import SVC\n\n\ndef train(x, y):\n    return SVC().fit(x, y)\n"
_NIGHT: Final = (
    "on:\n  schedule:\n    - cron: 17 2 * * *\njobs:\n  nightly:\n    runs-on: ubuntu-latest\n"
    "    timeout-minutes: 60\n    steps:\n      - run: "
)
BAD: Final[tuple[Example, ...]] = (
    {"src/acme/learn.py": _TRAINING, ".github/workflows/nightly.yml": f"{_NIGHT}uv run pytest\n"},
)
OK: Final[tuple[Example, ...]] = (
    {
        "src/acme/learn.py": _TRAINING,
        ".github/workflows/nightly.yml": f"{_NIGHT}uv run acme train\n      - run: uv run acme evaluate\n",
    },
    {"src/acme/learn.py": _TRAINING, ".github/workflows/stale.yml": f"{_NIGHT}gh issue list\n"},
)


@rule("MLP604", "nightly-trains", on=Repository, hint="train and evaluate on a schedule, on the data of the day")
def nightly_trains(repository: Repository, _: None) -> Iterator[Finding]:
    """The nightly pipeline neither trains nor evaluates the model.

    It speaks where code trains and something runs on a schedule that does not merely keep the repository clean, in
    projects made with mlscaffold or with a folder `.mlscaffold`, and elsewhere for the persona `strict`.

    Why: training that runs only by hand breaks unseen, and a model gets stale while its code stands still. ML Test
    Score asks for integration tests of the whole pipeline (infra 3) and for knowing how staleness hurts (model 4).

    How to fix: let the schedule run training and evaluation, and keep what they report.
    """
    if not adopted(repository) or not trains(repository):
        return
    pipelines = pipelines_of(repository)
    jobs = nightly(pipelines)
    if not jobs or any(one.opaque for one in pipelines) or any(job.opaque for _, job in jobs):
        return
    from mlscaffold.check.pipelines.wrappers import follow  # few runs come this far

    seen = follow("\n".join(job.commands for _, job in jobs), repository)
    if seen.known and not re.search(_TRAINS, seen.text):
        pipeline, job = jobs[0]
        line = repository.line_of(job.path, *job.keys) if job.path == pipeline.path else 0
        message = f"`{job.name}` runs on a schedule, and nothing in it trains or evaluates; run both there"
        yield Finding(pipeline.path, line, message)
