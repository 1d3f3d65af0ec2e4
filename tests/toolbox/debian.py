"""Debian's packages, unpacked below build/tools instead of installed: the machine stays as it is.

The machine's own mirror and keys are used; apt checks the signatures. A suite of Debian is as good as a pin: what a
stable one holds does not change but for security updates.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from toolbox.once import locked

__all__ = ["TOOLS", "debian", "environment"]

TOOLS = Path(__file__).parents[2] / "build" / "tools"
_SOURCES = (Path("/etc/apt/sources.list.d/debian.sources"), Path("/etc/apt/sources.list"))
_KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def debian(*packages: str, suite: str | None = None) -> Path:
    """Return the root that the packages are unpacked in, without what they depend on; made once.

    They come from `suite` ("trixie"), or from the release that this machine runs. Fails where there is no apt.
    """
    if shutil.which("apt-get") is None:
        pytest.fail(f"{', '.join(packages)}: wanted from Debian, and there is no apt-get: run this on Debian 12")
    key = sha256("\n".join((suite or "own", *sorted(packages))).encode()).hexdigest()[:12]
    root = TOOLS / f"debian-{packages[0]}-{key}"
    with locked(root):
        if not root.is_dir():
            with tempfile.TemporaryDirectory(dir=TOOLS) as scratch:
                unpacked = _merged(Path(scratch) / "root")
                for file in _downloaded(packages, suite, Path(scratch)):
                    subprocess.run(["dpkg-deb", "-x", file, unpacked], check=True)
                unpacked.rename(root)
    return root


def environment(*roots: Path) -> dict[str, str]:
    """Return the variables by which programs and libraries of unpacked roots are found before the machine's."""
    programs = [str(root / folder) for root in roots for folder in ("usr/bin", "usr/sbin")]
    libraries = [str(folder) for root in roots for folder in sorted(root.glob("usr/lib/*-linux-gnu"))]
    found = {"PATH": os.pathsep.join([*programs, os.environ["PATH"]])}
    return found | ({"LD_LIBRARY_PATH": os.pathsep.join(libraries)} if libraries else {})


def _merged(root: Path) -> Path:
    """Make a root as Debian has it since 2019: /bin is /usr/bin, and so on."""
    for name in ("bin", "sbin", "lib", "lib64"):
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    return root


def _downloaded(packages: Sequence[str], suite: str | None, scratch: Path) -> list[Path]:
    for folder in ("lists/partial", "cache/archives/partial", "debs"):
        (scratch / folder).mkdir(parents=True)
    settings = {
        "Dir::State::lists": scratch / "lists",
        "Dir::Cache": scratch / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Check-Valid-Until": "false",
        "Acquire::Retries": 3,
    }
    if suite:
        (scratch / "sources.list").write_text(f"deb [signed-by={_KEYS}] {_mirror()} {suite} main\n", encoding="utf-8")
        settings |= {"Dir::Etc::sourcelist": scratch / "sources.list", "Dir::Etc::sourceparts": "-"}
    options = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]
    _apt(["apt-get", *options, "-qq", "update"], scratch)
    named = [f"{package}/{suite}" for package in packages] if suite else packages
    _apt(["apt-get", *options, "-qq", "download", *named], scratch / "debs")
    return sorted((scratch / "debs").glob("*.deb"))


def _apt(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"Debian's mirror does not give what a test needs: {done.stderr.strip().splitlines()[-1:]}")


def _mirror() -> str:
    """Return the address that this machine has its own packages from."""
    for file in _SOURCES:
        for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else ():
            words = line.split()
            if words[:1] in (["URIs:"], ["deb"]):
                return next(word for word in words[1:] if "://" in word)
    pytest.fail(f"no mirror of Debian in {' or '.join(map(str, _SOURCES))}: add the one this machine is to use")
