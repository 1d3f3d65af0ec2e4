"""MLZ: ignores that hide nothing, and files that cannot be read."""

from pathlib import Path

import pytest

from mlscaffold.check.command import main
from toolbox.checking import findings, repository

LOAD = "import torch\nm = torch.hub.load('a/b', 'c')"
CODES = ["MLX", "MLZ"]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        pytest.param("x = 1  # mlscaffold: ignore[MLX802] why\n", 1, "hides no MLX802", id="nothing there"),
        pytest.param("# mlscaffold: ignore[MLX802] why\nx = 1\n", 1, "hides no MLX802", id="nothing below"),
        pytest.param(f"{LOAD}\n# mlscaffold: ignore[MLX802] why\n", 3, "hides no MLX802", id="on the wrong line"),
        pytest.param(f"{LOAD}  # mlscaffold: ignore[MLX802, MLX801] why\n", 2, "hides no MLX801 any", id="half of it"),
        pytest.param("x = 1  # mlscaffold: ignore[MLX801, MLX802] why\n", 1, "hides no MLX801 or MLX802", id="both"),
        pytest.param("x = 1  # mlscaffold: ignore[MLX80] why\n", 1, "MLX80, which is no rule; did you mean", id="typo"),
        pytest.param("x = 1  # mlscaffold: ignore[QQQ] why\n", 1, "QQQ, which is no rule", id="no rule"),
        pytest.param("x = 1  # mlscaffold: ignore[] why\n", 1, "name the codes", id="no code"),
        pytest.param("x = 1  # mlscaffold: ignore[MLR204] why\n", 1, "hides no MLR204", id="a strict rule"),
    ],
)  # fmt: skip
def test_an_idle_ignore_is_found(tmp_path: Path, text: str, line: int, told: str) -> None:
    found = [one for one in findings(tmp_path, {"a.py": text}) if one.code == "MLZ001"]
    assert [one.line for one in found] == [line]
    assert told in found[0].message


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{LOAD}  # mlscaffold: ignore[MLX802] our mirror\n", id="it hides something"),
        pytest.param(f"{LOAD}  # mlscaffold: ignore[MLX802]\n", id="it gives no reason, which nobody asked for"),
        pytest.param(f"x = '# mlscaffold: ignore[MLX802]'\n{LOAD}  # mlscaffold: ignore[MLX802] why\n", id="a string"),
    ],
)
def test_an_ignore_at_work_is_left_alone(tmp_path: Path, text: str) -> None:
    assert findings(tmp_path, {"a.py": text}, select=CODES) == []


def test_an_ignore_for_a_strict_rule_is_at_work_in_every_persona(tmp_path: Path) -> None:
    text = "FROM python:3.13  # mlscaffold: ignore[MLB704] renovate pins it\n"
    strict = [
        one for one in findings(tmp_path, {"Dockerfile": "FROM python:3.13\n"}, persona="strict") if one.line == 1
    ]
    for one in strict:
        code = one.code
        found = findings(tmp_path, {"Dockerfile": text.replace("MLB704", code)}, select=["MLZ", "MLX"])
        assert [each.message for each in found if each.line == 1] == []
    assert strict


def test_strict_wants_reasons(tmp_path: Path) -> None:
    text = f"{LOAD}  # mlscaffold: ignore[MLX802]\n"
    assert [one.message for one in findings(tmp_path, {"a.py": text}, select=CODES, persona="strict")] == [
        "gives no reason; write it behind the bracket"
    ]
    settings = {"ignore": ["MLP601"], "per_file_ignores": {"a/**": ["MLX"], "b/**": {"MLX": "why"}}}
    found = findings(tmp_path, {"a.py": "x = 1\n"}, select=CODES, persona="strict", **settings)
    assert [(one.path, one.message) for one in found] == [
        ("pyproject.toml", 'MLP601 is ignored without a reason; write MLP601 = "why"'),
        ("pyproject.toml", 'MLX is ignored in a/** without a reason; write MLX = "why"'),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("x = 1  # mlscaffold: ignore[MLX802] why\n", "x = 1\n", id="beside code"),
        pytest.param("# mlscaffold: ignore[MLX802] why\nx = 1\n", "x = 1\n", id="alone"),
        pytest.param("x = 1  # mlscaffold: ignore[] why\n", "x = 1\n", id="no code"),
        pytest.param("x = 1  # mlscaffold: ignore[QQQ] why\n", "x = 1\n", id="no rule"),
        pytest.param("x = 1  # mlscaffold: ignore[MLX80] why\n", "x = 1  # mlscaffold: ignore[MLX80] why\n", id="typo"),
        pytest.param(f"{LOAD}  # mlscaffold: ignore[MLX801,MLX802] why\n",
                     f"{LOAD}  # mlscaffold: ignore[MLX802] why\n", id="half of it"),
        pytest.param("x = 1  # mlscaffold: ignore[QQQ,MLX802] why\n", "x = 1\n", id="both, one after the other"),
    ],
)  # fmt: skip
def test_what_is_idle_is_taken_out(tmp_path: Path, before: str, after: str) -> None:
    repository(tmp_path, {"a.py": before})
    for _time in range(2):
        main(["-C", str(tmp_path), "--fix", "--select", "MLX,MLZ"])
        assert (tmp_path / "a.py").read_text() == after


@pytest.mark.parametrize(
    ("path", "content", "line", "told"),
    [
        pytest.param("a.py", "x = 1\ndef f(:\n", 2, "is no Python", id="Python"),
        pytest.param("a.ipynb", "{", 1, "is no notebook", id="notebook"),
        pytest.param("a.py", b"\xff\xfe\x00", 0, "is no Python", id="no text"),
        pytest.param(".copier-answers.yml", "a: [\n", 2, "does not parse", id="a document that a rule asks for"),
    ],
)
def test_what_cannot_be_read_is_found_once(
    tmp_path: Path, path: str, content: str | bytes, line: int, told: str
) -> None:
    found = findings(tmp_path, {path: content}, select=["MLZ002"])
    assert [(one.path, one.line) for one in found] == [(path, line)]
    assert told in found[0].message


def test_a_document_that_no_rule_asks_for_is_left_alone(tmp_path: Path) -> None:
    assert findings(tmp_path, {"data/broken.yaml": "a: [\n", "a.txt": b"\xff"}, select=["MLZ002"]) == []
