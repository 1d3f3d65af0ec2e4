"""`mlscaffold check` against `ruff check`, repo-review and mllint, on the same generated trees of 200 and 2,000 files.

Run with `nox -s bench`. The trees are a new project on the bundled data: 200 of its files, and 2,000 with copies of its
modules. Three situations: cold (nothing known of the tree), warm (nothing has changed), and five modules changed since
the last run (each got a function), which is what a commit hook sees. CPU seconds are those of the program and of what
it starts (git). Rivals come from the package index into build/rivals; one that cannot be installed is named.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from timing import once

REPOSITORY: Final = Path(__file__).parents[1]
SCRIPTS: Final = Path(sys.executable).parent
# We are installed as users install us: compiled, and without what a development environment loads at each start.
OURS: Final = str(REPOSITORY)
# With the checks of Scientific Python; repo-review alone has none.
RIVALS: Final = {"repo-review": ("repo-review[cli]", "sp-repo-review"), "mllint": ("mllint",)}
FINDINGS_OR_NONE: Final = (0, 1, 3)
RUNS: Final = 11
CHANGED: Final = 5
SETTLED: Final = 0.1  # seconds after which a change is as old as that of a person who types `git commit`
_MS: Final = 1000


class Bar(NamedTuple):
    """The most CPU milliseconds that a situation may take, on a tree of so many files."""

    files: int
    situation: str
    most: float


BARS: Final = (Bar(200, "warm", 60), Bar(200, "five changed", 100), Bar(200, "cold", 400), Bar(2000, "warm", 200))
# "five changed" of 200 files may take this many times what `ruff check` takes for the same tree and change.
RATIO: Final = 2.0


def main() -> int:
    """Print the comparisons; return 1 if a bar is not met."""
    commands = programs()
    missed: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        for files in (200, 2000):
            root = tree(Path(scratch, f"tree{files}"), files)
            for situation in ("cold", "warm", "five changed"):
                missed += told(files, situation, measured(root, situation, commands))
    for line in missed:
        sys.stdout.write(f"BAR NOT MET: {line}\n")
    return 1 if missed else 0


def tree(root: Path, files: int) -> Path:
    """Make a repository with so many files of a generated project, committed."""
    new = ["new", str(root), "--defaults", "--no-git", "--no-sync", "--quiet", "--set", "package_name=flights"]
    once([str(SCRIPTS / "mlscaffold"), *new])
    found = sorted(path for path in root.rglob("*") if path.is_file())
    # What stands at the end goes first: the longest tests, then pages.
    for path in sorted(found, key=lambda path: ("tests" in path.parts, path.suffix == ".md", str(path)))[files:]:
        path.unlink()
    modules = [path for path in found if path.exists() and path.suffix == ".py" and "src" in path.parts]
    for number in range(files - len(found)):
        source = modules[number % len(modules)]
        copy = root / "src" / "flights" / f"more{number // len(modules)}" / source.relative_to(root / "src" / "flights")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, copy)
    for command in ("init", "add --all", "-c user.name=bench -c user.email=bench@localhost commit --message tree"):
        once(["git", *command.split()], cwd=root)
    return root


def measured(root: Path, situation: str, programs: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Return the median CPU milliseconds of each program, run in turn, after one run that does not count."""
    spent: dict[str, list[float]] = {name: [] for name in programs}
    for number in range(RUNS + 1):
        for name, command in programs.items():
            prepare(root, situation, number, command)
            cpu, _wall = once(command, cwd=root, good=FINDINGS_OR_NONE)
            if number:
                spent[name].append(cpu * _MS)
    return {name: statistics.median(figures) for name, figures in spent.items()}


def prepare(root: Path, situation: str, number: int, command: Sequence[str]) -> None:
    """Bring the tree into a situation, as the program finds it next."""
    if situation == "cold":
        for cache in (".mlscaffold_cache", ".ruff_cache"):
            shutil.rmtree(root / cache, ignore_errors=True)
    if situation == "five changed":
        once(command, cwd=root, good=FINDINGS_OR_NONE)
        modules = sorted((root / "src").rglob("*.py"))
        for path in [*modules, *modules][number * CHANGED % len(modules) :][:CHANGED]:
            added = f"\n\ndef added_{number}() -> int:\n    return len('{number}')\n"
            path.write_text(path.read_text(encoding="utf-8") + added, encoding="utf-8")
        time.sleep(SETTLED)


def programs() -> dict[str, Sequence[str]]:
    """Return the commands to compare: ours, ruff's, and those of the rivals that can be installed."""
    found: dict[str, Sequence[str]] = {
        "mlscaffold check": [installed("mlscaffold", "--reinstall-package", "mlscaffold-cli", OURS), "check"],
        "ruff check": [str(SCRIPTS / "ruff"), "check", "--quiet"],
        "python -c pass": [sys.executable, "-c", "pass"],  # how fast the machine is at that moment
    }
    for name, wanted in RIVALS.items():
        try:
            found[name] = [installed(name, *wanted), "."]
        except subprocess.CalledProcessError:
            sys.stdout.write(f"{name}: cannot be installed here ({' '.join(wanted)})\n")
    return found


def installed(name: str, *wanted: str) -> str:
    """Return the program `name` of packages, compiled, in an environment of their own. Raises CalledProcessError."""
    place = REPOSITORY / "build" / "rivals" / name
    once(["uv", "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(place)])
    install = ["uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", str(place / "bin" / "python")]
    once([*install, *wanted])
    return str(place / "bin" / name)


def told(files: int, situation: str, found: Mapping[str, float]) -> Iterator[str]:
    """Print one situation; yield the bars that are not met."""
    ours = found["mlscaffold check"]
    sys.stdout.write(f"{files} files, {situation}: CPU, medians of {RUNS} runs, side by side\n")
    for name, figure in found.items():
        sys.stdout.write(f"  {name:<18}{figure:8.0f} ms   {figure / ours:6.2f} times ours\n")
    for bar in BARS:
        if (bar.files, bar.situation) == (files, situation) and ours > bar.most:
            yield f"{files} files, {situation}: {ours:.0f} ms, not {bar.most:.0f}"
    if (files, situation) == (200, "five changed") and ours > RATIO * found["ruff check"]:
        yield f"{files} files, {situation}: {ours / found['ruff check']:.1f} times ruff, not {RATIO:.0f}"


if __name__ == "__main__":
    sys.exit(main())
