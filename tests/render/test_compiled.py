"""Compiled templates are kept between runs; whatever is wrong with the cache, the result is the same."""

import os
from pathlib import Path

import jinja2
import pytest

from mlscaffold.cache import cache_folder
from mlscaffold.render.compiled import compile_text, compiled_cache

TEXT = "{% for n in range(3) %}{{ n }}{{ word | upper }}{% endfor %}"


def render(text: str = TEXT, **options: str) -> str:
    environment = jinja2.Environment(bytecode_cache=compiled_cache(options), **options)  # type: ignore[arg-type]  # noqa: S701
    return compile_text(environment, text).render(word="a")


def entries() -> list[Path]:
    return sorted(cache_folder("jinja").rglob("*.cache"))


def test_a_text_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert render() == "0A1A2A"
    assert len(entries()) == 1
    monkeypatch.setattr(jinja2.Environment, "compile", lambda *_args, **_options: pytest.fail("compiled again"))
    assert render() == "0A1A2A"


def test_other_texts_and_other_delimiters_are_other_entries() -> None:
    assert render("<< word >>") == "<< word >>"
    assert render("<< word >>", variable_start_string="<<", variable_end_string=">>") == "a"
    assert render("<< word >>") == "<< word >>"


@pytest.mark.parametrize("rubbish", [b"", b"j2", os.urandom(300)])
def test_a_damaged_entry_is_compiled_anew(rubbish: bytes) -> None:
    render()
    entries()[0].write_bytes(rubbish)
    assert render() == "0A1A2A"


def test_a_cache_that_cannot_be_written_is_done_without(home: Path) -> None:
    (home / "cache").write_text("a file where the folder should be")
    assert compiled_cache({}) is None
    assert render() == "0A1A2A"


def test_a_full_disk_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", full)
    assert render() == "0A1A2A"
    assert entries() == []


def test_the_cache_keeps_nothing_back_when_the_text_changes() -> None:
    assert render("{{ word }}1{{ word }}") == "a1a"
    assert render("{{ word }}2{{ word }}") == "a2a"
