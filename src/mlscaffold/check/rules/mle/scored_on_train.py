"""MLE402: a score on the rows that were learned is no forecast."""

import ast
from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.lazy import expression
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.rules.mle._scopes import Event, bound_by, called_on, data_of, scopes
from mlscaffold.check.targets.module import Module

_IMPORTS: Final = "from sklearn.linear_model import Ridge\nfrom sklearn.metrics import r2_score\n\n\n"
BAD: Final[tuple[Example, ...]] = (
    {
        "train.py": _IMPORTS + "def judge(X, y):\n"
        "    model = Ridge()\n    model.fit(X, y)\n    return r2_score(y, model.predict(X))\n"
    },
)
OK: Final[tuple[Example, ...]] = (
    {
        "train.py": _IMPORTS + "def judge(X_train, y_train, X_test, y_test):\n"
        "    model = Ridge()\n    model.fit(X_train, y_train)\n    return r2_score(y_test, model.predict(X_test))\n"
    },
)

_METRIC: Final = expression(
    r"sklearn\.metrics\.(?:\w*accuracy_score|f1_score|fbeta_score|precision_score|recall_score|roc_auc_score|log_loss"
    r"|average_precision_score|brier_score_loss|matthews_corrcoef|classification_report|confusion_matrix|r2_score"
    r"|(?:root_)?mean_\w+_error|mean_\w+_percentage_error|median_absolute_error|max_error)"
)
_OTHER: Final = expression(r"sklearn\.model_selection\.cross_val\w*|sklearn\.metrics\..*")
_PREDICTS: Final = frozenset(["predict", "predict_proba", "decision_function"])
_Rows = tuple[str, str]


@rule(
    "MLE402",
    "scored-on-train",
    on=Module,
    never=("tests",),
    level="strict",
    hint="score on rows that the model has not seen, and call the training score by its name",
    needles=(b"sklearn",),
)
def scored_on_train(module: Module, _: None) -> Iterator[Finding]:
    """A model is scored on the very rows that it was fitted on, and on no others.

    Why: a model that remembers its rows gets full marks on them. It speaks where the same names go into `fit` and into
    the score, nothing else is scored in that function, and no name says that this is the training score.

    How to fix: keep rows back (`train_test_split`) or take folds (`cross_val_score`), and score on these.
    """
    if not any(isinstance(call.func, ast.Attribute) and call.func.attr == "fit" for call in module.all(ast.Call)):
        return
    for events in scopes(module):
        yield from _in_scope(module, events)


def _in_scope(module: Module, events: list[Event]) -> Iterator[Finding]:
    fitted: dict[str, _Rows] = {}
    predicted: dict[str, tuple[str, str]] = {}
    found: list[Finding] = []
    for event in events:
        if isinstance(event, ast.Assign):
            _assign(event, fitted, predicted)
            continue
        name, method = called_on(event)
        called = module.qualified(event.func)
        if method == "fit":
            fitted[name] = _names(event)
        elif method == "score" or _OTHER.fullmatch(called):
            told = (name, _names(event)[0], _names(event)[1]) if method == "score" else _judged(event, predicted)
            if fitted.get(told[0]) != told[1:] or not all(told) or not (method == "score" or _METRIC.fullmatch(called)):
                return  # something else is scored as well, or nobody knows what
            what = called.rpartition(".")[2]
            message = f"{what} judges `{told[0]}` on `{told[1]}`, which it was fitted on; score on rows it has not seen"
            found.append(module.at(event, message))
    yield from found


def _assign(node: ast.Assign, fitted: dict[str, _Rows], predicted: dict[str, tuple[str, str]]) -> None:
    """Forget what was known of the names, and remember whose predictions they are."""
    source = _prediction(node.value)
    for name in bound_by(node):
        fitted.pop(name, None)
        predicted.pop(name, None)
        for model in [each for each, rows in fitted.items() if name in rows]:
            del fitted[model]
        if source[0]:
            predicted[name] = source
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            fitted |= {name: _names(node.value)} if node.value.func.attr == "fit" else {}


def _judged(call: ast.Call, predicted: dict[str, tuple[str, str]]) -> tuple[str, str, str]:
    """Return model, rows and targets that a metric is computed of; empty where they are not plain names."""
    answers = data_of(call, 1, "y_pred", "y_score", "y_prob")
    source = predicted.get(answers.id, ("", "")) if isinstance(answers, ast.Name) else _prediction(answers)
    targets = data_of(call, 0, "y_true")
    return (*source, targets.id if isinstance(targets, ast.Name) else "")


def _prediction(node: ast.expr | None) -> tuple[str, str]:
    """Return model and rows of `model.predict(rows)`, also of a column of it."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Call) and called_on(node)[1] in _PREDICTS:
        return called_on(node)[0], _names(node)[0]
    return "", ""


def _names(call: ast.Call) -> _Rows:
    """Return the first two arguments that are plain names, and are not said to be for training."""
    given = (data_of(call, 0, "X"), data_of(call, 1, "y"))
    first, second = (each.id if isinstance(each, ast.Name) else "" for each in given)
    return ("", "") if "train" in first.lower() else (first, second)
