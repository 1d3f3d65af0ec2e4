"""MLC303: a variable that is read anywhere is a setting that nobody can list."""

import ast
from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.patterns import fits_any
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.targets.module import Module

# What the platform says, and no settings of ours could: the shell, the pipeline, the launcher of workers.
_PLATFORM: Final = (  # noqa: SIM905 - reads as the list it is
    "AIP_* APPDATA AZUREML_* BUILD_* CI CI_* COLAB_* COLUMNS CONDA_* CUDA_* DATABRICKS_RUNTIME_VERSION DOCKER_HOST"
    " EDITOR FORCE_COLOR GITHUB_* GITLAB_* HOME HOSTNAME KAGGLE_* KUBERNETES_* LANG LC_* LOCALAPPDATA LOCAL_RANK"
    " LOCAL_WORLD_SIZE LOGNAME MASTER_ADDR MASTER_PORT NO_COLOR NODE_RANK NVIDIA_* OMP_* PATH PWD PYTEST_* PYTHON*"
    " RANK RUNNER_* SHELL SLURM_* SM_* SYSTEM_* TEMP TERM TF_BUILD TMP TMPDIR USER USERNAME USERPROFILE UV VIRTUAL_ENV"
    " WORLD_SIZE XDG_*"
).split()
# Programs for machines, started by name: their variables are their arguments.
_PROGRAMS: Final = (  # noqa: SIM905 - reads as the list it is
    "setup.py noxfile.py fabfile.py dodo.py tasks.py manage.py conf.py wsgi.py asgi.py gunicorn*.py __main__.py"
    " **/scripts/** **/script/** **/tools/** **/bin/** **/ci/** **/hooks/** **/docs/** **/doc/** **/benchmarks/**"
    " **/examples/** **/example/** **/notebooks/** **/migrations/** .*/**"
).split()

BAD: Final[tuple[Example, ...]] = (
    {
        "src/acme/train.py": "import os\n\n\ndef track(run):\n    run.log_to(os.environ"
        '.get("ACME_TRACKING_URI", "sqlite:///runs.db"))\n'
    },
)
OK: Final[tuple[Example, ...]] = (
    {
        "src/acme/settings.py": "import os\n\nTRACKING_URI = os.environ"
        '.get("ACME_TRACKING_URI", "sqlite:///runs.db")\n',
        "src/acme/train.py": "from acme.settings import TRACKING_URI\n\n\ndef track(run):\n"
        "    run.log_to(TRACKING_URI)\n",
    },
)


@rule(
    "MLC303",
    "scattered-env",
    on=Module,
    never=("settings", "tests", "notebooks"),
    level="strict",
    needles=(b"environ", b"getenv"),
    hint="read it in the settings module and hand the value on; `allow` names variables of the platform",
    options={"allow": _PLATFORM},
)
def scattered_env(module: Module, _: None) -> Iterator[Finding]:
    """An environment variable is read outside the settings module.

    Why: a run depends on settings that no record shows and no documentation lists. In public ML repositories 23 of some
    700 modules read 109 variables.

    How to fix: read the variable in the settings module (`settings.py`, `config.py`; `places` says where else) and hand
    the value on. Tests and programs (`tools/`, `scripts/`, `noxfile.py`) are left alone, and so is code that sets a
    variable or hands the whole environment on. `allow` lists the variables of the platform (`CI`, `GITHUB_*`).
    """
    if fits_any(module.path, _PROGRAMS):
        return
    allowed = module.options["MLC303"]["allow"]
    for node, name in sorted(_read(module), key=lambda one: one[0].lineno):
        if not fits_any(name, allowed):
            yield module.at(node, f"reads `{name}`; read it in the settings module and hand the value on")


def _read(module: Module) -> Iterator[tuple[ast.expr, str]]:
    """Yield where variables are read whose names stand there, and the names."""
    for call in module.all(ast.Call):
        if module.qualified(call.func) in {"os.getenv", "os.environ.get", "os.environb.get"}:
            yield from _named(call, call.args[:1])
    for item in module.all(ast.Subscript):
        if isinstance(item.ctx, ast.Load) and module.qualified(item.value) == "os.environ":
            yield from _named(item, [item.slice])
    for test in module.all(ast.Compare):
        if isinstance(test.ops[0], ast.In | ast.NotIn) and module.qualified(test.comparators[0]) == "os.environ":
            yield from _named(test, [test.left])


def _named(node: ast.expr, names: list[ast.expr]) -> Iterator[tuple[ast.expr, str]]:
    for name in names:
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield node, name.value
