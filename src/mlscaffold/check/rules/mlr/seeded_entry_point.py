"""MLR203: what is seeded in one script is seeded in all, or runs cannot be compared."""

import re
from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.lazy import expression
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlr._entries import Reach, reached

_SEED_PY: Final = (
    "import random\n\nimport torch\n\n\ndef set_seed(seed):\n    random.seed(seed)\n    torch.manual_seed(seed)\n"
)
_TRAIN_PY: Final = (
    "import torch\n\nfrom seeds import set_seed\n\n\n"
    "def main():\n    set_seed(0)\n    torch.nn.Linear(2, 1)\n\n\n"
    'if __name__ == "__main__":\n    main()\n'
)
_UNSEEDED_PY: Final = (
    'import torch\n\n\ndef main():\n    torch.nn.Linear(2, 1)\n\n\nif __name__ == "__main__":\n    main()\n'
)
BAD: Final[tuple[Example, ...]] = ({"seeds.py": _SEED_PY, "train.py": _TRAIN_PY, "train_large.py": _UNSEEDED_PY},)
OK: Final[tuple[Example, ...]] = ({"seeds.py": _SEED_PY, "train.py": _TRAIN_PY, "train_large.py": _TRAIN_PY},)

# Draws of the generators that are global; a `Generator` of one's own is seeded where it is made.
_DRAWS: Final = expression(
    r"numpy\.random\.(?:rand\w*|permutation|shuffle|choice|normal|uniform)|random\.(?:random|shuffle|sample|choice\w*)"
)
_FRAMEWORKS: Final = expression(r"(?:torch|tensorflow|keras|lightning|pytorch_lightning|paddle|mxnet)(?:\..*)?")
# These seed by themselves, from a setting that has a default.
_SEED_THEMSELVES: Final = expression(
    r"transformers\.\w*(?:Trainer|TrainingArguments)|(?:trl|ultralytics|mmengine|mmcv|autogluon|pycaret)(?:\..*)?"
)
_SEEDS: Final = expression(r"(?:.*\.)?(?:\w*seed\w*|default_rng|RandomState|PRNGKey)", re.IGNORECASE)
_SEEDS_ALL: Final = expression(
    r"(?:numpy\.)?random\.seed|torch\.manual_seed|tensorflow\.(?:random\.)?set_(?:random_)?seed|jax\.random\.PRNGKey"
    r"|(?:.*\.)?seed_everything|transformers\.(?:.*\.)?set_seed|accelerate\.utils\.set_seed|(?:.*\.)set_random_seed"
)


@rule(
    "MLR203",
    "seeded-entry-point",
    on=Repository,
    hint="call the project's seeding function first thing in every script that trains",
)
def seeded_entry_point(repository: Repository, _: None) -> Iterator[Finding]:
    """A script that trains never reaches the project's seeding function.

    Why: without a seed two runs of the same commit differ, and nobody can tell a better model from better luck (ML Test
    Score, infrastructure 1: training is reproducible). It speaks where a project has a function that seeds, other
    scripts call it (or none does), and this one, with all that it calls, does not. Persona strict also asks where
    nothing in the project seeds anything.

    How to fix: call the seeding function before the data is shuffled or a model is made.
    """
    scripts = reached(repository)
    if not scripts:
        return
    owned, called = _seeding(repository)
    strict = repository.settings.persona == "strict"
    seeded = [path for path, reach in scripts.items() if _is_seeded(reach)]
    if (owned and (seeded or not called)) or (strict and not owned and not called):
        for path, reach in scripts.items():
            if path not in seeded and (library := _draws(reach)):
                yield Finding(path, 0, _message(library, owned, seeded))


def _message(library: str, owned: str, seeded: list[str]) -> str:
    if not owned:
        return f"trains with {library}, and nothing in the repository sets a seed; set one, from a setting"
    others = f", as {seeded[0]} does" if seeded else ""
    return f"trains with {library} and never reaches {owned}; call it first{others}"


def _seeding(repository: Repository) -> tuple[str, bool]:
    """Return what the project seeds with, in words, and whether anything but that function itself calls for a seed."""
    owned, called = "", False
    for path, facts in sorted(repository.modules.items()):
        if "tests" in repository.roles_of(path):
            continue
        for function in facts.functions:
            seeds = any(_SEEDS_ALL.fullmatch(call) for call in function.calls)
            if seeds and _SEEDS.fullmatch(function.name):
                owned = owned or f"`{function.name}` ({path})"
            else:
                called = called or any(_SEEDS.fullmatch(call) for call in function.calls)
    return owned, called


def _is_seeded(reach: Reach) -> bool:
    return (
        reach.open
        or any(_SEEDS.fullmatch(name) for name in reach.calls | reach.imports)
        or any(_SEED_THEMSELVES.fullmatch(name) for name in reach.imports)
    )


def _draws(reach: Reach) -> str:
    """Return the library that draws from a global generator, "" where there is none."""
    found = next((name for name in sorted(reach.imports) if _FRAMEWORKS.fullmatch(name)), "")
    found = found or next((name for name in sorted(reach.calls) if _DRAWS.fullmatch(name)), "")
    return found.partition(".")[0]
