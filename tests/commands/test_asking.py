"""Questions put to a person, on a real terminal."""

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

Git = Callable[..., str]


def converse(cwd: Path, args: list[str], script: list[tuple[str, str]]) -> tuple[int, str]:
    """Run `mlscaffold new` on a terminal; wait for each text of the script and type its answer."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "mlscaffold", "new", *args]
    running = subprocess.Popen(
        command,
        cwd=cwd,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=_take_the_terminal,  # noqa: PLW1509 - no threads here
    )
    os.close(theirs)
    try:
        seen = _talk(ours, script)
        os.close(ours)
        return running.wait(timeout=20), seen
    finally:
        running.kill()
        running.wait()


def _talk(terminal: int, script: list[tuple[str, str]]) -> str:
    """Wait for each text of the script and type its answer; return all that was printed."""
    seen, at = "", 0
    deadline = time.monotonic() + 30
    for awaited, typed in [*script, (END, "")]:
        while awaited not in seen[at:] and time.monotonic() < deadline:
            chunk = _read(terminal)
            if chunk is None:
                break
            seen += chunk
        assert awaited in seen[at:] or awaited == END, f"no {awaited!r} in {seen[at:]!r}"
        at = seen.find(awaited, at) + len(awaited)
        if typed == CTRL_C:
            time.sleep(0.5)  # the prompt is printed just before Python reads; a signal in between waits for a key
        os.write(terminal, typed.encode())
    return seen


def _take_the_terminal() -> None:
    """Make Ctrl-C a signal, also where whoever runs the tests in the background has switched it off."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


CTRL_C, CTRL_D = "\x03", "\x04"
END = "\0 nothing prints this"


def _read(terminal: int) -> str | None:
    """Return what came within a moment, or None once the other end is closed."""
    if not select.select([terminal], [], [], 0.2)[0]:
        return ""
    try:
        return os.read(terminal, 4096).decode()
    except OSError:
        return None


def test_every_question_is_asked_with_help_and_default_and_an_empty_line_takes_it(
    tmp_path: Path, small_template: Path
) -> None:
    code, seen = converse(
        tmp_path,
        ["demo", "--template", str(small_template), "--no-git"],
        [("project_name [demo]: ", "\n"), ("count [3]: ", "5\n")],
    )
    assert code == 0, seen
    assert "How many?" in seen
    assert (tmp_path / "demo/README.md").read_text() == "# demo\n\n5 things\n"


def test_an_invalid_answer_is_told_and_asked_again(tmp_path: Path, small_template: Path) -> None:
    code, seen = converse(
        tmp_path,
        ["demo", "--template", str(small_template), "--no-git", "--set", "project_name=set"],
        [("count [3]: ", "many\n"), ("count [3]: ", "6\n")],
    )
    assert code == 0, seen
    assert "project_name [" not in seen
    assert (tmp_path / "demo/README.md").read_text() == "# set\n\n6 things\n"


def test_choices_are_numbered_and_can_be_chosen_by_number(tmp_path: Path, small_template: Path) -> None:
    config = small_template / "copier.yml"
    config.write_text(
        config.read_text()
        + "size: {type: str, default: s, choices: {Small: s, Large: l}}\n"
        + "parts: {type: str, multiselect: true, default: [a], choices: [a, b, c]}\n"
        + "key: {type: str, secret: true, default: hush}\n"
    )
    (small_template / "template/choices.txt.jinja").write_text("{{ size }} {{ parts | join('+') }} {{ key }}\n")
    code, seen = converse(
        tmp_path,
        ["demo", "--template", str(small_template), "--no-git"],
        [
            ("project_name", "\n"),
            ("count", "\n"),
            ("2. Large", ""),
            ("size [s]: ", "2\n"),
            ("3. c", ""),
            ("parts (numbers, with commas; 0 for none) [1]: ", "1,3\n"),
            ("key: ", "typed\n"),
        ],
    )
    assert code == 0, seen
    assert (tmp_path / "demo/choices.txt").read_text() == "l a+c typed\n"
    assert "typed" not in seen
    assert "hush" not in (tmp_path / "demo/.copier-answers.yml").read_text()


def test_of_several_none_can_be_chosen(tmp_path: Path, small_template: Path) -> None:
    config = small_template / "copier.yml"
    config.write_text(
        config.read_text() + "parts: {type: str, multiselect: true, default: [a, c], choices: [a, b, c]}\n"
    )
    (small_template / "template/choices.txt.jinja").write_text("{{ parts }}\n")
    args = ["demo", "--template", str(small_template), "--no-git"]
    code, seen = converse(tmp_path, args, [("project_name", "\n"), ("count", "\n"), ("0 for none) [1,3]: ", "0\n")])
    assert code == 0, seen
    assert (tmp_path / "demo/choices.txt").read_text() == "[]\n"


def test_inside_a_repository_the_person_decides(tmp_path: Path, small_template: Path, git: Git) -> None:
    git(tmp_path, "init", "-q")
    for name, typed, own in (("one", "n\n", False), ("two", "y\n", True)):
        args = [name, "--template", str(small_template)]
        code, seen = converse(tmp_path, args, [("project_name", "\n"), ("count", "\n"), ("[y/N]: ", typed)])
        assert code == 0, seen
        assert (tmp_path / name / ".git").exists() is own


@pytest.mark.parametrize("typed", [CTRL_C, CTRL_D])
def test_ctrl_c_and_an_end_of_input_at_a_question_leave_nothing(
    tmp_path: Path, small_template: Path, typed: str
) -> None:
    before = sorted(entry.name for entry in tmp_path.iterdir())
    code, seen = converse(
        tmp_path, ["demo", "--template", str(small_template)], [("project_name", "\n"), ("count [3]: ", typed)]
    )
    assert code == 130
    assert "interrupted" in seen
    assert sorted(entry.name for entry in tmp_path.iterdir()) == before


def test_the_built_in_template_asks_for_a_table_and_offers_its_columns(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,churned\n1,2\n")
    code, seen = converse(
        tmp_path,
        ["demo", "--no-git", "--no-sync"],
        [
            ("table: ", "tt.csv\n"),
            ("nearest: t.csv", ""),
            ("table: ", "t.csv\n"),
            ("2. churned", ""),
            ("column: ", "2\n"),
            *(
                (f"{name} [", "\n")
                for name in ("project_name", "package_name", "description", "author_name", "author_email")
            ),
            ("python_version [", "\n"),
            ("ci (numbers, with commas; 0 for none) [1]: ", "\n"),
            ("mlscaffold_requirement [", "\n"),
        ],
    )
    assert code == 0, seen
    assert "target_column: churned" in (tmp_path / "demo/.copier-answers.yml").read_text()
    assert (tmp_path / "demo/data/incoming/t.csv").exists()


def test_no_colour_is_printed_when_it_is_not_wanted(
    tmp_path: Path, small_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    args = ["demo", "--template", str(small_template), "--no-git", "--defaults"]
    assert "\x1b[1m" in converse(tmp_path, args, [])[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[1m" not in converse(tmp_path, ["other", *args[1:]], [])[1]
