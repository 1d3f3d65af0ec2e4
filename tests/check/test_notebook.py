"""Notebooks as tools leave them: cells, tags, and where in the file their values stand."""

import json
from typing import Any

import pytest

from mlscaffold.check.targets.document import UnreadableError
from mlscaffold.check.targets.notebook import Notebook


def read(raw: Any, **dump: Any) -> Notebook:
    return Notebook("a.ipynb", raw if isinstance(raw, bytes) else json.dumps(raw, **dump).encode())


def cell(**keys: Any) -> dict[str, Any]:
    return {"cells": [{"cell_type": "code", "source": "", **keys}]}


@pytest.mark.parametrize(
    ("raw", "attribute", "expected"),
    [
        pytest.param(cell(source=["a\n", "b"]), "source", "a\nb", id="lines are joined"),
        pytest.param(cell(source="a\nb"), "source", "a\nb", id="one text"),
        pytest.param(cell(source=["a", 1, None]), "source", "a", id="no text is nothing"),
        pytest.param(cell(source=None), "source", "", id="no source"),
        pytest.param(cell(), "kind", "code", id="kind"),
        pytest.param({"cells": [{}]}, "kind", "None", id="no kind"),
        pytest.param(cell(outputs=[{}]), "outputs", True, id="an output"),
        pytest.param(cell(outputs=[]), "outputs", False, id="no output"),
        pytest.param(cell(execution_count=3), "execution_count", 3, id="count"),
        pytest.param(cell(execution_count=None), "execution_count", None, id="no count"),
        pytest.param(cell(execution_count=True), "execution_count", None, id="true is no count"),
        pytest.param(cell(execution_count="3"), "execution_count", None, id="text is no count"),
        pytest.param(cell(metadata={"tags": ["a", 1]}), "tags", ("a",), id="tags"),
        pytest.param(cell(metadata={"tags": "a"}), "tags", (), id="text is no list of tags"),
        pytest.param(cell(metadata=[]), "tags", (), id="a list is no metadata"),
        pytest.param(cell(metadata={"keep_output": True}), "keep", True, id="keep"),
        pytest.param(cell(metadata={"keep_output": "yes"}), "keep", False, id="only true keeps"),
        pytest.param(cell() | {"metadata": {"keep_output": True}}, "keep", True, id="keep all"),
        pytest.param(cell(), "keep", False, id="keep nothing"),
        pytest.param(cell(), "number", 1, id="counted from one"),
    ],
)
def test_a_cell_is_read(raw: Any, attribute: str, expected: object) -> None:
    assert getattr(read(raw).cells[0], attribute) == expected


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="broken"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"cells": {}}', id="cells are a table"),
        pytest.param(b'{"cells": [1]}', id="a cell is a number"),
        pytest.param(b'{"worksheets": []}', id="format 3"),
        pytest.param(b"\xff\xfe\xff", id="no text"),
        pytest.param(b"[" * 100_000, id="nested without end"),
    ],
)
def test_what_is_no_notebook_is_said_to_be_none(raw: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(raw)


def test_a_broken_notebook_tells_the_line() -> None:
    with pytest.raises(UnreadableError) as problem:
        read(b'{\n"cells": [,]}')
    assert problem.value.line == 2


RAW = {
    "metadata": {"cells": [1], "k": '}]\\"'},
    "cells": [
        {"cell_type": "markdown", "source": ['# Über {[ "x" 😀']},
        {"outputs": [{"text": ["ä", "]"]}], "cell_type": "code", "execution_count": 12, "source": "x = '}'"},
        {},
    ],
    "nbformat": 4,
}


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("indent", [None, 1, 4, "\t"])
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b" \n"])
def test_spans_are_where_the_values_stand(before: bytes, indent: Any, ascii_only: bool) -> None:
    source = before + json.dumps(RAW, indent=indent, ensure_ascii=ascii_only).encode()
    notebook = read(source)
    spans = notebook.spans()
    values = [{key: json.loads(source[start:end]) for key, (start, end) in one.items()} for one in spans]
    assert values == RAW["cells"]


def test_a_notebook_without_cells_has_no_spans() -> None:
    assert read(b'{"cells": [ ]}').spans() == []


def test_of_two_lists_of_cells_the_last_counts_as_everywhere() -> None:
    assert read(b'{"cells": [], "cells": [{"a": 1}]}').spans() == [{"a": (30, 31)}]


def test_a_notebook_that_is_not_utf_8_is_left_unmended() -> None:
    notebook = read(json.dumps(RAW).encode("utf-16"))
    assert len(notebook.cells) == 3
    assert notebook.spans() == []
