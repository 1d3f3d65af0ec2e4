"""How git is called: in an environment free of the caller's `GIT_*`, its failures as `GitError`."""

__all__ = ["GitError", "git", "line", "require"]

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from mlscaffold.errors import UserError

MINIMUM: Final = (2, 38)  # the first git whose `merge-tree --write-tree` is the real merge engine
# Left as they are: who commits, how to sign in, and what the user gave git by environment on purpose.
_KEPT: Final = ("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_CONFIG_", "GIT_SSH", "GIT_SSL_", "GIT_ASKPASS", "GIT_EXEC_PATH")


class GitError(Exception):
    """A git command failed; the message is what git said. Some also answer by their status and what they print."""

    def __init__(self, said: str, status: int, out: bytes = b"") -> None:
        """`said` is the message, `status` the exit status, `out` what was printed before."""
        super().__init__(said)
        self.status = status
        self.out = out


def _environment(*, isolated: bool) -> dict[str, str]:
    # A hook or an outer `git` exports GIT_DIR, GIT_INDEX_FILE and more: they would redirect every call made here.
    names = tuple(name for name in _KEPT if not (isolated and name == "GIT_CONFIG_"))
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith(names)}
    kept |= {"LC_ALL": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_ATTR_NOSYSTEM": "1"}
    return kept | nobody if isolated else kept


def git(
    *args: str, cwd: Path, stdin: bytes | None = None, env: Mapping[str, str] | None = None, isolated: bool = False
) -> bytes:
    """Run git in `cwd` and return what it printed; `isolated` from all configuration but the repository's own.

    Raises:
        GitError: it fails.
        UserError: there is no git.
    """
    try:
        done = subprocess.run(
            ["git", *args],
            cwd=cwd,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            env=_environment(isolated=isolated) | _named(cwd) | dict(env or {}),
            check=False,
        )
    except FileNotFoundError as missing:
        if not cwd.is_dir():
            raise
        raise _no_git() from missing
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip() or f"exit status {done.returncode}"
        raise GitError(f"git {args[0]}: {said}", done.returncode, done.stdout)
    return done.stdout


def _named(cwd: Path) -> dict[str, str]:
    """Name a bare repository to git: where `safe.bareRepository` is `explicit`, it does not find one by itself."""
    bare = (cwd / "HEAD").is_file() and (cwd / "objects").is_dir() and not (cwd / ".git").exists()
    bare = bare and cwd.name != ".git"  # that one belongs to a work tree, and would take itself for one if it is named
    return {"GIT_DIR": str(cwd.absolute())} if bare else {}


def line(*args: str, cwd: Path) -> str:
    """Return what git printed as text, without the last line end."""
    return git(*args, cwd=cwd).decode(errors="surrogateescape").rstrip("\n")


def _no_git() -> UserError:
    return UserError("git is not installed or not on PATH", hint="install git 2.38 or newer, then run this again")


def require() -> None:
    """Raise `UserError` unless git is there and new enough."""
    words = line("version", cwd=Path("/")).split()
    numbers = tuple(int(part) for part in words[2].split(".")[:2] if part.isdigit())
    if numbers < MINIMUM:
        wanted = ".".join(map(str, MINIMUM))
        raise UserError(
            f"git {words[2]} is too old, {wanted} or newer is needed", hint="update git, then run this again"
        )
