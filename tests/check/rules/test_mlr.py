"""Reproducibility: locks, one Python, seeds, and what is recorded of a run."""

import ast
import os
from pathlib import Path

import pytest

from mlscaffold.check.command import main
from mlscaffold.check.rules.mlr._packages import loose
from mlscaffold.check.rules.mlr._versions import allows, lowest, version_of
from toolbox.checking import codes, findings, repository

Files = dict[str, str]

# MLR201

TRAIN = {"train.py": 'if __name__ == "__main__":\n    main()\n'}
DOCKER = {"Dockerfile": "FROM python:3.12\n"}
ASKS = '[project]\nname = "acme"\ndependencies = ["NumPy>=2", "scikit_learn[all]~=1.5", "acme[extra]"]\n'
POETRY = '[tool.poetry]\nname = "acme"\n\n[tool.poetry.dependencies]\npython = "^3.11"\nnumpy = "^2"\n'
LOCK = '[[package]]\nname = "numpy"\n\n[[package]]\nname = "scikit-learn"\n'


@pytest.mark.parametrize(
    ("files", "path", "words"),
    [
        pytest.param({"pyproject.toml": ASKS} | DOCKER, "pyproject.toml", "packages of Dockerfile", id="an image"),
        pytest.param({"pyproject.toml": ASKS} | TRAIN, "pyproject.toml", "packages of train.py", id="a script"),
        pytest.param({"pyproject.toml": POETRY} | TRAIN, "pyproject.toml", "nothing locks", id="Poetry"),
        pytest.param(
            {"pyproject.toml": ASKS, "app.py": "from fastapi import FastAPI\n\napp = FastAPI()\n"},
            "pyproject.toml",
            "app.py",
            id="a service",
        ),
        pytest.param(
            {"requirements.txt": "numpy\nscipy>=1  # why\nrich==13.9\n# pandas\n-r more.txt\n"} | TRAIN,
            "requirements.txt",
            "open which numpy, scipy train.py runs on (2 in all)",
            id="loose requirements",
        ),
        pytest.param(
            {"requirements.txt": "numpy\n", "requirements-dev.txt": "pytest==9\n"} | TRAIN,
            "requirements.txt",
            "(1 in all)",
            id="pinned tools are no lock",
        ),
        pytest.param(
            {"requirements.txt": "a\nb\nc\nd\n"} | TRAIN,
            "requirements.txt",
            "a, b, c ... train.py runs on (4 in all)",
            id="many",
        ),
        pytest.param(
            {"pyproject.toml": ASKS, "requirements.txt": "numpy==2.4.6\n"} | TRAIN,
            "pyproject.toml",
            "nothing locks",
            id="requirements that lack one",
        ),
        pytest.param(
            {"pyproject.toml": ASKS, "uv.lock": LOCK.replace("numpy", "pandas")} | TRAIN,
            "uv.lock",
            "lacks numpy, which",
            id="a lock that lacks one",
        ),
        pytest.param(
            {"pyproject.toml": ASKS + 'classifiers = ["Private :: Do Not Upload", "Programming Language :: Python"]\n'}
            | TRAIN,
            "pyproject.toml",
            "nothing locks",
            id="a private package",
        ),
        pytest.param(
            {"pyproject.toml": ASKS + '[tool.uv]\nconstraint-dependencies = ["numpy==2.4.6"]\n'} | TRAIN,
            "pyproject.toml",
            "nothing locks",
            id="constraints that lack one",
        ),
    ],
)
def test_packages_without_a_lock_are_found(files: Files, path: str, words: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, files, select=["MLR201"], persona="strict")
    assert (found.path, found.line) == (path, 0)
    assert words in found.message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"pyproject.toml": ASKS, "uv.lock": LOCK} | TRAIN, id="uv"),
        pytest.param({"pyproject.toml": ASKS, "poetry.lock": LOCK} | TRAIN, id="Poetry"),
        pytest.param({"pyproject.toml": POETRY, "poetry.lock": LOCK} | TRAIN, id="Python itself is in no lock"),
        pytest.param({"requirements.txt": "# nothing\n"} | TRAIN, id="no requirements"),
        pytest.param(
            {"requirements.txt": "NumPy\n", "requirements-lock.txt": "numpy==2.4.6\n"} | TRAIN, id="a lock beside it"
        ),
        pytest.param({"pyproject.toml": ASKS, "uv.lock": "version = 1\n"} | TRAIN, id="a lock of another shape"),
        pytest.param({"pyproject.toml": ASKS, "Pipfile.lock": "{}"} | TRAIN, id="Pipenv"),
        pytest.param({"pyproject.toml": ASKS, "api/uv.lock": LOCK} | TRAIN, id="a lock in a part of it"),
        pytest.param(
            {"pyproject.toml": ASKS, "requirements.txt": "numpy==2.4.6 ; python_version > '3'\nScikit.Learn==1.9\n"}
            | TRAIN,
            id="pinned requirements",
        ),
        pytest.param(
            {"requirements.in": "numpy\n", "requirements/main.txt": "numpy==2.4.6 \\\n    --hash=sha256:0\n"} | TRAIN,
            id="compiled requirements",
        ),
        pytest.param(
            {"requirements.txt": "numpy==2.4.6 \\\n    --hash=sha256:0\ntool @ https://a.example/t.whl\n"} | TRAIN,
            id="with hashes and addresses",
        ),
        pytest.param(
            {
                "pyproject.toml": ASKS + "[tool.uv]\n"
                'constraint-dependencies = ["numpy==2.4.6 ; python_full_version < \'3.12\'", "scikit-learn==1.9"]\n'
            }
            | TRAIN,
            id="constraints of uv",
        ),
        pytest.param({"pyproject.toml": ASKS, "src/acme/a.py": ""}, id="nothing is run"),
        pytest.param({"pyproject.toml": '[project]\nname = "acme"\n'} | TRAIN, id="nothing is asked for"),
        pytest.param(
            {"pyproject.toml": ASKS + 'classifiers = ["Programming Language :: Python :: 3"]\n'} | TRAIN, id="a library"
        ),
        pytest.param(
            {"pyproject.toml": ASKS, "setup.py": "setup(classifiers=['Development Status :: 4 - Beta'])\n"} | TRAIN,
            id="a library with setup.py",
        ),
        pytest.param(
            {"pyproject.toml": ASKS, ".github/workflows/release.yml": "run: twine upload dist/*\n"} | TRAIN,
            id="a library without classifiers",
        ),
        pytest.param({"pyproject.toml": ASKS, ".devcontainer/Dockerfile": "FROM a\n"}, id="an image to work in"),
        pytest.param({"pyproject.toml": ASKS, "examples/train.py": TRAIN["train.py"]}, id="an example"),
        pytest.param({"pyproject.toml": ASKS, "tests/train.py": TRAIN["train.py"]}, id="a test"),
        pytest.param({"pyproject.toml": ASKS, "ops/Dockerfile.jinja": "FROM a\n"}, id="a template"),
        pytest.param({"pyproject.toml": ASKS, "train.py": "def train():\n    pass\n"}, id="a module that trains"),
        pytest.param({"pyproject.toml": ASKS, "tool.py": TRAIN["train.py"]}, id="a script that does not train"),
        pytest.param({"pyproject.toml": '[project]\ndependencies = 3\nname = [""]\n'} | TRAIN, id="nonsense"),
        pytest.param({"pyproject.toml": '[project]\ndependencies = [3, "", "?"]\n'} | TRAIN, id="nonsense in a list"),
        pytest.param(
            {"pyproject.toml": ASKS.replace('"NumPy>=2"', "\"a; sys_platform == 'win32'\""), "uv.lock": LOCK} | TRAIN,
            id="a package for other systems",
        ),
        pytest.param(TRAIN, id="no list of packages"),
    ],
)
def test_what_is_locked_or_no_program_is_left_alone(files: Files, tmp_path: Path) -> None:
    assert codes(tmp_path, files, select=["MLR201"], persona="strict") == []


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        pytest.param(DOCKER, ["MLR201"], id="an image"),
        pytest.param({"app.py": "from fastapi import FastAPI\n\napp = FastAPI()\n"}, ["MLR201"], id="a service"),
        pytest.param(TRAIN, [], id="a script that trains, here"),
    ],
)
def test_only_persona_strict_asks_for_a_lock_where_nobody_else_runs_the_program(
    program: Files, expected: list[str], tmp_path: Path
) -> None:
    assert codes(tmp_path, {"pyproject.toml": ASKS, **program}, select=["MLR201"]) == expected


