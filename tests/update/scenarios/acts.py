"""What a team does to its project, as values: each is a function on a folder."""

__all__ = [
    "append",
    "chmod",
    "commit",
    "config",
    "delete",
    "git",
    "insert",
    "link",
    "move",
    "replace",
    "run_git",
    "to_crlf",
    "write",
]

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from scenarios.model import Act

# What the laboratory does itself is not disturbed by anybody's configuration.
_CALM = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Team",
    "GIT_AUTHOR_EMAIL": "team@localhost",
    "GIT_COMMITTER_NAME": "Team",
    "GIT_COMMITTER_EMAIL": "team@localhost",
    "GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z",
    "LC_ALL": "C.UTF-8",
}


def run_git(folder: Path, *args: str, check: bool = True, env: Mapping[str, str] | None = None) -> bytes:
    """Run git in `folder`, undisturbed by any configuration but the repository's, and return what it printed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-c", "init.defaultBranch=main", "-c", "gc.auto=0", "-c", "protocol.file.allow=always", *args]
    surroundings = kept | _CALM | dict(env or {})
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, env=surroundings)
    if check and done.returncode:
        raise RuntimeError(f"git {' '.join(args)}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def git(*args: str, check: bool = True) -> Act:
    return lambda folder: void(run_git(folder, *args, check=check))


def void(_: object) -> None:
    return None


def config(name: str, value: str) -> Act:
    return git("config", name, value)


def commit(message: str = "work") -> Act:
    def act(folder: Path) -> None:
        run_git(folder, "add", "--all", ".")
        run_git(folder, "commit", "--quiet", "--allow-empty", "--message", message)

    return act


def write(path: str, content: str | bytes) -> Act:
    def act(folder: Path) -> None:
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.is_symlink():
            place.unlink()
        place.write_bytes(content if isinstance(content, bytes) else content.encode())

    return act


def append(path: str, text: str) -> Act:
    return lambda folder: write(path, (folder / path).read_bytes() + text.encode())(folder)


def replace(path: str, old: str, new: str) -> Act:
    def act(folder: Path) -> None:
        data = (folder / path).read_bytes()
        if old.encode() not in data:
            raise AssertionError(f"{path} does not hold {old!r}")
        (folder / path).write_bytes(data.replace(old.encode(), new.encode(), 1))

    return act


def insert(path: str, after: str, text: str) -> Act:
    """Put `text` behind the first occurrence of `after`."""
    return replace(path, after, after + text)


def move(source: str, target: str) -> Act:
    def act(folder: Path) -> None:
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        (folder / source).rename(folder / target)

    return act


def delete(path: str) -> Act:
    def act(folder: Path) -> None:
        place = folder / path
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink()

    return act


def link(path: str, target: str) -> Act:
    def act(folder: Path) -> None:
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(target)

    return act


def chmod(path: str, mode: int) -> Act:
    return lambda folder: (folder / path).chmod(mode)


def to_crlf(path: str) -> Act:
    def act(folder: Path) -> None:
        data = (folder / path).read_bytes()
        (folder / path).write_bytes(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    return act
