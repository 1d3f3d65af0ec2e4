"""Pipelines: which tiers there are, whether jobs end, and what they run."""

import itertools
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from mlscaffold.check.findings import Finding
from mlscaffold.check.fixing import mend
from toolbox.checking import codes, findings

CI = ".github/workflows/ci.yml"
NIGHT = ".github/workflows/nightly.yml"
HOOKS = ".pre-commit-config.yaml"
TRAIN = {"train.py": "from sklearn.svm import SVC\n\n\ndef train(x, y):\n    return SVC().fit(x, y)\n"}
OURS = {".mlscaffold/conventions.toml": ""}
HERE = {**TRAIN, **OURS}


def workflow(on: str, *commands: str, name: str = "test", head: str = "") -> str:
    steps = "".join(f"      - run: {command}\n" for command in commands or ("pytest",))
    return (
        f"{head}on: {on}\njobs:\n  {name}:\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n    steps:\n"
        f"      - uses: actions/checkout@v4\n{steps}"
    )


ALL = "{pull_request: , push: {branches: [main]}}"
SCHEDULE = "{schedule: [{cron: 1 2 * * *}]}"
NIGHTLY = {NIGHT: workflow(SCHEDULE, "python -m acme.train", name="nightly")}


# MLP601 three-tiers


@pytest.mark.parametrize(
    ("files", "words"),
    [
        pytest.param({**HERE, CI: workflow(ALL)}, "no pipeline runs every night;", id="no nights"),
        pytest.param({**HERE, CI: workflow("push")}, "runs every night;", id="pushes to branches look at changes"),
        pytest.param(
            {**HERE, **NIGHTLY, CI: workflow("{push: {branches: [main]}}")},
            "no pipeline runs for pull requests;",
            id="only after the merge",
        ),
        pytest.param(
            {**HERE, **NIGHTLY, CI: workflow("pull_request")},
            "no pipeline runs for pushes;",
            id="never after the merge",
        ),
        pytest.param({**HERE, CI: workflow("workflow_dispatch")}, "requests, nor for pushes, nor every", id="by hand"),
        pytest.param(
            {**HERE, CI: workflow(ALL), ".github/workflows/stale.yml": workflow(SCHEDULE)},
            "every night",
            id="a stale bot is no night",
        ),
        pytest.param(
            {**HERE, CI: workflow(ALL), NIGHT: workflow(SCHEDULE, name="codeql")}, "every night", id="nor is CodeQL"
        ),
        pytest.param(
            {**HERE, ".gitlab-ci.yml": "test: {script: pytest, only: [merge_requests, main], except: [schedules]}\n"},
            "every night",
            id="gitlab",
        ),
        pytest.param(
            {**HERE, "azure-pipelines.yml": "pr: none\ntrigger: [main]\nsteps: [{script: pytest}]\n"},
            "no pipeline runs every night;",
            id="azure keeps its policies to itself",
        ),
    ],
)
def test_a_missing_tier_is_found(files: Mapping[str, str], words: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, files, select=["MLP601"])
    assert (found.path, found.line) == (".", 0)
    assert words in found.message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({**HERE, **NIGHTLY, CI: workflow(ALL)}, id="all three"),
        pytest.param({**HERE, CI: workflow(f"{{push: , pull_request: , {SCHEDULE[1:]}")}, id="all in one file"),
        pytest.param({**TRAIN, CI: workflow(ALL)}, id="nobody asked for tiers"),
        pytest.param({**OURS, CI: workflow(ALL)}, id="nothing is trained"),
        pytest.param(HERE, id="no pipelines at all"),
        pytest.param({**HERE, CI: workflow(ALL), ".circleci/config.yml": "version: 2.1\n"}, id="another service"),
        pytest.param({**HERE, CI: workflow(ALL), "Jenkinsfile": "pipeline {}\n"}, id="one more"),
        pytest.param(
            {**HERE, ".gitlab-ci.yml": "include: {project: acme/ci, file: x.yml}\ntest: {script: a, only: [tags]}\n"},
            id="more is included from elsewhere",
        ),
        pytest.param({**HERE, ".gitlab-ci.yml": "test: {script: pytest}\n"}, id="a job for all of gitlab's pipelines"),
        pytest.param({**OURS, "tests/train.py": TRAIN["train.py"], CI: workflow(ALL)}, id="only tests train"),
        pytest.param(
            {**OURS, "{{ name }}/train.py": TRAIN["train.py"], CI: workflow(ALL)}, id="a template of projects"
        ),
        pytest.param({**OURS, "train.py": "import os\nos.fit(1)\n", CI: workflow(ALL)}, id="training of people"),
        pytest.param(
            {**OURS, "a.py": "import torch\ntorch.load('x')\n", CI: workflow(ALL)}, id="loading is no training"
        ),
    ],
)
def test_repositories_with_all_tiers_or_other_plans_are_left_alone(files: Mapping[str, str], tmp_path: Path) -> None:
    assert codes(tmp_path, files, select=["MLP601"]) == []


