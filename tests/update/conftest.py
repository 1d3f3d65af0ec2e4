"""The laboratory as a fixture."""

from collections.abc import Callable
from pathlib import Path

import pytest
from laboratory import Lab, start


@pytest.fixture
def lab(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Lab]:
    """Make a laboratory: `lab(files, config)`."""
    return lambda files, config="", at="project": start(tmp_path, capsys, files, config, at)
