"""The proof bites: wrong results are made on purpose, and merges with planted faults are refused."""

import pytest

from mlscaffold.merge.resolvers import engine, nodes, resolve_file, structured
from mlscaffold.merge.resolvers.decisions import Bump
from mlscaffold.merge.resolvers.outcome import Unresolved
from mlscaffold.merge.resolvers.proof import prove

BASE = 'a = 1\nb = ["x", "y"]\nversion = "1.0"\nt.u = 1\n'
OURS = BASE.replace("a = 1", "a = 1\nours = 1").replace('"y"', '"y", "ours"').replace("1.0", "1.1")
THEIRS = (
    BASE.replace("t.u = 1\n", "theirs = 1\n").replace('"x", ', "").replace('"y"', '"y", "theirs"').replace("1.0", "1.2")
)
RIGHT = 'a = 1\nours = 1\nb = ["y", "ours", "theirs"]\nversion = "1.2"\ntheirs = 1\n'
BUMP = Bump(("version",), "1.1", "1.2", "1.2")


def test_a_right_result_passes() -> None:
    prove("toml", BASE, OURS, THEIRS, RIGHT, [BUMP])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("ours = 1\n", "", id="a key of ours is missing"),
        pytest.param("theirs = 1\n", "", id="a key of theirs is missing"),
        pytest.param("theirs = 1\n", "theirs = 1\nt.u = 1\n", id="a deleted key is back"),
        pytest.param("ours = 1\n", "ours = true\n", id="another type"),
        pytest.param("ours = 1\n", "ours = 1\nmore = 1\n", id="a key of nobody"),
        pytest.param('"ours", ', "", id="an item of ours is missing"),
        pytest.param('"y", ', '"y", "y", ', id="an item twice"),
        pytest.param('"y", ', '"x", "y", ', id="a deleted item is back"),
        pytest.param('"1.2"', '"1.1"', id="not what was decided"),
        pytest.param('"1.2"', '"1.0"', id="a change of both undone"),
        pytest.param('"1.2"', '"1.2', id="no TOML"),
    ],
)
def test_a_wrong_result_is_refused(old: str, new: str) -> None:
    with pytest.raises(Unresolved):
        prove("toml", BASE, OURS, THEIRS, RIGHT.replace(old, new), [BUMP])


def test_a_version_of_nobody_is_refused() -> None:
    with pytest.raises(Unresolved):
        prove("toml", BASE, OURS, THEIRS, RIGHT.replace("1.2", "1.3"), [BUMP._replace(taken="1.3")])


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        pytest.param("a: 1\n", "a: 1\nb: 1\n", "a: 1\nc: 1\n", "a: 1\nb: 1\nb: 1\nc: 1\n", id="a key twice"),
        pytest.param("a: &x 1\n", "a: &x 1\nb: *x\n", "a: &x 1\nc: 1\n", "a: 1\nb: *x\nc: 1\n", id="an anchor lost"),
        pytest.param("a: 1\n", "a: 1\nb: &x 1\n", "a: 1\nc: &x 2\n", "a: 1\nb: &x 1\nc: &x 2\n", id="an anchor twice"),
        pytest.param("a: !t x\n", "a: !t x\nb: 1\n", "a: !t x\nc: 1\n", "a: x\nb: 1\nc: 1\n", id="a tag lost"),
        pytest.param("a: '1'\n", "a: '1'\nb: 1\n", "a: '1'\nc: 1\n", "a: 1\nb: 1\nc: 1\n", id="quotes lost"),
    ],
)
def test_wrong_yaml_is_refused(base: str, ours: str, theirs: str, merged: str) -> None:
    with pytest.raises(Unresolved):
        prove("yaml", base, ours, theirs, merged, [])


def attempt() -> bytes | None:
    found = resolve_file("a.toml", BASE.encode(), OURS.encode(), THEIRS.encode())
    return None if found is None else found.data


def test_without_a_planted_fault_it_resolves() -> None:
    assert attempt() == RIGHT.encode()


def test_a_merge_that_loses_an_entry_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    real = engine.merged_order
    monkeypatch.setattr(engine, "merged_order", lambda *sides, strict: real(*sides, strict=strict)[:-1])
    assert attempt() is None


def test_a_merge_that_takes_the_older_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "newer", lambda *_, **__: "1.0")
    assert attempt() is None


def test_a_merge_that_brings_back_what_was_deleted_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_unless_deleted", lambda _base, entry, _path, fit: fit(entry))
    assert attempt() is None


def test_a_text_that_does_not_come_back_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structured, "text_of", lambda node: nodes.text_of(node).replace("b = ", ""))
    assert attempt() is None
