"""GitLab's pipelines, run: gitlab-ci-local plays the jobs of an event in a clone, and what they keep is looked at.

The tests of the project under test are narrowed to one folder: all of them run elsewhere.
"""

import csv
import io
import random
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from toolbox.gitlab import Ran, prepare, run
from toolbox.projects import clone, ready
from toolbox.triggers import PROBES

pytestmark = pytest.mark.pipelines

FEW = {"PYTEST_ADDOPTS": "tests/features"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a clone as a runner of GitLab has it; its environment is the job's business."""
    return prepare(clone(ready(), tmp_path / "flights", sync=False))


def test_a_push_to_a_branch_is_checked(project: Path) -> None:
    ran = run(project, PROBES["push to a branch"], **FEW)
    assert ran.code == 0, ran.text[-3000:]
    assert "nox > Session branch was successful" in ran.text
    assert (ran.kept / "branch/reports/tests.xml").is_file()


def test_a_merge_request_is_judged_and_its_summary_is_kept(project: Path) -> None:
    ran = run(project, PROBES["pull request"], **FEW)
    assert ran.code == 0, ran.text[-3000:]
    assert "nox > Session pull_request was successful" in ran.text
    kept = ran.kept / "pull-request"
    assert "PROMOTE" in (kept / "reports/summary.md").read_text(encoding="utf-8").upper()
    assert (kept / "reports/summary.html").is_file()
    assert len(list(kept.glob("models/*/manifest.json"))) == 1
    # No token here, and none at a fork: it says so and is green.
    assert re.search(r"^comment .*FORGE_TOKEN", ran.text, re.MULTILINE), ran.text[-3000:]


def test_a_night_trains_and_keeps_the_model_and_a_stale_card_is_red_afterwards(project: Path) -> None:
    ran = run(project, PROBES["nightly by schedule"])
    assert ran.code == 0, ran.text[-3000:]
    assert "nothing is recorded: FORGE_TOKEN is not set" in ran.text
    assert list((ran.kept / "nightly").glob("models/*/verdict.json"))

    # What the night would have pushed to main, with a number in the card that somebody made nicer.
    night = project / ".gitlab-ci-local/builds/nightly"
    card = night / "docs/model-card.md"
    text = card.read_text(encoding="utf-8")
    nicer = re.sub(r"0\.\d\d\d", "0.999", text, count=1)
    assert nicer != text
    card.write_text(nicer, encoding="utf-8")
    _commit(night)
    merged = prepare(clone(night, project.parent / "merged", sync=False))
    _is_red(run(merged, PROBES["pull request"], **FEW), "pull-request", r"model-card\.md.*card")


def test_bad_data_is_red_with_the_rule_that_it_breaks(project: Path) -> None:
    _edit_sample(project, lambda rows: [row | {"distance_miles": "-5"} for row in rows])
    ran = run(project, PROBES["new data"])
    _is_red(ran, "nightly", r"distance_miles")
    assert not list(ran.kept.glob("nightly/models/*/manifest.json"))


def test_a_bad_model_is_red_with_the_reason_and_the_comment_still_runs(project: Path) -> None:
    """What is to be predicted is dealt out anew: there is nothing to learn."""

    def shuffled(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        labels = [row["late_arrival"] for row in rows]
        random.Random(0).shuffle(labels)
        return [row | {"late_arrival": label} for row, label in zip(rows, labels, strict=True)]

    _edit_sample(project, shuffled)
    ran = run(project, PROBES["pull request"], **FEW)
    _is_red(ran, "pull-request", r"roc_auc")
    assert "REJECT" in (ran.kept / "pull-request/reports/summary.md").read_text(encoding="utf-8").upper()
    assert re.search(r"^comment .*finished in", ran.text, re.MULTILINE), ran.text[-3000:]


def _is_red(ran: Ran, job: str, reason: str) -> None:
    """Check that this job failed, and that the reason is in the last lines of what it printed."""
    assert ran.code != 0, ran.text[-3000:]
    lines = [line for line in ran.text.splitlines() if line.startswith(f"{job} ")]
    assert any("FAIL" in line for line in lines), lines[-5:]
    assert re.search(reason, "\n".join(lines[-30:])), "\n".join(lines[-30:])


def _edit_sample(project: Path, edit: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
    sample = project / "data/sample.csv"
    rows = list(csv.DictReader(io.StringIO(sample.read_text(encoding="utf-8"))))
    with sample.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(edit(rows))
    _commit(project)


def _commit(project: Path) -> None:
    """Commit everything: `train` refuses what is not, and gitlab-ci-local takes what git knows."""
    subprocess.run(["git", "add", "--all"], cwd=project, check=True)
    named = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.invalid")
    subprocess.run(["git", *named, "commit", "--quiet", "--message", "A change"], cwd=project, check=True)
