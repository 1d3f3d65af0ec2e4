"""What a sandbox holds at one moment: the project's files, those around it, and what git knows."""

__all__ = ["File", "Snapshot", "Trees", "differences", "read_files", "snapshot"]

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from scenarios.acts import run_git

_UNMERGED = "123"


class File(NamedTuple):
    """One file: what it is ("file", "exec" or "link") and its bytes."""

    kind: str
    data: bytes


Trees = Mapping[str, File]


class Snapshot(NamedTuple):
    """One moment. Paths of `entries`, `around` and `refs` are those of the repository, the others the project's."""

    files: Trees
    around: Trees  # in the sandbox, outside the project
    entries: Mapping[str, tuple[str, ...]]  # repository path -> "mode id stage" of each entry
    stages: Mapping[str, tuple[bytes, ...]]  # project path -> contents of its unmerged entries
    loose: frozenset[str]  # untracked or ignored
    dirty: frozenset[str]  # tracked, and changed since HEAD, or hidden from git
    refs: bytes
    prefix: str  # of the project in the repository, with a slash at its end


def _walk(folder: Path, prefix: str, skip: Path | None) -> Iterator[tuple[str, File]]:
    for entry in sorted(os.scandir(folder), key=lambda found: found.name):
        path = prefix + entry.name
        if entry.name == ".git" or Path(entry.path) == skip:
            continue
        if entry.is_symlink():
            yield path, File("link", os.fsencode(os.readlink(entry.path)))  # noqa: PTH115 - as it was written
        elif entry.is_dir():
            yield from _walk(Path(entry.path), path + "/", skip)
        elif entry.is_file():
            executable = entry.stat().st_mode & stat.S_IXUSR
            yield path, File("exec" if executable else "file", Path(entry.path).read_bytes())


def read_files(folder: Path, skip: Path | None = None) -> dict[str, File]:
    """Return all files below `folder`, those of git directories and of `skip` left out."""
    return dict(_walk(folder, "", skip))


def _names(output: bytes) -> list[str]:
    return [os.fsdecode(name) for name in output.split(b"\0") if name]


def snapshot(sandbox: Path, project: Path) -> Snapshot:
    """Look at everything."""
    prefix = os.fsdecode(run_git(project, "rev-parse", "--show-prefix")).strip("\n")
    index: dict[str, list[str]] = {}
    stages: dict[str, list[bytes]] = {}
    for record in _names(run_git(project, "ls-files", "--stage", "--full-name", "-z", ":/")):
        entry, _, path = record.partition("\t")
        index.setdefault(path, []).append(entry)
        _mode, blob, stage = entry.split()
        if stage in _UNMERGED and path.startswith(prefix):
            inside = path.removeprefix(prefix)
            stages.setdefault(inside, []).append(run_git(project, "cat-file", "blob", blob, check=False))
    run_git(project, "update-index", "-q", "--refresh", check=False)
    head = run_git(project, "rev-parse", "--verify", "--quiet", "HEAD", check=False)
    changed = _names(run_git(project, "diff-files", "--name-only", "--relative", "-z"))
    if head:
        changed += _names(run_git(project, "diff-index", "--cached", "--name-only", "--relative", "-z", "HEAD"))
    # Files that git was told not to look at: `ls-files -v` marks them with S or a small letter.
    marked = _names(run_git(project, "ls-files", "-v", "-z"))
    changed += [path for mark, path in ((entry[0], entry[2:]) for entry in marked) if mark == "S" or mark.islower()]
    return Snapshot(
        files=read_files(project),
        around=read_files(sandbox, skip=project),
        entries={path: tuple(found) for path, found in index.items()},
        stages={path: tuple(found) for path, found in stages.items()},
        loose=frozenset(_names(run_git(project, "ls-files", "--others", "-z"))),
        dirty=frozenset(changed),
        refs=head + run_git(project, "for-each-ref", "refs/heads", "refs/tags", "refs/remotes"),
        prefix=prefix,
    )


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """Name everything that a command which changed nothing may not have changed."""
    pairs = (("", before.files, after.files), ("outside: ", before.around, after.around))
    found = [
        f"{where}{path}" for where, old, new in pairs for path in sorted({*old, *new}) if old.get(path) != new.get(path)
    ]
    found += [
        f"index: {path}"
        for path in sorted({*before.entries, *after.entries})
        if before.entries.get(path) != after.entries.get(path)
    ]
    return found + (["refs"] if before.refs != after.refs else [])
