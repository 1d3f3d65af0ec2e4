"""MLR201: what is not locked is another program tomorrow."""

from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.lazy import expression
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlr._packages import in_lock, loose, normal, pins_all, wanted

_DOCKERFILE: Final = 'FROM python:3.12-slim\nCOPY . .\nRUN pip install .\nCMD ["python", "-m", "acme"]\n'
_PROJECT: Final = '[project]\nname = "acme"\ndependencies = ["numpy>=2", "scikit-learn"]\n'
BAD: Final[tuple[Example, ...]] = (
    {"requirements.txt": "numpy>=2\nscikit-learn\n", "train.py": 'if __name__ == "__main__":\n    main()\n'},
    {"pyproject.toml": _PROJECT, "Dockerfile": _DOCKERFILE},
    {"pyproject.toml": _PROJECT, "uv.lock": '[[package]]\nname = "numpy"\n', "Dockerfile": _DOCKERFILE},
)
OK: Final[tuple[Example, ...]] = (
    {"requirements.txt": "numpy==2.4.6\nscikit-learn==1.9.1\n", "train.py": 'if __name__ == "__main__":\n    main()\n'},
    {
        "pyproject.toml": _PROJECT,
        "uv.lock": '[[package]]\nname = "numpy"\n\n[[package]]\nname = "scikit-learn"\n',
        "Dockerfile": _DOCKERFILE,
    },
)

_LISTS_NAMES: Final = ("/uv.lock", "/poetry.lock", "/pdm.lock", "/pylock*.toml")
_LOCKS: Final = (
    *("uv.lock", "poetry.lock", "pdm.lock", "pylock*.toml", "Pipfile.lock", "pixi.lock", "*conda-lock*.yml"),
    *("conda-*.lock", "requirements*.lock", "flake.lock", "MODULE.bazel.lock", "*explicit*.txt"),
)
_PINS: Final = ("*requirements*.txt", "**/requirements/*.txt", "constraints*.txt", "*lock*.txt")
_PUBLISHES: Final = expression(rb"gh-action-pypi-publish|twine upload|(?:uv|poetry|pdm|hatch|flit) publish")
_ASIDE: Final = expression(
    r"(?:.*/)?(?:\.devcontainer|tests?|docs?|examples?|templates?|benchmarks?|third_party|vendor|\.github|ci|\{\{.*)/.*"
)
_SERVES: Final = expression(r"(?:fastapi\.FastAPI|flask\.Flask|streamlit\..*|gradio\.(?:Blocks|Interface))")


@rule(
    "MLR201",
    "lock-present",
    on=Repository,
    hint="lock all packages (uv lock, poetry lock, pip-compile), and commit the lock",
)
def lock_present(repository: Repository, _: None) -> Iterator[Finding]:
    """What is trained or served here has no lock of its packages, or the lock lacks one.

    Why: next month the same commit installs other versions, fits another model, or fails; in 15 public ML repositories
    2 had a lock. It speaks where others run the program (an image, a service), and for the persona `strict` also
    where a script trains; it is silent on libraries, which are published and take what their users have.

    How to fix: `uv lock`, `poetry lock` or `pip-compile`, and commit what it writes. Requirements that pin all with
    `==` count as a lock, and so do `constraint-dependencies` of uv that do.
    """
    names = wanted(repository)
    open_ones = [] if names else loose(repository.text("requirements.txt"))
    if not (names or open_ones) or _is_library(repository):
        return
    if repository.glob(*_LOCKS):
        yield from _stale(repository, names)
    elif not _is_pinned(repository, names or set(map(normal, open_ones))) and (what := _program(repository)):
        if names:
            yield Finding("pyproject.toml", 0, f"nothing locks the packages of {what}; lock them, and commit the lock")
        else:
            some = ", ".join(open_ones[:3]) + (" ..." if open_ones[3:] else "")
            told = f"leaves open which {some} {what} runs on ({len(open_ones)} in all); lock them"
            yield Finding("requirements.txt", 0, told)


def _stale(repository: Repository, names: set[str]) -> Iterator[Finding]:
    for path in repository.glob(*_LISTS_NAMES):
        locked = in_lock(repository, path)
        missing = sorted(names - locked)
        if locked and missing:
            yield Finding(path, 0, f"lacks {', '.join(missing)}, which pyproject.toml asks for; lock again")


def _is_pinned(repository: Repository, names: set[str]) -> bool:
    constraints = repository.table("pyproject.toml", "tool", "uv").get("constraint-dependencies")
    if isinstance(constraints, list) and pins_all("\n".join(map(str, constraints)), names):
        return True
    return any(pins_all(repository.text(path), names) for path in repository.glob(*_PINS))


def _is_library(repository: Repository) -> bool:
    """Return whether it is published for others to install."""
    told = b"".join(repository.read(path) for path in ("pyproject.toml", "setup.py", "setup.cfg"))
    if b"Private ::" in told:
        return False
    published = any(_PUBLISHES.search(repository.read(path)) for path in repository.glob(".github/workflows/*.y*ml"))
    return published or b"Development Status ::" in told or b"Programming Language ::" in told


def _program(repository: Repository) -> str:
    """Return what is run here, "" where nothing is."""
    from mlscaffold.check.scan import kind_of

    strict = repository.settings.persona == "strict"
    for path in repository.files:
        if kind_of(path) == "dockerfile" and not _ASIDE.fullmatch(path) and not path.endswith((".jinja", ".j2")):
            return path
    for path, facts in repository.modules.items():
        if _ASIDE.fullmatch(path) or "tests" in repository.roles_of(path):
            continue
        calls = (call for function in facts.functions for call in function.calls)
        trains = strict and facts.script and path.rpartition("/")[2].startswith("train")
        if trains or any(map(_SERVES.fullmatch, calls)):
            return path
    return ""