@pytest.mark.parametrize(
    "code",
    [
        pytest.param({"net.py": "import torch\nloss.backward()\n"}, id="a loop of one's own"),
        pytest.param({"src/acme/training/a.py": "import xgboost as xgb\nxgb.x()\n"}, id="a folder for training"),
        pytest.param({"run.py": "from transformers import Trainer\nTrainer().train()\n"}, id="a trainer"),
        pytest.param(
            {"m.py": "import sklearn.svm\nclass A:\n    def f(self):\n        self.m.fit(1)\n"}, id="a method"
        ),
    ],
)
def test_training_is_known_by_what_it_imports_and_calls(code: Mapping[str, str], tmp_path: Path) -> None:
    assert codes(tmp_path, {**OURS, **code, CI: workflow(ALL)}, select=["MLP601"]) == ["MLP601"]


def test_the_strict_persona_asks_every_repository_for_tiers(tmp_path: Path) -> None:
    assert codes(tmp_path, {**TRAIN, CI: workflow(ALL)}, select=["MLP601"], persona="strict") == ["MLP601"]


# MLP602 bounded-jobs

OPEN = "jobs:\n  train:\n    runs-on: ubuntu-latest\n    steps: []\n"
TWO = "  # later\n  lint: # fast\n    name: lint\n    runs-on: ${{ matrix.os }}  # all of them\n\n    steps: []\n"


@pytest.mark.parametrize(
    ("files", "line", "words"),
    [
        pytest.param({CI: f"on: push\n{OPEN}"}, 3, "job `train` has no timeout; add timeout-minutes", id="one job"),
        pytest.param({CI: f"on: push\n{OPEN}{TWO}"}, 3, "jobs `train` and `lint` have no timeout", id="two jobs, once"),
        pytest.param({CI: f"on: push\n{OPEN}    timeout-minutes: 5\n{TWO}"}, 8, "job `lint` has", id="the second"),
        pytest.param(
            {CI: "on: push\njobs:\n" + "".join(f"  j{n}: {{runs-on: a, steps: []}}\n" for n in range(6))},
            3,
            "jobs `j0`, `j1`, `j2` and 3 more have",
            id="many",
        ),
        pytest.param(
            {CI: "on: push\njobs:\n" + "".join(f"  j{n}: {{runs-on: a, steps: []}}\n" for n in range(4))},
            3,
            "jobs `j0`, `j1`, `j2` and `j3` have",
            id="four",
        ),
    ],
)
def test_a_job_without_a_time_is_found(files: Mapping[str, str], line: int, words: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, files, select=["MLP602"])
    assert (found.path, found.line) == (CI, line)
    assert words in found.message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({CI: workflow("push")}, id="a time"),
        pytest.param(
            {CI: "on: push\njobs:\n  all:\n    uses: acme/ci/.github/workflows/a.yml@v1\n"}, id="calls others"
        ),
        pytest.param({CI: "on: push\njobs: {}\n"}, id="no jobs"),
        pytest.param({".gitlab-ci.yml": "test: {script: pytest}\n"}, id="gitlab has a time for all"),
        pytest.param({"azure-pipelines.yml": "steps: [{script: pytest}]\n"}, id="and so has azure"),
        pytest.param({"azure-pipelines.yml": "jobs: [{job: a, timeoutInMinutes: 0, steps: []}]\n"}, id="no end, meant"),
        pytest.param({CI: workflow("pull_request")}, id="older runs may go on"),
        pytest.param({f"{{{{ name }}}}/{CI}": f"on: push\n{OPEN}"}, id="a template of projects"),
    ],
)
def test_jobs_that_end_are_left_alone(files: Mapping[str, str], tmp_path: Path) -> None:
    assert codes(tmp_path, files, select=["MLP602"]) == []


