"""Comments that hide a finding: where they count, what they cover, and which bytes they take."""

from pathlib import Path

import pytest

from mlscaffold.check.ignores import ignores_of
from toolbox.checking import codes, findings, repository

CALL = "import torch\nm = torch.hub.load('pytorch/vision', 'resnet18')"


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param("a.py", "x = 1  # mlscaffold: ignore[MLX801] why\n", [(1, 1, ("MLX801",), "why")], id="beside"),
        pytest.param("a.py", "# mlscaffold: ignore[MLX801] why\nx = 1\n", [(1, 2, ("MLX801",), "why")], id="above"),
        pytest.param("a.py", "# mlscaffold: ignore[A]\n\t# mlscaffold: ignore[B]\nx\n",
                     [(1, 3, ("A",), ""), (2, 3, ("B",), "")], id="two above one another speak of the same line"),
        pytest.param("a.py", "x  # mlscaffold: ignore[A, B ,] - why\n", [(1, 1, ("A", "B"), "why")], id="several"),
        pytest.param("a.py", "x  # mlscaffold: ignore[] why\n", [(1, 1, (), "why")], id="none"),
        pytest.param("a.py", "x  # noqa  # mlscaffold: ignore[A] why\n", [(1, 1, ("A",), "why")], id="behind noqa"),
        pytest.param("a.py", "x = '# mlscaffold: ignore[A]'\n", [], id="in a string"),
        pytest.param("a.py", '"""\n# mlscaffold: ignore[A]\n"""\n', [], id="in a docstring"),
        pytest.param("a.py", "x = '# mlscaffold: ignore[A]'  # mlscaffold: ignore[B] why\n", [(1, 1, ("B",), "why")],
                     id="in a string and in a comment"),
        pytest.param("a.py", "def f(:\n  x  # mlscaffold: ignore[A] why\n", [(2, 2, ("A",), "why")], id="no Python"),
        pytest.param("a.yml", "on: push  # mlscaffold: ignore[A] why\r\n", [(1, 1, ("A",), "why")], id="YAML, CRLF"),
        pytest.param("Dockerfile", "FROM x\n# mlscaffold: ignore[A] why\nRUN y\n", [(2, 3, ("A",), "why")], id="RUN"),
        pytest.param("a.ini", "; mlscaffold: ignore[A]\nx=1\n", [(1, 2, ("A",), "")], id="ini"),
        pytest.param("a.toml", "; mlscaffold: ignore[A]\nx=1\n", [], id="no comment of TOML"),
        pytest.param("a.json", "{\n // mlscaffold: ignore[A]\n}\n", [(2, 3, ("A",), "")], id="JSON with comments"),
        pytest.param("a.md", "<!-- mlscaffold: ignore[A] why -->\n", [(1, 2, ("A",), "why")], id="Markdown"),
        pytest.param("a.md", "Write `# mlscaffold: ignore[A] why` beside it.\n", [], id="Markdown about ignores"),
        pytest.param("a.rst", ".. mlscaffold: ignore[A] why\n", [(1, 2, ("A",), "why")], id="reStructuredText"),
        pytest.param("a.ipynb", '"x  # mlscaffold: ignore[A] why\\n",\n', [], id="notebook"),
        pytest.param("a.py", "# mlscaffold: ignore MLX801\n", [], id="no brackets"),
        pytest.param("a.py", "x\n" + "y" * 3000 + "  # mlscaffold: ignore[A]\n", [], id="no line that people write"),
    ],
)  # fmt: skip
def test_comments_are_read(path: str, text: str, expected: list[tuple[int, int, tuple[str, ...], str]]) -> None:
    assert [(one.line, one.about, one.codes, one.reason) for one in ignores_of(path, text.encode())] == expected


