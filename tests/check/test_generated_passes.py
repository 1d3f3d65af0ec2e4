"""Projects of the built-in template keep to their own conventions, whatever was answered; faults in them are seen."""

import shutil
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from toolbox.checking import codes, findings, repository
from toolbox.projects import rendered

FORGES = ("github", "gitlab", "azure")
CHOICES = [choice for size in range(4) for choice in combinations(FORGES, size)]
ANSWERS: dict[str, dict[str, Any]] = {
    "awkward names": {"project_name": "It's: a #name", "package_name": "a" * 40, "description": 'Says "no: {1}".'},
    "the oldest python": {"python_version": "3.11"},
    "the newest python": {"python_version": "3.14"},
    "from an index": {"mlscaffold_requirement": "mlscaffold-cli>=0.2,<1"},
    "from git": {"mlscaffold_requirement": "mlscaffold-cli @ git+https://forge.example/a/b@abc"},
    "from an archive": {"mlscaffold_requirement": "mlscaffold-cli @ https://forge.example/a.whl#sha256=ab"},
}
BIG = "a,b\n" + "1,2\n" * 500_000
NOTEBOOK = """{"cells": [{"cell_type": "code", "execution_count": 1, "id": "a", "metadata": {},
 "outputs": [{"name": "stdout", "output_type": "stream", "text": ["a customer of ours"]}], "source": ["print(1)"]}],
 "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"""


def told(root: Path) -> list[str]:
    """Return what is found, in lines that a failing test can show."""
    return [f"{one.path}:{one.line}: {one.code} {one.message}" for one in findings(root)]


@pytest.mark.parametrize("ci", CHOICES, ids=lambda ci: "+".join(ci) or "none")
def test_a_project_passes_with_the_pipelines_of_any_forge(ci: tuple[str, ...]) -> None:
    assert told(rendered(ci)) == []


@pytest.mark.parametrize("answers", ANSWERS)
def test_a_project_passes_whatever_is_answered(answers: str) -> None:
    assert told(rendered(**ANSWERS[answers])) == []


def test_a_project_asks_more_of_itself_than_of_others_and_leaves_nothing_out() -> None:
    text = (rendered() / ".mlscaffold/conventions.toml").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line and line[0] != "#"] == ['persona = "strict"']
    assert "mlscaffold: ignore" not in "".join(path.read_text() for path in rendered().rglob("*.py"))


class Fault(NamedTuple):
    """What a team does, the rule that minds, and what has to be in its message."""

    does: Callable[[Path], object]
    code: str
    says: str


def writes(path: str, content: str) -> Callable[[Path], object]:
    return lambda root: repository(root, {path: content})


def appends(path: str, content: str) -> Callable[[Path], object]:
    return lambda root: repository(root, {path: (root / path).read_text(encoding="utf-8") + content})


def swaps(path: str, old: str, new: str) -> Callable[[Path], object]:
    def do(root: Path) -> None:
        text = (root / path).read_text(encoding="utf-8")
        assert old in text
        repository(root, {path: text.replace(old, new)})

    return do


def deletes(path: str) -> Callable[[Path], object]:
    return lambda root: (root / path).unlink()


CODE = '"""Ours."""\n\nimport numpy as np\nimport polars as pl\n\n'
LOAD = 'import torch\n\n\ndef load() -> object:\n    return torch.load("old.pt", weights_only=False)\n'
HUB = (
    'from transformers import AutoModel\n\n\ndef hub() -> object:\n    return AutoModel.from_pretrained("acme/churn")\n'
)
FAULTS = {
    "a feature that no test reaches": Fault(
        writes(
            "src/flights/weather/features.py",
            f"{CODE}\ndef fog(humidity: np.ndarray) -> np.ndarray:\n    return humidity\n",
        ),
        "MLD105",
        "fog",
    ),
    "a managed file that was edited": Fault(
        swaps(".mlscaffold/conventions.toml", "# What", "# Or what"), "MLT901", "conventions.toml"
    ),
    "a managed file that was deleted": Fault(deletes(".mlscaffold/conventions.toml"), "MLT901", "conventions.toml"),
    "an update that was not finished": Fault(
        appends("docs/gate.md", "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"), "MLT903", "gate.md"
    ),
    "answers without a template": Fault(swaps(".copier-answers.yml", "_src_path", "_source"), "MLT902", "_src_path"),
    "a workflow without a time limit": Fault(
        swaps(".github/workflows/branch.yml", "    timeout-minutes: 20\n", ""), "MLP602", "branch"
    ),
    "a job of GitLab that goes on after a newer push": Fault(
        swaps(".gitlab-ci.yml", "60 minutes\n  interruptible: true\n", "60 minutes\n"), "MLP602", "pull-request"
    ),
    "a job of Azure that never ends": Fault(
        swaps("azure-pipelines/branch.yml", "timeoutInMinutes: 20", "timeoutInMinutes: 0"), "MLP602", "branch"
    ),
    "a notebook with outputs": Fault(writes("notebooks/01-look.ipynb", NOTEBOOK), "MLS004", "output"),
    "a table in git": Fault(writes("docs/customers.csv", BIG), "MLD101", "customers.csv"),
    "a path of one machine": Fault(
        writes("tools/look.py", f'{CODE}\ndef rows() -> pl.DataFrame:\n    return pl.read_csv("/home/jo/rows.csv")\n'),
        "MLD106",
        "/home/jo",
    ),
    "work at import": Fault(
        writes("src/flights/late.py", f'{CODE}ROWS = pl.read_csv("a.csv")\n'), "MLS005", "read_csv"
    ),
    "a setting that the base does not have": Fault(appends("config/prod.toml", "[modle]\nl2 = 1\n"), "MLC301", "modle"),
    "an image of any day": Fault(writes("ops/a.Dockerfile", "FROM python:latest\nUSER 1000\n"), "MLB701", "latest"),
    "a model that runs code": Fault(writes("tools/old.py", f'"""Old."""\n\n{LOAD}'), "MLX801", "weights_only"),
    "a model of any day": Fault(writes("tools/hub.py", f'"""Hub."""\n\n{HUB}'), "MLX802", "revision"),
    "an ignore without a reason": Fault(
        writes("tools/old.py", f'"""Old."""\n\n{LOAD.rstrip()}  # mlscaffold: ignore[MLX801]\n'), "MLZ001", "reason"
    ),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of the template with all forges, in which a test may do what it likes."""
    return Path(shutil.copytree(rendered(), tmp_path / "flights", symlinks=True))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_and_nothing_else(project: Path, fault: str) -> None:
    does, code, says = FAULTS[fault]
    does(project)
    found = findings(project)
    assert {one.code for one in found} == {code}, told(project)
    assert any(says in f"{one.path} {one.message}" for one in found), told(project)


def test_a_team_may_ask_for_less_in_its_own_file(project: Path) -> None:
    FAULTS["an ignore without a reason"].does(project)
    assert codes(project) == ["MLZ001"]
    appends("pyproject.toml", '\n[tool.mlscaffold.check]\npersona = "default"\n')(project)
    assert codes(project) == []
