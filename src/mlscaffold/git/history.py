"""What git knows of a project's files: which are there, deleted or ignored, and how it stores them."""

__all__ = [
    "deleted_paths",
    "hash_filtered",
    "ignored_paths",
    "known_paths",
    "paths_of_head",
]

from collections.abc import Iterable, Sequence
from pathlib import Path

from mlscaffold.git.objects import hash_as_stored
from mlscaffold.git.run import GitError, git, line


def deleted_paths(folder: Path) -> frozenset[str]:
    """Return the paths below `folder` that a commit on the way to HEAD deleted; some may be back since."""
    commits = git("rev-list", "--full-history", "HEAD", "--", ".", cwd=folder)
    wanted = ["--diff-filter=D", "--name-only", "--relative", "--no-commit-id"]
    # Against each parent: what one side of a merge had and the merge has not is deleted, too.
    return _paths(git("diff-tree", "--stdin", "-r", "-m", "-z", *wanted, cwd=folder, stdin=commits))


def paths_of_head(folder: Path) -> frozenset[str]:
    """Return the paths below `folder` that the last commit holds."""
    return _paths(git("ls-tree", "-r", "-z", "--name-only", "HEAD", cwd=folder))


def known_paths(folder: Path) -> frozenset[str]:
    """Return the paths below `folder` that are tracked, or untracked and not ignored."""
    return _paths(git("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=folder))


def ignored_paths(folder: Path, paths: Iterable[str]) -> frozenset[str]:
    """Return those `paths` that git would ignore if they came to be; none of them may lie behind a link."""
    listed = "\0".join(paths).encode(errors="surrogateescape")
    try:
        return _paths(git("check-ignore", "-z", "--stdin", cwd=folder, stdin=listed))
    except GitError:  # how it says that it ignores none
        return frozenset()


def hash_filtered(folder: Path, paths: Sequence[str]) -> dict[str, str]:
    """Return path -> blob id of those files as git would store them; none where a filter of the user's fails."""
    # `hash-object` reads its list from the top of the work tree, wherever it is called.
    plain = [path for path in paths if "\n" not in path]
    top, prefix = (line("rev-parse", f"--show-{what}", cwd=folder) for what in ("toplevel", "prefix"))
    try:
        found = hash_as_stored(Path(top), [prefix + path for path in plain])
    except GitError:
        return {}
    return {path: found[prefix + path] for path in plain}


def _paths(out: bytes) -> frozenset[str]:
    return frozenset(path for path in out.decode(errors="surrogateescape").split("\0") if path)
