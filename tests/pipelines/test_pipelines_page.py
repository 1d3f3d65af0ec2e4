"""docs/pipelines.md of a generated project says of each job what the providers' files say."""

import re
from collections.abc import Iterator
from typing import Final

import pytest

from toolbox.projects import rendered
from toolbox.triggers import PROVIDERS, Pipelines, pipelines

pytestmark = pytest.mark.pipelines

DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def rows(page: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the lines of the table with the pipeline that each is about: it stands in the first of them only."""
    table = page.partition("## What runs when")[2].partition("\n## ")[0]
    pipeline = ""
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[0] not in {"pipeline", "---"}:
            pipeline = cells[0] or pipeline
            yield pipeline, cells


def misses(page: str, said: Pipelines) -> Iterator[str]:
    """Yield what the page does not say, or says otherwise."""
    told = [(name, cells) for name, cells in rows(page)]
    for name, pipeline in said.items():
        whens = " ".join(cells[1] for row, cells in told if row == name)
        for minutes, hours, _days, _months, weekdays in pipeline.crons:
            day = DAYS[min(weekdays)] if len(weekdays) == 1 else "daily"
            if (clock := f"{day} {min(hours):02}:{min(minutes):02} UTC") not in whens:
                yield f"{name}: not {clock}"
        for job in pipeline.jobs:
            (cells,) = [cells for row, cells in told if row == name and f"`{job}`" in cells[2]] or [
                ["", "", "", "", ""]
            ]
            if f"{pipeline.jobs[job].minutes} min" not in cells[3]:
                yield f"{name}, {job}: not {pipeline.jobs[job].minutes} min"
            kept = {path.strip("/") for path in re.findall("`(.+?)`", cells[4])}
            if kept != pipeline.jobs[job].keeps:
                yield f"{name}, {job}: keeps {sorted(pipeline.jobs[job].keeps)}, not {sorted(kept)}"


def page() -> str:
    return (rendered() / "docs/pipelines.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_page_says_what_the_files_say(provider: str) -> None:
    assert [*misses(page(), pipelines(provider, rendered()))] == []


@pytest.mark.parametrize(
    ("old", "new", "miss"),
    [
        ("Friday 15:23", "Thursday 15:23", "convert: not Friday 15:23 UTC"),
        ("| 120 min |", "| 90 min |", "nightly, nightly: not 120 min"),
        ("`comment`:", "`note`:", "pull-request, comment: not 10 min"),
        ("`reports/`, `build/image.json`", "`reports/`", "release, release: keeps ['build/image.json', 'reports']"),
    ],
)
def test_a_page_that_is_wrong_is_noticed(old: str, new: str, miss: str) -> None:
    assert old in page()
    found = [*misses(page().replace(old, new), pipelines("github", rendered()))]
    assert [told for told in found if told.startswith(miss)], found


def test_every_secret_that_a_job_is_given_is_explained() -> None:
    given = {
        token
        for provider in PROVIDERS
        for pipeline in pipelines(provider, rendered()).values()
        for job in pipeline.jobs.values()
        for token in job.tokens or ()
    }
    assert given
    assert [token for token in sorted(given) if f"`{token}`" not in page()] == []


@pytest.mark.parametrize("ci", [(), ("github",), ("gitlab",), ("azure",)])
def test_the_page_has_the_part_of_each_chosen_provider_only(ci: tuple[str, ...]) -> None:
    text = (rendered(ci) / "docs/pipelines.md").read_text(encoding="utf-8")
    titles = {"github": "## GitHub Actions", "gitlab": "## GitLab CI", "azure": "## Azure Pipelines"}
    assert [name for name, title in titles.items() if title in text] == [*ci]
    assert ("No provider was chosen" in text) == (not ci)
    assert "\n\n\n" not in text
