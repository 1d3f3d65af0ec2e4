"""Tables wherever they lie: a file, a folder, or an address that fsspec understands (s3, abfs, gs, https)."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ..errors import UserError

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["found_tables", "local_copy", "without_secrets"]

_TABLES = (".csv", ".tsv", ".txt", ".parquet", ".gz")


def found_tables(source: str) -> list[str]:
    """The table that `source` names, or those of a folder (an address that ends in "/") by name; UserError if none."""
    if "://" in source and source.endswith("/"):
        with _opened(source) as (store, path):
            names = [store.unstrip_protocol(name) for name in store.ls(path, detail=False)]
    elif "://" not in source and Path(source).is_dir():
        names = [str(path) for path in Path(source).iterdir() if path.is_file()]
    else:
        return [source]
    tables = sorted(name for name in names if name.lower().endswith(_TABLES))
    if not tables:
        raise UserError(f"{without_secrets(source)} holds no table ({', '.join(_TABLES)}): name another one")
    return tables


@contextmanager
def local_copy(source: str, root: Path) -> Generator[Path]:
    """One table as a file: where it lies, or copied from its address to below data/raw and removed afterwards."""
    if "://" not in source:
        yield Path(source)
        return
    raw = root / "data" / "raw"  # not in git, whatever interrupts us
    raw.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=raw) as folder:
        copy = Path(folder) / PurePosixPath(without_secrets(source)).name
        with _opened(source) as (store, path):
            store.get_file(path, str(copy))
        yield copy


def without_secrets(address: str) -> str:
    """An address as it may be written down: without user, password, query and fragment (Azure's container stays)."""
    return re.sub(r"(?<!abfs:)(?<!abfss:)//[^/]*@", "//", re.sub(r"[?#].*", "", address))


@contextmanager
def _opened(address: str) -> Generator[tuple[Any, str]]:
    """The file system behind an address, and the path in it; what goes wrong there is told in one line."""
    shown, scheme = without_secrets(address), address.partition(":")[0]
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415 - most tables lie on this machine

        yield url_to_fs(address, use_listings_cache=False, skip_instance_cache=True)
    except ImportError:
        raise UserError(f"{shown}: no driver for {scheme}:// is installed: run `uv sync --group stores`") from None
    except FileNotFoundError:
        raise UserError(f"there is no table at {shown}: name another one with --table") from None
    except Exception as error:  # noqa: BLE001 - every driver has its own, with texts that may hold the secrets
        raise UserError(f"{shown} cannot be read ({type(error).__name__}): check the address and your access") from None
