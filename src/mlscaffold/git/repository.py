"""A project's repository: where it is, who commits, making it and committing to it."""

__all__ = [
    "Identity",
    "commit_all",
    "commit_changes",
    "commit_tree",
    "enclosing_repository",
    "git_directory",
    "identity",
    "init",
    "is_branch_name",
    "make_branch",
    "move_head",
    "object_format",
    "tag",
    "unmerged_paths",
    "write_tree",
]

from pathlib import Path
from typing import Final, NamedTuple

from mlscaffold.git.run import GitError, git, line

_FALLBACK_NAME: Final = "mlscaffold"
_FALLBACK_EMAIL: Final = "mlscaffold@localhost"


class Identity(NamedTuple):
    """Who commits, as git knows it; empty where nothing is configured."""

    name: str
    email: str


def enclosing_repository(folder: Path) -> Path | None:
    """Return the top of the work tree that holds `folder`, or None."""
    try:
        return Path(line("rev-parse", "--show-toplevel", cwd=folder))
    except GitError:
        return None


def git_directory(folder: Path) -> Path | None:
    """Return the private git directory of the work tree that holds `folder` (a worktree has its own), or None."""
    try:
        return Path(line("rev-parse", "--absolute-git-dir", cwd=folder))
    except GitError:
        return None


def object_format(folder: Path) -> str:
    """Return "sha1" or "sha256", the hash that the repository at `folder` names objects by."""
    return line("rev-parse", "--show-object-format", cwd=folder)


def identity(folder: Path) -> Identity:
    """Return who would commit in `folder`, from git's configuration alone (no guess from the host name)."""
    try:
        lines = git("config", "--null", "--get-regexp", r"^user\.(name|email)$", cwd=folder)
    except GitError:
        return Identity("", "")
    found = dict(entry.split("\n", 1) for entry in lines.decode(errors="replace").split("\0") if "\n" in entry)
    return Identity(found.get("user.name", ""), found.get("user.email", ""))


def init(folder: Path) -> None:
    """Make `folder` a repository on branch main, whatever templates or defaults the user's git has."""
    git("init", "--quiet", "--initial-branch=main", "--template=", cwd=folder)


def commit_all(folder: Path, message: str, *, ignored: bool = False) -> str:
    """Commit everything in `folder`, with `ignored` also what git ignores, and return the commit's id.

    Works without a configured identity (then mlscaffold signs as itself) and with signing or hooks switched on by the
    user's configuration: a machine-made commit is neither signed nor hooked.
    """
    fallback = _signing(folder)
    quiet = ["-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null", "-c", "core.safecrlf=false"]
    git(*quiet, "add", "--all", *(["--force"] if ignored else []), "--", ".", cwd=folder)
    git(*quiet, *fallback, "commit", "--quiet", "--no-verify", "--message", message, cwd=folder)
    return line("rev-parse", "HEAD", cwd=folder)


def _signing(folder: Path) -> list[str]:
    """Return options that let git commit where nobody is configured."""
    who = identity(folder)
    fallback = [] if who.name else ["-c", f"user.name={_FALLBACK_NAME}"]
    return fallback + ([] if who.email else ["-c", f"user.email={_FALLBACK_EMAIL}"])


def commit_changes(folder: Path, message: str) -> str | None:
    """Commit what changed in `folder`, or return None if nothing did."""
    if not git("status", "--porcelain", "--untracked-files=all", "-z", "--", ".", cwd=folder):
        return None
    return commit_all(folder, message)


def commit_tree(repository: Path, tree: str, parent: str, message: str) -> str:
    """Make a commit of `tree` after `parent` and return its id; nothing is checked out, no branch moves."""
    who = _signing(repository)
    text = message.encode(errors="surrogateescape")
    return git(*who, "commit-tree", "--no-gpg-sign", tree, "-p", parent, cwd=repository, stdin=text).decode().strip()


def write_tree(folder: Path) -> str:
    """Write the index as a tree and return its id. Raises `GitError` while something in it is in conflict."""
    return line("write-tree", cwd=folder)


def move_head(folder: Path, commit: str, old: str, why: str) -> None:
    """Let the branch that is checked out (or a detached HEAD) point to `commit`. Raises `GitError` if it left `old`."""
    git("-c", "core.hooksPath=/dev/null", "update-ref", "-m", why, "HEAD", commit, old, cwd=folder)


def is_branch_name(repository: Path, name: str) -> bool:
    """Tell whether a branch can be called so."""
    try:
        git("check-ref-format", "--branch", name, cwd=repository)
    except GitError:
        return False
    return True


def make_branch(repository: Path, name: str, commit: str) -> None:
    """Make a branch. Raises `GitError` if there is one of that name."""
    none = "0" * len(commit)
    git("-c", "core.hooksPath=/dev/null", "update-ref", f"refs/heads/{name}", commit, none, cwd=repository)


def tag(folder: Path, name: str) -> None:
    """Give HEAD a lightweight tag, unsigned whatever the user's configuration."""
    git("-c", "tag.gpgSign=false", "tag", "--", name, cwd=folder)


def unmerged_paths(folder: Path) -> list[str]:
    """Return the paths below `folder` that an unfinished merge left in conflict."""
    out = git("ls-files", "--unmerged", "-z", cwd=folder).decode(errors="surrogateescape")
    return sorted({entry.split("\t", 1)[1] for entry in out.split("\0") if entry})
