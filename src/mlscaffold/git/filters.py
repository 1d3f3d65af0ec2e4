"""Bytes as git would store them at a path: the project's clean filters and line-end rules applied."""

__all__ = ["as_stored", "filtering", "merge_drivers"]

import tempfile
from collections.abc import Mapping
from pathlib import Path

from mlscaffold.git.place import Place
from mlscaffold.git.run import GitError, git
from mlscaffold.git.scratch import Scratch
from mlscaffold.tree import File, Tree, write_tree


def filtering(place: Place, attributes: Mapping[str, bytes]) -> bool:
    """Tell whether the project names any filter; `attributes` are the .gitattributes files at HEAD, by path."""
    private = [place.objects.parent / "info/attributes", place.top / ".gitattributes"]
    texts = [*attributes.values(), *(path.read_bytes() for path in private if path.is_file())]
    return any(b"filter=" in text for text in texts)


def as_stored(
    place: Place, scratch: Scratch, files: Mapping[str, bytes], attributes: Mapping[str, bytes]
) -> dict[str, str]:
    """Return path -> id of the blob that git would store; the blobs themselves go to `scratch`.

    Raises:
        GitError: a filter fails.
    """
    if not files:
        return {}
    with tempfile.TemporaryDirectory(prefix="mlscaffold-") as name:
        top = Path(name)
        outer = place.top / ".gitattributes"
        shown = {".gitattributes": File(outer.read_bytes())} if place.prefix and outer.is_file() else {}
        shown |= {place.prefix + path: File(data) for path, data in {**files, **attributes}.items()}
        write_tree(Tree(shown), top)
        env = {
            "GIT_DIR": str(place.directory),
            "GIT_WORK_TREE": name,
            "GIT_OBJECT_DIRECTORY": str(scratch.folder / "objects"),
        }
        listed = "".join(f"{place.prefix}{path}\n" for path in files).encode(errors="surrogateescape")
        out = git("hash-object", "-w", "--stdin-paths", cwd=top, stdin=listed, env=env)
    return dict(zip(files, out.decode().split(), strict=True))


def merge_drivers(place: Place) -> str:
    """Return the merge drivers of the project's configuration, as lines of a configuration file."""
    try:
        out = git("config", "--null", "--get-regexp", r"^merge\..*\.driver$", cwd=place.top)
    except GitError:
        return ""
    lines: list[str] = []
    for entry in out.decode(errors="surrogateescape").split("\0")[:-1]:
        key, command = entry.split("\n", 1)
        name = key.removeprefix("merge.").removesuffix(".driver")
        lines.append(f"[merge {_quote(name)}]\n\tdriver = {_quote(command)}\n")
    return "".join(lines)


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
