"""What has to outlive this machine: promoted bundles and raw tables, in a folder or at an address (s3, abfs, gs)."""

from __future__ import annotations

import re
import shutil
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from .errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

__all__ = ["fetch", "keep", "opened", "without_secrets"]

_LAST = "manifest.json"  # written last: a folder without it is not whole
_MADE_ANEW = (".*", "converted", "*.html")  # the rest of a bundle has all that these are made from


def keep(address: str, path: Path, root: Path) -> None:
    """Copy a bundle's folder or a file to `address`, whole or not at all; a folder may be given relative to `root`.

    A folder replaces the one that is there; a file that is there stays, as its name is its content's. Raises UserError
    when the store cannot be reached or written.
    """
    address = address.removeprefix("file://")
    if "://" not in address:
        _keep_here(root / address, path)
        return
    with opened(address) as (store, folder):
        place = f"{folder.rstrip('/')}/{path.name}"
        if path.is_file():
            if not _is_file(store, place):
                store.put_file(str(path), place)
            return
        for part in sorted(_parts(path), key=lambda part: part.name == _LAST):
            store.put_file(str(part), f"{place}/{part.name}")


def fetch(address: str, name: str, to: Path, root: Path, check: Callable[[Path], object]) -> bool:
    """Copy `name` from the store into the folder `to`, where `check` finds nothing wrong; False if it is not kept.

    Raises UserError when the store cannot be reached, or `check` raises one: then nothing is left behind.
    """
    address = address.removeprefix("file://")
    to.mkdir(parents=True, exist_ok=True)
    part = to / f".{name}"
    _remove(part)
    try:
        if not (_fetch_far(address, name, part) if "://" in address else _fetch_here(root / address / name, part)):
            return False
        try:
            check(part)
        except UserError as error:
            raise UserError(f"{without_secrets(address)} has {name}, but not as it was kept: {error}") from None
        _replace(part, to / name)
    finally:
        _remove(part)
    return True


def without_secrets(address: str) -> str:
    """An address as it may be written down: without user, password, query and fragment (Azure's container stays)."""
    return re.sub(r"(?<!abfs:)(?<!abfss:)//[^/]*@", "//", re.sub(r"[?#].*", "", address))


@contextmanager
def opened(address: str, missing: str = "there is no {}: check [store]") -> Generator[tuple[Any, str]]:
    """The file system behind an address, and the path in it; what goes wrong, or is `missing`, is told in one line."""
    shown, scheme = without_secrets(address), address.partition(":")[0]
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415 - most things lie on this machine

        yield url_to_fs(address, use_listings_cache=False, skip_instance_cache=True)
    except ImportError:
        raise UserError(f"{shown}: no driver for {scheme}:// is installed: run `uv sync --group stores`") from None
    except FileNotFoundError:
        raise UserError(missing.format(shown)) from None
    except Exception as error:  # noqa: BLE001 - every driver has its own, with texts that may hold the secrets
        told = f"{shown} cannot be read or written ({type(error).__name__})"
        raise UserError(f"{told}: check the address and your access") from None


def _parts(folder: Path) -> list[Path]:
    files = [path for path in folder.iterdir() if path.is_file()]
    return [path for path in files if not any(path.match(pattern) for pattern in _MADE_ANEW)]


def _keep_here(folder: Path, path: Path) -> None:
    part, place = folder / f".{path.name}", folder / path.name
    if path.is_file() and place.is_file():
        return
    try:
        _remove(part)
        if path.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, part)
        else:
            part.mkdir(parents=True)
            for one in _parts(path):
                shutil.copyfile(one, part / one.name)
        _replace(part, place)
    except OSError as error:
        raise UserError(f"{folder} cannot be written ({error.strerror}): check [store] in config/base.toml") from None


def _fetch_here(place: Path, part: Path) -> bool:
    if place.is_file():
        shutil.copyfile(place, part)
    elif (place / _LAST).is_file():
        shutil.copytree(place, part)
    return part.exists()


def _fetch_far(address: str, name: str, part: Path) -> bool:
    with opened(address) as (store, folder):
        place = f"{folder.rstrip('/')}/{name}"
        if _is_file(store, place):
            store.get_file(place, str(part))
        elif _is_file(store, f"{place}/{_LAST}"):
            part.mkdir()
            for found in store.ls(place, detail=False):
                store.get_file(found, str(part / PurePosixPath(found).name))
    return part.exists()


def _is_file(store: Any, path: str) -> bool:  # noqa: ANN401 - of fsspec
    """Whether the file is there; unlike `isfile`, a store that does not answer is an error."""
    try:
        return store.info(path)["type"] == "file"
    except FileNotFoundError:
        return False


def _replace(part: Path, place: Path) -> None:
    _remove(place)
    part.rename(place)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
