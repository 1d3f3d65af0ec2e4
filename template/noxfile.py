"""What CI runs, and you can: `uv run nox -s branch`. Each session uses the project's own environment."""

from pathlib import Path

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["branch"]

CONTRACT = Path("contracts/data.toml")
# What only data with a time column has an answer to.
TIMED = ["staleness"] if CONTRACT.is_file() and 'role = "time"' in CONTRACT.read_text(encoding="utf-8") else []
COMMAND = tuple(nox.project.load_toml("pyproject.toml")["project"]["scripts"])


@nox.session
def lint(session: nox.Session) -> None:
    """Style, mistakes and types."""
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("ty", "check")


@nox.session
def tests(session: nox.Session) -> None:
    """All tests; arguments after -- go to pytest."""
    session.run("pytest", "-n", "auto", *session.posargs)


@nox.session
def branch(session: nox.Session) -> None:
    """Every push: lint and tests."""
    session.notify("lint")
    session.notify("tests")


@nox.session
def pull_request(session: nox.Session) -> None:
    """Every pull request: lint, tests, and a model from this branch, judged by the gate and described."""
    session.notify("lint")
    session.notify("tests")
    session.notify("model")


@nox.session
def model(session: nox.Session) -> None:
    """A model from the newest data: trained, judged, converted, described. Whatever the gate decides is fine."""
    for command in ("ingest", "train", "evaluate", "convert"):
        session.run(*COMMAND, command)
    session.run(*COMMAND, "gate", success_codes=[0, 1, 3])  # promoted, rejected, held: the verdict says why
    session.run(*COMMAND, "card")


@nox.session
def nightly(session: nox.Session) -> None:
    """Every night: all tests, a model from the newest data, how models age, and the report."""
    session.notify("tests")
    session.notify("model")
    session.notify("report")


@nox.session
def report(session: nox.Session) -> None:
    """The pages for people: the data, whether it will work, how models age, where the project stands."""
    for command in ("quality", "feasibility", *TIMED, "report"):
        session.run(*COMMAND, command)


@nox.session
def convert(session: nox.Session) -> None:
    """The newest model in every format whose packages are installed, each proved equal."""
    session.run(*COMMAND, "convert")