def test_what_pins_is_told_from_what_does_not() -> None:
    pinned = "a==1\nb == 1.0.*\nc===1\nd @ git+https://a.example/d\n--index-url x\ne==1 # f\ng[h]==1;i<'2'\n"
    assert loose(pinned) == ["b"]
    assert loose("a>=1,==1.*\nb~=1\nc>=1,<2\nd\n") == ["a", "b", "c", "d"]


# MLR202

PROJECT = '[project]\nname = "acme"\nrequires-python = ">=3.11"\n'


@pytest.mark.parametrize(
    ("spec", "version", "allowed"),
    [
        (">=3.9", "3.8", False),
        (">=3.9", "3.9", True),
        (">=3.9.7", "3.9", True),
        (">=3.9.7", "3.9.6", False),
        (">=3.9,<3.12", "3.12", False),
        (">=3.9, <3.12", "3.11.9", True),
        (">=3.9 <3.12", "3.12", False),
        ("<3.12", "3.12.1", False),
        ("<3.9.5", "3.9", True),
        ("<3.9.0", "3.9", False),
        ("<4", "3.9", True),
        ("<=3.11", "3.11.4", True),
        ("<=3.11", "3.12", False),
        (">3.8", "3.8", True),
        (">3.8.1", "3.8.1", False),
        ("^3.9", "3.13", True),
        ("^3.9", "4.0", False),
        ("^3.9", "3.8", False),
        ("~3.9", "3.9.9", True),
        ("~3.9", "3.10", False),
        ("~=3.9", "3.13", True),
        ("~=3.9", "4.0", False),
        ("~=3.9.2", "3.9", True),
        ("~=3.9.2", "3.10", False),
        ("~=3", "3.9", True),
        ("3.10", "3.10", True),
        ("3.10.*", "3.11", False),
        ("==3.9.4", "3.9", True),
        ("=3.9.4", "3.9.5", False),
        ("!=3.9.*", "3.9", False),
        ("!=3.9.7", "3.9", True),
        ("!=3.9.7", "3.9.7", False),
        ("!=3.9.*", "3.8", True),
        ("!=3.9.0", "3.9", True),
        (">=3.10", "3.1", False),
        ("*", "2.7", True),
        ("", "2.7", True),
        (">=3.9 || 2.7", "3.1", True),
    ],
)
def test_a_version_is_compared_with_what_is_asked_for(spec: str, version: str, *, allowed: bool) -> None:
    assert allows(spec, version_of(version)) is allowed


