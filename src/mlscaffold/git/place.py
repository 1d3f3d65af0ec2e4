"""Where a project lies in its repository, and what state that repository is in."""

__all__ = ["Place", "find_bare", "find_place", "interrupted"]

from pathlib import Path
from typing import Final, NamedTuple

from mlscaffold.git.run import GitError, line

# What lies in the git directory while git waits for somebody, and the git command that it belongs to.
_MARKS: Final = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
}


class Place(NamedTuple):
    """A project's place: `prefix` is "" or ends with "/"; `head` is None before the first commit."""

    top: Path  # of the work tree; the repository itself if it is bare
    prefix: str
    directory: Path  # the private git directory (a linked work tree has its own)
    objects: Path
    object_format: str
    head: str | None
    head_tree: str  # of the whole repository; "" before the first commit
    bare: bool = False

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.top / self.prefix

    @property
    def tree(self) -> str:
        """How git names the project's tree at HEAD."""
        return f"{self.head}:{self.prefix.rstrip('/')}"


def find_place(folder: Path) -> Place | None:
    """Return where `folder` lies, or None if no work tree of git holds it."""
    facts = _facts(folder, "--show-toplevel", "--absolute-git-dir", "--show-object-format", "--git-path", "objects")
    if facts is None:
        return None
    (top, directory, object_format, objects), prefix, head, tree = facts
    return Place(Path(top), prefix, Path(directory), (folder / objects).resolve(), object_format, head, tree)


def find_bare(folder: Path) -> Place | None:
    """Return the bare repository at `folder`, or None if it is none."""
    asked = ("--is-bare-repository", "--absolute-git-dir", "--show-object-format", "--git-path", "objects")
    facts = _facts(folder, *asked)
    if facts is None or facts[0][0] != "true":
        return None
    (_bare, directory, object_format, objects), _prefix, head, tree = facts
    path = Path(directory)
    return Place(path, "", path, (folder / objects).resolve(), object_format, head, tree, bare=True)


def _facts(folder: Path, *asked: str) -> tuple[list[str], str, str | None, str] | None:
    """Return what `rev-parse` answers, the prefix, and the commit and tree at HEAD (None and "" before the first)."""
    for at_head in (("HEAD^{commit}", "HEAD^{tree}"), ()):
        try:
            # the prefix may hold a line end of its own, so it stands last
            out = line("rev-parse", *at_head, *asked, "--show-prefix", cwd=folder).split("\n")
        except GitError:
            continue
        head, tree = out[:2] if at_head else (None, "")
        answers = out[len(at_head) :]
        count = len([name for name in asked if name.startswith("--") and name != "--git-path"]) + 1
        return answers[:count], "\n".join(answers[count:]), head, tree
    return None


def interrupted(directory: Path) -> str | None:
    """Return the git command that waits to be continued or aborted ("merge", "rebase", ...), or None."""
    return next((name for mark, name in _MARKS.items() if (directory / mark).exists()), None)
