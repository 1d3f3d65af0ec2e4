"""How the running mlscaffold was installed, from what installers write down about it."""

import functools
import hashlib
import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import mlscaffold
from mlscaffold.new.installed import installed
from mlscaffold.new.plan import Wishes, plan

Git = Callable[..., str]
Write = Callable[..., Path]
PACKAGE = Path(mlscaffold.__file__).parent
COMMIT = "0123456789abcdef0123456789abcdef01234567"
SHA256 = "ab" * 32
ASKING = "_subdirectory: template\nmlscaffold_requirement: {type: str, default: ''}\n"


@pytest.fixture
def record(tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, object] | None], None]:
    """Put an installed mlscaffold-cli 7.8.9 in front of the real one, with this direct_url.json or none."""

    def put(direct_url: dict[str, object] | None) -> None:
        about = {"METADATA": "Metadata-Version: 2.1\nName: mlscaffold-cli\nVersion: 7.8.9\n"}
        if direct_url is not None:
            about["direct_url.json"] = json.dumps(direct_url)
        write(tmp_path / "site" / "mlscaffold_cli-7.8.9.dist-info", about)
        if not (tmp_path / "site" / "mlscaffold").exists():
            (tmp_path / "site" / "mlscaffold").symlink_to(PACKAGE)
        monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])

    return put


def git_record(url: str, **more: object) -> dict[str, object]:
    return {"url": url, "vcs_info": {"vcs": "git", "commit_id": COMMIT, "requested_revision": "main"}, **more}


def archive(url: str, **info: object) -> dict[str, object]:
    return {"url": url, "archive_info": info}


@pytest.mark.parametrize(
    ("direct_url", "requirement"),
    [
        (None, "mlscaffold-cli==7.8.9"),
        (git_record("https://forge.test/o/r.git"), f"mlscaffold-cli @ git+https://forge.test/o/r.git@{COMMIT}"),
        (
            git_record("https://me:s3cret@forge.test:8443/o/r.git"),
            f"mlscaffold-cli @ git+https://forge.test:8443/o/r.git@{COMMIT}",
        ),
        (git_record("https://s3cret@forge.test/o/r"), f"mlscaffold-cli @ git+https://forge.test/o/r@{COMMIT}"),
        (git_record("ssh://git@forge.test/o/r"), f"mlscaffold-cli @ git+ssh://git@forge.test/o/r@{COMMIT}"),
        (git_record("ssh://git:s3cret@forge.test/o/r"), f"mlscaffold-cli @ git+ssh://git@forge.test/o/r@{COMMIT}"),
        (git_record("ssh://me@forge.test/o/r"), f"mlscaffold-cli @ git+ssh://forge.test/o/r@{COMMIT}"),
        (
            git_record("https://forge.test/o/r", subdirectory="tools/m"),
            f"mlscaffold-cli @ git+https://forge.test/o/r@{COMMIT}#subdirectory=tools/m",
        ),
        (
            archive("https://me:s3cret@files.test/m.whl", hashes={"sha256": SHA256}),
            f"mlscaffold-cli @ https://files.test/m.whl#sha256={SHA256}",
        ),
        (
            archive("https://files.test/m.tar.gz", hash=f"sha256={SHA256}"),
            f"mlscaffold-cli @ https://files.test/m.tar.gz#sha256={SHA256}",
        ),
    ],
)
def test_what_others_can_install_too_is_told(record: Callable[..., None], direct_url: object, requirement: str) -> None:
    record(direct_url)
    found = installed()
    assert found == (requirement, "")
    assert Requirement(found.requirement).name == "mlscaffold-cli"


@pytest.mark.parametrize(
    ("direct_url", "why"),
    [
        ({"url": "file:///home/me/mlscaffold", "dir_info": {"editable": True}}, "a folder or file of this machine"),
        ({"url": "file:///home/me/mlscaffold", "dir_info": {}}, "a folder or file of this machine"),
        (archive("file:///tmp/m.whl", hashes={"sha256": SHA256}), "a folder or file of this machine"),
        (git_record("file:///home/me/mlscaffold"), "a folder or file of this machine"),
        (git_record("/home/me/mlscaffold"), "a folder or file of this machine"),
        (archive("https://files.test/m.whl?sig=s3cret", hashes={"sha256": SHA256}), "may hold a secret"),
        (archive("https://files.test/m.whl"), "without a hash"),
        (archive("https://files.test/m.whl", hash="md5=00"), "without a hash"),
    ],
)
def test_what_only_this_machine_could_install_is_left_out(
    record: Callable[..., None], direct_url: object, why: str
) -> None:
    record(direct_url)
    found = installed()
    assert found.requirement == ""
    assert why in found.unknown
    assert not {"/home", "/tmp", "s3cret"} & set(found.unknown.split())  # noqa: S108 - no file is made there


def test_code_that_runs_from_elsewhere_than_it_was_installed_is_not_taken_for_the_release(
    record: Callable[..., None], tmp_path: Path, write: Write
) -> None:
    write(tmp_path / "site" / "mlscaffold", {"__init__.py": ""})
    record(None)
    assert installed().requirement == ""


def test_code_that_was_never_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    assert installed() == ("", "mlscaffold runs here without having been installed")


