"""`pipeline update-template` with the mlscaffold of this checkout: what is new is proposed, what conflicts is told.

A version of this repository's template, and a next one with two changes: the team has changed one of both places, too.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import yaml

from mlscaffold.cli import main
from toolbox.projects import ROOT, clone, environment
from toolbox.rest import Asked, serving

pytestmark = pytest.mark.pipelines

Git = Callable[..., str]
BRANCH: Final = "template-update"
CONTESTED: Final = "tools/audit/git.py"
LINE: Final = '"""What git knows about a commit'
ANSWERS: Final = {"project_name": "flights", "package_name": "flights", "ci": ["github"], "python_version": "3.11"}


class Place(NamedTuple):
    """The template, the bare repository that pipelines clone, a clone with an environment, and what GitHub holds."""

    template: Path
    origin: Path
    clone: Path
    proposals: list[dict[str, Any]]
    asked: list[Asked]
    variables: dict[str, str]

    def update(self, **more: str) -> tuple[int, str, str]:
        """Run the command; return its exit code, output and errors."""
        command = [self.clone / ".venv/bin/flights", "pipeline", "update-template"]
        env = environment(**self.variables | more)
        done = subprocess.run(command, cwd=self.clone, env=env, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def save(git: Git, folder: Path, message: str, tag: str = "") -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)
    if tag:
        git(folder, "tag", tag)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Return the template with both versions, the origin and a clone with its environment; made once, copied."""
    folder = tmp_path_factory.mktemp("update")

    def git(where: Path, *arguments: str) -> str:
        who = ["-c", "user.name=Test", "-c", "user.email=test@localhost"]
        return subprocess.run(["git", *who, *arguments], cwd=where, check=True, capture_output=True, text=True).stdout

    template, project = folder / "template", folder / "project"
    skipped = shutil.ignore_patterns("__pycache__", ".ruff_cache", ".pytest_cache")
    shutil.copytree(ROOT / "template", template / "template", ignore=skipped)
    shutil.copy(ROOT / "copier.yml", template)
    git(template, "init", "-q", "-b", "main")
    save(git, template, "first", "v1.0.0")
    answers = folder / "answers.yml"
    answers.write_text(yaml.safe_dump(ANSWERS))
    source = ["--template", str(template), "--at", "v1.0.0"]
    assert main(["new", str(project), *source, "--answers", str(answers), "--defaults", "--no-sync", "--quiet"]) == 0
    change(project / CONTESTED, LINE, '"""What our team wants to know about a commit')
    (project / "uv.lock").unlink(missing_ok=True)
    subprocess.run(["uv", "lock", "--quiet"], cwd=project, env=environment(), check=True)
    save(git, project, "the team's own")
    git(folder, "clone", "-q", "--bare", str(project), "origin")
    (template / "CHANGELOG.md").write_text("## v2.0.0\n\n- Asks @everyone for <b>more</b>.\n")
    change(template / "template/noxfile.py", "import nox\n", "import nox\n\n# New in this version.\n")
    change(template / f"template/{CONTESTED}.jinja", LINE, '"""What git tells about a commit')
    save(git, template, "second", "v2.0.0")
    return template, folder / "origin", clone(folder / "origin", folder / "clone")


@pytest.fixture
def place(made: tuple[Path, Path, Path], tmp_path: Path) -> Generator[Place]:
    """The clone as a fresh pipeline has it, and a GitHub without proposals."""
    template, origin, work = made
    own = shutil.copytree(origin, tmp_path / "origin", symlinks=True)
    subprocess.run(["git", "branch", "--quiet", "-D", BRANCH], cwd=work, check=False, capture_output=True)
    subprocess.run(["git", "remote", "set-url", "origin", own], cwd=work, check=True)
    proposals: list[dict[str, Any]] = []

    def answer(asked: Asked) -> tuple[int, Any]:
        if asked.method == "GET":
            return 200, proposals
        if asked.method == "POST":
            proposals.append({**asked.body, "number": 1, "html_url": "the proposal"})
        else:
            proposals[0] |= asked.body
        return 200, proposals[0]

    with serving(answer) as (address, asked):
        variables = {
            "MLSCAFFOLD": str(ROOT),
            "FORGE_TOKEN": "secret-of-the-test",
            "GITHUB_API_URL": address,
            "GITHUB_REPOSITORY": "team/flights",
        }
        yield Place(template, own, work, proposals, asked, variables)


