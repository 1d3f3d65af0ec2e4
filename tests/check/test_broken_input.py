"""Nothing that stands in a repository brings the check down: a finding or nothing, never a traceback, never a hang."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mlscaffold.check.command import main
from toolbox.checking import repository

SECONDS = 240
# All 10,000 in `nox -s thorough`; a commit gets a fifth of them.
FILES = 10_000 if os.environ.get("MLSCAFFOLD_THOROUGH") else 2_000
CLEAN_OR_FINDINGS = (0, 1)
NOBODY = 65534

PYTHON = (
    "import os\nimport pandas as pd\nfrom sklearn.model_selection import train_test_split\n\n"
    "@register(owner='a')\nasync def load(path: str = '/home/a/x.csv', *args, **kwargs) -> None:\n"
    "    with open(path) as f, open(path) as g:\n        x = [y async for y in f if (z := y)]\n"
    "    match x:\n        case [1, *rest] | {'a': 1, **rest}:\n            pass\n"
    "    return f'{x!r:>{10}}' + os.environ['A']\n\nclass A(B, metaclass=C):\n    x: int = pd.read_csv('a.csv')\n"
)
FUTURE = (
    "def f[T: int = str, *Ts, **P](x: T) -> T: return x\n",
    "type X[T] = list[T]\n",
    "t'{x} {y!r}'\n",
    "try:\n    pass\nexcept A, B:\n    pass\n",
    "lazy import numpy\n",
    "match x:\n    case 1 if\n",
    "print 'hello'\n",
    "x = 0777\n",
    "\x00\n",
    "# -*- coding: no-such-codec -*-\nx = 1\n",
    "(" * 5000,
    "x" + ".a" * 3000 + "\n",
    "-" * 20_000 + "1\n",
    "x = " + "[" * 150 + "]" * 150 + "\n",
    "if a:\n" + "".join(f"{' ' * depth}if a:\n" for depth in range(1, 99)) + " " * 99 + "pass\n",
)
WORKFLOW = (
    "name: a\non:\n  push: {branches: [main]}\n  pull_request:\n  schedule: [{cron: '0 1 * * *'}]\n"
    "concurrency: {group: a, cancel-in-progress: true}\n"
    "jobs:\n  test:\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n"
    "    strategy: {matrix: {python: ['3.11', 3.12]}}\n    steps:\n"
    "      - uses: actions/checkout@v4\n      - run: nox -s test\n"
)
GITLAB = (
    "default: {image: 'python:3.11', timeout: 1h}\ninclude: {local: /ci/*.yml}\nstages: [a]\n.base: &base\n  stage: a\n"
    "test:\n  <<: *base\n  extends: [.base, .other]\n  rules:\n    - if: $CI_PIPELINE_SOURCE == 'merge_request_event'\n"
    "  script: [!reference [.base, script], 'pytest']\n"
)
AZURE = (
    "trigger: {branches: {include: [main]}}\npr: none\nschedules: [{cron: '0 1 * * *', branches: {include: [main]}}]\n"
    "stages:\n  - stage: a\n    jobs:\n      - job: b\n        timeoutInMinutes: 5\n"
    "        steps: [{script: pytest}, {template: x.yml}]\n"
)
NOTEBOOK: dict[str, Any] = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# a"]},
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {"tags": ["keep-output"]},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["1"]}],
            "source": ["!pip install pandas\n", "1 + 1"],
        },
    ],
    "metadata": {"kernelspec": {"name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
DOCKERFILE = (
    "# syntax=docker/dockerfile:1\nARG V=3.11\nFROM python:${V} AS a\nRUN --mount=type=cache,target=/r pip install \\\n"
    "  # why\n  pandas \\\n  numpy\nRUN <<EOF\npip install x\nEOF\nFROM a\nCOPY --from=a . .\nUSER 1000\n"
)
TOML = (
    '[project]\nname = "acme"\nrequires-python = ">=3.11"\ndependencies = ["numpy"]\n'
    '[project.scripts]\nacme = "acme:main"\n'
    '[tool.ruff.lint]\nselect = ["ALL"]\n[build-system]\nrequires = []\n'
)
CARD = "---\nlicense: mit\ndatasets: [a]\nmetrics: [b]\n---\n# Card\n\n## Intended use\n\ntext\n"
CONTRACT = '[dataset]\nname = "a"\nowner = "b"\n[[columns]]\nname = "x"\nrole = "feature"\n'
LOCK = (
    '# x\nformat = 1\ntemplate = "mlscaffold:builtin"\nversion = "0.1.0"\n\n'
    '[files]\n"a" = ["100644", "abc", "managed", "t"]\n'
)
# What is fuzzed, and every place in which some rule looks for it.
SEEDS: tuple[tuple[str, str], ...] = (
    ("src/acme/features/f{}.py", PYTHON),
    ("src/acme/training/train_{}.py", PYTHON),
    ("tests/test_{}.py", PYTHON),
    (".github/workflows/w{}.yml", WORKFLOW),
    ("azure-pipelines/a{}.yml", AZURE),
    ("ci/g{}.yml", GITLAB),
    ("notebooks/n{}.ipynb", json.dumps(NOTEBOOK)),
    ("ops/Dockerfile.{}", DOCKERFILE),
    ("config/c{}.toml", TOML),
    ("conf/c{}.yaml", WORKFLOW),
    ("contracts/c{}.toml", CONTRACT),
    ("docs/model-card-{}.md", CARD),
    ("requirements/r{}.txt", "numpy==1.0\npandas>=2 # x\n-r a.txt\n"),
)
# There is one of each: it is fuzzed in repositories of its own.
SINGLE: tuple[tuple[str, str], ...] = (
    (".gitlab-ci.yml", GITLAB),
    ("azure-pipelines.yml", AZURE),
    ("pyproject.toml", TOML),
    ("MODEL_CARD.md", CARD),
    (".mlscaffold/lock", LOCK),
    (".copier-answers.yml", "_commit: 0.1.0\n_src_path: mlscaffold:builtin\nci: [github]\n"),
    (".mlscaffold/baseline.json", '{"findings": {}}\n'),
    (".pre-commit-config.yaml", "repos:\n- repo: local\n  hooks:\n  - {id: a, entry: ruff check}\n"),
    ("data/datasets.toml", '[datasets.a]\nsource = "b"\nowner = "c"\n'),
    ("config/base.toml", '[data]\nsource = "a.csv"\n[gate]\nbars = {}\n[evaluate]\nslices = []\n'),
    ("registry/versions.jsonl", '{"version": "a", "alias": "champion"}\n'),
    (".python-version", "3.11\n"),
    (".dockerignore", ".git\ndata\n"),
    ("uv.lock", 'version = 1\n[[package]]\nname = "numpy"\nversion = "2"\n'),
)
_WRONG: tuple[Any, ...] = (None, True, 0, -1, 1.5, "", "x", [], {}, [None], {"a": None}, [[["a"]]], "\u2028", 10**30)


def broken(text: str, chance: random.Random) -> bytes:
    """Return the text after one accident: cut off, bytes lost, doubled or replaced, lines in another order."""
    data = text.encode()
    here, there = sorted(chance.sample(range(len(data) + 1), 2))
    accidents: tuple[Callable[[], bytes], ...] = (
        lambda: data[:here],
        lambda: data[:here] + data[there:],
        lambda: data[:there] + data[here:],
        lambda: data[:here] + chance.randbytes(3) + data[here:],
        lambda: b"\n".join(chance.sample(data.split(b"\n"), data.count(b"\n") + 1)),
        lambda: data.replace(b": ", b": [", 1 + here % 3).replace(b'"', b"'", here % 2),
        lambda: chance.randbytes(there - here),
        lambda: b"\xff\xfe" + text.encode("utf-16-le"),
        lambda: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"),
        lambda: data.replace(b"a", b"\x00"),
        lambda: b"",
        lambda: chance.choice(FUTURE).encode() + data,
    )
    return chance.choice(accidents)()


def mistyped(value: Any, chance: random.Random) -> Any:
    """Return a value of JSON with something of another type in some place."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        key = chance.choice(list(value))
        return {**value, key: mistyped(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        at = chance.randrange(len(value))
        return [*value[:at], mistyped(value[at], chance), *value[at + 1 :]]
    return chance.choice(_WRONG)


def fuzzed(count: int, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    for number in range(count):
        place, text = SEEDS[number % len(SEEDS)]
        if chance.random() < 0.4 and not place.endswith((".py", ".txt", ".toml")):
            data = json.dumps(mistyped(_value(text), chance)).encode()  # JSON is YAML
        else:
            data = broken(text, chance)
        yield place.format(number), data


def _value(text: str) -> Any:
    import yaml

    try:
        return next(iter(yaml.safe_load_all(text.replace("!reference", ""))))
    except yaml.YAMLError:
        return text


def checked(root: Path, *arguments: str, **how: Any) -> subprocess.CompletedProcess[str]:
    """Run the command as people do; fails with what it said where it ends in another way than it may."""
    command = [sys.executable, "-m", "mlscaffold", "check", "--no-cache", "--persona", "strict", *arguments]
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False, **how
    )
    assert done.returncode in CLEAN_OR_FINDINGS, done.stderr + crash(done.stderr)
    assert "Traceback" not in done.stderr
    return done


def crash(told: str) -> str:
    place = Path(told.rpartition("report ")[2].strip())
    return place.read_text(encoding="utf-8") if place.is_file() else ""


def test_thousands_of_broken_files(tmp_path: Path) -> None:
    repository(tmp_path, dict(fuzzed(FILES, random.Random(2013))))
    told = checked(tmp_path, "--output", "json")
    found = {one["code"] for one in json.loads(told.stdout)["findings"]}
    assert len(found) > 8  # the files still look like what rules look at
    assert "MLZ002" in found


@pytest.mark.parametrize("output", ["concise", "full", "github", "gitlab", "sarif", "markdown"])
def test_every_report_of_broken_files(output: str, tmp_path: Path) -> None:
    repository(tmp_path, dict(fuzzed(60, random.Random(7))))
    checked(tmp_path, "--output", output)


@pytest.mark.parametrize(("path", "text"), SINGLE, ids=[path for path, _ in SINGLE])
def test_the_one_file_of_its_kind_in_all_kinds_of_disorder(path: str, text: str, tmp_path: Path) -> None:
    chance = random.Random(path)
    tries = FILES // 400
    for _ in range(tries):
        data = broken(text, chance) if chance.random() < 0.5 else json.dumps(mistyped(_value(text), chance)).encode()
        repository(tmp_path, {"src/acme/train.py": "def train():\n    return 1\n", path: data})
        command = [sys.executable, "-m", "mlscaffold", "check", "--no-cache", "--persona", "strict"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, check=False)
        # Settings and baseline may be refused, in one line.
        assert done.returncode in (0, 1, 2), crash(done.stderr) + repr(data)
        assert done.stderr.count("\n") <= 1
    (tmp_path / path).unlink()


@pytest.mark.parametrize("source", FUTURE, ids=lambda source: repr(source[:20]))
def test_python_of_the_future_and_of_the_past(source: str, tmp_path: Path) -> None:
    repository(tmp_path, {"src/acme/train.py": source, "src/acme/good.py": "x = 1\n"})
    checked(tmp_path)


def test_links_in_circles_and_into_nothing(tmp_path: Path) -> None:
    repository(tmp_path, {"src/acme/a.py": "x = 1\n"})
    for name, to in {
        "loop.py": "loop.py",
        "src/up": "..",
        "Dockerfile": "/nowhere",
        "n.ipynb": "src",
        "config": "config",
    }.items():
        (tmp_path / name).symlink_to(to)
    repository(tmp_path, {})
    checked(tmp_path)


def test_a_file_of_100_megabytes_is_not_read(tmp_path: Path) -> None:
    repository(tmp_path, {"src/acme/a.py": "x = 1\n"})
    for name in ("src/acme/large.py", "large.ipynb", "Dockerfile", "config/large.yaml", "README.md", ".gitlab-ci.yml"):
        with (repository(tmp_path, {name: ""}) / name).open("r+b") as file:
            file.truncate(100_000_000)
    done = checked(tmp_path)
    assert "src/acme/large.py: MLZ002 is larger than 5 MB" in done.stdout


@contextmanager
def somebody() -> Iterator[None]:
    """Be no superuser for a while: that one may read everything."""
    superuser = os.geteuid() == 0
    if superuser:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if superuser:
            os.seteuid(0)


def test_a_file_that_nobody_may_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("src/acme/a.py", "n.ipynb", "Dockerfile", "config/a.toml", ".gitlab-ci.yml", "MODEL_CARD.md")
    repository(tmp_path, dict.fromkeys(names, "x = 1\n"))
    main(["-C", str(tmp_path), "--no-cache"])  # whatever is imported is imported by somebody who may
    for name in names:
        (tmp_path / name).chmod(0)
    for above in (tmp_path, *tmp_path.parents[:3]):
        above.chmod(0o755)
    for key, value in {"COUNT": "1", "KEY_0": "safe.directory", "VALUE_0": "*"}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{key}", value)
    capsys.readouterr()
    with somebody():
        code = main(["-C", str(tmp_path), "--no-cache"])
    out, err = capsys.readouterr()
    assert code == 1, err + crash(err)
    assert "src/acme/a.py: MLZ002 cannot be read: Permission denied" in out


def test_names_with_newlines_quotes_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    bad = "def f(:\n"
    repository(
        tmp_path,
        {"src/a\nb.py": bad, "src/a'\"b.py": bad, "src/-rf.py": bad, "src/{{ a }}.py": bad, "src/\u2028.py": bad},
    )
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/src/\xff\xfe.py")).write_text(bad, encoding="utf-8")
    repository(tmp_path, {})
    done = checked(tmp_path)
    assert done.stdout.count("MLZ002") >= 6
    found = json.loads(checked(tmp_path, "--output", "json").stdout)["findings"]
    assert "src/a\nb.py" in {one["path"] for one in found}


def test_a_file_becomes_a_folder_a_pipe_or_nothing(tmp_path: Path) -> None:
    repository(tmp_path, {"a.py": "x\n", "b.py/c.py": "x\n", "Dockerfile": "FROM a\n", "gone.py": "x\n"})
    (tmp_path / "a.py").unlink()
    (tmp_path / "a.py").mkdir()
    (tmp_path / "Dockerfile").unlink()
    os.mkfifo(tmp_path / "Dockerfile")
    (tmp_path / "gone.py").unlink()
    checked(tmp_path)
