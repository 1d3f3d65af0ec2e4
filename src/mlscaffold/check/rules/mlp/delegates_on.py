"""MLP605: what other tools find better is left to them, and they are switched on."""

import re
from collections.abc import Iterator
from typing import Any, Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.pipelines.hooks import hooks_of
from mlscaffold.check.pipelines.model import mapping, texts
from mlscaffold.check.pipelines.reading import pipelines_of
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlp._where import adopted, trains

_RUFF: Final = (("ruff.toml", ()), (".ruff.toml", ()), ("pyproject.toml", ("tool", "ruff")))
# Rules of ruff, and the library that they are about ("" for any code).
_FAMILIES: Final = {"S": "", "NPY": "numpy", "PD": "pandas"}
_LARGE: Final = r"(?i)large-?_?file|\blfs\b"
_SECRETS: Final = r"(?i)private-?_?key|secret|gitleaks|trufflehog|ggshield|talisman|\bcredential|noseyparker|kingfisher"
_TRAINING: Final = "import numpy as np\nfrom sklearn.svm import SVC\n\n\ndef train(x, y):\n    return SVC().fit(x, y)\n"
BAD: Final[tuple[Example, ...]] = (
    {"src/acme/train.py": _TRAINING, "pyproject.toml": '[tool.ruff.lint]\nselect = ["E", "F", "I"]\n'},
    {
        "src/acme/train.py": _TRAINING,
        ".pre-commit-config.yaml": "repos:\n  - repo: https://github.com/pre-commit/pre-commit-hooks\n    rev: v6.0.0\n"
        "    hooks:\n      - id: end-of-file-fixer\n",
    },
)
OK: Final[tuple[Example, ...]] = (
    {
        "src/acme/train.py": _TRAINING,
        "pyproject.toml": '[tool.ruff.lint]\nselect = ["E", "F", "I", "NPY", "S"]\n',
        ".pre-commit-config.yaml": "repos:\n  - repo: https://github.com/pre-commit/pre-commit-hooks\n    rev: v6.0.0\n"
        "    hooks:\n      - id: check-added-large-files\n      - id: detect-private-key\n",
    },
)


@rule("MLP605", "delegates-on", on=Repository, hint="switch on what ruff and the hooks already know how to find")
def delegates_on(repository: Repository, _: None) -> Iterator[Finding]:
    """Ruff leaves out rules for the libraries in use, or no hook stops large files and secrets.

    It speaks of a tool only where the repository uses it: ruff where it is configured, hooks where there are some; in
    projects made with mlscaffold or with a folder `.mlscaffold`, and elsewhere for the persona `strict`.

    Why: this check does not rebuild what other tools do well, so somebody has to run them. Data and models that are
    committed once stay in the history; mllint (`use-linters`) and repo-review (PC190) ask for the same.

    How to fix: add the families to `select`, and the hooks `check-added-large-files` and `detect-private-key`.
    """
    if not adopted(repository) or not trains(repository):
        return
    yield from _of_ruff(repository)
    yield from _of_hooks(repository)


def _of_ruff(repository: Repository) -> Iterator[Finding]:
    there = [(path, keys) for path, keys in _RUFF if path in repository.files and repository.table(path, *keys)]
    path, keys = there[0] if there else ("", ())
    table = repository.table(path, *keys) if path else {}
    if not table or "extend" in table:  # what another file selects is not seen here
        return
    lint = {**table, **mapping(table.get("lint"))}
    decided = {word for key in ("select", "extend-select", "ignore", "extend-ignore") for word in _words(lint.get(key))}
    if "ALL" in decided:
        return
    used = {name.partition(".")[0] for facts in repository.modules.values() for name in facts.imports.values()}
    missing = [
        family
        for family, library in _FAMILIES.items()
        if (not library or library in used) and not any(re.fullmatch(rf"{family}\d*", word) for word in decided)
    ]
    if missing:
        inner = ("lint", "select") if "lint" in table else ("select",)
        line = repository.line_of(path, *keys, *inner)
        yield Finding(path, line, f"ruff leaves out {', '.join(missing)}; add {_them(missing)} to `select`")


def _words(value: Any) -> list[str]:
    return [word.strip() for word in texts(value)]


def _them(names: list[str]) -> str:
    return "it" if len(names) == 1 else "them"


def _of_hooks(repository: Repository) -> Iterator[Finding]:
    path, table = hooks_of(repository)
    hooks = "\n".join(texts(table))
    if not hooks:
        return
    commands = "\n".join(job.commands for one in pipelines_of(repository) for job in one.jobs)
    missing = {
        "large files (check-added-large-files)": not re.search(_LARGE, hooks),
        "private keys (detect-private-key)": not re.search(_SECRETS, f"{hooks}\n{commands}"),
    }
    if told := " and ".join(name for name, missed in missing.items() if missed):
        yield Finding(path, 0, f"no hook stops {told}; add it")