def test_the_lowest_python_is_known() -> None:
    assert [lowest(spec) for spec in (">=3.9,<3.12", "^3.9.1", "<4", ">=3")] == [(3, 9), (3, 9), (), ()]
    assert [version_of(text) for text in ("3.11", " 3.11.4 ", "3", "3.11-dev", "pypy3.9")] == [
        (3, 11),
        (3, 11, 4),
        (),
        (),
        (),
    ]


def workflow(step: str) -> Files:
    return {".github/workflows/a.yml": f"on: push\njobs:\n  a:\n    runs-on: x\n{step}"}


@pytest.mark.parametrize(
    ("files", "path", "line", "words"),
    [
        pytest.param(
            {".python-version": "3.9.1\n"}, ".python-version", 1, ".python-version is Python 3.9.1", id="pyenv"
        ),
        pytest.param(
            {"Dockerfile": "# a\nFROM python:3.10-slim\n"}, "Dockerfile", 2, "image python:3.10-slim", id="image"
        ),
        pytest.param(
            {"Dockerfile": "ARG PYTHON=3.9\nFROM --platform=x docker.io/library/python:${PYTHON}-slim AS a\n"},
            "Dockerfile",
            2,
            "3.9",
            id="an image with an argument",
        ),
        pytest.param(
            {"ops/a.Dockerfile": "FROM ghcr.io/astral-sh/uv:0.9-python3.10-alpine\n"},
            "ops/a.Dockerfile",
            1,
            "3.10",
            id="uv",
        ),
        pytest.param(
            workflow("    steps:\n      - uses: a\n        with:\n          python-version: '3.9'\n"),
            ".github/workflows/a.yml",
            8,
            "python-version 3.9 is Python 3.9, but requires-python is >=3.11",
            id="a step",
        ),
        pytest.param(
            workflow("    steps:\n      - uses: a\n        with:\n          python-version: 3.10\n"),
            ".github/workflows/a.yml",
            8,
            'not Python 3.10; write "3.10", in quotes',
            id="YAML's 3.10 is 3.1",
        ),
        pytest.param(
            workflow(
                "    strategy:\n      matrix:\n        python: ['3.12']\n        include:\n          - python: '3.8'\n"
            ),
            ".github/workflows/a.yml",
            9,
            "3.8",
            id="a matrix",
        ),
        pytest.param(
            workflow("    strategy:\n      matrix:\n        python-version: ['3.12', '3.8']\n"),
            ".github/workflows/a.yml",
            7,
            "3.8",
            id="a list in a matrix",
        ),
        pytest.param(workflow("    container: python:3.8\n"), ".github/workflows/a.yml", 5, "image", id="a container"),
        pytest.param({".gitlab-ci.yml": "a:\n  image: python:3.9\n"}, ".gitlab-ci.yml", 2, "python:3.9", id="GitLab"),
        pytest.param(
            {".gitlab-ci.yml": "a:\n  image:\n    name: python:3.9\n"},
            ".gitlab-ci.yml",
            3,
            "python:3.9",
            id="GitLab, long",
        ),
        pytest.param(
            {"azure-pipelines.yml": "steps:\n- task: UsePythonVersion@0\n  inputs: {versionSpec: '3.9'}\n"},
            "azure-pipelines.yml",
            3,
            "versionSpec",
            id="Azure",
        ),
        pytest.param(
            {"environment.yml": "dependencies:\n  - pip\n  - python=3.9\n"}, "environment.yml", 3, "3.9", id="conda"
        ),
        pytest.param(
            {"pyproject.toml": PROJECT + 'classifiers = ["Programming Language :: Python :: 3.9"]\n'},
            "pyproject.toml",
            4,
            "a classifier is Python 3.9",
            id="a classifier",
        ),
        pytest.param(
            {"pyproject.toml": PROJECT + "[tool.mypy]\npython_version = 3.9\n"}, "pyproject.toml", 5, "3.9", id="mypy"
        ),
        pytest.param(
            {"pyproject.toml": PROJECT + '[tool.ty.environment]\npython-version = "3.9"\n'},
            "pyproject.toml",
            5,
            "[tool.ty]",
            id="ty",
        ),
        pytest.param(
            {"pyproject.toml": PROJECT + '[tool.ruff]\ntarget-version = "py313"\n'},
            "pyproject.toml",
            5,
            "write py311",
            id="ruff above",
        ),
        pytest.param({"ruff.toml": 'target-version = "py312"\n'}, "ruff.toml", 1, "write py311", id="ruff one above"),
        pytest.param(
            {"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.11"\n', ".python-version": "3.9\n"},
            ".python-version",
            1,
            "^3.11",
            id="Poetry",
        ),
        pytest.param(
            {"api/pyproject.toml": PROJECT, "api/x/Dockerfile": "FROM python:3.9\n"},
            "api/x/Dockerfile",
            1,
            "3.9",
            id="a project in a folder",
        ),
    ],
)
def test_a_python_that_is_ruled_out_is_found(files: Files, path: str, line: int, words: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, {"pyproject.toml": PROJECT} | files, select=["MLR202"])
    assert (found.path, found.line) == (path, line)
    assert words in found.message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({".python-version": "3.12\n"}, id="pyenv"),
        pytest.param({".python-version": "acme-env\n"}, id="an environment of pyenv"),
        pytest.param({".python-version": ""}, id="an empty file"),
        pytest.param({".python-version": "3.12\n3.9\n"}, id="the first version counts"),
        pytest.param(
            {"pyproject.toml": '[project]\nname = "a"\n', ".python-version": "3.8\n"}, id="nothing is asked for"
        ),
        pytest.param({"Dockerfile": "FROM python:3.12\nFROM python:slim\nFROM\nFROM cpython:3.8\n"}, id="images"),
        pytest.param({"Dockerfile": "FROM python:${VERSION}-slim\n"}, id="an argument without a default"),
        pytest.param({"Dockerfile": "FROM python:3\n"}, id="a major version"),
        pytest.param(
            {"web/Dockerfile": "FROM python:3.8\n", "web/requirements.txt": "flask\n"}, id="an image of something else"
        ),
        pytest.param({"images.md": "FROM python:3.8\n"}, id="a page about images"),
        pytest.param({"docs/Dockerfile": "FROM python:3.8\n"}, id="an image for the documentation"),
        pytest.param(
            workflow("    strategy:\n      matrix:\n        python: ['3.12', 3.13, '3.x', pypy3.9]\n"), id="good"
        ),
        pytest.param(
            workflow("    strategy:\n      matrix:\n        exclude:\n          - python: '3.8'\n"),
            id="what is left out",
        ),
        pytest.param(workflow("    env:\n      version: '3.8'\n"), id="the version of something else"),
        pytest.param(workflow("    env:\n      python-version: true\n"), id="no version at all"),
        pytest.param(workflow("    container: node:3.8\n"), id="an image of something else, in a workflow"),
        pytest.param(workflow("    env:\n      base: python:3.8\n"), id="an image that nothing runs in"),
        pytest.param(
            {"other/setup.py": ""} | workflow("    container: python:3.8\n"), id="a workflow of one of two projects"
        ),
        pytest.param({"environment.yml": "dependencies:\n  - python>=3.8\n  - {pip: [a]}\n"}, id="conda, open"),
        pytest.param({"environment.yml": "dependencies: 3\n"}, id="conda, broken"),
        pytest.param({".gitlab-ci.yml": "3.8\n"}, id="a pipeline, broken"),
        pytest.param({"pyproject.toml": PROJECT + '[tool.ruff]\ntarget-version = "py311"\n'}, id="ruff"),
        pytest.param({"pyproject.toml": PROJECT + '[tool.ruff]\ntarget-version = "py39"\n'}, id="ruff below"),
        pytest.param({"pyproject.toml": PROJECT + "[tool.ruff]\ntarget-version = 3\n"}, id="ruff, broken"),
        pytest.param({"pyproject.toml": PROJECT + '[tool.mypy]\npython_version = "3.13"\n'}, id="mypy above"),
        pytest.param(
            {
                "pyproject.toml": PROJECT
                + 'classifiers = ["Programming Language :: Python :: 3", "Framework :: Django :: 3.2", 3]\n'
            },
            id="classifiers",
        ),
        pytest.param({"pyproject.toml": "[project]\nrequires-python = 3\n[tool]\nruff = 1\n"}, id="broken"),
        pytest.param(
            {"pyproject.toml": PROJECT.replace(">=3.11", "<4"), "ruff.toml": 'target-version = "py38"'}, id="<"
        ),
        pytest.param(
            {"{{ name }}/pyproject.toml": PROJECT, "{{ name }}/.python-version": "3.8\n"}, id="a template of a project"
        ),
    ],
)
def test_pythons_that_agree_are_left_alone(files: Files, tmp_path: Path) -> None:
    assert codes(tmp_path, {"pyproject.toml": PROJECT} | files, select=["MLR202"]) == []


