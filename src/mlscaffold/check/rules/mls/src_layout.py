"""MLS001: the package in `src/`, so that tests see what users get."""

from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mls._packages import distribution, package_folders

_PROJECT: Final = '[project]\nname = "acme"\nversion = "1.0"\n'
_TRAIN: Final = "def train():\n    return 1\n"
BAD: Final[tuple[Example, ...]] = ({"pyproject.toml": _PROJECT, "acme/__init__.py": "", "acme/train.py": _TRAIN},)
OK: Final[tuple[Example, ...]] = (
    {"pyproject.toml": _PROJECT, "src/acme/__init__.py": "", "src/acme/train.py": _TRAIN},
    {"train.py": _TRAIN},
)


@rule("MLS001", "src-layout", on=Repository, level="strict", hint="move the package to src/")
def src_layout(repository: Repository, _: None) -> Iterator[Finding]:
    """The package that pyproject.toml describes stands at the root, not in `src/`.

    Why: at the root Python imports the folder itself. Tests then pass on files that the installed package lacks, and
    everything that lies beside it can be imported too (the Python Packaging User Guide on src layout).

    How to fix: `git mv acme src/acme`, and install the project editable (`uv sync`, `pip install -e .`).
    """
    name = distribution(repository)
    if name and (folder := next((one for one in package_folders(repository) if one.lower() == name), "")):
        told = f"the package `{folder}` stands at the root, where it is imported uninstalled"
        yield Finding(f"{folder}/__init__.py", 0, f"{told}; move it to src/{folder}")
