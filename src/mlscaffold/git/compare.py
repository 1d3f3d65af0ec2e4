"""Comparing two trees as git does, in a scratch repository that is gone afterwards."""

__all__ = ["diff_trees"]

import tempfile
from collections.abc import Mapping
from pathlib import Path

from mlscaffold.git.run import git
from mlscaffold.tree import Tree


def diff_trees(old: Tree, new: Tree, *options: str) -> str:
    """Return git's diff of two trees, free of the user's diff configuration; `options` as for `git diff-tree`."""
    with tempfile.TemporaryDirectory(prefix="mlscaffold-") as scratch:
        place = Path(scratch)
        git("init", "--quiet", "--bare", "--template=", cwd=place)
        git("fast-import", "--quiet", cwd=place, stdin=_import_stream({"old": old, "new": new}))
        plain = ["-c", "core.attributesFile=/dev/null", "-c", "core.quotePath=false"]
        out = git(*plain, "diff-tree", "-r", "-M", *options, "old", "new", cwd=place)
    return out.decode(errors="replace")


def _import_stream(trees: Mapping[str, Tree]) -> bytes:
    parts: list[bytes] = []
    for name, tree in trees.items():
        parts.append(b"commit refs/heads/%s\ncommitter mlscaffold <> 0 +0000\ndata 0\n\n" % name.encode())
        for path, file in tree.items():
            parts.append(b"M %s inline %s\ndata %d\n" % (file.mode.encode(), _quoted(path), len(file.data)))
            parts.append(file.data + b"\n")
    return b"".join(parts)


def _quoted(path: str) -> bytes:
    raw = path.encode(errors="surrogateescape")
    return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'