# What real installers write.


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder with a wheel and a git repository of a small mlscaffold-cli, and its address on loopback."""
    place = tmp_path_factory.mktemp("shelf")
    source = place / "mlscaffold"
    package = source / "src" / "mlscaffold"
    (package / "new").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "new" / "installed.py").write_bytes((PACKAGE / "new" / "installed.py").read_bytes())
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "mlscaffold-cli"\nversion = "7.8.9"\n'
        '[tool.hatch.build.targets.wheel]\npackages = ["src/mlscaffold"]\n'
    )
    who = ["-c", "user.name=Test", "-c", "user.email=test@localhost"]
    for command in (
        ["init", "-q", "-b", "main"],
        ["add", "-A"],
        [*who, "commit", "-qm", "one"],
        ["update-server-info"],
    ):
        subprocess.run(["git", *command], cwd=source, check=True)
    subprocess.run(["uv", "build", "-q", "--wheel", "-o", str(place), str(source)], check=True)
    handler = functools.partial(_Quiet, directory=str(place))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield place, f"127.0.0.1:{server.server_port}"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Print nothing."""


def ask(place: Path, *how: str, pip: bool = False) -> list[str]:
    """Install into a fresh environment, by uv or by pip; return what the installed code says about itself."""
    python = place / "bin" / "python"
    # By name: where uv is run from another environment, as nox does, it may take that one.
    installer = [python, "-m", "pip", "install"] if pip else ["uv", "pip", "install", "--python", python]
    made = ["uv", "venv", "-q", "--python", sys.executable, *(["--seed"] if pip else []), place]
    for command in (made, [*installer, "-q", "--no-deps", *how]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    code = "from mlscaffold.new.installed import installed; print(*installed(), sep='\\n')"
    return subprocess.check_output([place / "bin" / "python", "-c", code], cwd=place, text=True).splitlines()


def test_what_comes_from_an_index_or_a_folder_of_wheels_has_its_version(
    shelf: tuple[Path, str], tmp_path: Path
) -> None:
    found = ask(tmp_path / "venv", "mlscaffold-cli", "--no-index", "--find-links", str(shelf[0]))
    assert found == ["mlscaffold-cli==7.8.9", ""]


def test_what_comes_from_git_has_its_commit_and_no_secret(shelf: tuple[Path, str], tmp_path: Path, git: Git) -> None:
    place, host = shelf
    head = git(place / "mlscaffold", "rev-parse", "HEAD")
    found = ask(tmp_path / "venv", f"mlscaffold-cli @ git+http://me:s3cret@{host}/mlscaffold/.git")
    assert found == [f"mlscaffold-cli @ git+http://{host}/mlscaffold/.git@{head}", ""]


def test_what_pip_fetched_from_an_address_has_its_hash_and_uv_writes_none(
    shelf: tuple[Path, str], tmp_path: Path
) -> None:
    place, host = shelf
    wheel = next(place.glob("*.whl"))
    address = f"mlscaffold-cli @ http://{host}/{wheel.name}"
    pinned = f"{address}#sha256={hashlib.sha256(wheel.read_bytes()).hexdigest()}"
    assert ask(tmp_path / "pip", address, pip=True) == [pinned, ""]
    assert ask(tmp_path / "uv", pinned) == ["", "mlscaffold was installed from an address without a hash"]


def test_what_comes_from_this_machine_is_left_out(shelf: tuple[Path, str], tmp_path: Path) -> None:
    place, _ = shelf
    assert ask(tmp_path / "file", str(next(place.glob("*.whl"))))[0] == ""
    assert ask(tmp_path / "folder", "-e", str(place / "mlscaffold"))[0] == ""


# `mlscaffold new`.


def answer_of(template: Path, target: Path, **given: str) -> tuple[object, str]:
    planned = plan(Wishes(target, str(template), given=given))
    return planned.rendering.answers.recorded.get("mlscaffold_requirement"), " ".join(planned.notes)


@pytest.fixture
def asking(tmp_path: Path, write: Write) -> Path:
    return write(tmp_path / "asking", {"copier.yml": ASKING, "template/a.txt": "a\n"})


def test_a_template_that_asks_is_answered(asking: Path, tmp_path: Path, record: Callable[..., None]) -> None:
    record(None)
    assert answer_of(asking, tmp_path / "p") == ("mlscaffold-cli==7.8.9", "")


def test_what_is_given_wins_and_needs_no_note(asking: Path, tmp_path: Path, record: Callable[..., None]) -> None:
    record({"url": "file:///home/me/mlscaffold", "dir_info": {}})
    assert answer_of(asking, tmp_path / "p", mlscaffold_requirement="mlscaffold-cli==1.0") == (
        "mlscaffold-cli==1.0",
        "",
    )


def test_where_only_this_machine_could_the_answer_is_empty_and_a_note_says_what_to_set(
    asking: Path, tmp_path: Path, record: Callable[..., None]
) -> None:
    record({"url": "file:///home/me/mlscaffold", "dir_info": {"editable": True}})
    answer, notes = answer_of(asking, tmp_path / "p")
    assert answer == ""
    assert "--set 'mlscaffold_requirement=mlscaffold-cli==VERSION'" in notes
    assert "/home/me" not in notes


def test_a_template_that_does_not_ask_hears_nothing(
    small_template: Path, tmp_path: Path, record: Callable[..., None]
) -> None:
    record({"url": "file:///home/me/mlscaffold", "dir_info": {}})
    assert answer_of(small_template, tmp_path / "p") == (None, "")
