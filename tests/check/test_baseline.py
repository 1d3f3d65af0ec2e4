"""The baseline: what was known before is not reported, and it only ever becomes smaller."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from mlscaffold.check.baseline import slack_is_red
from mlscaffold.check.command import main
from mlscaffold.check.reports.answer import Answer
from toolbox.checking import codes, findings, repository

PATH = ".mlscaffold/baseline.json"
# A comment that hides nothing is the simplest finding there is: MLZ001, on its line.
BAD = "x = 1  # mlscaffold: ignore[MLX801]\n"
OTHER = "y = 1  # mlscaffold: ignore[MLX802]\n"
KNOWN, KNOWN_TOO = (" ".join(line.split()) for line in (BAD, OTHER))


def baseline(root: Path, files: Mapping[str, str], *arguments: str) -> int:
    repository(root, files)
    code = main(["-C", str(root), "--update-baseline", *arguments])
    repository(root, {})  # git tracks the baseline from now on
    return code


def entries(root: Path) -> list[list[object]]:
    return list(json.loads((root / PATH).read_text())["findings"])


def test_what_is_found_today_is_known_from_now_on(tmp_path: Path) -> None:
    assert baseline(tmp_path, {"a.py": BAD, "b.py": BAD + OTHER}) == 0
    assert codes(tmp_path) == []
    assert entries(tmp_path) == [
        ["MLZ001", "a.py", KNOWN, 1],
        ["MLZ001", "b.py", KNOWN, 1],
        ["MLZ001", "b.py", KNOWN_TOO, 1],
    ]


def test_there_is_one_entry_a_line_and_no_line_number(tmp_path: Path) -> None:
    baseline(tmp_path, {"a.py": "\n\n" + BAD + BAD})
    assert (tmp_path / PATH).read_text() == (
        '{"format": 1, "findings": [\n  ["MLZ001", "a.py", "x = 1 # mlscaffold: ignore[MLX801]", 2]\n]}\n'
    )


@pytest.mark.parametrize(
    ("after", "found"),
    [
        pytest.param("# moved\n\n" + BAD, 0, id="the line moved"),
        pytest.param("if a:\n    " + BAD.replace("  #", " #"), 0, id="the line is indented otherwise"),
        pytest.param(BAD + BAD, 1, id="there is one more of it"),
        pytest.param(BAD.replace("x", "z"), 1, id="the line is another"),
        pytest.param(BAD + OTHER, 1, id="another line has the same finding"),
        pytest.param("x = 1\n", 0, id="it is gone"),
    ],
)
def test_a_known_finding_is_known_by_its_text(tmp_path: Path, after: str, found: int) -> None:
    baseline(tmp_path, {"a.py": BAD})
    assert len(findings(tmp_path, {"a.py": after})) == found


def test_a_finding_in_another_file_is_new(tmp_path: Path) -> None:
    baseline(tmp_path, {"a.py": BAD})
    assert [one.path for one in findings(tmp_path, {"b.py": BAD})] == ["b.py"]


def test_a_finding_on_a_whole_file_is_known(tmp_path: Path) -> None:
    baseline(tmp_path, {"a.py": "def f(:\n", "MODEL_CARD.md": "# A model\n"})
    assert ["MLM502", "MODEL_CARD.md", "", 1] in entries(tmp_path)
    assert codes(tmp_path) == []


def test_it_only_tightens(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    baseline(tmp_path, {"a.py": BAD + BAD, "b.py": BAD, "d.py": BAD})
    code = baseline(tmp_path, {"a.py": BAD, "b.py": "", "c.py": BAD, "d.py": BAD + BAD})
    assert entries(tmp_path) == [["MLZ001", "a.py", KNOWN, 1], ["MLZ001", "d.py", KNOWN, 1]]
    assert code == 1
    out, err = capfd.readouterr()
    assert f"{PATH}: 2 gone, 2 left" in err
    assert "c.py:1: MLZ001" in out
    assert "d.py:2: MLZ001" in out


def test_an_empty_baseline_stays_so_that_it_does_not_start_anew(tmp_path: Path) -> None:
    baseline(tmp_path, {"a.py": BAD})
    baseline(tmp_path, {"a.py": ""})
    assert (tmp_path / PATH).read_text() == '{"format": 1, "findings": []}\n'
    assert baseline(tmp_path, {"a.py": BAD}) == 1
    assert codes(tmp_path) == ["MLZ001"]


def test_who_deletes_it_starts_anew(tmp_path: Path) -> None:
    baseline(tmp_path, {"a.py": BAD})
    (tmp_path / PATH).unlink()
    assert baseline(tmp_path, {"a.py": OTHER}) == 0
    assert entries(tmp_path) == [["MLZ001", "a.py", KNOWN_TOO, 1]]


def test_a_clean_repository_needs_none(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert baseline(tmp_path, {"a.py": "x = 1\n"}) == 0
    assert not (tmp_path / PATH).exists()
    assert "is not needed" in capfd.readouterr().err


def test_rules_that_were_not_asked_for_keep_their_entries(tmp_path: Path) -> None:
    strict = {"a.py": "x = 1\n", "pyproject.toml": '[tool.mlscaffold.check]\nignore = ["MLX801"]\n'}
    entry = '["MLR204", "a.py", "x = 1", 1]'
    repository(tmp_path, {**strict, PATH: f'{{"format": 1, "findings": [{entry}, ["OLD001", "a.py", "", 1]]}}'})
    answer = json_of(tmp_path)
    assert answer["summary"]["baseline_gone"] == 1  # OLD001, which is no rule any more
    baseline(tmp_path, {})
    assert entries(tmp_path) == [["MLR204", "a.py", "x = 1", 1]]


def json_of(root: Path) -> dict[str, dict[str, int]]:
    target = root.parent / "report.json"
    main(["-C", str(root), "--output", "json", "--output-file", str(target), "--no-cache"])
    return dict(json.loads(target.read_text()))


@pytest.mark.parametrize("argument", ["--select", "--ignore"])
def test_it_is_about_all_rules(tmp_path: Path, capfd: pytest.CaptureFixture[str], argument: str) -> None:
    assert baseline(tmp_path, {"a.py": BAD}, argument, "MLX801") == 2
    assert f"leave {argument} out" in capfd.readouterr().err
    assert not (tmp_path / PATH).exists()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"format": 1}', '{"format": 1, "findings": 3}', '{"format": 1, "findings": [["a", "b"]]}',
     '{"format": 1, "findings": [["a", "b", "c", "d"]]}', '<<<<<<< ours\n{"format": 1, "findings": []}\n'],
)  # fmt: skip
def test_a_damaged_baseline_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str], text: str) -> None:
    repository(tmp_path, {"a.py": BAD, PATH: text})
    assert main(["-C", str(tmp_path), "--no-cache"]) == 2
    err = capfd.readouterr().err
    assert f"{PATH} is damaged: restore it from git" in err
    assert err.count("\n") == 1


def test_a_baseline_of_a_later_version_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    repository(tmp_path, {PATH: '{"format": 2, "findings": []}'})
    assert main(["-C", str(tmp_path), "--no-cache"]) == 2
    assert "has format 2, not 1" in capfd.readouterr().err


def test_it_may_lie_elsewhere_but_not_outside(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "p"
    baseline(root, {"a.py": BAD, "pyproject.toml": '[tool.mlscaffold.check]\nbaseline = "known/here.json"\n'})
    assert (root / "known/here.json").exists()
    assert codes(root) == []
    outside = '[tool.mlscaffold.check]\nbaseline = "../known.json"\n'
    assert baseline(root, {"pyproject.toml": outside}) == 2
    assert not (tmp_path / "known.json").exists()
    assert "not below the project" in capfd.readouterr().err


def test_no_ignores_shows_what_is_known(tmp_path: Path) -> None:
    card = {"MODEL_CARD.md": "# A model\n"}
    baseline(tmp_path, card)
    assert codes(tmp_path) == []
    assert main(["-C", str(tmp_path), "--no-ignores", "--select", "MLM"]) == 1


def test_fix_and_baseline_go_together(tmp_path: Path) -> None:
    assert baseline(tmp_path, {"a.py": BAD, "MODEL_CARD.md": "# A model\n"}, "--fix") == 0
    assert (tmp_path / "a.py").read_text() == "x = 1\n"
    assert [entry[0] for entry in entries(tmp_path)] == ["MLM502"]


@pytest.mark.parametrize(
    ("ci", "slack", "red"), [("true", 1, True), ("1", 2, True), ("true", 0, False), ("", 1, False), ("false", 1, False)]
)
def test_slack_is_red_in_ci_only(monkeypatch: pytest.MonkeyPatch, ci: str, slack: int, red: bool) -> None:
    monkeypatch.setenv("CI", ci)
    assert slack_is_red(Answer((), 0, 0, slack, 1, {}, {})) is red
    monkeypatch.delenv("CI")
    assert not slack_is_red(Answer((), 0, 0, slack, 1, {}, {}))
