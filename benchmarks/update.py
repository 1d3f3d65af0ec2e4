"""`mlscaffold update` against `copier update` and `cruft update`: how fast, and what is lost.

Run with `nox -s bench`. Speed: the built-in template with ten typical changes, a project with six typical edits, and
the corpus' small template, which cruft can be given, too. Safety: all scenarios of tests/update/scenarios under the
three tools. The rivals come from the index, into environments of their own below build/.

    python benchmarks/update.py [--quick] [--write docs/reference/update-benchmark.md]
"""

import argparse
import os
import platform
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

from gits import calm_home, count_git
from rivals import PINS, Copier, Cruft, UnmakeableError, install
from scenarios import ALL
from scenarios.acts import commit, run_git
from scenarios.lab import Tool, build
from scenarios.mlscaffold_tool import Mlscaffold, call, theirs_of
from scenarios.snapshot import snapshot
from scenarios.verdict import GOOD, VERDICTS, judge
from timing import RUNS, Figure, side_by_side

from mlscaffold.commands.template import eject
from mlscaffold.commands.ui import Ui

TIMES, PROCESSES, NEEDLESS = 10.0, 25, 0.5
SCRIPTS = Path(sys.executable).parent
TOOLS: Final[Mapping[str, Callable[[], Tool]]] = {"mlscaffold": Mlscaffold, "copier": Copier, "cruft": Cruft}
_HARMLESS = {"needless-conflict", "refused", "not applicable"}
_QUICK_STEP, _QUICK_RUNS = 10, 3
_NEW_TAG = "v99.0.0"
_DEPENDENCIES = "dependencies = [\n"


_NOTE = (
    "A rival that leaves conflicts counts as having told so, although it exits with 0. `needless-conflict`: a person"
    " would expect none. For cruft, the templates are translated to cookiecutter's language where that can be done"
    " mechanically; `not applicable` is what the tool's templates have no word for."
)


class Speed(NamedTuple):
    """One comparison: what was updated, the figures, and the git processes of each command."""

    title: str
    figures: Sequence[Figure]
    processes: Sequence[int]


class Case(NamedTuple):
    """One scenario under one tool."""

    scenario: str
    tool: str
    verdict: str
    conflict: bool


# The built-in template moves on, a project was worked on ----------------------------------------------------------


def _next_version(template: Path) -> None:
    """Make ten typical changes to the ejected template, and release it."""
    modules = _modules(next((template / "template" / "src").iterdir()))
    for module in modules[:4]:
        _append(module, "\n# A remark of the template's authors.\n")
    modules[4].rename(modules[4].with_name(f"renamed_{modules[4].name}"))
    modules[5].unlink()
    modules[0].with_name("brand_new.py").write_text('"""New in this version."""\n', encoding="utf-8")
    _append(template / "template" / "README.md.jinja", "\n## New in the template\n\nMore to read.\n")
    _append(template / "template" / ".gitignore", "*.of-the-template\n")
    pyproject = template / "template" / "pyproject.toml.jinja"
    _replace(pyproject, _DEPENDENCIES, f'{_DEPENDENCIES}    "attrs>=25.1",\n')
    commit("ten changes")(template)
    run_git(template, "tag", _NEW_TAG)


def _work(project: Path) -> None:
    """Make six typical edits, and commit them."""
    modules = _modules(next((project / "src").iterdir()))
    _replace(modules[0], "\n", "\n# A remark of the team's.\n")
    _replace(modules[4], "\n", "\n# Edited by the team, renamed by the template.\n")
    modules[6].rename(modules[6].with_name(f"ours_{modules[6].name}"))
    modules[0].with_name("of_the_team.py").write_text('"""Of the team."""\n', encoding="utf-8")
    _replace(project / "README.md", "\n", "\nThe team's own words.\n")
    text = (project / "pyproject.toml").read_text(encoding="utf-8")
    head, listed = text.split(_DEPENDENCIES, 1)
    listed, tail = listed.split("\n]\n", 1)
    text = f'{head}{_DEPENDENCIES}{listed}\n    "zstandard>=0.23",\n]\n{tail}'
    (project / "pyproject.toml").write_text(text, encoding="utf-8")
    commit("six edits")(project)