@pytest.mark.parametrize(
    ("files", "words"),
    [
        pytest.param({CI: workflow("pull_request")}, "`test` goes on when a pull request gets a newer", id="github"),
        pytest.param(
            {".gitlab-ci.yml": "a: {script: x, only: [merge_requests]}\nb: {script: x, only: [merge_requests]}\n"},
            "jobs `a` and `b` go on when a pull request gets a newer push; add interruptible: true",
            id="gitlab",
        ),
        pytest.param(
            {"azure-pipelines.yml": "pr: {autoCancel: false}\nsteps: [{script: pytest}]\n"}, "cancel", id="azure"
        ),
        pytest.param(
            {"azure-pipelines.yml": "jobs: [{job: a, timeoutInMinutes: 0, steps: []}]\n"},
            "job `a` has no timeout; add a timeoutInMinutes other than 0",
            id="no end in azure",
        ),
    ],
)
def test_the_strict_persona_asks_for_more(files: Mapping[str, str], words: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, files, select=["MLP602"], persona="strict")
    assert words in found.message


def test_a_job_in_a_template_is_told_of_at_the_pipeline(tmp_path: Path) -> None:
    files = {
        "azure-pipelines.yml": "jobs: [{template: ci/a.yml}]\n",
        "ci/a.yml": "jobs: [{job: a, timeoutInMinutes: 0, steps: []}]\n",
    }
    (found,) = findings(tmp_path, files, select=["MLP602"], persona="strict")
    assert (found.path, found.line) == ("azure-pipelines.yml", 0)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({CI: workflow("push")}, id="no pull requests"),
        pytest.param(
            {CI: workflow("pull_request", head="concurrency: {group: a, cancel-in-progress: true}\n")}, id="ended"
        ),
        pytest.param({".gitlab-ci.yml": "a: {script: x, only: [merge_requests], interruptible: true}\n"}, id="gitlab"),
        pytest.param({"azure-pipelines.yml": "steps: [{script: pytest}]\n"}, id="azure"),
    ],
)
def test_runs_that_are_ended_by_newer_ones_pass_the_strict_persona(files: Mapping[str, str], tmp_path: Path) -> None:
    assert codes(tmp_path, files, select=["MLP602"], persona="strict") == []


def mended(root: Path, found: list[Finding]) -> dict[str, bytes]:
    return mend([one for one in found if one.fix], lambda path: (root / path).read_bytes()).contents


def test_the_fix_writes_a_time_below_each_runner_and_keeps_the_rest(tmp_path: Path) -> None:
    text = f"on: push # all\n{OPEN}{TWO}"
    contents = mended(tmp_path, findings(tmp_path, {CI: text}, select=["MLP602"]))
    line = "    timeout-minutes: 60\n"
    fixed = text.replace("ubuntu-latest\n", f"ubuntu-latest\n{line}").replace("of them\n", f"of them\n{line}")
    assert contents == {CI: fixed.encode()}
    assert all(job["timeout-minutes"] == 60 for job in yaml.safe_load(fixed)["jobs"].values())
    assert codes(tmp_path, {CI: fixed}, select=["MLP602"]) == []


