"""A clean template, and ways to plant faults in it."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from clean_template import CLEAN, Check, Files

from mlscaffold.authoring.check import check_template
from mlscaffold.authoring.finding import Report


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Write the clean template with changes: a text, bytes, or None for a file that goes."""

    def run(*changes: Files, folder: Path | None = None) -> Path:
        root = folder or tmp_path / "template-of-ours"
        files = {} if folder else dict(CLEAN)
        for change in changes:
            files |= change
        for name, content in files.items():
            place = root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                place.unlink(missing_ok=True)
            else:
                place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return run


@pytest.fixture
def release(git: Callable[..., str]) -> Callable[..., None]:
    """Commit everything in a template's folder and tag it."""

    def run(folder: Path, tag: str) -> None:
        if not (folder / ".git").exists():
            git(folder, "init", "-q", "-b", "main")
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", tag)
        git(folder, "tag", tag)

    return run


@pytest.fixture
def check() -> Check:
    """Check a template without a word."""

    def run(source: Path | str, *since: str, trust: bool = False) -> Report:
        return check_template(str(source), lambda _text: nullcontext(), since=since, trust=trust)

    return run
