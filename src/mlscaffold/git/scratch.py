"""A scratch repository that sees the project's objects and writes none of them: there trees are built and merged.

It is bare, reads no configuration but its own, and is gone afterwards; what is to stay is written to the project's
store.
"""

__all__ = ["Merged", "Pair", "Scratch", "Stage", "scratch"]

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from mlscaffold.git.listing import Listing, Node, parse_listing
from mlscaffold.git.objects import blobs
from mlscaffold.git.place import Place
from mlscaffold.git.run import GitError, git, require

_LOOSE: Final = 100  # fewer objects than this go to the project one by one, as git does it itself
_CONFIG: Final = """\
[core]
	attributesFile = /dev/null
	quotePath = false
[merge]
	conflictStyle = diff3
	directoryRenames = false
	renameLimit = 1000
"""


class Stage(NamedTuple):
    """One entry of a conflict: 1 is the base, 2 yours, 3 the template's."""

    number: int
    path: str
    node: Node


class Merged(NamedTuple):
    """What git made of three trees: the tree, what it could not decide, and what it says about which paths."""

    tree: str
    stages: tuple[Stage, ...]
    said: tuple[tuple[tuple[str, ...], str], ...]  # paths, and git's stable name for the kind of conflict


class Pair(NamedTuple):
    """A rename as git guesses it, with its similarity in percent."""

    old: str
    new: str
    score: int


class Scratch:
    """A bare repository in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        """Wrap the repository at `folder`; use `scratch` to make one."""
        self.folder = folder

    def git(self, *args: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> bytes:
        """Run git in it, free of the user's configuration. Raises `GitError`."""
        return git(*args, cwd=self.folder, stdin=stdin, env=env, isolated=True)

    def commit(
        self,
        trees: Iterable[tuple[str, str, Listing | Mapping[str, Node | None]]],
        new: Mapping[str, bytes],
        *,
        store: Path | None = None,
    ) -> None:
        """Commit trees after the `new` blobs.

        Args:
            trees: ref, where to start (another ref, "tree:" and an id, or ""), and path -> node, None where it goes.
            new: id -> bytes of what no object store has yet.
            store: the object store to write to, if what is made is to stay; what `trees` name must be there or `new`.
        """
        parts = [b"blob\ndata %d\n%s\n" % (len(data), data) for data in new.values()]
        for ref, start, edits in trees:
            parts.append(b"commit %s\ncommitter mlscaffold <> 0 +0000\ndata 0\n" % _ref(ref))
            parts += _start(start)
            parts += [b"D %s\n" % quoted(path) for path, node in edits.items() if node is None]
            parts += [
                b"M %s %s %s\n" % (node.mode.encode(), node.blob.encode(), quoted(path))
                for path, node in edits.items()
                if node is not None
            ]
        limit = ["-c", f"fastimport.unpackLimit={_LOOSE if store else 1}"]
        env = {"GIT_OBJECT_DIRECTORY": str(store)} if store else {}
        self.git(*limit, "fast-import", "--quiet", "--force", stdin=b"".join(parts), env=env)

    def merge(self, ours: str, theirs: str) -> Merged:
        """Merge two refs whose common parent is the base."""
        try:
            out = self.git("merge-tree", "--write-tree", "-z", ours, theirs)
        except GitError as conflict:
            if conflict.status != 1:
                require()  # a git that is too old says less clearly what is wrong
                raise
            out = conflict.out
        return _merged(out.decode(errors="surrogateescape"))

    def pairs(self, old: str, new: str) -> list[Pair]:
        """Return the renames between two refs as git guesses them."""
        out = self.git("diff-tree", "-r", "-M50%", "-l1000", "--diff-filter=R", "-z", "--name-status", old, new)
        fields = out.decode(errors="surrogateescape").split("\0")[:-1]
        return [Pair(fields[at + 1], fields[at + 2], int(fields[at][1:])) for at in range(0, len(fields), 3)]

    def diff(self, old: str, new: str, *options: str) -> str:
        """Return the patch between two trees or refs."""
        return self.git("diff-tree", "-r", "-M", "-p", *options, old, new).decode(errors="replace")

    def list(self, tree: str) -> dict[str, Node]:
        """Return everything below a tree or ref."""
        return parse_listing(self.git("ls-tree", "-r", "-z", "--full-tree", tree))

    def tree_of(self, ref: str) -> str:
        """Return the id of the tree that the commit at `ref` holds."""
        return self.git("rev-parse", "--verify", "--end-of-options", f"{ref}^{{tree}}").decode().strip()

    def blobs(self, names: Iterable[str]) -> dict[str, bytes]:
        """Return the contents of those blobs that it or the project has."""
        return blobs(self.folder, names, isolated=True)

    def attribute(self, lines: str, drivers: str = "") -> None:
        """Let merges follow the project's attributes, and the merge drivers of its configuration."""
        (self.folder / "info").mkdir(exist_ok=True)
        (self.folder / "info/attributes").write_text(lines, encoding="utf-8", errors="surrogateescape")
        with (self.folder / "config").open("a", encoding="utf-8") as config:
            config.write(drivers)


def _ref(name: str) -> bytes:
    return f"refs/heads/{name}".encode(errors="surrogateescape")


def _start(start: str) -> list[bytes]:
    if start.startswith("tree:"):
        return [b'M 040000 %s ""\n' % start.removeprefix("tree:").encode()]
    return [b"from %s\n" % _ref(start)] if start else []


def quoted(path: str) -> bytes:
    """Return a path as `git fast-import` and `git update-index` read it back."""
    raw = path.encode(errors="surrogateescape")
    return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'


def _merged(out: str) -> Merged:
    fields = out.split("\0")
    blank = fields.index("", 1)  # ends the stages; the first field is the tree
    return Merged(fields[0], tuple(map(_stage, fields[1:blank])), tuple(_messages(fields[blank + 1 :])))


def _stage(field: str) -> Stage:
    head, path = field.split("\t", 1)
    mode, name, number = head.split(" ")
    return Stage(int(number), path, Node(mode, name))


def _messages(fields: Sequence[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    at = 0
    while at < len(fields) and fields[at]:
        count = int(fields[at])
        yield tuple(fields[at + 1 : at + 1 + count]), fields[at + 1 + count]
        at += count + 3  # the count, the paths, the kind, and a sentence for people


@contextmanager
def scratch(place: Place) -> Iterator[Scratch]:
    """Give a scratch repository with the project's objects behind it."""
    with tempfile.TemporaryDirectory(prefix="mlscaffold-") as name:
        folder = Path(name)
        made = ["--quiet", "--bare", "--template=", f"--object-format={place.object_format}"]
        git("init", *made, cwd=folder, isolated=True)
        with (folder / "config").open("a", encoding="utf-8") as config:
            config.write(_CONFIG)
        (folder / "objects/info").mkdir(exist_ok=True)
        (folder / "objects/info/alternates").write_bytes(quoted(str(place.objects)) + b"\n")
        yield Scratch(folder)