def mended(root: Path, files: Files, path: str, code: str) -> str:
    """Apply the fixes of a rule, twice, and return what a file is then."""
    repository(root, files)
    arguments = ["-C", os.fspath(root), "--no-cache", "--select", code, "--fix", "--unsafe-fixes"]
    main(arguments)
    once = (root / path).read_text()
    main(arguments)
    assert (root / path).read_text() == once
    return once


def test_the_settings_of_linters_are_mended(tmp_path: Path) -> None:
    text = (
        PROJECT
        + '\n[tool.ruff]\n# as in "py313"\ntarget-version = "py313"  # new\n[tool.mypy]\npython_version = \'3.9\'\n'
    )
    after = mended(tmp_path, {"pyproject.toml": text}, "pyproject.toml", "MLR202")
    assert after == PROJECT + (
        '\n[tool.ruff]\n# as in "py313"\ntarget-version = "py311"  # new\n[tool.mypy]\npython_version = \'3.11\'\n'
    )
    assert codes(tmp_path, select=["MLR202"]) == []


# MLR203 and MLR205

SEEDS = {"utils.py": "import torch\n\n\ndef set_seed(n):\n    torch.manual_seed(n)\n"}
MAIN = '\n\nif __name__ == "__main__":\n    main()\n'
SEEDED = {"train.py": "import torch\nfrom utils import set_seed\n\n\ndef main():\n    set_seed(0)\n" + MAIN}
UNSEEDED = "import torch\n\n\ndef main():\n    torch.nn.Linear(2, 1)\n" + MAIN


