"""MLT901: a managed file is the template's; edits in it are lost with the next update."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from mlscaffold.check.findings import Finding, Fix, whole
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlt._given import Given, given, is_given, original

_LOCK: Final = (
    'format = 1\ntemplate = "acme"\nversion = "1.0.0"\ncommit = ""\ntool = ""\nobject-format = "sha1"\n\n[files]\n'
    '".mlscaffold/conventions.toml" = ["100644", "c73c699c5c29d1b1bab3675a00adea10606aa0b1", "managed", ""]\n'
)
BAD: Final[tuple[Example, ...]] = (
    {".mlscaffold/lock": _LOCK, ".mlscaffold/conventions.toml": "exclude = ['src/**']\n"},
    {".mlscaffold/lock": _LOCK},
)
OK: Final[tuple[Example, ...]] = ({".mlscaffold/lock": _LOCK, ".mlscaffold/conventions.toml": 'persona = "strict"\n'},)


@rule(
    "MLT901",
    "managed-file-drift",
    on=Repository,
    fix="unsafe",
    hint="`mlscaffold heal PATH` brings it back; to keep it as it is, name it in .mlscaffold/keep.toml with a reason",
)
def managed_file_drift(repository: Repository, _: None) -> Iterator[Finding]:
    """A file that the template manages was edited or deleted.

    Why: managed files hold what a team has agreed on for all its repositories. An update overwrites them, so an edit
    holds until then and is lost unseen; a repository with an edit of its own follows other conventions than it says.

    How to fix: `mlscaffold heal PATH` (or `--fix --unsafe-fixes`) brings back what the template gave. An edit that is
    right belongs into the template; one that only this repository needs, into `[tool.mlscaffold.check]`. A file that
    you take over for good is named in `.mlscaffold/keep.toml`.
    """
    lock = given(repository)
    managed = [path for path, entry in lock.files.items() if entry[2] == "managed"] if lock else []
    if lock is None or not managed:
        return
    kept = [str(glob) for glob in repository.table(".mlscaffold/keep.toml", "keep")]
    for path in managed:
        if lock.files[path][0] == "120000" or any(_covers(glob, path) for glob in kept):
            continue
        entry = repository.entry(path)
        entry, steps = repository.entry(path), f"run `mlscaffold heal {path}`"
        if entry is None and repository.read(path):
            yield Finding(path, 0, f"is managed by the template and not in git; run `git add {path}`")
        elif entry is None:
            fix = _restored(repository, path, lock, safe=True)
            yield Finding(path, 0, f"is managed by the template and gone; {steps}", fix=fix)
        elif entry.symlink or not is_given(repository, path, lock):
            fix = _restored(repository, path, lock, safe=False)
            yield Finding(path, 0, f"is managed by the template and differs from what it gave; {steps}", fix=fix)


def _covers(glob: str, path: str) -> bool:
    return path == glob or fnmatchcase(path, glob) or path.startswith(glob.rstrip("/") + "/")


def _restored(repository: Repository, path: str, lock: Given, *, safe: bool) -> Fix | None:
    data = original(repository, path, lock)
    # Line ends of a file stay as they are when it is mended, so that these bytes could not be brought back.
    if data is None or b"\r" in data or b"\r" in repository.read(path):
        return None
    try:
        return whole(path, data.decode(), safe=safe)
    except UnicodeDecodeError:
        return None
