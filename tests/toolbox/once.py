"""Work that several test processes want done, done once."""

__all__ = ["locked"]

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of `path` (a file `path`.lock beside it), which other processes wait for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # given back when the file is closed, also by a crash
        yield
