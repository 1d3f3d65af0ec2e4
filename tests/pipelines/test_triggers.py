"""What an event starts: a table, the same for all three providers."""

from pathlib import Path

import pytest

from toolbox.projects import rendered
from toolbox.triggers import PROBES, PROVIDERS, Event, cron, selected
from toolbox.triggers.conditions import holds

pytestmark = pytest.mark.pipelines

_NIGHTLY = {("nightly", "nightly")}
_CONVERT = {("convert", "convert")}
_UPDATE = {("update-template", "update-template")}
_RELEASE = {("release", "release"), *_CONVERT}
STARTED: dict[str, set[tuple[str, str]]] = {
    "push to a branch": {("branch", "branch")},
    "push to main": set(),
    "tag v1.2.0": _RELEASE,
    "tag v1.2.0, IMAGE set": _RELEASE | {("release", f"deploy-{name}") for name in ("dev", "test", "prod")},
    "tag of another form": set(),
    "pull request": {("pull-request", "pull-request"), ("pull-request", "comment")},
    "pull request of a fork": {("pull-request", "pull-request")},
    "nightly by schedule": _NIGHTLY,
    "convert by schedule": _CONVERT,
    "update-template by schedule": _UPDATE,
    "nightly by hand": _NIGHTLY,
    "convert by hand": _CONVERT,
    "update-template by hand": _UPDATE,
    # It would promote, on main, what nobody has looked at.
    "nightly by hand on another branch": set(),
    "new data": _NIGHTLY,
    "request to retrain": _NIGHTLY,
}


def test_the_table_is_about_every_event() -> None:
    assert list(STARTED) == list(PROBES)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("event", STARTED)
def test_an_event_starts_exactly_these_jobs(event: str, provider: str) -> None:
    assert selected(provider, rendered(), PROBES[event]) == STARTED[event]


def test_another_dispatch_starts_nothing() -> None:
    assert not selected("github", rendered(), Event("dispatch", type="lunch"))


@pytest.mark.parametrize(
    ("file", "there", "planted", "provider"),
    [
        (".github/workflows/branch.yml", "push:", "push:\n    paths: [docs]", "github"),
        (".github/workflows/branch.yml", "push:", "workflow_run:\n  push:", "github"),
        (".github/workflows/branch.yml", "[main]", '["!main"]', "github"),
        ("azure-pipelines/branch.yml", "branches:", "paths: {include: [docs]}\n  branches:", "azure"),
        ("azure-pipelines/branch.yml", "pr: none", "pr: none\nresources: {}", "azure"),
        (".gitlab-ci.yml", "- when: always", "- changes: [docs]", "gitlab"),
        (".gitlab-ci.yml", "timeout: 20 minutes", "timeout: 20 minutes\n  parallel: 2", "gitlab"),
    ],
)
def test_what_is_not_understood_is_an_error(file: str, there: str, planted: str, provider: str, tmp_path: Path) -> None:
    text = (rendered() / file).read_text(encoding="utf-8")
    assert there in text
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text.replace(there, planted, 1), encoding="utf-8")
    with pytest.raises(ValueError, match="not read here"):
        selected(provider, tmp_path, Event("push", "feature/x"))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("$A == 'x'", True),
        ('$A != "x"', False),
        ("$NONE", False),
        ("$NONE == null", True),
        ("$A && $NONE", False),
        ("$A || $NONE && $NONE", True),
        ("($A || $NONE) && $NONE", False),
        ("$A =~ /^x$/ && $A !~ /y/", True),
        ("$NONE =~ /.*/", False),
        ("!cancelled() && $A", True),
        ("!(success() && $A)", False),
        ("and(succeeded(), or(eq($A, 'X'), false), not(ne($A, 'x')))", True),
        ("startsWith($A, 'y')", False),
    ],
)
def test_conditions_are_worked_out(condition: str, *, expected: bool) -> None:
    assert holds(condition, {"$A": "x", "$NONE": None}) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("success()", False),
        ("failure()", True),
        ("!cancelled()", True),
        ("succeededOrFailed()", True),
        ("always()", True),
    ],
)
def test_conditions_know_of_a_red_job_before(condition: str, *, expected: bool) -> None:
    assert holds(condition, {}, red=True) is expected


@pytest.mark.parametrize(
    "condition", ["$B", "hashFiles('x')", "$A ==", "($A", "$A $A", "$A > 1", "contains($A, 'x')", ""]
)
def test_a_condition_that_is_not_understood_is_an_error(condition: str) -> None:
    with pytest.raises(ValueError, match=r"known|understood|goes on|closed|no function"):
        holds(condition, {"$A": "x"})


@pytest.mark.parametrize(
    ("one", "other"), [("0 */6 * * *", "0 0,6,12,18 * * *"), ("5 1 * * 1-5", "5 1 1-31 1-12 1,2,3,4,5")]
)
def test_two_ways_to_write_one_time_are_equal(one: str, other: str) -> None:
    assert cron(one) == cron(other)


@pytest.mark.parametrize("text", ["17 2 * *", "60 2 * * *", "17 2 * * MON", "17 2 0 * *", "17 5-2 * * *"])
def test_a_time_that_is_none_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"cron line|within|invalid literal"):
        cron(text)
