"""What people meet first in a generated project: owners, editors, the devcontainer, the templates of pull requests."""

import json
import re
import subprocess
import tomllib
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from toolbox.projects import ROOT, clone, environment, ready, rendered

pytestmark = pytest.mark.pipelines

CHOICES: tuple[tuple[str, ...], ...] = ((), ("github",), ("gitlab",), ("azure",), ("github", "gitlab", "azure"))
DESCRIPTIONS = {
    "github": ".github/pull_request_template.md",
    "gitlab": ".gitlab/merge_request_templates/Default.md",
    "azure": ".azuredevops/pull_request_template.md",
}
OWNER = re.compile(r"^(@[\w.-]+(/[\w.-]+)*|[^@\s]+@[^@\s]+\.[^@\s]+)$")


@pytest.fixture(scope="module", params=CHOICES, ids=lambda ci: "+".join(ci) or "none")
def project(request: pytest.FixtureRequest) -> tuple[Path, tuple[str, ...]]:
    return rendered(request.param, author_email="models@example.org"), request.param


def misread(owners: str, root: Path) -> list[str]:
    """Return the lines that GitHub or GitLab would not take, or that protect nothing."""
    wrong = []
    for line in owners.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        pattern, *named = line.split()
        # Sections, negation and ranges are understood by one of the two forges at most.
        strange = re.search(r"[\[\]!]|^\\#", pattern) or not all(OWNER.match(owner) for owner in named) or not named
        if strange or not (pattern == "*" or (root / pattern.strip("/")).exists()):
            wrong.append(line)
    return wrong


def test_owners_are_read_by_both_forges_and_each_line_protects_something(
    project: tuple[Path, tuple[str, ...]],
) -> None:
    owners = (project[0] / "CODEOWNERS").read_text(encoding="utf-8")
    assert misread(owners, project[0]) == []
    assert {"/judging/ models@example.org", "/contracts/ models@example.org"} <= set(owners.splitlines())


@pytest.mark.parametrize("line", ["/nowhere/ a@b.org", "[Judges] a@b.org", "/judging/", "!/judging/ a@b.org", "* me"])
def test_a_line_that_protects_nothing_is_seen(line: str) -> None:
    assert misread(f"# Owners\n* a@b.org\n{line}\n", rendered()) == [line]


def test_without_an_address_nobody_is_named_and_the_file_says_how(tmp_path: Path) -> None:
    owners = (rendered() / "CODEOWNERS").read_text(encoding="utf-8")
    assert all(not line or line.startswith("#") for line in owners.splitlines())
    assert "# /judging/ @owners" in owners
    uncommented = owners.replace("# *", "*").replace("# /", "/").replace("@owners", "@someone")
    assert misread(uncommented, rendered()) == []


def test_a_pull_request_is_described_alike_on_each_forge_that_was_chosen(
    project: tuple[Path, tuple[str, ...]],
) -> None:
    root, chosen = project
    assert {forge for forge, path in DESCRIPTIONS.items() if (root / path).is_file()} == set(chosen)
    assert len({(root / DESCRIPTIONS[forge]).read_bytes() for forge in chosen}) <= 1


def test_who_reports_a_weakness_knows_where_to(project: tuple[Path, tuple[str, ...]]) -> None:
    assert "Write to models@example.org." in (project[0] / "SECURITY.md").read_text(encoding="utf-8")
    assert "privately to the owners" in (rendered() / "SECURITY.md").read_text(encoding="utf-8")


def disagreement(root: Path) -> list[str]:
    """Return where the editors' settings and those of ruff and git differ."""
    settings = ConfigParser()
    settings.read_string("[top]\n" + (root / ".editorconfig").read_text(encoding="utf-8"))
    ruff = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]
    code = json.loads((root / ".vscode/settings.json").read_text(encoding="utf-8"))
    sides = {
        "line length": {
            ruff["line-length"],
            int(settings["*.{py,toml,md}"]["max_line_length"]),
            *code["editor.rulers"],
        },
        "indent": {4, int(settings["*.{py,toml,md}"]["indent_size"])},
        "line ends": {
            settings["*"]["end_of_line"],
            *re.findall(
                r"^\* text=auto eol=(\w+)", (root / ".gitattributes").read_text(encoding="utf-8"), re.MULTILINE
            ),
        },
    }
    return [name for name, values in sides.items() if len(values) > 1]


