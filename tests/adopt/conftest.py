"""Projects that were there before their template, and everything on a disk to compare before and after."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Git = Callable[..., str]
Run = Callable[..., subprocess.CompletedProcess[str]]
Snapshot = Callable[[Path], dict[str, tuple[int, int, bytes]]]


@pytest.fixture
def run() -> Run:
    """Run `mlscaffold adopt` in a folder, without a terminal."""

    def go(cwd: Path, *args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "mlscaffold", "adopt", *args]
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)

    return go


@pytest.fixture
def snapshot() -> Snapshot:
    """Return mode, time and content of everything in a folder, `.git` included."""

    def take(folder: Path) -> dict[str, tuple[int, int, bytes]]:
        found = {}
        for place in sorted(folder.rglob("*")):
            status = place.lstat()
            data = place.read_bytes() if place.is_file() and not place.is_symlink() else b""
            found[str(place.relative_to(folder))] = (status.st_mode, status.st_mtime_ns, data)
        return found

    return take


@pytest.fixture
def make_repository(tmp_path: Path, write: Callable[..., Path], git: Git) -> Callable[..., Path]:
    """Make a repository from a mapping of paths to contents, with everything committed."""

    def make(files: Mapping[str, str | bytes], name: str = "acme") -> Path:
        folder = write(tmp_path / name, files)
        git(folder, "init", "-q", "-b", "main")
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "by hand")
        return folder

    return make


@pytest.fixture
def evolving_template(tmp_path: Path, write: Callable[..., Path], git: Git) -> Path:
    """A git template in which a file changed, one was added, one went, and a question came, version by version."""
    folder = tmp_path / "evolving"
    config = '_subdirectory: t\nname: {type: str, default: demo}\nslug: {type: str, default: "{{ name | lower }}"}\n'
    answers = "t/{{_copier_conf.answers_file}}.jinja"
    docker = "docker: {type: bool, default: false}\n"
    versions: dict[str, dict[str, str]] = {
        "v1.0.0": {
            "copier.yml": config,
            answers: "{{ _copier_answers|to_nice_yaml }}",
            "t/README.md.jinja": "# {{ name }}\n\nuse {{ slug }} today\n",
            "t/{{ slug }}/core.py": "one\n",
            "t/old.txt": "old\n",
        },
        "v1.1.0": {"t/{{ slug }}/core.py": "one\ntwo\n"},
        "v1.2.0": {"t/added.txt": "added\n"},
        "v2.0.0": {
            "copier.yml": config + docker,
            "t/{% if docker %}Dockerfile{% endif %}": "FROM scratch\n",
        },
        "v2.1.0": {
            "t/Makefile.jinja": "all:\n\t{% if docker %}docker build .{% else %}python -m {{ slug }}{% endif %}\n"
        },
    }
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    for tag, files in versions.items():
        write(folder, files)
        if tag == "v2.0.0":
            (folder / "t/old.txt").unlink()
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", tag)
        git(folder, "tag", tag)
    return folder
