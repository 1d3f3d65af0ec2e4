"""MLD104: what a feature reads besides its arguments differs between training and serving."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.rules.mld._reaching import CLOCK, FILE, RANDOM, reach
from mlscaffold.check.rules.mld._tables import about_data
from mlscaffold.check.targets.module import Module

# The first word of what brings data in and out: it is beside the features, and reads and writes by trade.
_TRADE: Final = frozenset(
    "cache cli download downloader dump export fetch import ingest io load loader loaders log main materialize open"  # noqa: SIM905 - reads as the list it is
    " plot publish push query read run save store upload write".split()
)
# What is random on purpose says so.
_CHANCE: Final = frozenset(
    "augment augmentation augmentations augmented bootstrap cutmix dropout init jitter mask mixup negative noise noisy"  # noqa: SIM905 - reads as the list it is
    " permute perturb random sample sampler shuffle".split()
)
_QUIET: Final = frozenset({"print", "debug", "info", "warning", "error", "exception", "critical", "log"})

BAD: Final[tuple[Example, ...]] = (
    {
        "src/acme/features.py": "from datetime import datetime\n\nimport pandas as pd\n\n\n"
        "def age(frame: pd.DataFrame) -> pd.Series:\n    return datetime.now().year - frame.birth_year\n"
    },
    {
        "src/acme/features/rates.py": "import pandas as pd\n\n\n"
        'def in_euro(frame: pd.DataFrame) -> pd.Series:\n    rates = pd.read_csv("data/rates.csv")\n'
        '    return frame.merge(rates, on="currency").eval("price * rate")\n'
    },
)
OK: Final[tuple[Example, ...]] = (
    {
        "src/acme/features.py": "import pandas as pd\n\n\n"
        "def age(frame: pd.DataFrame, year: int) -> pd.Series:\n    return year - frame.birth_year\n"
    },
    {
        "src/acme/features/rates.py": "import pandas as pd\n\n\n"
        "def in_euro(frame: pd.DataFrame, rates: pd.DataFrame) -> pd.Series:\n"
        '    return frame.merge(rates, on="currency").eval("price * rate")\n'
    },
)


@rule(
    "MLD104",
    "feature-purity",
    on=ast.FunctionDef,
    only=("features",),
    hint="pass the value in as an argument: training and serving then give the same one",
)
def feature_purity(function: ast.FunctionDef, module: Module) -> Iterator[Finding]:
    """A feature function reads a file, the network, the environment, the clock or a global random generator.

    Why: training and serving both call it, months apart and on other machines. What is not among its arguments differs
    between the two, and the model answers for inputs that it never saw: training-serving skew (ML Test Score,
    Monitor 3).

    How to fix: pass the table, the moment or the seeded generator in as an argument. Functions whose names say that
    they load, save or make things random are left alone, and so is a file whose path is an argument.
    """
    if not _makes_features(function, module):
        return
    told: dict[str, ast.expr] = {}
    below = (node for statement in function.body for node in ast.walk(statement))
    inside: list[ast.expr] = [node for node in below if isinstance(node, ast.Call | ast.Attribute | ast.Name)]
    inside.sort(key=lambda node: (node.lineno, node.col_offset))
    clocks = sum(reach(node, module) == CLOCK for node in inside)
    for node in inside:
        source = reach(node, module)
        if source and not _harmless(source, node, function, module, clocks):
            told.setdefault(source, node)
    for source, node in told.items():
        name = module.qualified(node.func if isinstance(node, ast.Call) else node).removeprefix(".")
        yield module.at(node, f"`{function.name}` reads {source} (`{name}`); pass the value in as an argument")


def _makes_features(function: ast.FunctionDef, module: Module) -> bool:
    stem = module.path.rpartition("/")[2].removesuffix(".py")
    holder = module.parent(function)
    return (
        (isinstance(holder, ast.Module) or (isinstance(holder, ast.ClassDef) and function.name == "transform"))
        and _words(stem)[0] not in _TRADE
        and _words(function.name)[0] not in _TRADE
        and b"__main__" not in module.source  # a script reads and writes
        and about_data(module.names.values())
    )


def _words(name: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", name.lower()) or [""]


def _harmless(source: str, node: ast.AST, function: ast.FunctionDef, module: Module, clocks: int) -> bool:
    if _fills_parameter(node, function, module):
        return True
    if source == CLOCK:  # asked twice, it measures; in a message, it tells
        return clocks > 1 or any(_is_message(above, module) for above in module.parents(node))
    if source == RANDOM:
        words = [*_words(function.name), *_words(module.path)]
        return not _CHANCE.isdisjoint(words) or _seeds(function, module)
    return source == FILE and _is_given(node, function)


def _fills_parameter(node: ast.AST, function: ast.FunctionDef, module: Module) -> bool:
    """Return whether it only stands in for an argument that was left out: `now = now or datetime.now()`."""
    statements = (above for above in module.parents(node) if isinstance(above, ast.Assign))
    return any(not _parameters(function).isdisjoint(_names(target)) for one in statements for target in one.targets)


def _is_message(node: ast.AST, module: Module) -> bool:
    return isinstance(node, ast.Call) and module.qualified(node.func).rpartition(".")[2] in _QUIET


def _seeds(function: ast.FunctionDef, module: Module) -> bool:
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
    return any(module.qualified(call.func) in {"random.seed", "numpy.random.seed"} for call in calls)


def _is_given(call: ast.AST, function: ast.FunctionDef) -> bool:
    """Return whether a parameter, or what was made of one, says which file it is."""
    given = _parameters(function)
    for _ in range(2):  # what is made of what is made of a parameter
        for node in ast.walk(function):
            targets, value = _bound(node)
            if value and not given.isdisjoint(_names(value)):
                given |= {name for target in targets for name in _names(target)}
    return not given.isdisjoint(_names(call))


def _parameters(function: ast.FunctionDef) -> set[str]:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {one.arg for one in every if one}


def _bound(node: ast.AST) -> tuple[list[ast.expr], ast.expr | None]:
    match node:
        case ast.Assign(targets=targets, value=value):
            return targets, value
        case ast.AnnAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
            return [target], value
        case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
            return [target], value
        case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
            return [target], value
        case _:
            return [], None


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
