"""The three providers' pipelines say the same: triggers, commands, order, environments, kept artifacts, limits.

What a provider's files cannot say is left out: GitLab gives tokens to all jobs, Azure keeps how long in its settings.
Who approves is told elsewhere, too: environments of GitHub and Azure have approvals, GitLab's `deploy-prod` waits.
"""

import shutil
from pathlib import Path

import pytest

from toolbox.projects import rendered
from toolbox.triggers import PROVIDERS, differences, pipelines

pytestmark = pytest.mark.pipelines

PLACES = {"github": ".github", "gitlab": ".gitlab-ci.yml", "azure": "azure-pipelines"}
GITHUB, GITLAB, AZURE = ".github/workflows", ".gitlab-ci.yml", "azure-pipelines"
_COMMENT = "needs: [pull-request]\n  timeout: 10 minutes"

# What differs, the file, what stands there, what is planted, and what has to be said about it.
PLANTED = [
    ("trigger", f"{GITHUB}/branch.yml", "branches-ignore: [main]", "branches: [main]", "branch, branch, starts: {"),
    ("by hand", GITLAB, "/^(schedule|web|trigger|api)$/", "/^(schedule|trigger|api)$/", "nightly, nightly, starts: {"),
    ("tag", f"{AZURE}/release.yml", 'include: ["v*"]', 'include: ["*"]', "release, release, starts: {"),
    ("new data", f"{GITHUB}/nightly.yml", "[new-data, retrain]", "[retrain]", "nightly, nightly, starts: {"),
    ("fork", f"{GITHUB}/pull-request.yml", "head.repo.full_name == ", "head.repo.full_name != ", "comment, starts: {"),
    ("no image", f"{AZURE}/release.yml", "ne(variables['IMAGE'], '')", "succeeded()", "deploy-dev, starts: {"),
    ("time", f"{AZURE}/nightly.yml", '"17 2 * * *"', '"17 3 * * *"', "nightly, crons: {"),
    ("time in GitLab", GITLAB, "convert: 23 15 * * 5", "convert: 23 15 * * 4", "convert, crons: {"),
    (
        "command",
        f"{AZURE}/nightly.yml",
        "bash: uv run nox -s nightly",
        "bash: uv run nox -s branch",
        "nightly, runs: nox",
    ),
    ("order", f"{GITHUB}/release.yml", "needs: deploy-test", "needs: deploy-dev", "release, deploy-prod, after: {"),
    ("environment", GITLAB, "environment: test", "environment: prod", "release, deploy-test, environment: "),
    ("artifact", f"{AZURE}/nightly.yml", "publish: models", "publish: logs", "nightly, nightly, keeps: {"),
    ("artifact of a red run", GITLAB, "when: always\n    expire_in", "expire_in", "branch, branch, keeps_when_red: {"),
    ("days", GITLAB, "expire_in: 7 days", "expire_in: 8 days", "branch, branch, days: "),
    (
        "time limit",
        f"{GITHUB}/convert.yml",
        "timeout-minutes: 30",
        "timeout-minutes: 31",
        "convert, convert, minutes: ",
    ),
    ("settings", f"{AZURE}/convert.yml", "value: prod", "value: test", "convert, convert, settings: "),
    ("cache", GITLAB, "cache: []  # as for", "# cache: []  # as for", "convert, convert, cached: "),
    ("cancelled", f"{GITHUB}/nightly.yml", "in-progress: false", "in-progress: true", "nightly, cancels: "),
    ("cancelled in GitLab", GITLAB, f"{_COMMENT}\n  interruptible: true", _COMMENT, "pull-request, cancels: "),
    ("token", f"{AZURE}/pull-request.yml", "FORGE_TOKEN: $(", "TOKEN: $(", "pull-request, comment, tokens: {"),
    ("another job", GITLAB, "\nconvert:\n", "\nconvert-all:\n", "convert: "),
]


@pytest.mark.parametrize("provider", PROVIDERS[1:])
def test_the_pipelines_of_all_providers_are_the_same(provider: str) -> None:
    project = rendered()
    found = differences(pipelines("github", project), pipelines(provider, project))
    assert not found, "\n".join([f"github / {provider}", *found])


@pytest.mark.parametrize(
    ("file", "there", "planted", "said"), [row[1:] for row in PLANTED], ids=[row[0] for row in PLANTED]
)
def test_a_difference_is_told_with_both_sides(file: str, there: str, planted: str, said: str, tmp_path: Path) -> None:
    project = _copy(tmp_path)
    text = (project / file).read_text(encoding="utf-8")
    assert there in text
    (project / file).write_text(text.replace(there, planted), encoding="utf-8")
    changed = next(provider for provider, place in PLACES.items() if file.startswith(place))
    other = "azure" if changed == "github" else "github"
    found = differences(pipelines(changed, project), pipelines(other, project))
    assert [line for line in found if said in line and " / " in line], found


def test_a_pipeline_that_one_provider_lacks_is_told(tmp_path: Path) -> None:
    project = _copy(tmp_path)
    (project / GITHUB / "convert.yml").unlink()
    assert differences(pipelines("github", project), pipelines("azure", project)) == ["convert: False / True"]


def test_only_what_is_promised_to_people_runs_without_being_asked_again(tmp_path: Path) -> None:
    """GitLab's approval is in its file; that of the others is not, and is set for the environment."""
    text = (rendered() / GITLAB).read_text(encoding="utf-8")
    assert text.count("when: manual") == 1
    assert "when: manual" in text.partition("\ndeploy-prod:\n")[2].partition("\n\n")[0]


def _copy(to: Path) -> Path:
    for place in PLACES.values():
        source = rendered() / place
        (shutil.copytree if source.is_dir() else shutil.copy)(source, to / place)
    return to