def test_the_fix_is_unsafe_and_keeps_the_ends_of_lines(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, {CI: f"on: push\n{OPEN}".replace("\n", "\r\n")}, select=["MLP602"])
    assert found.fix
    assert not found.fix.safe
    assert found.fix.edits[0].text == "    timeout-minutes: 60\r\n"


@pytest.mark.parametrize(
    "job",
    [
        pytest.param("  a: {runs-on: x, steps: []}\n", id="all on one line"),
        pytest.param("  a:\n    runs-on:\n      - self-hosted\n    steps: []\n", id="a list below"),
        pytest.param("  a:\n    runs-on:\n    - x\n    steps: []\n", id="a list below, not indented"),
        pytest.param("  a:\n    runs-on: # two\n      group: x\n    steps: []\n", id="a table below"),
        pytest.param("  a:\n    runs-on: >-\n      x\n    steps: []\n", id="a folded text"),
        pytest.param("  a:\n    runs-on: |\n      x\n    steps: []\n", id="a block of text"),
        pytest.param("  a:\n    runs-on: [x,\n      y]\n    steps: []\n", id="a list over lines"),
        pytest.param("  a:\n    runs-on: [x,\n\n      y]\n    steps: []\n", id="a list over lines, with a gap"),
        pytest.param("  a:\n    steps: []\n", id="no runner"),
        pytest.param("  a:\n    steps: []\n    runs-on: x", id="no end of the last line"),
        pytest.param("  a:\n    runs-on: x\n    steps: []\n  b: {runs-on: x, steps: []}\n", id="one of two"),
    ],
)
def test_what_cannot_be_mended_simply_is_only_told(job: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, {CI: f"on: push\njobs:\n{job}"}, select=["MLP602"])
    assert found.fix is None


def test_a_job_that_repeats_another_is_mended_once(tmp_path: Path) -> None:
    text = "on: push\njobs:\n  a: &same\n    runs-on: x\n    steps: []\n  b: *same\n"
    contents = mended(tmp_path, findings(tmp_path, {CI: text}, select=["MLP602"]))
    assert contents == {CI: text.replace("on: x\n", "on: x\n    timeout-minutes: 60\n").encode()}


# MLP603 pr-gates

