"""What can be done with this repository; `nox -l` prints the menu, `nox` alone runs what CI runs."""

import os
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2026.2"
nox.options.default_venv_backend = "uv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "types", "tests", "docs", "template", "pipelines", "operations"]

HERE = Path(__file__).parent
# The generator's tests do not need it, but what they start might: no library may call home, none may take all cores.
QUIET = {"OMP_NUM_THREADS": "1", "DO_NOT_TRACK": "1"}


def _install(session: nox.Session) -> None:
    """Install the pinned development set and this package, editable."""
    session.install("-r", "requirements/dev.txt")
    session.install("--no-deps", "--editable", ".")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting and our own conventions; `nox -s lint -- --fix` mends what can be mended."""
    _install(session)
    if "--fix" in session.posargs:
        session.run("ruff", "check", "--fix")
        session.run("ruff", "format")
        session.run("mlscaffold", "check", "--fix")
        return
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mlscaffold", "check", "--no-cache")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types, strictly."""
    _install(session)
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests of the generator (a few minutes)."""
    _install(session)
    # What the other sessions run imports what is not installed here.
    others = [f"--ignore=tests/{name}" for name in ("generated", "pipelines", "operations")]
    session.run("pytest", "-n", "2", *others, *session.posargs, env=QUIET)


@nox.session(default=False)
def thorough(session: nox.Session) -> None:
    """Look for what breaks updates (2,000 random templates and edits) or the check (10,000 broken files); hours."""
    _install(session)
    env = {**QUIET, "MLSCAFFOLD_EXAMPLES": "2000", "MLSCAFFOLD_THOROUGH": "1"}
    random = ("tests/update/test_properties.py", "tests/merge", "tests/check/test_broken_input.py")
    session.run("pytest", "-n", "2", *random, *session.posargs, env=env)


@nox.session
def template(session: nox.Session) -> None:
    """Make whole projects, on the bundled data and on other tables; run their READMEs and tests (minutes)."""
    _install(session)
    session.run("pytest", "-n", "2", "-m", "slow", "tests/generated", *session.posargs, env=QUIET)


@nox.session
def pipelines(session: nox.Session) -> None:
    """Check the pipelines and hooks of generated projects, and run them on all three forges' runners (minutes)."""
    _install(session)
    session.install("-r", "requirements/operations.txt")
    # By file: the tests of one forge share a project that takes half a minute to make. The longest come first.
    order = ("--dist", "loadfile", "--no-loadscope-reorder", "tests/generated", "tests/pipelines")
    session.run("pytest", "-n", "2", "-m", "pipelines", *order, *session.posargs, env=QUIET)


@nox.session
def operations(session: nox.Session) -> None:
    """Build and run the image, release and monitoring of generated projects (minutes; wants Docker or Debian)."""
    _install(session)
    session.install("-r", "requirements/operations.txt")
    session.run("pytest", "tests/operations", *session.posargs, env=QUIET)


@nox.session
def docs(session: nox.Session) -> None:
    """Check that links lead somewhere and that the generated reference is the code's; `-- --write` writes it."""
    _install(session)
    session.run("python", "docs/build.py", *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Print the figures that the README claims, measured side by side in one run."""
    _install(session)
    # Bytecode is written before anything is timed, as in any installation.
    env = {"PYTHONDONTWRITEBYTECODE": ""}
    for program in (HERE / "benchmarks" / name for name in ("new.py", "update.py", "scale.py", "serve.py", "check.py")):
        session.run("python", str(program), *session.posargs, env=env)


@nox.session(default=False)
def tour(session: nox.Session) -> None:
    """Start a project on the bundled data in build/flights, and run its README: ingest, train, evaluate, test."""
    _install(session)
    target = HERE / "build" / "flights"
    if target.exists():
        shutil.rmtree(target)
    session.run("python", "tests/generated/tour.py", str(target))
    session.log(f"the project is in {target.relative_to(HERE)}")


@nox.session(default=False)
def release_template(session: nox.Session) -> None:
    """Release copier.yml and template/ as a version of the built-in template: `nox -s release_template -- 0.2.0`."""
    _install(session)
    session.run("python", "-m", "mlscaffold.template.release", *session.posargs)


@nox.session(default=False)
def pin(session: nox.Session) -> None:
    """Pin the newest development set, hashed and without addresses, in requirements/."""
    session.install("uv")
    options = ["--universal", "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header", "--quiet"]
    os.chdir(HERE)
    wanted = {
        "dev": ["--group", "dev", "pyproject.toml"],
        "operations": ["--group", "operations", "-c", "requirements/dev.txt"],
        "nox": ["requirements/nox.in"],
    }
    for name, sources in wanted.items():
        session.run(
            "uv", "pip", "compile", *options, "--python-version", "3.11", *sources, "-o", f"requirements/{name}.txt"
        )
