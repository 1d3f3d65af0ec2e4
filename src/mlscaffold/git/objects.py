"""Objects and refs: blobs by id, whole trees by commit, tags, and mirrors of templates."""

__all__ = [
    "archive",
    "blobs",
    "clone_mirror",
    "describe",
    "existing",
    "file_at",
    "hash_as_stored",
    "resolve",
    "tags",
    "update_mirror",
]

from collections.abc import Iterable, Sequence
from pathlib import Path

from mlscaffold.errors import UserError
from mlscaffold.git.run import GitError, git, line
from mlscaffold.tree import File, Tree


def hash_as_stored(folder: Path, paths: Sequence[str]) -> dict[str, str]:
    """Return path -> blob id of the files as git would store them, line-end and clean filters applied."""
    if not paths:
        return {}
    listed = "\n".join(paths).encode(errors="surrogateescape")
    ids = git("hash-object", "--stdin-paths", cwd=folder, stdin=listed).decode().split()
    return dict(zip(paths, ids, strict=True))


def blobs(folder: Path, ids: Iterable[str], *, isolated: bool = False) -> dict[str, bytes]:
    """Return the contents of those blobs of `ids` that the repository at `folder` has."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    stdin = "".join(f"{name}\n" for name in wanted).encode()
    out = git("cat-file", "--batch", cwd=folder, stdin=stdin, isolated=isolated)
    return {name: data for name, data in _batch(out, wanted) if data is not None}


def _batch(out: bytes, names: Sequence[str]) -> Iterable[tuple[str, bytes | None]]:
    at = 0
    for name in names:
        end = out.index(b"\n", at)
        header = out[at:end].split()
        at = end + 1
        if header[-1] == b"missing":
            yield name, None
            continue
        size = int(header[2])
        yield name, out[at : at + size]
        at += size + 1


def clone_mirror(url: str, place: Path) -> None:
    """Clone all branches and tags of `url` into the bare repository `place`. Raises `GitError`."""
    git("clone", "--quiet", "--mirror", "--template=", "--", url, str(place), cwd=place.parent)


def update_mirror(place: Path) -> None:
    """Bring the bare repository `place` up to date with where it was cloned from. Raises `GitError`."""
    git("remote", "update", "--prune", cwd=place)


def tags(repository: Path) -> dict[str, str]:
    """Return tag -> the commit that it names."""
    shown = "--format=%(refname:strip=2) %(objectname) %(*objectname)"
    out = git("for-each-ref", shown, "refs/tags", cwd=repository).decode(errors="surrogateescape")
    fields = (entry.split() for entry in out.splitlines())
    return {name: ids[-1] for name, *ids in fields}  # an annotated tag has an id of its own first


def resolve(repository: Path, name: str) -> str | None:
    """Return the id of the commit that a tag, branch or id names, or None."""
    try:
        return line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}", cwd=repository)
    except GitError:
        return None


def describe(repository: Path, commit: str) -> str:
    """Return what Copier records as `_commit`: the tag, or the nearest tag with a distance, or the short id."""
    return line("describe", "--tags", "--always", commit, cwd=repository)


def file_at(repository: Path, commit: str, path: str) -> bytes | None:
    """Return the bytes of one file at a commit, or None if it is not there."""
    try:
        return git("cat-file", "blob", f"{commit}:{path}", cwd=repository)
    except GitError:
        return None


def archive(repository: Path, commit: str) -> Tree:
    """Return the whole tree of a commit, from the objects alone. Raises `UserError` for a submodule."""
    listing = git("ls-tree", "-r", "-z", "--full-tree", commit, cwd=repository).decode(errors="surrogateescape")
    entries = [(*entry.split("\t", 1)[0].split(), entry.split("\t", 1)[1]) for entry in listing.split("\0") if entry]
    for mode, _kind, _name, path in entries:
        if mode == "160000":
            raise UserError(
                f"the template holds a submodule at {path!r}, which is not supported", hint="vendor its files"
            )
    data = blobs(repository, (name for _mode, _kind, name, _path in entries))
    return Tree({path: File(data[name], mode == "100755", mode == "120000") for mode, _kind, name, path in entries})


def existing(repository: Path, ids: Iterable[str]) -> set[str]:
    """Return those of `ids` that the repository has."""
    wanted = sorted(set(ids))
    if not wanted:
        return set()
    out = git("cat-file", "--batch-check", cwd=repository, stdin="".join(f"{name}\n" for name in wanted).encode())
    return {line.split(" ")[0] for line in out.decode().splitlines() if not line.endswith(" missing")}
