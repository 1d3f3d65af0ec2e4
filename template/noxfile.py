"""What the pipelines run, and you can: `uv run nox -s branch`. Each session uses the project's own environment."""

import json
from pathlib import Path

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["branch"]

PROJECT = nox.project.load_toml("pyproject.toml")["project"]
COMMAND = tuple(PROJECT["scripts"])
CONTRACT, NEWS = Path("contracts/data.toml"), Path("reports/news.json")
# What only data with a time column has an answer to.
TIMED = ["staleness"] if CONTRACT.is_file() and 'role = "time"' in CONTRACT.read_text(encoding="utf-8") else []
# What is only tried out leaves no run, no version and no alias on a tracking server.
UNTRACKED = {f"{COMMAND[0].upper()}_TRACKING__STORE": ""}


@nox.session
def lint(session: nox.Session) -> None:
    """Style, mistakes and types."""
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("ty", "check")


@nox.session
def conventions(session: nox.Session) -> None:
    """What all repositories of the team have in common, where it is known how to install mlscaffold."""
    session.run(*COMMAND, "pipeline", "conventions")


@nox.session
def tests(session: nox.Session) -> None:
    """All tests; arguments after -- go to pytest."""
    session.run("pytest", "-n", "auto", "--junitxml=reports/tests.xml", *session.posargs)


@nox.session
def branch(session: nox.Session) -> None:
    """Every push: style, types, conventions, the tests of data and features, and a small model from the sample."""
    lint(session)
    conventions(session)
    quick = ("tests/data", "tests/features", "tests/infra/test_pipeline.py")
    session.run("pytest", "-n", "auto", "--junitxml=reports/tests.xml", *quick)


@nox.session
def pull_request(session: nox.Session) -> None:
    """Every pull request: all checks and tests, a full model judged against the champion, and what it came to."""
    lint(session)
    conventions(session)
    tests(session)
    session.env.update(UNTRACKED)
    session.run(*COMMAND, "ingest")
    judged(session, "--dry-run")
    report(session)
    session.run(*COMMAND, "pipeline", "summary")  # red where the model was rejected
    session.run(*COMMAND, "card", "--stale")  # after it: what the model came to is told in any case


@nox.session
def nightly(session: nox.Session) -> None:
    """Every night: look after the model that runs, train on what is new, promote what wins, and write it down.

    Where nothing is new, training would give the champion again: it is left out, unless `-- --anyway` asks for it.
    """
    session.run(*COMMAND, "watch", "--if-any", success_codes=[0, 1])  # an alert is a reason to go on, not to stop
    session.run(*COMMAND, "ingest")
    session.run(*COMMAND, "news", success_codes=[0, 3])
    if "--anyway" in session.posargs or json.loads(NEWS.read_text(encoding="utf-8"))["news"]:
        judged(session)
    report(session)
    session.run(*COMMAND, "card")
    session.run(*COMMAND, "pipeline", "record", "nightly")
    session.run(*COMMAND, "pipeline", "summary")


@nox.session
def release(session: nox.Session) -> None:
    """Every tag: the champion in an image that was tried, and pushed where [image] says."""
    session.run(*COMMAND, "card", "--check")
    session.run(*COMMAND, "image", *session.posargs)


@nox.session
def deploy(session: nox.Session) -> None:
    """After a release, once an environment: `nox -s deploy -- dev` runs the image there and writes it down."""
    session.run(*COMMAND, "roll-out", *session.posargs)
    session.run(*COMMAND, "pipeline", "record", "deploy")


@nox.session
def convert(session: nox.Session) -> None:
    """Each version, and the end of each sprint: the champion in every format, each proved equal."""
    session.run(*COMMAND, "convert", "champion")


@nox.session(name="update-template")
def update_template(session: nox.Session) -> None:
    """Every week: what the template brings, on a branch and proposed; what conflicts is told, never committed."""
    session.run(*COMMAND, "pipeline", "update-template")


@nox.session
def report(session: nox.Session) -> None:
    """The pages for people: the data, whether it will work, how models age, where the project stands."""
    for command in ("quality", "feasibility", *TIMED, "report"):
        session.run(*COMMAND, command)


def judged(session: nox.Session, *how: str) -> None:
    """Train, and let the gate decide; `pipeline summary` tells it in the end, whatever it is."""
    session.run(*COMMAND, "train")
    session.run(*COMMAND, "evaluate")
    session.run(*COMMAND, "gate", *how, success_codes=[0, 1, 3])  # promoted, rejected, held; 2 is no decision