def test_editors_do_what_ruff_and_git_do(tmp_path: Path) -> None:
    assert disagreement(rendered()) == []
    for name in (".editorconfig", "pyproject.toml", ".vscode/settings.json", ".gitattributes"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((rendered() / name).read_bytes())
    planted = (tmp_path / ".editorconfig").read_text().replace("max_line_length = 120", "max_line_length = 79")
    (tmp_path / ".editorconfig").write_text(planted.replace("end_of_line = lf", "end_of_line = crlf", 1))
    assert disagreement(tmp_path) == ["line length", "line ends"]


@pytest.mark.parametrize("python_version", ["3.11", "3.13"])
def test_the_devcontainer_has_the_python_of_the_project(python_version: str) -> None:
    root = rendered(python_version=python_version)
    container = json.loads((root / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
    dockerfile = (root / ".devcontainer" / container["build"]["dockerfile"]).read_text(encoding="utf-8")
    assert container["build"]["args"] == {"PYTHON_VERSION": python_version}
    assert (root / ".python-version").read_text().strip() == python_version
    assert "FROM python:${PYTHON_VERSION}-slim" in dockerfile
    assert f"--uid 1000 --shell /bin/bash {container['remoteUser']}\n" in dockerfile
    assert dockerfile.endswith("USER 1000\n")
    wanted = json.loads((root / ".vscode/extensions.json").read_text(encoding="utf-8"))["recommendations"]
    assert container["customizations"]["vscode"]["extensions"] == wanted


def hadolint(dockerfile: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["hadolint", dockerfile], capture_output=True, text=True, check=False)


def test_the_devcontainer_is_made_as_hadolint_wants(tmp_path: Path) -> None:
    dockerfile = rendered() / ".devcontainer/Dockerfile"
    assert hadolint(dockerfile).stdout == ""
    (tmp_path / "Dockerfile").write_text(f"{dockerfile.read_text()}RUN cd /tmp && sudo pip install uv\n")
    assert hadolint(tmp_path / "Dockerfile").returncode == 1


def test_what_the_devcontainer_runs_first_works_in_a_fresh_clone(tmp_path: Path) -> None:
    root = clone(ready(), tmp_path / "flights", sync=False)
    command = json.loads((root / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))["postCreateCommand"]
    env = environment(UV_PROJECT_ENVIRONMENT=str(tmp_path / "venv"), PRE_COMMIT_HOME=str(tmp_path / "hooks"))
    subprocess.run(["bash", "-c", command], cwd=root, env=env, check=True, stdout=subprocess.DEVNULL)
    assert {name for name in ("pre-commit", "pre-push") if (root / ".git/hooks" / name).is_file()} == {
        "pre-commit",
        "pre-push",
    }
    assert not (root / ".venv").exists(), "the host has its own"


def test_settings_and_hooks_are_files_of_their_kind() -> None:
    for path in (*rendered().glob(".vscode/*.json"), rendered() / ".devcontainer/devcontainer.json"):
        assert isinstance(json.loads(path.read_text(encoding="utf-8")), dict)
    hooks = yaml.safe_load((rendered() / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [repo["repo"] for repo in hooks] == ["local"], "nothing is fetched from a repository"
    pins = {pin for hook in hooks[0]["hooks"] for pin in hook.get("additional_dependencies", [])}
    assert all(re.fullmatch(r"[\w-]+==[\d.]+", pin) for pin in pins)


# Our own hooks, for everybody else.

TEMPLATE = "_subdirectory: template\nname: {type: str, default: demo}\n"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of what pre-commit needs of this one: the hooks and the package, as they are in the work tree."""
    place = tmp_path_factory.mktemp("published") / "mlscaffold"
    place.mkdir()
    for name in (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE", "src"):
        subprocess.run(["cp", "-r", ROOT / name, place / name], check=True)
    who = ["-c", "user.name=Test", "-c", "user.email=test@localhost"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "As it is"]):
        subprocess.run(["git", *command], cwd=place, check=True)
    return place


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.mark.parametrize("tool", ["pre-commit", "prek"])
def test_our_hook_looks_at_a_template_and_tells_its_faults(
    published: Path, store: Path, tmp_path: Path, tool: str
) -> None:
    (tmp_path / "template").mkdir()
    (tmp_path / "copier.yml").write_text(TEMPLATE)
    page = tmp_path / "template" / "README.md.jinja"
    (tmp_path / "template" / "{{_copier_conf.answers_file}}.jinja").write_text("{{ _copier_answers|to_nice_yaml }}\n")
    page.write_text("# {{ name }}\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)

    def tried() -> tuple[int, str]:
        subprocess.run(["git", "add", "-A"], cwd=tmp_path, check=True)
        command = [tool, "try-repo", published, "mlscaffold-template-check", "--all-files", "--verbose"]
        env = environment(PRE_COMMIT_HOME=str(store / "pre-commit"), PREK_HOME=str(store / "prek"))
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    code, said = tried()
    assert code == 0, said
    page.write_text("# {% if name %}demo\n")
    code, said = tried()
    assert code == 1
    assert "README.md.jinja:1: Unexpected end of template" in said


@pytest.mark.parametrize("hook", ["mlscaffold-check", "mlscaffold-check-local"])
@pytest.mark.parametrize("tool", ["pre-commit", "prek"])
def test_our_hook_holds_any_repository_to_its_conventions(
    published: Path, store: Path, tmp_path: Path, tool: str, hook: str
) -> None:
    (tmp_path / "README.md").write_text("# Any\n")
    (tmp_path / "Dockerfile").write_text("FROM python:3.12-slim\nUSER 1000\n")
    env = environment(PRE_COMMIT_HOME=str(store / "pre-commit"), PREK_HOME=str(store / "prek"))

    def tried() -> tuple[int, str]:
        subprocess.run(["git", "add", "-A"], cwd=tmp_path, check=True)
        command = [tool, "try-repo", published, hook, "--verbose"]
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    code, said = tried()
    assert (code, "2 files, no findings" in said) == (0, True), said
    (tmp_path / "Dockerfile").write_text("FROM python:latest\nUSER 1000\n")
    code, said = tried()
    assert (code, "Dockerfile:1: MLB701 " in said) == (1, True), said


def test_our_manifest_is_valid(tmp_path: Path) -> None:
    manifest = ROOT / ".pre-commit-hooks.yaml"
    assert subprocess.run(["pre-commit", "validate-manifest", manifest], check=False).returncode == 0
    (tmp_path / "hooks.yaml").write_text(manifest.read_text().replace("entry:", "entri:"))
    done = subprocess.run(
        ["pre-commit", "validate-manifest", tmp_path / "hooks.yaml"], capture_output=True, check=False
    )
    assert done.returncode == 1
