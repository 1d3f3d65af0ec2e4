"""MLE401: what has seen the test rows cannot be judged on them."""

import ast
from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.lazy import expression
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.rules.mle._scopes import Event, bound_by, called_on, data_of, names_in, scopes
from mlscaffold.check.targets.module import Module

_IMPORTS: Final = (
    "from sklearn.model_selection import train_test_split\nfrom sklearn.preprocessing import StandardScaler\n\n\n"
)
BAD: Final[tuple[Example, ...]] = (
    {
        "train.py": _IMPORTS + "def split(X, y):\n"
        "    X = StandardScaler().fit_transform(X)\n    return train_test_split(X, y, random_state=0)\n"
    },
    {
        "train.py": "from imblearn.over_sampling import SMOTE\n"
        "from sklearn.model_selection import train_test_split\n\n\n"
        "def split(X, y):\n"
        "    X, y = SMOTE(random_state=0).fit_resample(X, y)\n    return train_test_split(X, y, random_state=0)\n"
    },
)
OK: Final[tuple[Example, ...]] = (
    {
        "train.py": _IMPORTS + "def split(X, y):\n"
        "    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)\n"
        "    scaler = StandardScaler().fit(X_train)\n"
        "    return scaler.transform(X_train), scaler.transform(X_test), y_train, y_test\n"
    },
)

# What learns from the values of the rows. Encoders of categories and of labels learn only which there are.
_LEARNS: Final = expression(
    r"sklearn\.(?:preprocessing\.(?:\w+Scaler|QuantileTransformer|PowerTransformer|KBinsDiscretizer|TargetEncoder)"
    r"|impute\.\w+|decomposition\.\w+|feature_selection\.\w+"
    r"|feature_extraction\.text\.(?:Tfidf\w+|CountVectorizer))"
    r"|imblearn\.(?:over_sampling|under_sampling|combine)\.\w+"
    r"|category_encoders\.(?:\w+\.)?(?:Target|CatBoost|LeaveOneOut|WOE|JamesStein|MEstimate)Encoder"
)
_HOLDS: Final = expression(r"sklearn\.(?:compose\.(?:ColumnTransformer|make_\w+)|pipeline\.(?:Pipeline|make_\w+))")
_SPLITTER: Final = expression(r"sklearn\.model_selection\.(?:\w*KFold|\w*ShuffleSplit|TimeSeriesSplit)")
_FITS: Final = frozenset(["fit_transform", "fit_resample"])


@rule(
    "MLE401",
    "fit-before-split",
    on=Module,
    never=("tests",),
    hint="split first and fit on the training rows, or put the step into a Pipeline",
    needles=(b"sklearn", b"imblearn"),
)
def fit_before_split(module: Module, _: None) -> Iterator[Finding]:
    """A transformer or a resampler is fitted on rows that are split afterwards.

    Why: the test rows have told their mean, their words or their neighbours to the training rows, and the score is
    better than the model (leakage: Kaufman et al. 2012; Kapoor and Narayanan 2023). Over-sampling before the split even
    puts copies of training rows into the test set.

    How to fix: split first, and fit on the training part; or make the step a part of a `Pipeline`, which is fitted anew
    in each fold.
    """
    if not any(_LEARNS.fullmatch(module.qualified(call.func)) for call in module.all(ast.Call)):
        return
    for events in scopes(module):
        yield from _Scope(module, events).findings()


class _Scope:
    """One scope: which names hold transformers, splitters, and rows that a transformer has learned from."""

    def __init__(self, module: Module, events: list[Event]) -> None:
        self._module, self._events = module, events
        self._made: dict[str, str] = {}
        self._learned: dict[str, ast.Call] = {}
        self._told: dict[ast.Call, str] = {}
        calls = [each for each in events if isinstance(each, ast.Call)]
        self._learns_here = any(_LEARNS.fullmatch(module.qualified(each.func)) for each in calls)
        self._transformed = [names_in(data_of(each, 0, "X")) for each in calls if called_on(each)[1] == "transform"]

    def findings(self) -> Iterator[Finding]:
        for event in self._events:
            if isinstance(event, ast.Assign):
                self._assign(event)
            elif kind := self._fits(event):
                self._told[event] = kind
            else:
                yield from self._split(event)

    def _assign(self, node: ast.Assign) -> None:
        source = self._source_of(node.value)
        kind = self._module.qualified(node.value.func) if isinstance(node.value, ast.Call) else ""
        part = isinstance(node.targets[0], ast.Subscript)  # `rows["age"] = ...` leaves the other columns
        for name in bound_by(node):
            self._made[name] = kind
            if source:
                self._learned[name] = source
            elif not part:
                self._learned.pop(name, None)

    def _source_of(self, value: ast.expr | None) -> ast.Call | None:
        """Return the fit that a value knows of."""
        if value is None:
            return None
        direct = (node for node in ast.walk(value) if isinstance(node, ast.Call) and node in self._told)
        passed = (self._learned[name] for name in sorted(names_in(value)) if name in self._learned)
        return next(direct, None) or next(passed, None)

    def _fits(self, call: ast.Call) -> str:
        """Return what a call fits on rows that are not called training rows, "" where it does not."""
        if not isinstance(call.func, ast.Attribute):
            return ""
        name, method = called_on(call)[0], call.func.attr
        made = call.func.value
        kind = self._module.qualified(made.func) if isinstance(made, ast.Call) else self._made.get(name, "")
        rows = names_in(data_of(call, 0, "X", "raw_documents"))
        if any("train" in each.lower() for each in rows) or not self._learns(kind):
            return ""
        if method == "fit" and not _HOLDS.fullmatch(kind):
            self._learned.update({name: call} if name else {})
            if any(not each & rows for each in self._transformed):  # parts of these rows, later
                self._learned.update(dict.fromkeys(rows, call))
            return kind
        return kind if method in _FITS else ""

    def _learns(self, kind: str) -> bool:
        return self._learns_here if _HOLDS.fullmatch(kind) else bool(_LEARNS.fullmatch(kind))

    def _split(self, call: ast.Call) -> Iterator[Finding]:
        name, method = called_on(call)
        called = self._module.qualified(call.func)
        rows: list[ast.expr | None]
        if called == "sklearn.model_selection.train_test_split":
            rows = [*call.args]
        elif called.startswith("sklearn.model_selection.cross_val"):
            rows = [data_of(call, 1, "X")]
        elif method == "split" and _SPLITTER.fullmatch(self._made.get(name, "")):
            rows = [data_of(call, 0, "X")]
        else:
            return
        for fit in filter(None, map(self._source_of, rows)):
            if kind := self._told.pop(fit, ""):
                what, splitter = kind.rpartition(".")[2], called.rpartition(".")[2]
                told = f"{what} is fitted on rows that {splitter} (line {call.lineno}) splits afterwards; split first"
                yield self._module.at(fit, told)
