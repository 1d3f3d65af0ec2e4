"""The template that ships inside this package: every released version, each an archive that never changes.

`index.json` maps a version to the sha256 of its archive and to the lines of its changelog. `nox -s release_template`
makes the next entry from `copier.yml` and `template/`, byte-for-byte reproducible (sorted names, fixed times).
"""

__all__ = ["SOURCE", "Release", "load", "pack", "releases"]

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from mlscaffold.errors import UserError, nearest
from mlscaffold.tree import File, Tree

SOURCE: Final = "mlscaffold:builtin"
HOME: Final = Path(__file__).parents[1] / "builtin"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip archive can hold
_LINK, _EXECUTABLE, _PLAIN = 0o120777, 0o100755, 0o100644


class Release(NamedTuple):
    """One released version of the built-in template."""

    version: str
    sha256: str
    changes: tuple[str, ...]


@cache
def releases(home: Path = HOME) -> tuple[Release, ...]:
    """Return all releases, oldest first."""
    index: Mapping[str, dict[str, Any]] = json.loads((home / "index.json").read_text(encoding="utf-8"))
    found = [Release(version, entry["sha256"], tuple(entry["changes"])) for version, entry in index.items()]
    return tuple(sorted(found, key=lambda release: _numbers(release.version)))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def load(version: str | None = None, home: Path = HOME) -> tuple[Release, Tree]:
    """Return the release called `version` ("v0.1.0" will do; None is the newest) and its files.

    Raises:
        UserError: there is no such release, or its archive is damaged.
    """
    known = {release.version: release for release in releases(home)}
    name = list(known)[-1] if version is None else version.removeprefix("v")
    if name not in known:
        raise UserError(
            f"the built-in template has no version {version!r}{nearest(name, known)}",
            hint="see `mlscaffold template versions`",
        )
    data = (home / f"{name}.zip").read_bytes()
    if hashlib.sha256(data).hexdigest() != known[name].sha256:
        raise UserError(f"the archive of template {name} is damaged", hint="install mlscaffold-cli again")
    return known[name], _unpack(data)


def _unpack(data: bytes) -> Tree:
    files: dict[str, File] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            mode = info.external_attr >> 16
            files[info.filename] = File(archive.read(info), executable=mode == _EXECUTABLE, symlink=mode == _LINK)
    return Tree(files)


def pack(tree: Tree) -> bytes:
    """Return `tree` as an archive whose bytes depend on nothing else."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, file in tree.items():
            info = zipfile.ZipInfo(path, _EPOCH)
            info.create_system = 3  # Unix, whatever system packs: the mode below is a Unix mode
            # Stored, not deflated: deflate's bytes differ between zlib builds, and a wheel compresses it anyway.
            info.compress_type = zipfile.ZIP_STORED
            info.external_attr = (_LINK if file.symlink else _EXECUTABLE if file.executable else _PLAIN) << 16
            archive.writestr(info, file.data)
    return buffer.getvalue()
