"""The house: each floor imports only floors below it; the name of a stranger's package is never installed."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PACKAGE = REPOSITORY / "src" / "mlscaffold"
# From the ground up. A floor may import the floors before it, and itself.
FLOORS = (
    "errors cache tree git staging merge template render project new update adopt authoring commands cli".split()  # noqa: SIM905
)
# `check` stands beside the house: it imports none of the floors, and of them only the command line calls it.
WING = "check"


def floor_of(module: str) -> str:
    return module.split(".")[1] if module.count(".") else "__init__"


def imports(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module="mlscaffold", names=names):
                yield from (f"mlscaffold.{name.name}" for name in names if not name.name.startswith("__"))
            case ast.ImportFrom(module=str(module)) if module.startswith("mlscaffold."):
                yield module
            case ast.Import(names=names):
                yield from (name.name for name in names if name.name.startswith("mlscaffold."))


def upward(floor: str, source: str) -> list[str]:
    allowed = [*FLOORS[: FLOORS.index(floor) + 1], *([WING] if floor == "cli" else [])]
    return [module for module in imports(source) if floor_of(module) not in allowed]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_floor_imports_only_floors_below_it(path: Path) -> None:
    floor = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if floor == WING:
        assert [name for name in imports(path.read_text(encoding="utf-8")) if floor_of(name) != WING] == []
    elif not floor.startswith("__"):
        assert upward(floor, path.read_text(encoding="utf-8")) == []


def test_an_import_of_a_floor_above_is_seen() -> None:
    assert upward("tree", "from mlscaffold.new.plan import plan\nfrom mlscaffold.errors import UserError\n") == [
        "mlscaffold.new.plan"
    ]
    assert upward("render", "def f():\n    from mlscaffold import commands\n") == ["mlscaffold.commands"]


# The index name `mlscaffold` belongs to somebody else's tool; ours is `mlscaffold-cli`.
COMMAND = re.compile(
    r"""(pip3?\ install|uvx|uv\ add|uv\ pip\ install|pipx\ (install|run)|uv\ tool\ (install|run)|--with|--from)
        (\ +-[-\w=]+)*\ +["']?mlscaffold(?![-\w./])""",
    re.VERBOSE,
)
REQUIREMENT = re.compile(r"""^\s*["']?mlscaffold\s*([<>=~!]=|@|["'],?\s*$)""", re.MULTILINE)


def installs_the_stranger(name: str, text: str) -> bool:
    return bool(COMMAND.search(text) or (not name.endswith(".py") and REQUIREMENT.search(text)))


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, check=True, capture_output=True).stdout.decode()
    return [REPOSITORY / path for path in listing.split("\0") if path]


def test_nothing_installs_the_strangers_package() -> None:
    texts = {path: path.read_text(errors="replace") for path in tracked() if path.suffix != ".zip" and path.is_file()}
    assert [
        str(path) for path, text in texts.items() if path != Path(__file__) and installs_the_stranger(path.name, text)
    ] == []


@pytest.mark.parametrize(
    "line",
    [
        "pip install {}",
        "uvx {} new",
        "uv tool install '{}'",
        "{}>=1",
        '    "{}",',
        "pipx install -q {}",
    ],
)
def test_an_install_of_the_strangers_package_is_seen(line: str) -> None:
    assert installs_the_stranger("pyproject.toml", line.format("mlscaffold"))


@pytest.mark.parametrize("line", ["pip install {}-cli", "uvx --from {}-cli {}", "{} new x", "uv tool install ./{}"])
def test_our_own_distribution_is_not_taken_for_it(line: str) -> None:
    assert not installs_the_stranger("README.md", line.replace("{}", "mlscaffold"))


def test_no_address_of_an_index_and_no_lock_with_addresses_is_tracked() -> None:
    hosts = re.compile("|".join(["pypi" + r"\.org/simple", "python" + r"hosted\.org", "registry" + r"\.npmjs"]))
    files = tracked()
    assert [path.name for path in files if path.name in {"uv.lock", "pylock.toml", "poetry.lock"}] == []
    assert [str(path) for path in files if path.is_file() and hosts.search(path.read_text(errors="replace"))] == []
