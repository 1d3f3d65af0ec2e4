"""A project that knows where its mlscaffold comes from: its hook and its pipelines install the checker alone."""

import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from toolbox.projects import ROOT, clone, environment, rendered

pytestmark = pytest.mark.pipelines

FROM_GIT = "mlscaffold-check @ git+file://{}@{}#subdirectory=packaging/check"


class Source(NamedTuple):
    """A repository of what the checker is built from, as it is in the work tree, and its commit."""

    place: Path
    commit: str

    @property
    def requirement(self) -> str:
        return f"mlscaffold-cli @ git+file://{self.place}@{self.commit}"

    @property
    def small(self) -> str:
        return FROM_GIT.format(self.place, self.commit)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    place = tmp_path_factory.mktemp("source") / "mlscaffold"
    place.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "src", "packaging"):
        subprocess.run(["cp", "-r", ROOT / name, place / name], check=True)
    who = ["-c", "user.name=Test", "-c", "user.email=test@localhost"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "As it is"]):
        subprocess.run(["git", *command], cwd=place, check=True)
    head = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=place, text=True).strip()
    return Source(place, head)


@pytest.fixture(scope="module")
def project(source: Source, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = rendered(("github",), mlscaffold_requirement=source.requirement)
    return clone(made, tmp_path_factory.mktemp("team") / "flights", sync=False)


def hook_of(project: Path) -> dict[str, object]:
    """Return the hook that checks the conventions."""
    hooks = yaml.safe_load((project / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    return next(hook for hook in hooks if hook["id"] == "conventions")


@pytest.mark.parametrize(
    ("requirement", "installed", "entry"),
    [
        ("mlscaffold-cli==1.2", "mlscaffold-check==1.2", "mlscaffold-check"),
        ("mlscaffold-cli>=1.2,<2", "mlscaffold-check>=1.2,<2", "mlscaffold-check"),
        (
            "mlscaffold-cli @ git+ssh://git@forge.example/a/b@abc",
            "mlscaffold-check @ git+ssh://git@forge.example/a/b@abc#subdirectory=packaging/check",
            "mlscaffold-check",
        ),
        # An archive holds what it was made of, a folder of a repository something else.
        ("mlscaffold-cli @ https://forge.example/a.whl#sha256=ab", None, "mlscaffold check"),
        ("mlscaffold-cli @ git+https://forge.example/a@abc#subdirectory=b", None, "mlscaffold check"),
        ("mlscaffold-cli[extra]==1.2", None, "mlscaffold check"),
    ],
)
def test_the_hook_and_the_pipelines_install_the_checker_alone_where_there_is_one(
    requirement: str, installed: str | None, entry: str
) -> None:
    made = rendered(("github",), mlscaffold_requirement=requirement)
    hook = hook_of(made)
    assert (hook["language"], hook["entry"]) == ("python", entry)
    assert hook["additional_dependencies"] == [installed or requirement]
    assert f'_RECORDED = "{installed or requirement}"\n' in (made / "tools/pipeline/conventions.py").read_text()


def test_without_a_record_the_hook_takes_what_is_on_the_path() -> None:
    hook = hook_of(rendered(("github",)))
    assert (hook["language"], hook["entry"], "additional_dependencies" in hook) == ("system", "mlscaffold check", False)


@pytest.mark.parametrize("tool", ["pre-commit", "prek"])
def test_the_hook_installs_it_from_git_and_finds_what_is_wrong(project: Path, tmp_path: Path, tool: str) -> None:
    env = environment(PRE_COMMIT_HOME=str(tmp_path / "pre-commit"), PREK_HOME=str(tmp_path / "prek"))

    def tried() -> tuple[int, str]:
        command = [tool, "run", "conventions", "--all-files", "--verbose"]
        done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    code, said = tried()
    assert (code, "no findings" in said) == (0, True), said
    page = project / ".mlscaffold/conventions.toml"
    text = page.read_text(encoding="utf-8")
    page.write_text(f"{text}# Ours.\n", encoding="utf-8")
    code, said = tried()
    page.write_text(text, encoding="utf-8")
    assert (code, "MLT901" in said) == (1, True), said


def test_the_pipelines_words_install_it_too(source: Source, project: Path) -> None:
    command = ["uv", "tool", "run", "--quiet", "--from", source.small, "mlscaffold-check", "--no-cache"]
    done = subprocess.run(command, cwd=project, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, "no findings" in done.stdout) == (0, True), done.stderr
