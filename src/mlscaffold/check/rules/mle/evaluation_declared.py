"""MLE403: what a model has to reach is decided before it is there."""

import re
from collections.abc import Iterator
from typing import Any, Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.lazy import expression
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository

_CONTRACT: Final = "version = 1\n"
BAD: Final[tuple[Example, ...]] = (
    {"configs/evaluation.yaml": "primary_metric: roc_auc\nthreshold: 0.8\n"},
    {"config/base.toml": "[evaluate]\nslices = []\n\n[gate]\nbars = {}\n", "contracts/data.toml": _CONTRACT},
)
OK: Final[tuple[Example, ...]] = (
    {
        "configs/evaluation.yaml": "primary_metric: roc_auc\nthreshold: 0.8\n"
        "baseline: registry/champion\nslices: [region, age_group]\n"
    },
    {
        "config/base.toml": '[evaluate]\nslices = ["region"]\n\n[gate]\nbars = { roc_auc = ">= 0.8" }\n',
        "contracts/data.toml": _CONTRACT,
    },
)

# What is to be declared, and the keys that do so. Any other word may be a setting of the model.
_KEYS: Final = {
    "primary metric": expression(r"(?:primary|main|target|key)[_-]?metric|primary"),
    "threshold": expression(r"(?:metric_|acceptance_|min_)?thresholds?|bars?|minimum|min_(?:score|metric|value)"),
    "baseline": expression(r"baselines?(?:_model)?|champion|reference(?:_model)?"),
    "slice": expression(r"(?:data_)?slices?|segments?|(?:sub)?groups?"),
}
_FILES: Final = (
    *("config/evaluation*", "configs/evaluation*", "conf/evaluation*", "evaluation.toml"),
    *("config/evaluation/**", "configs/evaluation/**", "conf/evaluation/**"),
)
_ENOUGH: Final = 2  # kinds that a file must name before it is taken for such a declaration


@rule(
    "MLE403",
    "evaluation-declared",
    on=Repository,
    hint="say in the configuration what a model has to reach, on which rows, and compared with what",
    options={"asks": ["primary metric", "threshold", "baseline", "slice"]},
)
def evaluation_declared(repository: Repository, _: None) -> Iterator[Finding]:
    """The configuration of the evaluation does not say what a model is held to.

    Why: bars that are set after the result are met by every model. A baseline tells whether the model is worth its
    trouble, and slices where a good average hides a bad corner (ML Test Score, model 5, 6 and 7). It speaks where such
    a configuration exists and declares half of it.

    How to fix: name the primary metric, its threshold, a baseline and the slices. In a project of mlscaffold, whose
    gate knows metric and baseline by itself: `[gate] bars`, and `[evaluate] slices` or columns with the role `group`.
    """
    yield from _own(repository)
    asks = [str(each) for each in repository.options("MLE403")["asks"]]
    for path in repository.glob(*_FILES):
        if path.endswith((".toml", ".yaml", ".yml", ".json")):
            keys = set(_keys(repository.data(path)))
            named = {kind for kind, pattern in _KEYS.items() if any(map(pattern.fullmatch, keys))}
            missing = [kind for kind in _KEYS if kind in asks and kind not in named]
            if len(named) >= _ENOUGH and missing:
                yield Finding(path, 0, f"declares no {' and no '.join(missing)}; declare it beside the others")


def _keys(node: Any) -> Iterator[str]:
    """Yield all keys that have a value."""
    if isinstance(node, dict):
        for key, value in node.items():
            if value not in (None, "", [], {}):
                yield str(key).lower()
                yield from _keys(value)
    elif isinstance(node, list):
        for each in node:
            yield from _keys(each)


def _own(repository: Repository) -> Iterator[Finding]:
    """Look at a project of ours, once its data has a contract."""
    path = "config/base.toml"
    gate, evaluate = repository.table(path, "gate"), repository.table(path, "evaluate")
    if "bars" not in gate or "slices" not in evaluate or not repository.glob("contracts/*.toml"):
        return
    if gate["bars"] == {}:
        told = "[gate] bars is empty: any model is good enough to be the first; set a bar for a metric"
        yield Finding(path, repository.line_of(path, "gate", "bars"), told)
    if evaluate["slices"] == [] and not _groups(repository):
        told = "[evaluate] slices is empty, and no column is a group: nobody looks below the average; name a field"
        yield Finding(path, repository.line_of(path, "evaluate", "slices"), told)


def _groups(repository: Repository) -> bool:
    return any(re.search(r"role\s*=\s*.group\b", repository.text(path)) for path in repository.glob("contracts/*.toml"))
