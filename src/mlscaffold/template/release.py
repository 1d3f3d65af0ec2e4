"""Release `copier.yml` and `template/` as a version of the built-in template: `python -m mlscaffold.template.release`.

Run from the repository (`nox -s release_template -- VERSION`). The version's changes are the lines of `CHANGELOG.md`
below the heading "Template VERSION". A version that was released once never changes, unless it has never left this
repository's main branch (`--again`, before its first publication).
"""

__all__ = ["main", "source_tree"]

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from mlscaffold.errors import EXIT_USER_ERROR, UserError
from mlscaffold.template import builtin
from mlscaffold.template.changelog import changes_by_version
from mlscaffold.tree import Tree, read_tree

REPOSITORY: Final = Path(__file__).parents[3]
_VERSION: Final = re.compile(r"\d+\.\d+\.\d+")


def source_tree(repository: Path = REPOSITORY) -> Tree:
    """Return what would be released: `copier.yml` and those files of `template/` that git tracks or would track."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", "copier.yml", "template"],
        cwd=repository,
        check=True,
        capture_output=True,
    ).stdout.decode()
    wanted = {path for path in listing.split("\0") if path}
    folders = {str(parent) for path in wanted for parent in Path(path).parents}
    return read_tree(repository, skip=lambda path: path not in wanted and path not in folders)


def main(arguments: Sequence[str]) -> int:
    """Write the next archive and its line in the index; return the exit code."""
    again = "--again" in arguments
    versions = [argument for argument in arguments if argument != "--again"]
    try:
        _release(" ".join(versions), again=again)
    except UserError as problem:
        sys.stderr.write(f"error: {problem}\n")
        return EXIT_USER_ERROR
    sys.stdout.write(f"template {versions[0]} is released in {builtin.HOME.relative_to(REPOSITORY)}\n")
    return 0


def _release(version: str, *, again: bool) -> None:
    if not _VERSION.fullmatch(version):
        raise UserError("one version is wanted, such as 0.2.0", hint="nox -s release_template -- 0.2.0")
    index_path = builtin.HOME / "index.json"
    index = json.loads(index_path.read_text(encoding="utf-8")) if index_path.exists() else {}
    if version in index and not again:
        raise UserError(f"template {version} is released and never changes", hint="choose the next version")
    changes = changes_by_version((REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")).get(version, ())
    if not changes:
        raise UserError(f"CHANGELOG.md has no lines below 'Template {version}'", hint="write what changed for users")
    data = builtin.pack(source_tree())
    (builtin.HOME / f"{version}.zip").write_bytes(data)
    index[version] = {"sha256": hashlib.sha256(data).hexdigest(), "changes": list(changes)}
    index_path.write_text(json.dumps(index, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