TESTS = {"acme/a.py": "A = 1\n", "tests/test_a.py": "def test_a():\n    pass\n"}
RUFF = {"pyproject.toml": "[tool.ruff]\nline-length = 120\n"}
MYPY = {"pyproject.toml": "[tool.mypy]\nstrict = true\n"}
HOOKED = {HOOKS: "repos: [{repo: x, hooks: [{id: ruff-check}, {id: mypy}]}]\n"}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        pytest.param({**TESTS, CI: workflow("pull_request", "uv sync")}, "not run the tests; add", id="tests"),
        pytest.param({**TESTS, CI: workflow("push", "uv sync")}, "the tests", id="pushes count as pull requests"),
        pytest.param(
            {**TESTS, CI: workflow("pull_request", "pip install pytest")}, "(pytest)", id="installed, not run"
        ),
        pytest.param({**TESTS, **RUFF, CI: workflow("pull_request")}, "the linter; add a job that does (ru", id="ruff"),
        pytest.param({**TESTS, ".flake8": "", CI: workflow("pull_request")}, "the linter", id="flake8"),
        pytest.param({**TESTS, **MYPY, CI: workflow("pull_request")}, "the type checker; add", id="mypy"),
        pytest.param({**TESTS, "pyrightconfig.json": "{}", CI: workflow("pull_request")}, "type checker", id="pyright"),
        pytest.param({**TESTS, "setup.cfg": "[mypy]\na = b\n", CI: workflow("pull_request")}, "type", id="setup.cfg"),
        pytest.param(
            {**TESTS, "setup.cfg": "[mypy-numpy.*]\n[flake8:x]\n", CI: workflow("pull_request")}, "linter", id="a part"
        ),
        pytest.param(
            {
                **TESTS,
                "pyproject.toml": "[tool.ruff]\na = 1\n[tool.ty]\nb = 1\n",
                CI: workflow("pull_request", "uv sync"),
            },
            "the linter, the type checker and the tests; add a job that does (ruff check, mypy, pytest)",
            id="all three",
        ),
        pytest.param(
            {
                **TESTS,
                "Makefile": "lint:\n\truff check\ntest:\n\tpytest\n",
                CI: workflow("pull_request", "make lint"),
            },
            "the tests",
            id="another target of the Makefile",
        ),
        pytest.param(
            {**TESTS, CI: workflow("pull_request", "uv sync"), NIGHT: workflow(SCHEDULE, "pytest")},
            "the tests",
            id="only at night",
        ),
        pytest.param(
            {
                **TESTS,
                ".gitlab-ci.yml": "a: {script: [ruff], only: [merge_requests]}\nb: {script: [pytest], only: [tags]}\n",
            },
            "the tests",
            id="gitlab, only for tags",
        ),
        pytest.param(
            {**TESTS, "azure-pipelines.yml": "trigger: none\nsteps: [{script: ruff check}]\n"}, "the tests", id="azure"
        ),
    ],
)
def test_a_gate_that_pull_requests_do_not_run_is_found(files: Mapping[str, str], words: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, files, select=["MLP603"])
    assert found.path in {CI, ".gitlab-ci.yml", "azure-pipelines.yml"}
    assert found.line == 0
    assert words in found.message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({**TESTS, CI: workflow("pull_request", "uv run pytest -q")}, id="tests"),
        pytest.param({**TESTS, CI: workflow("pull_request", "python -m unittest discover")}, id="other tests"),
        pytest.param({**TESTS, CI: workflow("pull_request", "uvx nox")}, id="a wrapper without its file"),
        pytest.param({**TESTS, CI: workflow("pull_request", "poe all")}, id="a wrapper that is not read"),
        pytest.param({**TESTS, CI: workflow("pull_request", "./dev check")}, id="a program of their own"),
        pytest.param(
            {**TESTS, CI: "on: pull_request\njobs: {a: {uses: acme/ci/.github/workflows/ci.yml@v1}}\n"}, id="elsewhere"
        ),
        pytest.param(
            {**TESTS, ".gitlab-ci.yml": "include: {template: Auto-DevOps.gitlab-ci.yml}\na: {script: b}\n"},
            id="included",
        ),
        pytest.param({**TESTS, CI: workflow("{push: {branches: [main]}}", "uv sync")}, id="no pull requests at all"),
        pytest.param({**TESTS}, id="no pipelines"),
        pytest.param({**TESTS, ".travis.yml": "a: b\n", CI: workflow("pull_request", "uv sync")}, id="another service"),
        pytest.param({"acme/a.py": "A = 1\n", CI: workflow("pull_request", "uv sync")}, id="no tests"),
        pytest.param(
            {**TESTS, "setup.cfg": "[options]\nlint =\n  flake8\nflake8\n", CI: workflow("pull_request")},
            id="installed",
        ),
        pytest.param({"test_net.py": "evaluate()\n", CI: workflow("pull_request", "uv sync")}, id="no tests, a script"),
        pytest.param({"a.py": "def test_a(): 1\n", CI: workflow("pull_request", "uv sync")}, id="no tests, by name"),
        pytest.param({"tests/conftest.py": "A = 1\n", CI: workflow("pull_request", "uv sync")}, id="no tests, helpers"),
        pytest.param({"README.md": "# a\n", ".flake8": "", CI: workflow("pull_request", "a")}, id="no Python"),
        pytest.param({**TESTS, **RUFF, HOOKS: HOOKED[HOOKS], CI: workflow("pull_request")}, id="a service runs hooks"),
        pytest.param({**TESTS, **MYPY, HOOKS: HOOKED[HOOKS], CI: workflow("pull_request")}, id="types among them"),
        pytest.param(
            {**TESTS, **RUFF, **HOOKED, CI: workflow("pull_request", "pre-commit run -a", "pytest")}, id="hooks"
        ),
        pytest.param(
            {**TESTS, "pyproject.toml": "a = 5\n", "setup.cfg": "[metadata]\n", CI: workflow("pull_request")},
            id="odd",
        ),
        pytest.param(
            {
                **TESTS,
                **MYPY,
                "noxfile.py": "import nox\n@nox.session\ndef all(s):\n    s.run('mypy')\n    tests(s)\n"
                "def tests(s):\n    s.run('pytest')\n",
                CI: workflow("pull_request", "nox -s all"),
            },
            id="a session of nox",
        ),
    ],
)
def test_gates_that_run_or_cannot_be_known_are_left_alone(files: Mapping[str, str], tmp_path: Path) -> None:
    assert codes(tmp_path, files, select=["MLP603"]) == []