@pytest.mark.parametrize(
    ("files", "words"),
    [
        pytest.param(
            SEEDS | SEEDED | {"train_big.py": UNSEEDED}, "`set_seed` (utils.py); call it first, as train.py", id="a"
        ),
        pytest.param(
            SEEDS | {"train_big.py": UNSEEDED}, "never reaches `set_seed` (utils.py); call it first", id="none"
        ),
        pytest.param(
            SEEDS | SEEDED | {"train_big.py": "import torch\nmodel.fit(rows)\n"}, "torch", id="a script without a guard"
        ),
        pytest.param(
            SEEDS
            | SEEDED
            | {
                "train_big.py": UNSEEDED.replace("import torch", "import numpy as np").replace(
                    "torch.nn.Linear(2, 1)", "np.random.shuffle(rows)"
                )
            },
            "trains with numpy",
            id="numpy's global generator",
        ),
        pytest.param(
            SEEDS
            | SEEDED
            | {
                "train_big.py": UNSEEDED.replace("import torch", "import random").replace(
                    "torch.nn.Linear(2, 1)", "random.shuffle(rows)"
                )
            },
            "trains with random",
            id="Python's global generator",
        ),
        pytest.param(
            SEEDS
            | SEEDED
            | {
                "train_big.py": "from work import run\n\n\ndef main():\n    run()\n" + MAIN,
                "work.py": "import torch\n\n\ndef run():\n    torch.rand(1)\n",
                "other.py": "import utils\n\n\ndef run():\n    utils.set_seed(1)\n",
            },
            "torch",
            id="in another module",
        ),
    ],
)
def test_a_script_that_is_not_seeded_is_found(files: Files, words: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, files, select=["MLR203"])
    assert (found.path, found.line) == ("train_big.py", 0)
    assert words in found.message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="no other script"),
        pytest.param({"train_big.py": SEEDED["train.py"]}, id="it seeds"),
        pytest.param(
            {
                "train_big.py": "import torch\nfrom work import run\n\n\ndef main():\n    run()\n" + MAIN,
                "work.py": "import utils\n\n\ndef run():\n    utils.set_seed(0)\n",
            },
            id="what it calls seeds",
        ),
        pytest.param(
            {
                "train_big.py": "import torch\nfrom work import Job\n\n\ndef main():\n    Job(1)\n" + MAIN,
                "work.py": "import utils\n\n\nclass Job:\n    def __init__(self, n):\n        utils.set_seed(n)\n",
            },
            id="a class that it makes seeds",
        ),
        pytest.param(
            {
                "train_big.py": "import torch\n\n\ndef main(job):\n    job.go()\n" + MAIN,
                "work.py": "import utils\n\n\nclass Job:\n    def go(self):\n        utils.set_seed(1)\n",
            },
            id="a method of something seeds",
        ),
        pytest.param(
            {
                "train_big.py": "import torch\nimport work\n\n\ndef main():\n    work.Job.go()\n" + MAIN,
                "work.py": "import utils\n\n\nclass Job:\n    def go():\n        utils.set_seed(1)\n",
            },
            id="a method of a class of a module seeds",
        ),
        pytest.param(
            {
                "train_big.py": "import torch\nimport work\n\n\ndef main():\n    work.run()\n" + MAIN,
                "work.py": "import utils\n\n\ndef run():\n    first()\n\n\ndef first():\n    utils.set_seed(1)\n",
            },
            id="what it calls calls what seeds",
        ),
        pytest.param(
            {
                "train_big.py": "import torch\nfrom work import go\n\n\ndef main():\n    go()\n" + MAIN,
                "work/__init__.py": "from .inner import go\n",
                "work/inner.py": "import utils\n\n\ndef go():\n    utils.set_seed(1)\n",
            },
            id="what a package passes on seeds",
        ),
        pytest.param(
            {
                "train_big.py": "import torch\nimport work\n\n\ndef main():\n    torch.rand(1)\n" + MAIN,
                "work.py": "import utils\n\nutils.set_seed(1)\n",
            },
            id="an import seeds",
        ),
        pytest.param(
            {
                "train_big.py": "import torch\nfrom work import *\n\n\ndef main():\n    go()\n" + MAIN,
                "work.py": "import utils\n\n\ndef go():\n    utils.set_seed(1)\n",
            },
            id="what was imported without a name seeds",
        ),
        pytest.param(
            {
                "train_big.py": "import torch\nfrom utils import set_seed\n\n\ndef work():\n    set_seed(1)\n\n\n"
                "def main():\n    torch.spawn(work)\n" + MAIN
            },
            id="a function that is handed on seeds",
        ),
        pytest.param({"train_big.py": UNSEEDED.replace("nn.Linear(2, 1)", "manual_seed(1)")}, id="it seeds by itself"),
        pytest.param(
            {
                "train_big.py": "import torch\nfrom hydra.utils import instantiate\n\n\ndef main():\n"
                "    instantiate(1)\n" + MAIN
            },
            id="nobody knows what it calls",
        ),
        pytest.param(
            {"train_big.py": "import torch\nfrom transformers import Trainer\n\n\ndef main():\n    Trainer()\n" + MAIN},
            id="a trainer with a seed of its own",
        ),
        pytest.param({"train_big.py": "import sklearn\n\n\ndef main():\n    sklearn.f()\n" + MAIN}, id="no generator"),
        pytest.param({"train_big.py": UNSEEDED.replace(MAIN, "")}, id="a module, no script"),
        pytest.param({"big.py": UNSEEDED}, id="a script that does not train"),
        pytest.param({"constrained.py": UNSEEDED}, id="a word with train in it"),
        pytest.param({"examples/train_big.py": UNSEEDED}, id="an example"),
        pytest.param({"tests/train_big.py": UNSEEDED}, id="a test"),
        pytest.param({"{{ name }}/train_big.py": UNSEEDED}, id="a template"),
    ],
)
def test_a_script_that_may_be_seeded_is_left_alone(files: Files, tmp_path: Path) -> None:
    assert codes(tmp_path, SEEDS | SEEDED | files, select=["MLR203"], persona="strict") == []