@pytest.mark.parametrize(
    ("path", "data", "left"),
    [
        pytest.param("a.py", b"x = 1  # mlscaffold: ignore[A] why\ny\n", b"x = 1\ny\n", id="beside"),
        pytest.param("a.py", b"x = 1  # mlscaffold: ignore[A] why\r\ny\r\n", b"x = 1\r\ny\r\n", id="beside, CRLF"),
        pytest.param("a.py", b"a\n  # mlscaffold: ignore[A]\ny\n", b"a\ny\n", id="alone"),
        pytest.param("a.py", b"a\r\n# mlscaffold: ignore[A]\r\ny\r\n", b"a\r\ny\r\n", id="alone, CRLF"),
        pytest.param("a.py", b"a\n# mlscaffold: ignore[A]", b"a\n", id="at the end"),
        pytest.param("a.py", b"x  # noqa  # mlscaffold: ignore[A]\n", b"x  # noqa\n", id="another comment stays"),
        pytest.param("a.py", "ä = 'ö'  # mlscaffold: ignore[A] ü\n".encode(), "ä = 'ö'\n".encode(), id="UTF-8"),
        pytest.param("a.cfg", b"x = \xf6  # mlscaffold: ignore[A]\n", b"x = \xf6\n", id="no UTF-8"),
        pytest.param("a.py", b"# coding: latin-1\nx = '\xf6'  # mlscaffold: ignore[A] \xf6\n",
                     b"# coding: latin-1\nx = '\xf6'\n", id="Latin 1"),
        pytest.param("a.py", b"\xef\xbb\xbf# mlscaffold: ignore[A]\nx\n", b"\xef\xbb\xbf\nx\n", id="byte-order mark"),
    ],
)  # fmt: skip
def test_a_comment_takes_its_bytes_and_no_others(path: str, data: bytes, left: bytes) -> None:
    (one,) = ignores_of(path, data)
    assert data[: one.start] + data[one.end :] == left
    assert data[one.codes_start : one.codes_end] == b"A"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(f"{CALL}\n", ["MLX802"], id="no comment"),
        pytest.param(f"{CALL}  # mlscaffold: ignore[MLX802] why\n", [], id="beside"),
        pytest.param(CALL.replace("\n", "\n# mlscaffold: ignore[MLX802] why\n"), [], id="above"),
        pytest.param(CALL.replace("\n", "\n# mlscaffold: ignore[MLX802] why\n\n"), ["MLX802"], id="too far above"),
        pytest.param(f"{CALL}\n# mlscaffold: ignore[MLX802] why\n", ["MLX802"], id="below"),
        pytest.param(f"{CALL}  # mlscaffold: ignore[MLX801] why\n", ["MLX802"], id="another code"),
        pytest.param(f"{CALL}  # mlscaffold: ignore[MLX] why\n", ["MLX802"], id="a family is no code"),
        pytest.param(f"{CALL[:-1]},\n)  # mlscaffold: ignore[MLX802] why\n", [], id="on the last line of the call"),
        pytest.param(f"{CALL[:-1]},  # mlscaffold: ignore[MLX802] why\n)\n", [], id="on a line of the call"),
        pytest.param(f"# mlscaffold: ignore[MLX802] why\n{CALL}\n", ["MLX802"], id="at the head, about a line"),
    ],
)
def test_a_comment_covers_its_line(tmp_path: Path, text: str, found: list[str]) -> None:
    assert codes(tmp_path, {"a.py": text}, select=["MLX802"]) == found


@pytest.mark.parametrize(("above", "found"), [("", []), ("\n\n", []), ("\n\n\n", ["MLM502"])])
def test_a_comment_at_the_head_covers_the_whole_file(tmp_path: Path, above: str, found: list[str]) -> None:
    text = f"{above}<!-- mlscaffold: ignore[MLM502] said elsewhere -->\n# A model\n"
    assert codes(tmp_path, {"MODEL_CARD.md": text}, select=["MLM502"]) == found


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        pytest.param({"ignore": ["MLX802"]}, [], id="by code"),
        pytest.param({"ignore": {"MLX": "why"}}, [], id="by family, with a reason"),
        pytest.param({"ignore": ["MLX801"]}, ["MLX802"], id="another"),
        pytest.param({"per_file_ignores": {"sub/**": ["MLX802"]}}, [], id="by path"),
        pytest.param({"per_file_ignores": {"other/**": ["MLX802"]}}, ["MLX802"], id="by another path"),
        pytest.param({"per_file_ignores": {"sub/**": ["MLX801"]}}, ["MLX802"], id="another by path"),
    ],
)
def test_settings_ignore(tmp_path: Path, settings: dict[str, object], found: list[str]) -> None:
    assert codes(tmp_path, {"sub/a.py": CALL}, select=["MLX"], **settings) == found


def test_findings_come_in_the_order_of_the_files(tmp_path: Path) -> None:
    text = "import torch\n" + "".join(f"{name} = torch.hub.load('a/b', 'c')\n" for name in "ba" * 6)
    found = findings(tmp_path, {"b.py": text, "a.py": text}, select=["MLX802"])
    assert [(one.path, one.line) for one in found] == [
        (path, line) for path in ("a.py", "b.py") for line in range(2, 14)
    ]


def test_only_what_lies_below_the_paths_is_reported(tmp_path: Path) -> None:
    from mlscaffold.check.listing import tracked
    from mlscaffold.check.run import check

    root = repository(tmp_path, {"sub/a.py": CALL, "subway/a.py": CALL, "b.py": CALL})

    def found(*paths: str) -> list[str]:
        answer = check(str(root), tracked(str(root)), {"select": ["MLX802"]}, keep=False, paths=paths).answer
        return [one.path for one in answer.findings]

    assert found("sub") == ["sub/a.py"]
    assert found("b.py", "subway") == ["b.py", "subway/a.py"]
    assert found(".") == found() == ["b.py", "sub/a.py", "subway/a.py"]
