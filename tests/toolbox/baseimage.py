"""python:X-slim where no hub can be reached: this machine's own Debian and Python, as an image."""

import os
import shutil
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

__all__ = ["PYTHON", "make_base"]

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_PACKAGES = (
    *("base-files", "base-passwd", "coreutils", "dash", "findutils", "grep", "gzip", "sed", "tar"),
    *("libc-bin", "libc6", "libgcc-s1", "libstdc++6"),  # wheels are linked with these
)
_CERTIFICATES = Path("etc/ssl/certs/ca-certificates.crt")
_LEFT_OUT = shutil.ignore_patterns("site-packages", "dist-packages", "test", "tests", "__pycache__", "*.a", "idlelib")
# Builds run on the machine's network, and so need its certificates; the Dockerfile stays as it is.
_DOCKERFILE = """\
FROM scratch
COPY . /
RUN ldconfig && pip --version
ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin SSL_CERT_FILE=/{certificates}
CMD ["python3"]
"""


def make_base(docker: Callable[..., str], tag: str) -> None:
    """Build the image `tag` with the docker client. Fails on a machine that is no Debian."""
    if shutil.which("dpkg-query") is None:
        pytest.fail(f"{tag} can neither be pulled nor made here: make it known to the engine, or run this on Debian 12")
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "root"
        for name in ("bin", "sbin", "lib", "lib64"):
            (root / "usr" / name).mkdir(parents=True)
            (root / name).symlink_to(f"usr/{name}")
        for file in _owned():
            _copy(file, root)
        python = _copy_python(root)
        for file in {*map(Path, ("/etc/passwd", "/etc/group")), *_libraries(python)}:
            _copy(file, root)
        for name, mode in {"tmp": 0o1777, "root": 0o700, "var/tmp": 0o1777, "proc": 0o555, "sys": 0o555}.items():
            (root / name).mkdir(mode=mode, parents=True, exist_ok=True)
            (root / name).chmod(mode)
        (root / _CERTIFICATES).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ssl.get_default_verify_paths().cafile or f"/{_CERTIFICATES}", root / _CERTIFICATES)
        (root / "etc" / "pip.conf").write_text(f"[global]\ncert = /{_CERTIFICATES}\n", encoding="utf-8")
        recipe = Path(scratch) / "Dockerfile"
        recipe.write_text(_DOCKERFILE.format(python=PYTHON, certificates=_CERTIFICATES), encoding="utf-8")
        docker("build", "--quiet", "--tag", tag, "--file", str(recipe), str(root))


def _owned() -> Iterator[Path]:
    """Give the files of the few packages that a shell in a build step needs, without their documentation."""
    listed = subprocess.run(["dpkg-query", "-L", *_PACKAGES], capture_output=True, text=True, check=True).stdout
    for path in map(Path, dict.fromkeys(listed.split("\n"))):
        if path.is_absolute() and path.is_file() and path.parts[1:3] != ("usr", "share"):
            yield path


def _copy_python(root: Path) -> list[Path]:
    """Copy this Python without what is installed into it, and pip; return the programs and libraries it consists of.

    Debian's own stays in /usr, where it looks for its packages; any other one goes where the published image has it.
    """
    home = Path(sys.base_prefix)
    debians, local = home == Path("/usr"), root / "usr" / "local"
    to = root / "usr" if debians else local
    shutil.copytree(home / "lib" / f"python{PYTHON}", to / "lib" / f"python{PYTHON}", ignore=_LEFT_OUT, symlinks=True)
    (to / "lib" / f"python{PYTHON}" / "EXTERNALLY-MANAGED").unlink(missing_ok=True)
    for library in home.glob(f"lib/libpython{PYTHON}*.so*"):
        shutil.copy(library, to / "lib")
    program = home / "bin" / f"python{PYTHON}"
    for folder in {to / "bin", local / "bin"}:
        folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(program, to / "bin")
    for name in {"python", "python3", program.name} - ({program.name} if to == local else set()):
        (local / "bin" / name).symlink_to(Path("/", to.relative_to(root), "bin", program.name))
    _add_pip(
        to / "lib" / ("python3/dist-packages" if debians else f"python{PYTHON}/site-packages"), local / "bin" / "pip"
    )
    return [program, *home.glob(f"lib/python{PYTHON}/lib-dynload/*.so"), *_programs()]


def _add_pip(packages: Path, command: Path) -> None:
    subprocess.run(["uv", "pip", "install", "--quiet", "--no-deps", "--target", packages, "pip"], check=True)
    text = "#!/usr/local/bin/python3\nimport sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n"
    command.write_text(text, encoding="utf-8")
    command.chmod(0o755)


def _programs() -> list[Path]:
    return [path for path in _owned() if path.parts[-2] in {"bin", "sbin"} and not path.is_symlink()]


def _libraries(programs: list[Path]) -> Iterator[Path]:
    """Give the shared libraries of the machine that programs are linked with, but for those of windows."""
    for program in programs:
        if program.name.startswith("_tkinter"):
            continue
        told = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
        words = {word for line in told.splitlines() for word in line.split() if word.startswith(("/lib", "/usr/lib"))}
        yield from map(Path, words)


def _copy(file: Path, root: Path) -> None:
    """Copy a file to the same place in `root`; a link with what it leads to."""
    target = root / os.path.relpath(file, "/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if not os.path.lexists(target):
        shutil.copy2(file, target, follow_symlinks=False)
    if file.is_symlink() and file.exists():
        _copy(file.parent.resolve() / file.readlink(), root)
