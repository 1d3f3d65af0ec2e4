"""Images: what they start from, what they install, what they take in, and who their programs are."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from mlscaffold.check.findings import Finding
from mlscaffold.check.rules.mlb._installs import unlocked
from toolbox.checking import findings, repository

WITH_VALUE = ["-i", "--index-url", "--extra-index-url", "-t", "--target", "--prefix", "--python", "-p",
    "--trusted-host", "--cache-dir", "--timeout", "--platform", "--only-binary", "--no-binary", "--index",
    "--config-settings"]  # fmt: skip
LOCKED = ["-r", "--requirement", "--requirements", "-c", "--constraint", "--constraints", "--require-hashes",
    "--no-index"]  # fmt: skip
DIGEST = "sha256:" + "0123abcd" * 8
SERVE = 'CMD ["python", "-m", "acme.serve"]\n'
USER = f"USER 1000\n{SERVE}"


def found(root: Path, code: str, files: dict[str, str] | str, **settings: Any) -> list[Finding]:
    files = {"Dockerfile": files} if isinstance(files, str) else files
    return findings(root, files, select=[code], **settings)


def said(root: Path, code: str, files: dict[str, str] | str, **settings: Any) -> list[tuple[int, str]]:
    return [(one.line, one.message) for one in found(root, code, files, **settings)]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        pytest.param("FROM python\n", 1, "`python` has no tag", id="no tag"),
        pytest.param("FROM python:latest\n", 1, "tag `latest` of image `python`", id="latest"),
        pytest.param("FROM nvidia/x:latest-gpu\n", 1, "`latest-gpu`", id="latest of a kind"),
        pytest.param("FROM a:Latest\n", 1, "`Latest`", id="latest in capitals"),
        pytest.param("FROM localhost:5000/a/b\n", 1, "no tag", id="the port is no tag"),
        pytest.param("ARG TAG=latest\nFROM python:${TAG}\n", 2, "`latest`", id="latest by an ARG"),
        pytest.param("FROM python:3.12 AS a\nFROM node AS b\n", 2, "`node`", id="a later stage"),
        pytest.param("FROM --platform=linux/amd64 python AS a\n", 1, "`python`", id="with a flag"),
        pytest.param(
            "FROM python:3.12\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/\n",
            2,
            "image `ghcr.io/astral-sh/uv` moves",
            id="what is copied",
        ),
        pytest.param("FROM b AS a\nFROM a\n", 1, "`b`", id="a stage is none before it begins"),
    ],
)
def test_an_image_that_moves_is_found(text: str, line: int, told: str, tmp_path: Path) -> None:
    [(where, message)] = said(tmp_path, "MLB701", text)
    assert where == line
    assert told in message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param("FROM python:3.12-slim\n", id="a version"),
        pytest.param(f"FROM python@{DIGEST}\n", id="a digest"),
        pytest.param(f"FROM python:latest@{DIGEST}\n", id="a digest beside latest"),
        pytest.param("FROM scratch\n", id="nothing"),
        pytest.param("FROM python:3 AS Base\nFROM base\nFROM Base\n", id="a stage"),
        pytest.param(
            "FROM python:3 AS a\nFROM node:20\nCOPY --from=0 /x /\nCOPY --from=a /x /\n", id="copied by number"
        ),
        pytest.param("FROM python:3\nRUN x --from=a/b\n", id="another command"),
        pytest.param("FROM python:3\nCOPY --from=wheels /x /\n", id="a context that the build names"),
        pytest.param("ARG BASE\nFROM ${BASE}\n", id="chosen by the build"),
        pytest.param("ARG V=3\nFROM python:$V-slim\n", id="a version by an ARG"),
        pytest.param("FROM {{ cookiecutter.image }}\n", id="a template"),
        pytest.param("FROM python:{{ version }}-slim\n", id="a template with a tag"),
        pytest.param("FROM acme/relatest:1\n", id="only words of the tag count"),
        pytest.param({".devcontainer/Dockerfile": "FROM python\n"}, id="a developer's machine"),
        pytest.param({"tests/fixtures/Dockerfile": "FROM python\n"}, id="a fixture"),
        pytest.param({"docs/Dockerfile.md": "FROM python\n", "Dockerfile": "FROM\n"}, id="no Dockerfile, and nothing"),
    ],
)
def test_an_image_that_stays_is_left_alone(files: Any, tmp_path: Path) -> None:
    assert said(tmp_path, "MLB701", files) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("FROM python:3.12\n", [1], id="a tag"),
        pytest.param("ARG IMAGE=python:3.12\nFROM ${IMAGE}\n", [2], id="the whole name by an ARG"),
        pytest.param("FROM a:1 AS x\nCOPY --from=b:2 / /\n", [1, 2], id="what is copied"),
        pytest.param(f"FROM python:3.12@{DIGEST}\n", [], id="a digest"),
        pytest.param(f"ARG IMAGE=python:3.12@{DIGEST}\nFROM ${{IMAGE}}\n", [], id="a digest by an ARG"),
        pytest.param("ARG V=3.12\nFROM python:${V}-slim\n", [], id="a tag that the build chooses"),
        pytest.param("FROM python\nFROM node:latest\n", [], id="what MLB701 tells"),
        pytest.param("FROM scratch\n", [], id="nothing"),
    ],
)
def test_strict_asks_for_digests(text: str, lines: list[int], tmp_path: Path) -> None:
    assert [line for line, _ in said(tmp_path, "MLB704", text)] == lines


def test_digests_are_asked_for_in_strict_only(tmp_path: Path) -> None:
    files = {"Dockerfile": f"FROM python:3.12\n{USER}", "examples/Dockerfile": "FROM python:3.12\n"}
    assert findings(tmp_path, files) == []
    assert [(one.code, one.path) for one in findings(tmp_path, files, persona="strict")] == [("MLB704", "Dockerfile")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("RUN pip install flask\n", "`flask`", id="one"),
        pytest.param("RUN pip3 install --no-cache-dir a b==1 a\n", "`a`", id="one of two, once"),
        pytest.param("RUN python3.12 -m pip install -U pip torch\n", "`torch`", id="by python"),
        pytest.param("RUN pip --no-cache-dir install x\n", "`x`", id="options before"),
        pytest.param("RUN /opt/venv/bin/pip install x\n", "`x`", id="pip of an environment"),
        pytest.param("RUN uv pip install --system x\n", "`x`", id="by uv"),
        pytest.param("RUN pip install -U 'x[gpu]>=2' y<3\n", "`x[gpu]>=2`, `y`", id="a range"),
        pytest.param("RUN apt-get update && \\\n  pip install x && \\\n  rm -rf /tmp\n", "`x`", id="in a row"),
        pytest.param("RUN --mount=type=cache,target=/c PIP_X=1 sudo pip install x\n", "`x`", id="with a mount"),
        pytest.param('RUN if [ -n "$G" ]; then pip install x; fi\n', "`x`", id="under a condition"),
        pytest.param('RUN ["pip", "install", "x y"]\n', "`x y`", id="as a list"),
        pytest.param("RUN <<EOF\n# a; pip install y\npip install x\nEOF\n", "`x`", id="a here-document"),
        pytest.param("RUN pip install git+https://a.example/b.git\n", "`git+https://a.example/b.git`", id="a branch"),
        pytest.param("RUN pip install 'b @ git+https://a.example/b'\n", "`b @ git+https://a.example/b`", id="its name"),
        pytest.param("RUN pip install -i https://a.example/simple x\n", "`x`", id="from another index"),
        pytest.param("RUN pip install x 2>/dev/null\n", "`x`", id="in silence"),
        pytest.param("RUN pip install -e . x\n", "`x`", id="beside the project"),
    ],
)
def test_an_install_without_a_version_is_found(text: str, names: str, tmp_path: Path) -> None:
    [(line, message)] = said(tmp_path, "MLB702", f"FROM a:1\n{text}")
    assert line == 2
    assert message == f"installs {names} without an exact version; install from the lock file, or pin"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("RUN pip install -r requirements.txt extra\n", id="from a file"),
        pytest.param("RUN pip install -rrequirements.txt extra\n", id="from a file, in one word"),
        pytest.param("RUN pip install --requirement=requirements.txt extra\n", id="from a file, in full"),
        pytest.param("RUN pip install -c constraints.txt flask\n", id="with constraints"),
        pytest.param("RUN pip install --no-index --find-links /wheels acme\n", id="from wheels of one's own"),
        pytest.param(
            "RUN pip install . && pip install -e .[serve] && pip install ./lib /w/*.whl a.whl\n", id="folders"
        ),
        pytest.param("RUN pip install --upgrade pip setuptools wheel uv poetry pip_tools\n", id="installers"),
        pytest.param('RUN pip install "flask==3.0.*" a~=1.2 "b[c]===1"\n', id="pinned"),
        pytest.param('RUN pip install "flask==${FLASK}" $MORE\n', id="pinned by an ARG"),
        pytest.param("RUN pip install git+https://a.example/b.git@v1\n", id="a tag"),
        pytest.param("RUN pip install git+ssh://git@a.example/b.git@v1\n", id="a tag, by ssh"),
        pytest.param("RUN pip install 'b @ https://a.example/b-1.whl'\n", id="an address"),
        pytest.param("RUN uv sync --locked && poetry install && pip check && pip download x\n", id="other commands"),
        pytest.param(
            "RUN apt-get install -y gcc && npm install x && pip config set install.x y\n", id="others' install"
        ),
        pytest.param("RUN pip install {{ packages }} {% if x %} y {% endif %}\n", id="a template"),
        pytest.param("RUN echo pip install x\n", id="said, not done"),
        pytest.param("RUN pip install acme$EXTRA acme{{extra}} lib/acme\n", id="in part by an ARG, and a folder"),
        pytest.param("RUN sudo\n", id="nothing to run"),
        pytest.param("RUN pip install --prefix /p --target t --python 3.12\n", id="values of options"),
        pytest.param("RUN echo 'it\nRUN [1, 2]\nRUN {}\n", id="no shell"),
        pytest.param('RUN ["pip", "install"\n', id="no list"),
    ],
)
def test_a_locked_install_is_left_alone(text: str, tmp_path: Path) -> None:
    assert said(tmp_path, "MLB702", f"FROM a:1\n{text}") == []


@pytest.mark.parametrize("sign", ["&&", "||", ";", "|", "&", "|&", ";;"])
def test_a_command_ends_where_the_shell_says(sign: str) -> None:
    assert unlocked(f"pip install a==1 {sign} pip install b") == ["b"]
    assert unlocked("( pip install a ) && b") == ["a"]


@pytest.mark.parametrize("option", sorted(WITH_VALUE))
def test_the_value_of_an_option_is_no_package(option: str) -> None:
    assert unlocked(f"pip install {option} value a {option}=value") == ["a"]


@pytest.mark.parametrize("option", sorted(LOCKED))
def test_what_is_locked_may_name_packages(option: str) -> None:
    assert unlocked(f"pip install {option} file a") == []


@pytest.mark.parametrize("tool", ["pipenv", "pdm", "hatch", "pipx", "virtualenv", "build", "conda-lock", "pixi", "rye"])
def test_what_installs_the_rest_is_left_alone(tool: str) -> None:
    assert unlocked(f"pip install {tool}") == []


def test_installs_on_a_developers_machine_are_left_alone(tmp_path: Path) -> None:
    text = "FROM a:1\nRUN pip install ipdb\n"
    assert said(tmp_path, "MLB702", {".devcontainer/Dockerfile": text, "examples/a/Dockerfile": text}) == []
    assert [one.path for one in found(tmp_path, "MLB702", {"serving/Dockerfile": text})] == ["serving/Dockerfile"]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        pytest.param(f"FROM python:3\n{SERVE}", 1, "names no USER", id="nobody named"),
        pytest.param(f"FROM python:3\nUSER app\nUSER root\n{SERVE}", 3, "runs its program as root", id="root again"),
        pytest.param(f"FROM python:3\nUSER 0:0\n{SERVE}", 2, "as root", id="root by number"),
        pytest.param(f'FROM python:3\nUSER "root"\n{SERVE}', 2, "as root", id="root in quotes"),
        pytest.param(
            f"FROM python:3 AS b\nUSER 1000\nFROM python:3\n{SERVE}", 3, "names no USER", id="in another stage"
        ),
        pytest.param(f"FROM python:3 AS b\n{SERVE}FROM b\nRUN x\n", 3, "names no USER", id="a command from above"),
        pytest.param("FROM python:3\nENTRYPOINT python serve.py\n", 1, "names no USER", id="an entry point"),
        pytest.param("ARG V=3\nFROM python:${V}\nCMD a\n", 2, "names no USER", id="an ARG in the tag"),
    ],
)
def test_a_program_of_root_is_found(text: str, line: int, told: str, tmp_path: Path) -> None:
    [(where, message)] = said(tmp_path, "MLB703", text)
    assert where == line
    assert told in message
    assert "`USER 10001`" in message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(f"FROM python:3\nUSER app\n{SERVE}", id="somebody"),
        pytest.param(f"FROM python:3\nUSER 10001:10001\n{SERVE}", id="a number"),
        pytest.param(f"FROM python:3\nUSER $NAME\n{SERVE}", id="somebody whom the build names"),
        pytest.param(f"FROM python:3 AS b\nUSER 1000\nFROM b\n{SERVE}", id="in the stage above"),
        pytest.param(f"FROM python:3 AS b\nUSER 1000\nFROM B AS c\nFROM C\n{SERVE}", id="two stages above"),
        pytest.param(f"FROM gcr.io/distroless/python3:nonroot\n{SERVE}", id="in the tag"),
        pytest.param(f"FROM jupyter/scipy-notebook:2024\n{SERVE}", id="a base with a user"),
        pytest.param(f"FROM $BASE\n{SERVE}", id="an unknown base"),
        pytest.param(f"FROM {{{{ base }}}}\n{SERVE}", id="a base of a template"),
        pytest.param("FROM python:3\nRUN pip install x==1\n", id="a base for others"),
        pytest.param('FROM python:3\nCMD ["/bin/bash"]\n', id="a shell for people"),
        pytest.param("FROM python:3\nCMD bash\n", id="a shell in one word"),
        pytest.param(f'FROM python:3\nENTRYPOINT ["gosu", "app"]\n{SERVE}', id="root that steps down"),
        pytest.param(f"FROM python:3\nCOPY train.py /opt/ml/code/\n{SERVE}", id="a platform that asks for root"),
        pytest.param(f"FROM a:1 AS a\nFROM a AS a\nUSER 1\n{SERVE}", id="a stage that covers another"),
        pytest.param({".devcontainer/Dockerfile": f"FROM python:3\n{SERVE}"}, id="a developer's machine"),
        pytest.param("# nothing\n", id="no stage"),
        pytest.param({"notes.md": f"FROM python:3\n{SERVE}"}, id="no Dockerfile"),
        pytest.param(f"FROM python:3\n{SERVE}#{'x' * 5_000_000}\n", id="too large to be one"),
    ],
)
def test_a_program_of_somebody_is_left_alone(files: Any, tmp_path: Path) -> None:
    assert said(tmp_path, "MLB703", files) == []


def test_an_image_is_told_about_once(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").symlink_to("serving.dockerfile")
    [one] = found(tmp_path, "MLB703", {"serving.dockerfile": f"FROM python:3\n{SERVE}"})
    assert one.path == "serving.dockerfile"


def test_a_base_with_a_user_can_be_named(tmp_path: Path) -> None:
    rules = {"MLB703": {"bases-with-user": ["acme/safe"]}}
    assert said(tmp_path, "MLB703", f"FROM registry.example/acme/safe:1\n{SERVE}", rules=rules) == []
    assert said(tmp_path, "MLB703", f"FROM jupyter/x:1\n{SERVE}", rules=rules) != []


ALL = f"FROM python:3\nCOPY . .\n{USER}"
IGNORED = "# local\n.venv/\n/data/\nmodels/*\nwandb/**\n!keep\nvenv-of-somebody\n"


@pytest.mark.parametrize(
    ("files", "taken"),
    [
        pytest.param({"Dockerfile": ALL}, ".git into", id="the history"),
        pytest.param({"Dockerfile": ALL, ".gitignore": IGNORED}, ".git, .venv, data, models, wandb into", id="ignored"),
        pytest.param({"Dockerfile": ALL, ".gitignore": ".env\n", ".dockerignore": ".git\n"}, ".env into", id="secrets"),
        pytest.param({"Dockerfile": ALL.replace("COPY . .", "ADD ./ /app")}, ".git into", id="by ADD"),
        pytest.param({"Dockerfile": ALL.replace("COPY . .", 'COPY [".", "/app"]')}, ".git into", id="as a list"),
        pytest.param({"Dockerfile": ALL.replace("COPY . .", "COPY --chown=1 . /app/")}, ".git into", id="with a flag"),
        pytest.param({"Dockerfile": ALL, ".dockerignore": "*\n!.gi*\n"}, ".git into", id="taken in again"),
        pytest.param(
            {"Dockerfile": ALL, ".dockerignore": "#.git\n*.pyc\n"}, ".git into", id="a comment ignores nothing"
        ),
        pytest.param(
            {"Dockerfile": ALL, ".dockerignore": ".git\n", "Dockerfile.dockerignore": "data\n"},
            ".git into",
            id="its own",
        ),
        pytest.param(
            {"ops/Dockerfile": ALL + "COPY pyproject.toml .\n", "pyproject.toml": ""}, ".git into", id="folder"
        ),
    ],
)
def test_what_an_image_takes_in_is_found(files: dict[str, str], taken: str, tmp_path: Path) -> None:
    [(line, message)] = said(tmp_path, "MLB703", files)
    assert line == 2
    assert f"takes {taken} the image" in message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"Dockerfile": ALL, ".dockerignore": ".git\n"}, id="ignored"),
        pytest.param({"Dockerfile": ALL, ".dockerignore": "/.git/\n"}, id="with slashes"),
        pytest.param({"Dockerfile": ALL, ".dockerignore": "./.git\r\n"}, id="from here, on Windows"),
        pytest.param({"Dockerfile": ALL, ".dockerignore": "**/.git\n"}, id="anywhere"),
        pytest.param({"Dockerfile": ALL, ".dockerignore": ".git*\n"}, id="by a pattern"),
        pytest.param({"Dockerfile": ALL, ".dockerignore": "*\n!src\n"}, id="all but some"),
        pytest.param({"Dockerfile": ALL, ".dockerignore": "**\n!src\n"}, id="all in folders"),
        pytest.param({"Dockerfile": ALL, ".dockerignore": "*\n!.git\n"}, id="wanted in words"),
        pytest.param({"Dockerfile": ALL, ".dockerignore": ".git/objects\n"}, id="in part"),
        pytest.param(
            {"Dockerfile": ALL, ".gitignore": "data/\n", ".dockerignore": ".git\n!data/small.csv\n"}, id="data wanted"
        ),
        pytest.param({"Dockerfile": ALL, "Dockerfile.dockerignore": ".git\n"}, id="by a file of its own"),
        pytest.param({"Dockerfile": ALL.replace("COPY . .", "COPY src pyproject.toml ./")}, id="only what is named"),
        pytest.param({"Dockerfile": ALL.replace("COPY . .", "COPY --from=x . /app")}, id="from another stage"),
        pytest.param(
            {"Dockerfile": ALL, "pyproject.toml": "requires = ['hatch-vcs']\n"}, id="a version of the history"
        ),
        pytest.param({"Dockerfile": ALL, "setup.py": "use_setuptools_scm = setuptools_scm\n"}, id="the same, older"),
        pytest.param({"Dockerfile": f"{ALL}RUN rm -r .git\n"}, id="named in the Dockerfile"),
        pytest.param(
            {"Dockerfile": f"{ALL}COPY data/ data/\n", ".gitignore": "data\n", ".dockerignore": ".git\n"}, id="copied"
        ),
        pytest.param(
            {"Dockerfile": ALL, ".gitignore": "data\n", ".dockerignore": ".git\n", "data/a.csv": "a\n"},
            id="tracked data",
        ),
        pytest.param({"Dockerfile": ALL, ".dockerignore": ".git\n", ".gitignore": "!data\n"}, id="not ignored by git"),
        pytest.param({"services/api/Dockerfile": ALL}, id="a context that nobody knows"),
        pytest.param({"api/Dockerfile": f"{ALL}COPY a.py .\n", "a.py": "", "api/a.py": ""}, id="a context of its own"),
    ],
)
def test_what_an_image_may_take_is_left_alone(files: dict[str, str], tmp_path: Path) -> None:
    assert said(tmp_path, "MLB703", files) == []


@pytest.mark.parametrize(
    "word",
    ["setuptools-scm", "setuptools_scm", "hatch-vcs", "versioneer", "versioningit", "dunamai", "dynamic-versioning"],
)
def test_a_version_that_is_read_from_the_history_needs_it(word: str, tmp_path: Path) -> None:
    assert said(tmp_path, "MLB703", {"Dockerfile": ALL, "pyproject.toml": f'requires = ["{word}"]\n'}) == []


@pytest.mark.parametrize("source", [".", "./", "/", "*", "./*"])
def test_all_is_spelled_in_many_ways(source: str, tmp_path: Path) -> None:
    assert len(said(tmp_path, "MLB703", ALL.replace("COPY . .", f"COPY {source} /app"))) == 1


def test_what_no_image_may_take_can_be_named(tmp_path: Path) -> None:
    files = {"Dockerfile": ALL, ".gitignore": "/corpus\n.venv\n"}
    [(_, message)] = said(tmp_path, "MLB703", files, rules={"MLB703": {"unwanted": ["corpus"]}})
    assert "takes corpus into" in message


def mended(root: Path, *flags: str) -> str:
    command = ["mlscaffold", "check", "--no-cache", "--select", "MLB703", "--fix", *flags]
    subprocess.run(command, cwd=root, check=False, capture_output=True)
    path = root / ".dockerignore"
    return path.read_text() if path.exists() else ""


@pytest.mark.parametrize(
    ("before", "ignored", "after"),
    [
        pytest.param({}, "", ".git\n", id="made"),
        pytest.param({".dockerignore": "*.pyc\n"}, ".env\n", "*.pyc\n.git\n.env\n", id="appended to"),
        pytest.param({".dockerignore": "*.pyc"}, "", "*.pyc\n.git\n", id="after a line without an end"),
    ],
)
def test_the_fix_writes_what_is_missing(before: dict[str, str], ignored: str, after: str, tmp_path: Path) -> None:
    repository(tmp_path, {"Dockerfile": ALL, "serve.Dockerfile": ALL, ".gitignore": ignored, **before})
    assert mended(tmp_path) == after
    assert mended(tmp_path) == after
    assert said(tmp_path, "MLB703", {}) == []


@pytest.mark.parametrize("folder", ["models", "data"])
def test_data_that_a_program_may_want_is_left_to_people(folder: str, tmp_path: Path) -> None:
    repository(tmp_path, {"Dockerfile": ALL, ".gitignore": f"/{folder}/\n"})
    assert mended(tmp_path) == ""
    assert mended(tmp_path, "--unsafe-fixes") == f".git\n{folder}\n"