@pytest.mark.parametrize(
    ("files", "words"),
    [
        pytest.param({**TESTS, CI: workflow("pull_request")}, "the linter and the type checker", id="nothing set up"),
        pytest.param({**TESTS, **HOOKED, CI: workflow("pull_request")}, "the linter and", id="hooks that nobody runs"),
        pytest.param({"a.py": "", CI: workflow("pull_request", "ruff check", "mypy")}, "the tests", id="no tests"),
    ],
)
def test_the_strict_persona_asks_for_all_gates(files: Mapping[str, str], words: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, files, select=["MLP603"], persona="strict")
    assert words in found.message


def test_the_strict_persona_believes_a_service_that_is_set_up(tmp_path: Path) -> None:
    files = {**TESTS, HOOKS: HOOKED[HOOKS] + "ci: {autofix_prs: false}\n", CI: workflow("pull_request")}
    assert codes(tmp_path, files, select=["MLP603"], persona="strict") == []


@pytest.mark.parametrize(
    "command",
    ["pylint acme", "pre-commit run", "prek run -a", "mlscaffold check", "flake8"],
)
def test_linters_are_known(command: str, tmp_path: Path) -> None:
    files = {**TESTS, CI: workflow("pull_request", "pytest", "uvx ty check", command)}
    assert codes(tmp_path, files, select=["MLP603"], persona="strict") == []


@pytest.mark.parametrize("command", ["mypy acme", "pyright", "basedpyright", "pyrefly check", "dmypy run"])
def test_type_checkers_are_known(command: str, tmp_path: Path) -> None:
    files = {**TESTS, CI: workflow("pull_request", "pytest", "ruff check", command)}
    assert codes(tmp_path, files, select=["MLP603"], persona="strict") == []


# MLP604 nightly-trains


