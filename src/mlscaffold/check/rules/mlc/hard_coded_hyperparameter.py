"""MLC302: a number in the middle of the code is a decision that no configuration shows."""

import ast
from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.targets.module import Module

_LIBRARIES: Final = frozenset({"sklearn", "xgboost", "lightgbm", "catboost", "imblearn"})
_TRAINERS: Final = ("torch.optim.", "keras.optimizers.", "tensorflow.keras.optimizers.", "tf.keras.optimizers.")
_SETTINGS: Final = frozenset({"transformers.TrainingArguments", "transformers.Seq2SeqTrainingArguments"})
_PARAMETERS: Final = frozenset(
    "C alpha batch_size bagging_fraction colsample_bytree depth dropout epochs eta feature_fraction gamma"  # noqa: SIM905 - reads as the list it is
    " gradient_accumulation_steps hidden_layer_sizes iterations l1_ratio l2_leaf_reg l2_regularization lambda_l1"
    " lambda_l2 learning_rate learning_rate_init lr max_bins max_depth max_features max_iter max_leaf_nodes max_leaves"
    " min_child_samples min_child_weight min_data_in_leaf min_samples_leaf min_samples_split momentum n_estimators"
    " n_neighbors num_boost_round num_leaves num_train_epochs per_device_train_batch_size reg_alpha reg_lambda"
    " subsample warmup_ratio warmup_steps weight_decay".split()
)
# Elsewhere `max_iter` is when a solver gives up, and decides nothing about the model.
_GROWING: Final = ("sklearn.ensemble.", "sklearn.neural_network.")
_NEUTRAL: Final = frozenset({-1, 0, 1})  # switch something off, or leave it as it is
_SHOWN: Final = 3
# A yardstick is fixed on purpose.
_FIXED: Final = ("baseline", "dummy", "naive", "reference", "smoke")

BAD: Final[tuple[Example, ...]] = (
    {
        "src/acme/training/fit.py": "from sklearn.ensemble import RandomForestClassifier\n\n\n"
        "def fit(rows, labels):\n    return RandomForestClassifier(n_estimators=400, max_depth=12).fit(rows, labels)\n"
    },
)
OK: Final[tuple[Example, ...]] = (
    {
        "src/acme/training/fit.py": "from sklearn.ensemble import RandomForestClassifier\n\n\n"
        "def fit(rows, labels, config):\n"
        "    forest = RandomForestClassifier(n_estimators=config.trees, max_depth=config.depth)\n"
        "    return forest.fit(rows, labels)\n"
    },
)


@rule(
    "MLC302",
    "hard-coded-hyperparameter",
    on=ast.Call,
    only=("training",),
    level="strict",  # a script of a course, or of one experiment, may say its numbers itself
    needles=(b"sklearn", b"xgboost", b"lightgbm", b"catboost", b"imblearn", b"torch", b"keras", b"transformers"),
    hint="take the value from the configuration, so that a run records it and an experiment can change it",
)
def hard_coded_hyperparameter(call: ast.Call, module: Module) -> Iterator[Finding]:
    """A hyperparameter is written as a number where an estimator is made.

    Why: a value in the code is in no record of the run, differs from the configuration without a sign, and is tuned by
    editing code (ML Test Score, Model 3: hyperparameters are tuned).

    How to fix: take the value from the configuration, or make it a parameter with this value as its default. Only calls
    in code that trains are looked at, only numbers, and not 0, 1 and -1, which mostly switch something off. Baselines,
    which are fixed on purpose, are left alone.
    """
    estimator = module.qualified(call.func)
    if not _makes_estimator(estimator) or _is_fixed(call, module):
        return
    names = [one.arg for one in call.keywords if one.arg in _PARAMETERS and _is_number(one.value)]
    if not estimator.startswith(_GROWING):
        names = [name for name in names if name != "max_iter"]
    if names:
        told = ", ".join(f"`{name}`" for name in names[:_SHOWN])
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        made = estimator.rpartition(".")[2]
        are = "are numbers" if len(names) > 1 else "is a number"
        yield module.at(call, f"{told}{more} of {made} {are} in the code; take the value from the configuration")


def _makes_estimator(name: str) -> bool:
    if not name.rpartition(".")[2][:1].isupper():
        return False
    return name.partition(".")[0] in _LIBRARIES or name.startswith(_TRAINERS) or name in _SETTINGS


def _is_fixed(call: ast.Call, module: Module) -> bool:
    names = [module.path.rpartition("/")[2]]
    names += [above.name for above in module.parents(call) if isinstance(above, ast.FunctionDef | ast.ClassDef)]
    names += [
        target.id
        for above in module.parents(call)
        if isinstance(above, ast.Assign)
        for target in above.targets
        if isinstance(target, ast.Name)
    ]
    return any(word in name.lower() for name in names for word in _FIXED)


def _is_number(value: ast.expr) -> bool:
    if isinstance(value, ast.Tuple | ast.List):
        return bool(value.elts) and all(map(_is_number, value.elts))
    if isinstance(value, ast.UnaryOp):
        return _is_number(value.operand)
    # True and False are 1 and 0 to Python, and neutral like them.
    return isinstance(value, ast.Constant) and isinstance(value.value, int | float) and value.value not in _NEUTRAL
