"""MLR204: scikit-learn draws from the global generator unless it is given a state."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Edit, Finding, Fix
from mlscaffold.check.lazy import expression
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.targets.module import Module

BAD: Final[tuple[Example, ...]] = (
    {
        "src/acme/train.py": "from sklearn.model_selection import train_test_split\n\n\n"
        "def split(rows):\n    return train_test_split(rows, test_size=0.2)\n"
    },
    {"src/acme/model.py": "from sklearn.ensemble import RandomForestClassifier\n\nforest = RandomForestClassifier()\n"},
)
OK: Final[tuple[Example, ...]] = (
    {
        "src/acme/train.py": "from sklearn.model_selection import train_test_split\n\n\n"
        "def split(rows, seed):\n    return train_test_split(rows, test_size=0.2, random_state=seed)\n"
    },
    {"src/acme/train.py": "from sklearn.model_selection import KFold\n\nfolds = KFold(n_splits=5)\n"},
)

_ALWAYS: Final = expression(
    r"sklearn\.(?:ensemble\.(?:RandomForest|ExtraTrees|GradientBoosting|Bagging|AdaBoost)(?:Classifier|Regressor)"
    r"|ensemble\.IsolationForest|tree\.\w+(?:Classifier|Regressor)|neural_network\.MLP\w+"
    r"|linear_model\.(?:SGD(?:Classifier|Regressor)|Perceptron)|cluster\.(?:MiniBatch)?KMeans|manifold\.TSNE"
    r"|mixture\.\w+|model_selection\.(?:RandomizedSearchCV|\w*ShuffleSplit|Repeated\w+)"
    r"|utils\.(?:resample|shuffle)|inspection\.permutation_importance)"
    r"|imblearn\.(?:over|under)_sampling\.(?:\w*SMOTE\w*|ADASYN|Random\w+Sampler)"
)
_IF_SHUFFLED: Final = expression(r"sklearn\.model_selection\.(?:Stratified|StratifiedGroup|Group)?KFold")
_SPLIT: Final = "sklearn.model_selection.train_test_split"
_SEEDS: Final = expression(r"(?:.*\.)?\w*(?:seed|random_states?)\w*", re.IGNORECASE)


@rule(
    "MLR204",
    "random-state",
    on=Module,
    never=("tests", "notebooks"),
    level="strict",
    fix="unsafe",
    hint="pass random_state=, from a setting",
    needles=(b"sklearn", b"imblearn"),
)
def random_state(module: Module, _: None) -> Iterator[Finding]:
    """A splitter or an estimator of scikit-learn draws at random, and is given no `random_state`.

    Why: two runs split and fit differently, so that no difference between two models means anything (ML Test Score,
    infrastructure 1). Modules that set a seed themselves are left alone, as are tests and notebooks.

    How to fix: pass `random_state=` from a setting. `--fix --unsafe-fixes` writes `random_state=0`; results then change
    once.
    """
    calls = [(module.qualified(call.func), call) for call in module.all(ast.Call)]
    if any(_SEEDS.fullmatch(called) for called, _ in calls):
        return
    for called, call in sorted(calls, key=lambda pair: (pair[1].lineno, pair[1].col_offset)):
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if _draws(called, given) and not {"random_state", None} & set(given) and not _spread(call):
            name = called.rpartition(".")[2]
            message = f"{name} draws at random; pass random_state=, so that a run can be repeated"
            yield module.at(call, message)._replace(fix=_with_state(call, module))


def _draws(called: str, given: dict[str | None, ast.expr]) -> bool:
    shuffle = given.get("shuffle")
    told = shuffle.value if isinstance(shuffle, ast.Constant) else shuffle
    if called == _SPLIT:
        return told is not False
    if _IF_SHUFFLED.fullmatch(called):
        # GroupKFold has learned to shuffle; without shuffle=True none of them draws.
        return told is True
    return bool(_ALWAYS.fullmatch(called))


def _spread(call: ast.Call) -> bool:
    return any(isinstance(each, ast.Starred) for each in call.args)


def _with_state(call: ast.Call, module: Module) -> Fix | None:
    """Return the fix that adds the argument: as the last one, or before other keywords; None where neither is safe."""
    end = module.span(call)[1] - 1
    behind = max((module.span(each)[1] for each in call.args), default=end)
    behind = max((module.span(each.value)[1] for each in call.keywords), default=behind)
    rest = module.source[behind:end].strip()  # comments and brackets of the value stand there too
    if not call.args and not call.keywords:
        edit = Edit(module.path, end, end, "random_state=0")
    elif not rest:
        edit = Edit(module.path, behind, behind, ", random_state=0")
    elif call.keywords:
        value = call.keywords[0].value
        start = module.span(value)[0] - value.col_offset + call.keywords[0].col_offset
        if value.lineno != call.keywords[0].lineno:
            return None
        edit = Edit(module.path, start, start, "random_state=0, ")
    else:
        return None
    return Fix((edit,), safe=False)