@pytest.mark.parametrize(
    ("files", "line"),
    [
        pytest.param({**HERE, NIGHT: workflow(SCHEDULE, "pytest", name="nightly")}, 3, id="tests only"),
        pytest.param({**HERE, CI: workflow(f"{{push: , {SCHEDULE[1:]}", "ruff check")}, 3, id="what pushes run too"),
        pytest.param({**HERE, ".gitlab-ci.yml": "night: {script: pytest, only: [schedules]}\n"}, 1, id="gitlab"),
        pytest.param(
            {
                **HERE,
                ".gitlab-ci.yml": "include: /ci/a.yml\n",
                "ci/a.yml": "night: {script: pytest, only: [schedules]}\n",
            },
            0,
            id="in an included file",
        ),
        pytest.param(
            {**HERE, NIGHT: workflow(SCHEDULE, "acme constraints", "acme fitness")}, 3, id="words inside words"
        ),
    ],
)
def test_a_night_without_training_is_found(files: Mapping[str, str], line: int, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, files, select=["MLP604"])
    assert found.line == line
    assert "runs on a schedule, and nothing in it trains or evaluates" in found.message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({**HERE, NIGHT: workflow(SCHEDULE, "uv run acme train")}, id="a command"),
        pytest.param({**HERE, NIGHT: workflow(SCHEDULE, "python train.py")}, id="a script"),
        pytest.param({**HERE, NIGHT: workflow(SCHEDULE, "python -m acme.run_training")}, id="a module"),
        pytest.param({**HERE, NIGHT: workflow(SCHEDULE, "acme retrain --all")}, id="again"),
        pytest.param({**HERE, NIGHT: workflow(SCHEDULE, "python scripts/evaluate_model.py")}, id="evaluation"),
        pytest.param({**HERE, NIGHT: workflow(SCHEDULE, "acme fit")}, id="fit"),
        pytest.param({**HERE, NIGHT: workflow(SCHEDULE, "papermill all.ipynb out.ipynb")}, id="a notebook"),
        pytest.param({**HERE, NIGHT: workflow(SCHEDULE, "dvc repro")}, id="a pipeline that is not read"),
        pytest.param(
            {**HERE, NIGHT: workflow(SCHEDULE, "make all"), "Makefile": "all: model\nmodel:\n\tacme train\n"}, id="make"
        ),
        pytest.param({**HERE, ".github/workflows/stale.yml": workflow(SCHEDULE, "gh issue list")}, id="a stale bot"),
        pytest.param({**HERE, NIGHT: workflow(SCHEDULE, "a", name="update-locks")}, id="newer packages"),
        pytest.param({**HERE, CI: workflow("push")}, id="no schedule"),
        pytest.param({**TRAIN, NIGHT: workflow(SCHEDULE)}, id="nobody asked for it"),
        pytest.param({**OURS, NIGHT: workflow(SCHEDULE)}, id="nothing is trained"),
        pytest.param(
            {**HERE, NIGHT: f"on: {SCHEDULE}\njobs: {{a: {{uses: acme/a/.github/workflows/b.yml@v1}}}}\n"},
            id="elsewhere",
        ),
        pytest.param(
            {**HERE, ".gitlab-ci.yml": "include: https://acme.example/a.yml\nnight: {script: pytest}\n"},
            id="more is included",
        ),
    ],
)
def test_nights_that_train_or_do_something_else_are_left_alone(files: Mapping[str, str], tmp_path: Path) -> None:
    assert codes(tmp_path, files, select=["MLP604"]) == []


# MLP605 delegates-on

ARRAYS = {
    "a.py": "import numpy as np\nimport pandas as pd\nfrom sklearn.svm import SVC\n\nSVC().fit(np.x, pd.y)\n",
    **OURS,
}
GUARDED = "repos: [{repo: x, hooks: [{id: check-added-large-files}, {id: detect-private-key}]}]\n"


