"""What CI runs, and you can: `uv run nox -s branch`. Each session uses the project's own environment."""

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["branch"]


@nox.session
def lint(session: nox.Session) -> None:
    """Style, mistakes and types."""
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("ty", "check")


@nox.session
def tests(session: nox.Session) -> None:
    """All tests; arguments after -- go to pytest."""
    session.run("pytest", *session.posargs)


@nox.session
def branch(session: nox.Session) -> None:
    """Every push: lint and tests."""
    session.notify("lint")
    session.notify("tests")


@nox.session
def nightly(session: nox.Session) -> None:
    """Every night: all tests, then a model from the newest data, judged and described."""
    package = nox.project.load_toml("pyproject.toml")["project"]["scripts"]
    session.run("pytest")
    for command in ("ingest", "train", "evaluate", "card"):
        session.run(*package, command)