def test_where_nothing_is_seeded_only_strict_speaks(tmp_path: Path) -> None:
    files = {"train.py": UNSEEDED}
    assert codes(tmp_path, files, select=["MLR203"]) == []
    (found,) = findings(tmp_path, select=["MLR203"], persona="strict")
    assert "nothing in the repository sets a seed" in found.message


def test_a_function_that_is_called_elsewhere_may_be_reached_in_ways_unseen(tmp_path: Path) -> None:
    files = SEEDS | {"train.py": UNSEEDED, "run.py": "import utils\n\nutils.set_seed(1)\n"}
    assert codes(tmp_path, files, select=["MLR203"], persona="strict") == []


def test_a_script_that_seeds_by_itself_is_no_seeding_function(tmp_path: Path) -> None:
    files = {"train.py": UNSEEDED.replace("nn.Linear(2, 1)", "manual_seed(1)"), "train_big.py": UNSEEDED}
    assert codes(tmp_path, files, select=["MLR203"]) == []


def test_seeds_of_tests_count_for_nothing(tmp_path: Path) -> None:
    files = {"tests/seeds.py": SEEDS["utils.py"], "train.py": UNSEEDED}
    assert codes(tmp_path, files, select=["MLR203"]) == []
    assert codes(tmp_path, files, select=["MLR203"], persona="strict") == ["MLR203"]


