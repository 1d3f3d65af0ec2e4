"""Make a folder beside its place and move it there in one step, so that a failure or Ctrl-C leaves nothing."""

__all__ = ["all_or_nothing", "free_target", "move", "nearest_folder", "user_errors"]

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mlscaffold import git
from mlscaffold.errors import UserError


def free_target(path: Path) -> Path:
    """Return the absolute target. Raises `UserError` if something is there that is not an empty folder."""
    target = path.expanduser().absolute()
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise UserError(f"{path} is there already and is no folder", hint="choose another name")
    if target.is_dir() and any(target.iterdir()):
        raise UserError(
            f"{path} is not empty",
            hint="choose another name; to bring an existing project in, use `mlscaffold adopt`",
        )
    return Path(target.parent.resolve(), target.name) if target.name else target.resolve()


def nearest_folder(target: Path) -> Path:
    """Return the nearest existing folder above `target`. Raises `UserError` where a file is in the way."""
    for parent in target.parents:
        if parent.is_dir():
            return parent
        if parent.exists() or parent.is_symlink():
            raise UserError(f"{parent} is no folder, so {target} cannot be made", hint="choose another place")
    raise UserError(f"{target} has no folder above it", hint="choose another place")


@contextmanager
def user_errors(target: Path) -> Iterator[None]:
    """Turn what the disk refuses into one line; a full disk or a folder without permission is no bug of ours."""
    try:
        yield
    except OSError as problem:
        where = problem.filename or target
        hint = "nothing was left behind; make room or choose another place, then run this again"
        raise UserError(f"cannot write {where}: {problem.strerror or problem}", hint=hint) from problem
    except git.GitError as problem:
        raise UserError(
            f"git refused: {problem}", hint="nothing was left behind; mend it, or use `--no-git`"
        ) from problem


@contextmanager
def all_or_nothing(target: Path) -> Iterator[Path]:
    """Give a folder on the target's file system; if the body fails, remove it and whatever came to the target."""
    base = nearest_folder(target)
    was_there = target.is_dir()
    missing = [parent for parent in target.parents if not parent.exists()]
    staging = Path(tempfile.mkdtemp(dir=base, prefix=f".{target.name}-"))
    try:
        staging.chmod(0o777 & ~_umask())  # a temporary folder is private, a project is not
        yield staging
    except BaseException:
        _clear(target, keep=was_there)
        for parent in missing:
            with suppress(OSError):
                parent.rmdir()
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _clear(target: Path, *, keep: bool) -> None:
    # The plan saw the target empty or absent, so all that is in it came from us.
    for child in target.iterdir() if target.is_dir() else ():
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child, ignore_errors=True)
        else:
            child.unlink(missing_ok=True)
    if not keep and target.is_dir():
        target.rmdir()


def move(staging: Path, target: Path) -> None:
    """Bring what is in `staging` to `target`, which is absent or an empty folder."""
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        staging.rename(target)
        return
    # An empty folder that is there may be somebody's current folder: it is filled, not replaced.
    for child in list(staging.iterdir()):
        child.rename(target / child.name)
