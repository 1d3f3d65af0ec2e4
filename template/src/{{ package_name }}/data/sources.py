"""Tables wherever they lie: a file, a folder, or an address that fsspec understands (s3, abfs, gs, https)."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ..errors import UserError
from ..store import opened, without_secrets

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["found_tables", "local_copy"]

_MISSING = "there is no table at {}: name another one with --table"
_TABLES = (".csv", ".tsv", ".txt", ".parquet", ".gz")


def found_tables(source: str) -> list[str]:
    """The table that `source` names, or those of a folder (an address that ends in "/") by name; UserError if none."""
    if "://" in source and source.endswith("/"):
        with opened(source, _MISSING) as (store, path):
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
        with opened(source, _MISSING) as (store, path):
            store.get_file(path, str(copy))
        yield copy