def test_a_data_base_that_is_seeded_is_no_generator(tmp_path: Path) -> None:
    files = {"db.py": "def seed_tables(db):\n    db.insert(1)\n", "train.py": UNSEEDED}
    assert codes(tmp_path, files, select=["MLR203"]) == []


LOST = "import joblib\n\n\ndef main():\n    joblib.dump(model, path)\n" + MAIN
TRACKED = {"train.py": "import joblib\nimport mlflow\n\n\ndef main():\n    joblib.dump(model, path)\n" + MAIN}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        pytest.param(TRACKED | {"train_b.py": LOST}, "saves a model (joblib.dump)", id="beside a tracker"),
        pytest.param(
            TRACKED | {"train_b.py": LOST.replace("joblib.dump(model, path)", "model.save_pretrained(path)")},
            "save_pretrained",
            id="another way to save",
        ),
        pytest.param(
            {"train.py": LOST.replace("joblib.dump(", "record_run(1), joblib.dump("), "train_b.py": LOST},
            "as train.py does",
            id="beside a recorder of one's own",
        ),
    ],
)
def test_a_model_without_a_record_is_found(files: Files, words: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, files, select=["MLR205"])
    assert (found.path, found.line) == ("train_b.py", 0)
    assert words in found.message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="no other script"),
        pytest.param(
            {"train_b.py": LOST.replace("import joblib", "import joblib\nimport wandb")}, id="another tracker"
        ),
        pytest.param({"train_b.py": LOST.replace("joblib.dump(", "write_manifest(1), joblib.dump(")}, id="a manifest"),
        pytest.param({"train_b.py": LOST.replace("joblib.dump(", "log.log_metrics(1), joblib.dump(")}, id="metrics"),
        pytest.param({"train_b.py": LOST.replace("joblib.dump(", "print(")}, id="it saves nothing"),
        pytest.param(
            {
                "train_b.py": LOST.replace(
                    "import joblib", "import joblib\nfrom hydra.utils import instantiate"
                ).replace("joblib.dump(", "instantiate(1), joblib.dump(")
            },
            id="nobody knows what it calls",
        ),
        pytest.param({"dvc.yaml": "stages: {}\n", "train_b.py": LOST}, id="DVC records"),
        pytest.param({"examples/train_b.py": LOST}, id="an example"),
    ],
)
def test_a_run_that_is_recorded_is_left_alone(files: Files, tmp_path: Path) -> None:
    assert codes(tmp_path, TRACKED | files, select=["MLR205"], persona="strict") == []


