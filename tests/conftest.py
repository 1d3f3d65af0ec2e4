"""What every test may count on: a home of its own, a git that knows nobody, and no way to the developer's files."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point HOME, the cache and git's configuration into a fresh folder."""
    place = tmp_path_factory.mktemp("home")
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "VIRTUAL_ENV", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.setenv("XDG_CACHE_HOME", str(place / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(place / "config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(place / "gitconfig"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path_factory.getbasetemp()))
    return place


@pytest.fixture
def git() -> Callable[..., str]:
    """Run git in a folder and return what it printed."""

    def run(folder: Path, *args: str) -> str:
        who = ["-c", "user.name=Test", "-c", "user.email=test@localhost"]
        done = subprocess.run(["git", *who, *args], cwd=folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    return run


@pytest.fixture
def write() -> Callable[[Path, Mapping[str, str | bytes]], Path]:
    """Write a folder from a mapping of paths to contents."""

    def run(folder: Path, files: Mapping[str, str | bytes]) -> Path:
        for name, content in files.items():
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return run


@pytest.fixture
def small_template(tmp_path: Path, write: Callable[..., Path]) -> Path:
    """A template of a few files, without git: enough for every command, and fast."""
    return write(
        tmp_path / "small-template",
        {
            "copier.yml": (
                "_subdirectory: template\n"
                "_mlscaffold:\n"
                "  classes: {lines: [.gitignore], seed: [notes.md]}\n"
                "project_name: {type: str, default: demo}\n"
                "count: {type: int, default: 3, help: 'How many?'}\n"
            ),
            "template/{{_copier_conf.answers_file}}.jinja": "{{ _copier_answers|to_nice_yaml }}",
            "template/README.md.jinja": "# {{ project_name }}\n\n{{ count }} things\n",
            "template/notes.md": "yours\n",
            "template/.gitignore": "*.log\n",
            "template/src/{{ project_name }}/main.py": "print('hello')\n",
        },
    )


@pytest.fixture
def git_template(small_template: Path, git: Callable[..., str]) -> Path:
    """The small template in git with versions v1.0.0, v1.1.0 and the pre-release v2.0.0rc1."""
    git(small_template, "init", "-q", "-b", "main")
    for tag, text in (("v1.0.0", "first"), ("v1.1.0", "second"), ("v2.0.0rc1", "third")):
        (small_template / "template" / "new.txt").write_text(text + "\n", encoding="utf-8")
        old = (small_template / "CHANGELOG.md").read_text() if (small_template / "CHANGELOG.md").exists() else ""
        (small_template / "CHANGELOG.md").write_text(f"## {tag}\n\n- The {text} one.\n\n{old}", encoding="utf-8")
        git(small_template, "add", "-A")
        git(small_template, "commit", "-qm", tag)
        git(small_template, "tag", tag)
    return small_template
