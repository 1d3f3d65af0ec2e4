"""Invariants of an update over random templates and random edits on both sides."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laboratory import Lab, index, snapshot, start

EXAMPLES = int(os.environ.get("MLSCAFFOLD_EXAMPLES", "25"))  # `nox -s thorough` asks for 2,000
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NAMES = ["a.txt", "dir/b.py", "dir/c.toml", "dir/sub/d.txt", "e.yml", "pkg/__init__.py"]
BLOCK = 4  # lines between places that are edited: git takes edits of adjacent lines for a conflict


def numbered(name: str, count: int) -> list[str]:
    comment = "# " if name.endswith((".py", ".toml", ".yml")) else ""
    return [f"{comment}{name} line {number}" for number in range(count * BLOCK)]


Edit = tuple[int, str]  # block, kind


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, object]:
    sizes = {name: draw(st.integers(1, 5)) for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))}

    def side() -> dict[str, list[Edit] | None]:
        edits: dict[str, list[Edit] | None] = {}
        for name, size in sizes.items():
            if draw(st.integers(0, 9)) == 0:
                edits[name] = None
            else:
                places = draw(st.lists(st.integers(0, size - 1), unique=True, max_size=size))
                edits[name] = [(place, draw(st.sampled_from(["change", "insert", "delete"]))) for place in places]
        return edits

    moves = {name: f"moved/{name}" for name in sizes if draw(st.integers(0, 7)) == 0}
    return {"sizes": sizes, "team": side(), "template": side(), "team_adds": draw(st.booleans()), "moves": moves}


def edited(name: str, count: int, edits: list[Edit], who: str) -> list[str]:
    """Edit the second line of blocks, so that two lines of every block stay as they are between neighbours."""
    comment = "# " if name.endswith((".py", ".toml", ".yml")) else ""
    lines = numbered(name, count)
    for block, kind in sorted(edits, reverse=True):
        at = block * BLOCK + 1
        if kind == "change":
            lines[at] = f"{comment}{who} changed {name} {block}"
        elif kind == "insert":
            lines.insert(at, f"{comment}{who} inserted {name} {block}")
        else:
            del lines[at]
    return lines


def text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def build(world: dict[str, object], folder: Path, capture: pytest.CaptureFixture[str]) -> Lab:
    sizes, team, template, moves = world["sizes"], world["team"], world["template"], world["moves"]
    assert isinstance(sizes, dict)
    assert isinstance(team, dict)
    assert isinstance(template, dict)
    assert isinstance(moves, dict)
    made = start(folder, capture, {name: text(numbered(name, size)) for name, size in sizes.items()})
    now: dict[str, str | None] = {}
    for name, size in sizes.items():
        if template[name] is None:
            now[name] = None
        elif name in moves:
            now |= {name: None, moves[name]: text(edited(name, size, template[name], "template"))}
        else:
            now[name] = text(edited(name, size, template[name], "template"))
    made.release("v2.0.0", now | {"new/template.txt": "new of the template\n"})
    mine: dict[str, str | None] = {
        name: None if team[name] is None else text(edited(name, size, team[name], "team"))
        for name, size in sizes.items()
    }
    made.commit({**mine, **({"dir/own.txt": "own of the team\n"} if world["team_adds"] else {})})
    return made


def reachable(made: Lab) -> str:
    """Return all that a person can find afterwards: the work tree and the stages of conflicts."""
    on_disk = b"".join(data for _kind, data in snapshot(made.project).values())
    stages = {line.split()[1] for line in index(made.project).splitlines() if line.split()[2] != "0"}
    return on_disk.decode() + "".join(made.git("cat-file", "blob", name) for name in sorted(stages))


@SETTINGS
@given(world=worlds())
def test_nothing_is_lost_preview_agrees_abort_restores(
    world: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        made = build(world, Path(name), capsys)
        before, staged = snapshot(made.project), index(made.project)
        preview = made.plan("--preview")
        assert (snapshot(made.project), index(made.project)) == (before, staged)
        applied = made.plan()
        assert preview["files"] == applied["files"]
        assert preview["conflicts"] == applied["conflicts"]
        found = reachable(made)
        for line in sorted(b"".join(data for _kind, data in before.values()).decode().splitlines()):
            if " team " in f" {line} " and line.startswith(("team", "# team", "own")):
                assert line in found, f"lost of the team: {line}"
        deleted = {path for path, edits in world["team"].items() if edits is None}  # type: ignore[attr-defined]
        moves: dict[str, str] = world["moves"]  # type: ignore[assignment]
        for path, edits in world["template"].items():  # type: ignore[attr-defined]
            gone = path in deleted
            for block, kind in edits or ():
                if kind != "delete" and not gone:
                    verb = "changed" if kind == "change" else "inserted"
                    assert f"template {verb} {path} {block}" in found, f"lost of the template: {path} {block}"
            if gone:
                assert not (made.project / path).exists() or path in [c["path"] for c in applied["conflicts"]]
            if path in moves and edits is not None and not gone:
                assert not (made.project / path).exists(), "two copies"
        assert (made.project / "new/template.txt").exists()
        if applied["conflicts"]:
            assert made.run("update", "--abort")[0] == 0
        else:
            assert made.run("update", "--undo")[0] == 0
        assert snapshot(made.project) == before
        assert index(made.project) == staged


@SETTINGS
@given(world=worlds())
def test_an_update_again_changes_nothing_and_two_steps_are_one(
    world: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        made = build(world, Path(name), capsys)
        made.release("v3.0.0", {"late.txt": "late\n", "new/template.txt": "newer of the template\n"})
        made.git("branch", "steps")
        if made.update():
            return
        once = snapshot(made.project)
        made.commit({}, "update")
        assert made.plan("--preview")["files"] == []
        made.git("checkout", "-qf", "steps")
        made.git("clean", "-qfd")
        if made.update("--to", "v2.0.0", "--commit"):
            return
        assert made.update() == 0
        assert snapshot(made.project) == once