def test_where_no_run_is_recorded_only_strict_speaks(tmp_path: Path) -> None:
    assert codes(tmp_path, {"train.py": LOST}, select=["MLR205"]) == []
    assert codes(tmp_path, select=["MLR205"], persona="strict") == ["MLR205"]


# MLR204

SKLEARN = (
    "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.model_selection import KFold, train_test_split\n"
)


@pytest.mark.parametrize(
    ("line", "after"),
    [
        pytest.param("train_test_split(X, y)", "train_test_split(X, y, random_state=0)", id="a split"),
        pytest.param("train_test_split(X, shuffle=s)", "train_test_split(X, shuffle=s, random_state=0)", id="perhaps"),
        pytest.param("RandomForestClassifier()", "RandomForestClassifier(random_state=0)", id="no arguments"),
        pytest.param("RandomForestClassifier(9, )", "RandomForestClassifier(9, )", id="after a comma"),
        pytest.param("RandomForestClassifier(n=(9))", "RandomForestClassifier(random_state=0, n=(9))", id="brackets"),
        pytest.param("RandomForestClassifier((9))", "RandomForestClassifier((9))", id="only brackets"),
        pytest.param("KFold(5, shuffle=True)", "KFold(5, shuffle=True, random_state=0)", id="folds"),
        pytest.param(
            'RandomForestClassifier("ä",\n    n=1,  # why\n)',
            'RandomForestClassifier("ä",\n    random_state=0, n=1,  # why\n)',
            id="a comment",
        ),
        pytest.param(
            "RandomForestClassifier(n=\n    (1)\n)", "RandomForestClassifier(n=\n    (1)\n)", id="broken lines"
        ),
    ],
)
def test_a_draw_without_a_state_is_found_and_mended(line: str, after: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, {"src/acme/a.py": SKLEARN + line + "\n"}, select=["MLR204"])
    assert found.line == 3
    assert "random_state=" in found.message
    text = mended(tmp_path, {}, "src/acme/a.py", "MLR204")
    assert text == SKLEARN + after + "\n"
    ast.parse(text)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("train_test_split(X, random_state=seed)", id="a state"),
        pytest.param("train_test_split(X, random_state=None)", id="a state that is none, on purpose"),
        pytest.param("train_test_split(X, shuffle=False)", id="in order"),
        pytest.param("train_test_split(X, **options)", id="options may hold it"),
        pytest.param("RandomForestClassifier(*given)", id="arguments that nobody knows"),
        pytest.param("KFold(5)", id="folds in order"),
        pytest.param("KFold(5, shuffle=shuffled)", id="folds that may be in order"),
        pytest.param("seed_everything(0)\nRandomForestClassifier()", id="a seed for all"),
        pytest.param("Forest()", id="a class of one's own"),
        pytest.param("RandomForestClassifier", id="a class that is handed on"),
    ],
)
def test_a_draw_that_can_be_repeated_is_left_alone(line: str, tmp_path: Path) -> None:
    assert codes(tmp_path, {"src/acme/a.py": SKLEARN + line + "\n"}, select=["MLR204"]) == []


def test_tests_and_notebooks_may_draw_as_they_like(tmp_path: Path) -> None:
    source = SKLEARN + "RandomForestClassifier()\n"
    assert codes(tmp_path, {"tests/test_a.py": source, "notebooks/a.py": source}, select=["MLR204"]) == []