def _modules(package: Path) -> list[Path]:
    found = sorted(package.rglob("*.py"))
    return [module for module in found if not module.name.startswith("__")]


def _append(place: Path, text: str) -> None:
    place.write_text(place.read_text(encoding="utf-8") + text, encoding="utf-8")


def _replace(place: Path, old: str, new: str) -> None:
    place.write_text(place.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")


# Speed -----------------------------------------------------------------------------------------------------------


def _restored(originals: Mapping[Path, Path]) -> Callable[[], None]:
    def restore() -> None:
        for original, place in originals.items():
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(original, place, symlinks=True)

    return restore


def _ours(project: Path) -> list[str]:
    return [str(SCRIPTS / "mlscaffold"), "-C", str(project), "update", "--defaults"]


def _copiers(project: Path) -> list[str]:
    return [str(install("copier")), "update", "--quiet", "--defaults", "--trust", str(project)]


def _crufts(project: Path) -> list[str]:
    return [str(install("cruft")), "update", "--skip-apply-ask", "--project-dir", str(project)]


def _compare(
    title: str, commands: Mapping[str, Sequence[str]], restore: Callable[[], None], scratch: Path, runs: int
) -> Speed:
    figures = side_by_side(commands, before_each=restore, runs=runs)
    processes = []
    for command in commands.values():
        restore()
        processes.append(count_git(command, scratch))
    return Speed(title, figures, processes)


def builtin_speed(scratch: Path, runs: int) -> Speed:
    """Compare on the built-in template: the same project, the same edits."""
    template, project = scratch / "builtin-template", scratch / "builtin" / "flights"
    eject(template, Ui(quiet=True))
    old = run_git(template, "describe", "--tags").decode().strip()
    _next_version(template)
    said = call("new", str(project), "--template", str(template), "--at", old, "--defaults", "--no-sync", "--quiet")
    if said.code:
        raise RuntimeError(said.err)
    _work(project)
    place = scratch / "work" / "flights"
    commands = {"mlscaffold update": _ours(place), "copier update": _copiers(place)}
    count = len(run_git(project, "ls-files").splitlines())
    title = f"The built-in template, {count} files, ten changes against six edits"
    return _compare(title, commands, _restored({project: place}), scratch, runs)


def small_speed(scratch: Path, runs: int) -> Speed:
    """Compare all three on the corpus' small template."""
    scenario = next(scenario for scenario in ALL if scenario.name == "plain")
    originals, commands = {}, {}
    for name, command in (("mlscaffold", _ours), ("copier", _copiers), ("cruft", _crufts)):
        case = build(scenario, TOOLS[name](), scratch / f"small-{name}", None)
        place = scratch / "work" / f"small-{name}"
        originals[case.project] = place
        commands[f"{name} update"] = command(place)
    title = f"A template of {len(scenario.v1)} files, four changes against three edits"
    return _compare(title, commands, _restored(originals), scratch, runs)


# Safety ----------------------------------------------------------------------------------------------------------


def _judged(number: int, name: str) -> Case:
    scenario, tool = ALL[number], TOOLS[name]()
    beyond = Case(scenario.name, name, "not applicable", conflict=False)
    if tool.inapplicable(scenario):
        return beyond
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        place = Path(scratch)
        try:
            case = build(scenario, tool, place, theirs_of(scenario, place))
        except UnmakeableError:
            return beyond
        before = snapshot(case.sandbox, case.project)
        outcome = tool.update(case)
        verdict = judge(case, before, snapshot(case.sandbox, case.project), outcome, tool.state)
    return Case(scenario.name, name, verdict.name, conflict=outcome.code == 1)


def safety(*, quick: bool) -> list[Case]:
    """Put all scenarios (or each tenth) to the three tools."""
    for name in PINS:
        install(name)
    todo = list(product(range(0, len(ALL), _QUICK_STEP if quick else 1), TOOLS))
    numbers, names = zip(*todo, strict=True)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("fork")) as pool:
        return list(pool.map(_judged, numbers, names))


# The page --------------------------------------------------------------------------------------------------------