def test_what_is_new_is_proposed_and_what_conflicts_is_told(place: Place, git: Git) -> None:
    code, out, err = place.update()
    assert code == 0, err
    assert f"left out: {CONTESTED}: " in out
    assert "proposed: the proposal" in out
    assert git(place.origin, "rev-list", "--count", BRANCH, "^main") == "1"
    assert "# New in this version." in git(place.origin, "show", f"{BRANCH}:noxfile.py")
    assert "What our team wants" in git(place.origin, "show", f"{BRANCH}:{CONTESTED}")
    marked = subprocess.run(["git", "grep", "-lE", "^(<<<<<<<|>>>>>>>)", BRANCH], cwd=place.origin, check=False)
    assert marked.returncode == 1  # none
    (proposal,) = place.proposals
    assert (proposal["head"], proposal["base"], proposal["title"]) == (BRANCH, "main", "Update the template to v2.0.0")
    text = proposal["body"]
    assert f"**{CONTESTED.replace('_', chr(92) + '_')}**" in text
    assert "What git tells about a commit" in text  # the template's side
    assert "What our team wants" in text  # and the team's
    assert "mlscaffold update --continue" in text
    assert "| noxfile.py | change |" in text
    assert "@everyone" not in text
    assert "<b>" not in text
    assert (place.clone / f"reports/{BRANCH}.md").read_text(encoding="utf-8") == text
    assert git(place.clone, "status", "--porcelain") == ""


def test_last_weeks_branch_is_replaced_but_not_what_a_person_resolved_on_it(
    place: Place, git: Git, tmp_path: Path
) -> None:
    code, out, _ = place.update(FORGE_TOKEN="")  # this week without a forge
    assert code == 0
    assert "pushed, but not proposed" in out
    first = git(place.origin, "rev-parse", f"{BRANCH}^{{tree}}")
    assert "proposed: the proposal" in place.update()[1]
    assert git(place.origin, "rev-parse", f"{BRANCH}^{{tree}}") == first
    assert git(place.origin, "rev-list", "--count", BRANCH, "^main") == "1"
    person = clone(place.origin, tmp_path / "person", sync=False)
    git(person, "switch", "-q", BRANCH)
    (person / CONTESTED).write_text("# resolved\n")
    save(git, person, "resolved by hand")
    git(person, "push", "-q", "origin", BRANCH)
    code, out, _ = place.update()
    assert code == 0
    assert f"somebody works on {BRANCH} at origin" in out
    assert git(place.origin, "show", f"{BRANCH}:{CONTESTED}") == "# resolved"
    assert [asked.method for asked in place.asked] == ["GET", "POST"]


def test_nothing_new_is_green_and_makes_no_branch(place: Place, git: Git) -> None:
    git(place.template, "tag", "-d", "v2.0.0")
    try:
        code, out, err = place.update()
    finally:
        git(place.template, "tag", "v2.0.0", "main")
    assert code == 0, err
    assert "nothing new" in out
    assert git(place.origin, "branch", "--list", BRANCH) == ""
    assert place.asked == []


def test_a_project_that_does_not_say_how_to_install_mlscaffold_is_green_with_a_notice(place: Place) -> None:
    code, out, _ = place.update(MLSCAFFOLD="")
    assert code == 0
    assert "the variable MLSCAFFOLD" in out


def test_an_mlscaffold_that_cannot_be_installed_is_red(place: Place) -> None:
    code, _, err = place.update(MLSCAFFOLD=str(place.template))
    assert code == 2
    assert "mlscaffold update is refused" in err
    assert json.dumps(place.proposals) == "[]"
