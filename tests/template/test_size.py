"""The generated project stays readable: an hour for `src/`, two minutes for the two files that are the team's."""

import statistics
from pathlib import Path

TEMPLATE = Path(__file__).parents[2] / "template"
MOST_LINES, MEDIAN_MODULE, LONGEST_MODULE, LONGEST_OWN = 3_500, 150, 240, 90


def modules(folder: Path) -> list[Path]:
    """The Python modules of a folder of the template."""
    return [path for path in folder.rglob("*") if path.name.endswith((".py", ".py.jinja"))]


def lines_of(path: Path) -> int:
    """All lines, blank ones and comments included."""
    return len(path.read_text(encoding="utf-8").splitlines())


def test_src_is_read_in_an_hour() -> None:
    lines = [lines_of(path) for path in modules(TEMPLATE / "src")]
    assert sum(lines) <= MOST_LINES
    assert statistics.median(lines) < MEDIAN_MODULE
    assert max(lines) <= LONGEST_MODULE


def test_the_files_that_are_the_teams_are_read_in_two_minutes() -> None:
    own = [path for path in modules(TEMPLATE / "src") if path.name.partition(".")[0] in {"features", "model"}]
    assert len(own) == 2
    assert all(lines_of(path) <= LONGEST_OWN for path in own)
