"""MLX801: what runs code when it is loaded."""

import ast
from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.lazy import expression
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.rules.mlx._calls import argument, is_true, literal
from mlscaffold.check.targets.module import Module

BAD: Final[tuple[Example, ...]] = (
    {"src/acme/load.py": 'import torch\n\n\ndef load():\n    return torch.load("model.pt", weights_only=False)\n'},
    {
        "src/acme/load.py": "import joblib\nfrom huggingface_hub import hf_hub_download\n\n\n"
        "def load():\n"
        '    path = hf_hub_download("acme/churn", "model.joblib", revision="4f1c2ab")\n'
        "    return joblib.load(path)\n"
    },
)
OK: Final[tuple[Example, ...]] = (
    {"src/acme/load.py": 'import torch\n\n\ndef load():\n    return torch.load("model.pt", weights_only=True)\n'},
    {
        "src/acme/load.py": "from huggingface_hub import hf_hub_download\nfrom safetensors.numpy import load_file\n\n\n"
        "def load():\n"
        '    path = hf_hub_download("acme/churn", "model.safetensors", revision="4f1c2ab")\n'
        "    return load_file(path)\n"
    },
)

# A guard that is there by default, and is switched off: function, argument, value, what then happens.
_GUARDS: Final = {
    "torch.load": ("weights_only", False, "keep a state_dict, and leave weights_only=True"),
    "numpy.load": ("allow_pickle", True, "save plain arrays, and leave allow_pickle=False"),
    "keras.models.load_model": ("safe_mode", False, "leave safe_mode=True"),
    "keras.saving.load_model": ("safe_mode", False, "leave safe_mode=True"),
    "tensorflow.keras.models.load_model": ("safe_mode", False, "leave safe_mode=True"),
}
_UNPICKLES: Final = expression(r"(?:cloudpickle|dill|joblib|pickle)\.loads?|pandas\.read_pickle")
_DOWNLOADS: Final = expression(
    r"huggingface_hub\.(?:hf_hub|snapshot)_download|(?:requests|httpx)\.get|urllib\.request\.url(?:open|retrieve)"
    r"|(?:gdown|wget)\.download"
)


@rule(
    "MLX801",
    "unsafe-load",
    on=ast.Call,
    never=("tests",),
    hint="load a format that holds data only (safetensors, ONNX, Parquet, JSON), or name the file in `allow`",
    needles=(b"weights_only", b"allow_pickle", b"safe_mode", b"trust_remote_code", b"pickle", b"joblib", b"dill"),
    options={"allow": []},
)
def unsafe_load(call: ast.Call, module: Module) -> Iterator[Finding]:
    """What is loaded may run code of whoever wrote the file.

    Why: a pickle is a program, and so is code from a hub; who can change the file, or the repository on the hub, runs
    what he likes with the rights of training or serving. Libraries refuse by default; the findings are where that is
    switched off (`weights_only=False`, `allow_pickle=True`, `safe_mode=False`, `trust_remote_code=True` without a
    revision), and where a pickle is loaded straight from the network. A module that also saves arrays reads a cache of
    its own, and is left alone. Other use of pickle is ruff's business (S301).

    How to fix: save what holds data only, and load that. Where it has to be, keep it in one module and name this in
    `[tool.mlscaffold.check.rules.MLX801] allow`.
    """
    allowed = module.options["MLX801"]["allow"]
    if _fits(module.path, allowed):
        return
    called = module.qualified(call.func)
    if called in _GUARDS:
        name, value, remedy = _GUARDS[called]
        if is_true(argument(call, name), value=value) and not (called == "numpy.load" and _saves(module)):
            yield module.at(call, f"{called} with {name}={value} runs code that is in the file; {remedy}")
    elif _UNPICKLES.fullmatch(called):
        if any(_DOWNLOADS.fullmatch(module.qualified(inner.func)) for inner in _made_of(call, module)):
            yield module.at(call, f"{called} runs code that was just downloaded; fetch a format that holds data only")
    elif is_true(argument(call, "trust_remote_code")) and not _pinned(call):
        yield module.at(
            call, "trust_remote_code=True runs whatever the hub has today; read that code, and pin revision="
        )


def _pinned(call: ast.Call) -> bool:
    """Return whether the code is of one revision, or of this machine."""
    given = {keyword.arg for keyword in call.keywords}
    local = any(literal(each).startswith((".", "/", "~")) for each in call.args)
    return local or bool(given & {"revision", "code_revision", "local_files_only", None})  # None: `**options`


def _saves(module: Module) -> bool:
    return any(module.qualified(call.func).startswith("numpy.save") for call in module.all(ast.Call))


def _fits(path: str, patterns: list[str]) -> bool:
    from mlscaffold.check.patterns import fits_any

    return fits_any(path, patterns)


def _made_of(call: ast.Call, module: Module) -> Iterator[ast.Call]:
    """Yield the calls in the arguments of a call, and in what its names were assigned before, in the same scope."""
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    scope = module.function_of(call)
    names = {node.id for each in arguments for node in ast.walk(each) if isinstance(node, ast.Name)}
    for each in [*arguments, *_assigned(names, call, scope, module)]:
        yield from (node for node in ast.walk(each) if isinstance(node, ast.Call))


def _assigned(names: set[str], call: ast.Call, scope: ast.AST | None, module: Module) -> Iterator[ast.expr]:
    bound: list[tuple[ast.expr | None, ast.expr]] = []
    bound += [(target, node.value) for node in module.all(ast.Assign) for target in node.targets]
    bound += [(item.optional_vars, item.context_expr) for item in module.all(ast.withitem)]
    for target, value in bound:
        inside = ast.walk(target) if target else ()
        named = any(isinstance(name, ast.Name) and name.id in names for name in inside)
        if named and value.lineno < call.lineno and module.function_of(value) is scope:
            yield value
