"""What `mlscaffold update` costs against the number of files, and against the number of versions apart.

Of the files, one in a hundred is changed by the template and, elsewhere in it, by the team.

    python benchmarks/scale.py [--quick]
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from gits import calm_home, count_git
from rivals import REPOSITORY  # noqa: F401 - it puts the corpus on the path
from scenarios.acts import commit, run_git
from scenarios.model import CONFIG, story
from timing import side_by_side

BAR_FILES, BAR_SECONDS = 10_000, 3.0
FILES, VERSIONS = (100, 1_000, 10_000), (1, 10, 100)
SCRIPTS = Path(sys.executable).parent
_ANSWERS = "{{ _copier_conf.answers_file }}.jinja"
_BESIDE = 100  # files of the template whose versions are counted


class Cost(NamedTuple):
    """What one update costs."""

    what: str
    wall: float
    cpu: float
    processes: int


def _place(number: int) -> str:
    return f"part{number % 37:02}/file{number:05}.py"


def _write(folder: Path, number: int, edits: dict[int, str | None] | None = None) -> None:
    place = folder / _place(number)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(story(f"VALUE_{number} = 1  #", edits), encoding="utf-8")


def _template(folder: Path, files: int, versions: int) -> None:
    """Write a template of so many files with one version, and so many more after it."""
    (folder / "template").mkdir(parents=True)
    (folder / "copier.yml").write_text(CONFIG, encoding="utf-8")
    (folder / "template" / _ANSWERS).write_text("{{ _copier_answers|to_nice_yaml }}", encoding="utf-8")
    run_git(folder, "init", "--quiet")
    for number in range(files):
        _write(folder / "template", number)
    for version in range(versions + 1):
        if version:
            for number in range(0, files, 100):
                _write(folder / "template", number, {18: f"VALUE = {version}"})
        commit(f"v{version + 1}")(folder)
        run_git(folder, "tag", f"v{version + 1}")


def _project(template: Path, project: Path, files: int) -> None:
    options = ["--at", "v1", "--defaults", "--no-sync", "--quiet"]
    command = [str(SCRIPTS / "mlscaffold"), "new", str(project), "--template", str(template), *options]
    subprocess.run(command, check=True)
    for number in range(0, files, 100):
        _write(project, number, {3: "OF_THE_TEAM = 1"})
    commit("the team's work")(project)
    run_git(project, "gc", "--quiet")  # as a clone would be


def cost(what: str, scratch: Path, *, files: int, versions: int, runs: int) -> Cost:
    """Measure one update."""
    template, original, project = scratch / "template", scratch / "original" / "demo", scratch / "demo"
    _template(template, files, versions)
    _project(template, original, files)

    def restore() -> None:
        shutil.rmtree(project, ignore_errors=True)
        shutil.copytree(original, project, symlinks=True)
        run_git(project, "update-index", "-q", "--refresh", check=False)

    command = [str(SCRIPTS / "mlscaffold"), "-C", str(project), "update", "--defaults"]
    [figure] = side_by_side({what: command}, before_each=restore, runs=runs)
    restore()
    return Cost(what, figure.wall, figure.cpu, count_git(command, scratch))


def main() -> int:
    """Print the figures; return 1 if the bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="three runs each")
    runs = 3 if parser.parse_args().quick else 5
    cases = [(f"{files:,} files", files, 1) for files in FILES]
    cases += [(f"{versions} version(s) apart, {_BESIDE} files", _BESIDE, versions) for versions in VERSIONS]
    sys.stdout.write(f"mlscaffold update, medians of {runs} runs; one file in a hundred changed on both sides\n")
    slow = 0.0
    for what, files, versions in cases:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            calm_home(Path(scratch, "home"))
            found = cost(what, Path(scratch), files=files, versions=versions, runs=runs)
        sys.stdout.write(
            f"  {what:<34}{found.wall:6.2f} s wall {found.cpu:6.2f} s CPU {found.processes:4} git processes\n"
        )
        sys.stdout.flush()
        slow = found.wall if files == BAR_FILES else slow
    met = slow < BAR_SECONDS
    sys.stdout.write(f"The bar is {BAR_SECONDS:g} s for {BAR_FILES:,} files{'' if met else ': BAR NOT MET'}\n")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
