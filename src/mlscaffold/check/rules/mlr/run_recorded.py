"""MLR205: a model without a record of its run comes from nowhere."""

from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.lazy import expression
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlr._entries import Reach, reached

_RECORDED_PY: Final = (
    "import joblib\nimport mlflow\n\n\ndef main(model, rows):\n    with mlflow.start_run():\n"
    '        mlflow.log_param("rows", len(rows))\n        joblib.dump(model.fit(rows), "model.joblib")\n\n\n'
    'if __name__ == "__main__":\n    main()\n'
)
_LOST_PY: Final = (
    'import joblib\n\n\ndef main(model, rows):\n    joblib.dump(model.fit(rows), "model.joblib")\n\n\n'
    'if __name__ == "__main__":\n    main()\n'
)
BAD: Final[tuple[Example, ...]] = ({"train.py": _RECORDED_PY, "train_small.py": _LOST_PY},)
OK: Final[tuple[Example, ...]] = ({"train.py": _RECORDED_PY, "train_small.py": _RECORDED_PY},)

_SAVES: Final = expression(
    r"joblib\.dump|torch\.save|skops\.io\.dump|onnx\.save(?:_model)?|(?:.*\.)save_(?:pretrained|model|checkpoint|weights)"
)
_TRACKERS: Final = expression(
    r"(?:mlflow|wandb|neptune|clearml|comet_ml|dvclive|aim|tensorboardX|tensorboard|sacred|swanlab|trackio|zenml|azureml"
    r"|vertexai|guild|determined)(?:\..*)?|torch\.utils\.tensorboard.*|(?:.*\.)?(?:TensorBoard|SummaryWriter|init_trackers)"
    r"|(?:pytorch_lightning|lightning)(?:\..*)?|transformers\.\w*(?:Trainer|TrainingArguments)|trl\..*|ultralytics.*"
)
_RECORDS: Final = expression(
    r"(?:.*[._])?(?:record|log|track|write|save|dump|store)_(?:\w+_)?"
    r"(?:config|experiments?|history|lineage|manifest|metadata|metrics?|params|provenance|results?|runs?|summary)(?:_\w+)?"
)


@rule(
    "MLR205",
    "run-recorded",
    on=Repository,
    hint="record commit, settings, data and metrics of every run that leaves a model",
)
def run_recorded(repository: Repository, _: None) -> Iterator[Finding]:
    """A script that trains saves a model and records nothing about its run.

    Why: the question "what was this model made of?" comes a year later, and can only be answered by what was written
    down then: commit, settings, versions of the data, metrics (an audit trail; SE4ML, versioning). It speaks where
    other scripts of the project record their runs, in a tracker or by a function such as `record_run`. Persona strict
    also asks where none does.

    How to fix: start a run of the tracker around training, or write a manifest beside the model.
    """
    scripts = reached(repository)
    recorded = [path for path, reach in scripts.items() if _records(reach)]
    if repository.has("dvc.yaml") or not (recorded or repository.settings.persona == "strict"):
        return  # DVC keeps parameters, data and metrics by itself
    for path, reach in scripts.items():
        saves = next((call for call in sorted(reach.calls) if _SAVES.fullmatch(call)), "")
        if saves and path not in recorded:
            others = f", as {recorded[0]} does" if recorded else ""
            name = saves.lstrip(".")
            yield Finding(path, 0, f"saves a model ({name}) and records nothing of the run; record it{others}")


def _records(reach: Reach) -> bool:
    return (
        reach.open
        or any(_TRACKERS.fullmatch(name) for name in reach.imports)
        or any(_TRACKERS.fullmatch(name) or _RECORDS.fullmatch(name) for name in reach.calls)
    )