def _speed_table(speed: Speed) -> list[str]:
    lines = [f"### {speed.title}", "", "| command | wall | CPU | git processes | times as long |"]
    lines.append("| --- | ---: | ---: | ---: | ---: |")
    ours = speed.figures[0]
    for figure, count in zip(speed.figures, speed.processes, strict=True):
        ratio = f"{figure.wall / ours.wall:.1f}"
        lines.append(f"| `{figure.name}` | {figure.wall:.2f} s | {figure.cpu:.2f} s | {count} | {ratio} |")
    return [*lines, ""]


def _counts(cases: Sequence[Case]) -> dict[str, Counter[str]]:
    return {name: Counter(case.verdict for case in cases if case.tool == name) for name in TOOLS}


def _conflicts(cases: Sequence[Case], name: str) -> int:
    return sum(case.conflict for case in cases if case.tool == name)


def _safety_table(cases: Sequence[Case]) -> list[str]:
    counts = _counts(cases)
    lines = ["| | " + " | ".join(counts) + " |", "| --- |" + " ---: |" * len(counts)]
    lines += [
        f"| {verdict} | " + " | ".join(str(counts[name][verdict]) for name in counts) + " |"
        for verdict in (*VERDICTS, "not applicable")
    ]
    lines.append("| *conflicts left* | " + " | ".join(str(_conflicts(cases, name)) for name in counts) + " |")
    return [*lines, ""]


def _detail_table(cases: Sequence[Case]) -> list[str]:
    rows: dict[str, dict[str, str]] = {}
    for case in cases:
        rows.setdefault(case.scenario, {})[case.tool] = case.verdict
    lines = ["| scenario | " + " | ".join(TOOLS) + " |", "| --- |" + " --- |" * len(TOOLS)]
    for scenario, verdicts in rows.items():
        if any(verdict not in {*GOOD, "not applicable"} for verdict in verdicts.values()):
            lines.append(f"| {scenario} | " + " | ".join(verdicts[name] for name in TOOLS) + " |")
    return [*lines, ""]


def page(speeds: Sequence[Speed], cases: Sequence[Case], runs: int) -> str:
    """Return all of it as Markdown."""
    machine = (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {run_git(Path('/'), 'version').decode().strip()}"
    )
    lines = [
        "# How updates compare",
        "",
        f"Written by `benchmarks/update.py`; rivals: {', '.join(PINS.values())}; {machine}.",
        "",
        "## Speed",
        "",
        f"Medians of {runs} runs in turn, each on a fresh copy of the project.",
        "",
        *(line for speed in speeds for line in _speed_table(speed)),
        "## Safety",
        "",
        f"{len({case.scenario for case in cases})} scenarios of `tests/update/scenarios`. {_NOTE}",
        "",
        *_safety_table(cases),
        "Scenarios that one of them does not get right:",
        "",
        *_detail_table(cases),
    ]
    return "\n".join(lines)


def missed(speed: Speed, cases: Sequence[Case]) -> list[str]:
    """Name each bar that is not met."""
    ours, copier = speed.figures[:2]
    counts = _counts(cases)
    bad = [case for case in cases if case.tool == "mlscaffold" and case.verdict not in {*GOOD, *_HARMLESS}]
    found = [f"{case.scenario}: {case.verdict}" for case in bad]
    if copier.wall / ours.wall < TIMES:
        found.append(f"{copier.wall / ours.wall:.1f} times faster than copier, the bar is {TIMES:g}")
    if speed.processes[0] > PROCESSES:
        found.append(f"{speed.processes[0]} git processes, the bar is {PROCESSES}")
    needless = {name: counts[name]["needless-conflict"] for name in counts}
    if needless["mlscaffold"] > NEEDLESS * needless["copier"]:
        found.append(f"{needless['mlscaffold']} needless conflicts, copier has {needless['copier']}")
    return found


def main() -> int:
    """Print the comparison; return 1 if a bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="each tenth scenario, three runs")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write the page there, too")
    options = parser.parse_args()
    runs = _QUICK_RUNS if options.quick else RUNS
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        calm_home(Path(scratch, "home"))
        speeds = [builtin_speed(Path(scratch), runs), small_speed(Path(scratch), runs)]
        cases = safety(quick=options.quick)
    text = page(speeds, cases, runs)
    sys.stdout.write(text)
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    problems = missed(speeds[0], cases)
    sys.stdout.writelines(f"BAR NOT MET: {problem}\n" for problem in problems)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