@pytest.mark.parametrize(
    ("files", "path", "line", "words"),
    [
        pytest.param(
            {"pyproject.toml": '[tool.ruff.lint]\nignore = []\nselect = ["E"]\n'},
            "pyproject.toml",
            3,
            "ruff leaves out S, NPY, PD; add them to `select`",
            id="pyproject",
        ),
        pytest.param(
            {"pyproject.toml": '[tool.ruff]\nselect = ["E", "S", "NPY"]\n'},
            "pyproject.toml",
            2,
            "ruff leaves out PD; add it to `select`",
            id="the old place",
        ),
        pytest.param(
            {"ruff.toml": '[lint]\nextend-select = ["S", "PD"]\n'}, "ruff.toml", 1, "leaves out NPY", id="ruff.toml"
        ),
        pytest.param(
            {"ruff.toml": '[lint]\nselect = ["PDX", "S", "NPY"]\n'}, "ruff.toml", 2, "leaves out PD", id="alike"
        ),
        pytest.param(
            {"pyproject.toml": "[tool.ruff]\nline-length = 100\n"}, "pyproject.toml", 1, "S, NPY, PD", id="usual"
        ),
        pytest.param(
            {HOOKS: GUARDED.replace("{id: check-added-large-files}, ", "")},
            HOOKS,
            0,
            "no hook stops large files (check-added-large-files); add it",
            id="large files",
        ),
        pytest.param(
            {HOOKS: GUARDED.replace(", {id: detect-private-key}", "")},
            HOOKS,
            0,
            "no hook stops private keys (detect-private-key)",
            id="private keys",
        ),
        pytest.param(
            {HOOKS: "repos: [{repo: local, hooks: []}]\n"},
            HOOKS,
            0,
            "large files (check-added-large-files) and private",
            id="neither",
        ),
    ],
)
def test_what_is_switched_off_is_found(
    files: Mapping[str, str], path: str, line: int, words: str, tmp_path: Path
) -> None:
    (found,) = findings(tmp_path, {**ARRAYS, **files}, select=["MLP605"])
    assert (found.path, found.line) == (path, line)
    assert words in found.message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"pyproject.toml": '[tool.ruff.lint]\nselect = ["E", "S", "NPY", "PD"]\n'}, id="all selected"),
        pytest.param({"pyproject.toml": '[tool.ruff.lint]\nselect = ["ALL"]\n'}, id="all rules"),
        pytest.param({"ruff.toml": '[lint]\nextend-select = ["S1", "NPY002", "PD"]\nselect = ["E"]\n'}, id="parts"),
        pytest.param(
            {"ruff.toml": '[lint]\nselect = ["E"]\nignore = ["S", "PD"]\nextend-ignore = ["NPY"]\n'}, id="decided"
        ),
        pytest.param({".ruff.toml": 'extend = "../ruff.toml"\n'}, id="decided elsewhere"),
        pytest.param({"pyproject.toml": "[tool.black]\n"}, id="no ruff"),
        pytest.param({"pyproject.toml": "[tool]\nruff = 5\n"}, id="odd"),
        pytest.param({HOOKS: GUARDED}, id="both hooks"),
        pytest.param({HOOKS: GUARDED.replace("detect-private-key", "gitleaks")}, id="another scanner"),
        pytest.param(
            {HOOKS: GUARDED.replace("detect-private-key", "mypy"), CI: workflow("push", "gitleaks detect")},
            id="a scanner in CI",
        ),
        pytest.param({HOOKS: "repos: 5\n"}, id="odd hooks"),
        pytest.param({}, id="neither ruff nor hooks"),
    ],
)
def test_what_is_on_or_not_in_use_is_left_alone(files: Mapping[str, str], tmp_path: Path) -> None:
    assert codes(tmp_path, {**ARRAYS, **files}, select=["MLP605"]) == []


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"a.py": ARRAYS["a.py"], HOOKS: "repos: [{repo: local, hooks: []}]\n"}, id="nobody asked for it"),
        pytest.param(
            {**OURS, "a.py": "A = 1\n", HOOKS: "repos: [{repo: local, hooks: []}]\n"}, id="nothing is trained"
        ),
        pytest.param({**HERE, "ruff.toml": '[lint]\nselect = ["S"]\n'}, id="libraries that are not in use"),
    ],
)
def test_other_repositories_are_asked_for_nothing(files: Mapping[str, str], tmp_path: Path) -> None:
    assert codes(tmp_path, files, select=["MLP605"]) == []


# All of them

ODD = [
    "",
    "5",
    "[1]",
    "a: b",
    "jobs: 5",
    "jobs: {a: 5}",
    "on: {push: 5}\njobs: {a: {steps: [5, {run: 5}], if: 5}}",
    "{",
]
PATHS = [CI, ".gitlab-ci.yml", "azure-pipelines.yml", HOOKS]


@pytest.mark.parametrize(("path", "text"), list(itertools.product(PATHS, ODD)))
def test_odd_files_raise_nothing(path: str, text: str, tmp_path: Path) -> None:
    found = findings(tmp_path, {**ARRAYS, **TESTS, path: text, "ruff.toml": text}, select=["MLP"], persona="strict")
    assert all(one.path for one in found)


def test_binary_files_raise_nothing(tmp_path: Path) -> None:
    files = dict.fromkeys([*PATHS, "noxfile.py", "Makefile", "tox.ini"], b"\xff\xfe\x00\x01")
    assert findings(tmp_path, {**files, NIGHT: workflow(ALL, "nox", "make", "tox").encode()}, select=["MLP"]) == []
