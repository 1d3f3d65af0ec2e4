"""Every form of a report holds what was found, whatever stands in a file's name or a message."""

import html
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mlscaffold import __version__
from mlscaffold.check.findings import Edit, Finding, Fix
from mlscaffold.check.listing import tracked
from mlscaffold.check.options import Options
from mlscaffold.check.registry import Rules, rule
from mlscaffold.check.reports import as_json, concise, counts, full, github, gitlab, markdown, sarif
from mlscaffold.check.reports.answer import Answer
from mlscaffold.check.reports.printing import print_answer
from mlscaffold.check.reports.rules import explained, known, listed
from mlscaffold.check.reports.sources import Sources
from mlscaffold.check.reports.text import put, shown, valid
from mlscaffold.check.run import check
from mlscaffold.check.settings import SettingsError
from toolbox.checking import repository

SAFE = Fix((Edit("a.py", 0, 0, "x"),), safe=True)
UNSAFE = SAFE._replace(safe=False)
NASTY = "we|ird\n`x`,'\"<b>: 100%/\udcff.py"


def answer(*findings: Finding, **counted: int) -> Answer:
    """Return an answer of rules that there are: a strict one and a default one."""
    made = tuple(sorted(one if one.code else one._replace(code="MLX802") for one in findings))
    codes = sorted({one.code for one in made})
    left_out = {"ignored": 0, "baselined": 0, "slack": 0, "files": 7, **counted}
    return Answer(
        made,
        hints={code: f"hint of {code}" for code in codes},
        names={code: f"name-{code}" for code in codes},
        **left_out,
    )


def project(root: Path, **files: str) -> Sources:
    return Sources(os.fspath(repository(root, {name.replace("_", "."): text for name, text in files.items()})))


RULES = known("/")
STRICT = next(one.code for one in RULES.values() if one.level == "strict")

# --- the summary


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param(answer(), "7 files, no findings", id="clean"),
        pytest.param(answer(files=1), "1 file, no findings", id="one file"),
        pytest.param(answer(Finding("a.py", 1, "m")), "1 finding in 7 files", id="one"),
        pytest.param(
            answer(Finding("a.py", 1, "m", fix=SAFE), Finding("a.py", 2, "m")),
            "2 findings in 7 files, 1 with a fix [*]",
            id="a fix",
        ),
        pytest.param(answer(ignored=2), "7 files, no findings, 2 ignored", id="ignored"),
        pytest.param(answer(baselined=3), "7 files, no findings, 3 known before", id="baselined"),
        pytest.param(answer(slack=4), "7 files, no findings, 4 of the baseline gone", id="fewer than the baseline"),
    ],
)
def test_the_summary_counts_what_is_told_and_what_is_not(given: Answer, told: str) -> None:
    assert given.summary == told


def test_counts_are_by_code_and_no_code_is_left_out() -> None:
    given = answer(Finding("a.py", 1, "m"), Finding("b.py", 2, "m"), Finding("c.py", 2, "m", code=STRICT))
    assert given.counts == {"MLX802": 2, STRICT: 1}


# --- text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        pytest.param("src/é日.py", "src/é日.py", id="letters of any language stay"),
        pytest.param("a\nb", r"a\nb", id="a new line is an escape"),
        pytest.param("a\x1b[31mb", r"a\x1b[31mb", id="no colour from a file's name"),
        pytest.param("a\udcffb", r"a\udcffb", id="a byte that is no UTF-8"),
    ],
)
def test_a_line_of_the_terminal_holds_no_control_character(text: str, safe: str) -> None:
    assert shown(text) == safe


def test_text_for_a_document_keeps_all_but_lone_surrogates() -> None:
    assert valid("a\n\té\udcff\ud800") == "a\n\té\\udcff\\ud800"


def test_a_terminal_of_few_letters_gets_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    put("é\n")
    sys.stdout.flush()
    assert raw.getvalue() == b"\\xe9\n"


def test_a_reader_that_has_gone_is_no_fault(tmp_path: Path) -> None:
    project(tmp_path, a_py="def f(:\n" * 2)
    program = f"{sys.executable} -m mlscaffold check --output full | head -c 0"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 1  # the findings', not a fault's


# --- concise


def test_concise_is_a_line_a_finding_then_hints_then_the_summary() -> None:
    given = answer(Finding("a.py", 3, "is wrong", fix=SAFE), Finding(".", 0, "lacks x", code=STRICT))
    assert concise.report(given).splitlines() == [
        f".: {STRICT} lacks x",
        "a.py:3: MLX802 is wrong [*]",
        *sorted([f"  {STRICT}: hint of {STRICT}", "  MLX802: hint of MLX802"]),
        "2 findings in 7 files, 1 with a fix [*]",
    ]


def test_quiet_prints_findings_only() -> None:
    assert concise.report(answer(Finding("a.py", 3, "is wrong")), quiet=True) == "a.py:3: MLX802 is wrong\n"
    assert concise.report(answer(), quiet=True) == full.report(answer(), Sources("/"), quiet=True) == ""
    assert github.report(answer(), quiet=True) == markdown.report(answer(), quiet=True) == ""
    assert counts.report(answer(), quiet=True) == ""


def test_a_nasty_name_takes_one_line_in_concise() -> None:
    assert len(concise.report(answer(Finding(NASTY, 1, "m")), quiet=True).splitlines()) == 1


# --- full


def test_full_shows_the_line_and_points_at_the_column(tmp_path: Path) -> None:
    sources = project(tmp_path, a_py='x = "é"; load("n")\n')
    given = answer(Finding("a.py", 1, "is wrong", column=11))  # in bytes: é has two
    assert full.report(given, sources).splitlines() == [
        "a.py:1:10: MLX802 name-MLX802: is wrong",
        '  1 | x = "é"; load("n")',
        "    |          ^",
        "  next: hint of MLX802",
        "",
        "1 finding in 7 files",
    ]


def test_full_keeps_the_caret_in_place_behind_tabs_and_beside_long_numbers(tmp_path: Path) -> None:
    sources = project(tmp_path, a_py="\n" * 9 + "\tload()\n")
    shown_line, caret = full.report(answer(Finding("a.py", 10, "m", column=2)), sources).splitlines()[1:3]
    assert shown_line == "  10 |     load()"
    assert caret.index("^") == shown_line.index("load")


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(Finding(".", 0, "m"), id="the repository"),
        pytest.param(Finding("a.py", 0, "m"), id="a whole file"),
        pytest.param(Finding("a.py", 99, "m"), id="a line that is not there"),
        pytest.param(Finding("gone.py", 1, "m", column=1), id="a file that is not there"),
        pytest.param(Finding(NASTY, 1, "m"), id="a name of all sorts"),
    ],
)
def test_full_goes_without_a_line_where_there_is_none(tmp_path: Path, one: Finding) -> None:
    told = full.report(answer(one), project(tmp_path, a_py="x\n"), quiet=True)
    assert len(told.splitlines()) == 2
    assert " | " not in told.replace(shown(NASTY), "")


def test_full_shows_a_line_that_just_fits(tmp_path: Path) -> None:
    sources = project(tmp_path, a_py="x" * 160 + "\n")
    assert full.report(answer(Finding("a.py", 1, "m")), sources).splitlines()[1] == f"  1 | {'x' * 160}"


def test_full_points_at_the_last_character_and_at_none_where_the_column_is_unknown(tmp_path: Path) -> None:
    sources = project(tmp_path, a_py="xy\n")
    assert full.report(answer(Finding("a.py", 1, "m", column=2)), sources).splitlines()[2] == "    |  ^"
    assert "^" not in full.report(answer(Finding("a.py", 1, "m")), sources)
    assert "^" not in full.report(answer(Finding("a.py", 1, "m", column=9)), sources)


def test_full_of_a_clean_run_is_its_summary() -> None:
    assert full.report(answer(), Sources("/")) == "7 files, no findings\n"


def test_full_cuts_what_no_terminal_holds(tmp_path: Path) -> None:
    sources = project(tmp_path, a_py="x" * 500 + "\n")
    lines = full.report(answer(Finding("a.py", 1, "m", column=400)), sources, quiet=True).splitlines()
    assert lines[1] == f"  1 | {'x' * 160}..."
    assert len(lines) == 3  # a caret would point at nothing


def test_blocks_of_full_are_apart(tmp_path: Path) -> None:
    given = answer(Finding("a.py", 1, "m"), Finding("b.py", 1, "m"))
    assert full.report(given, project(tmp_path), quiet=True).count("\n\n") == 1


# --- sources


def test_lines_are_python_s_lines_and_a_byte_order_mark_is_no_column(tmp_path: Path) -> None:
    repository(tmp_path, {"a.py": b"\xef\xbb\xbfone\r\ntwo\x0cstill two\rthree\n"})
    sources = Sources(os.fspath(tmp_path))
    assert [sources.line("a.py", number) for number in range(5)] == ["", "one", "two\x0cstill two", "three", ""]
    assert Sources(os.fspath(repository(tmp_path, {"b.py": "one\ntwo"}))).line("b.py", 2) == "two"
    assert sources.column(Finding("a.py", 1, "m", column=2)) == 2
    assert sources.column(Finding("a.py", 0, "m", column=2)) == 0
    assert sources.column(Finding("a.py", 1, "m")) == 0


def test_a_fingerprint_stays_when_the_line_moves_and_differs_for_each_finding(tmp_path: Path) -> None:
    before = project(tmp_path / "before", a_py="load(x)\nload(x)\n")
    after = project(tmp_path / "after", a_py="import os\n\n  load(x)\nload(x)\n")
    old = before.fingerprints([Finding("a.py", 1, "m"), Finding("a.py", 2, "m")])
    assert len(set(old)) == 2
    assert after.fingerprints([Finding("a.py", 3, "told otherwise"), Finding("a.py", 4, "m")]) == old


def test_a_fingerprint_is_of_code_path_line_and_of_the_message_where_there_is_no_line(tmp_path: Path) -> None:
    sources = project(tmp_path, a_py="one\ntwo\n", b_py="one\n")
    findings = [
        Finding("a.py", 1, "m", code="A"),
        Finding("a.py", 1, "m", code="B"),
        Finding("a.py", 2, "m", code="A"),
        Finding("b.py", 1, "m", code="A"),
        Finding("a.py", 0, "m", code="A"),
        Finding("a.py", 0, "n\ud800", code="A"),
    ]
    assert len(set(sources.fingerprints(findings))) == len(findings)


# --- json


def test_json_is_a_document_with_a_version() -> None:
    given = answer(
        Finding("a.py", 1, "m", 5, 2, SAFE),
        Finding("b.py", 0, "m", fix=UNSAFE),
        Finding(NASTY, 1, "m", code=STRICT),
        ignored=1,
        baselined=2,
        slack=3,
    )
    document = json.loads(as_json.report(given))
    assert document["version"] == 1
    assert document["mlscaffold"] == __version__
    assert document["summary"] == {
        "findings": 3,
        "fixable": 2,
        "ignored": 1,
        "baselined": 2,
        "baseline_gone": 3,
        "files": 7,
        "by_code": {"MLX802": 2, STRICT: 1},
    }
    assert document["findings"][0] == {
        "code": "MLX802",
        "name": "name-MLX802",
        "path": "a.py",
        "line": 1,
        "column": 5,
        "end_line": 2,
        "message": "m",
        "hint": "hint of MLX802",
        "fix": "safe",
    }
    assert [one["fix"] for one in document["findings"]] == ["safe", "unsafe", None]
    assert document["findings"][2]["path"] == NASTY.replace("\udcff", "\\udcff")


# --- github


def test_github_reads_back_what_was_written() -> None:
    told = github.report(answer(Finding(NASTY, 3, "100% wrong:\n a, b", end_line=5)), quiet=True)
    assert told.count("\n") == 1
    command = re.fullmatch(r"::error (?P<properties>[^:]*)::(?P<data>.*)\n", told)  # a colon ends the properties
    assert command
    properties = dict(pair.split("=", 1) for pair in command["properties"].split(","))
    undone = {key: _unescaped(value, [(":", "%3A"), (",", "%2C")]) for key, value in properties.items()}
    assert undone == {"title": "MLX802 name-MLX802", "file": valid(NASTY), "line": "3", "endLine": "5"}
    assert _unescaped(command["data"], []).endswith("100% wrong:\\n a, b")


def _unescaped(text: str, more: list[tuple[str, str]]) -> str:
    for sign, written in [*more, ("\n", "%0A"), ("\r", "%0D"), ("%", "%25")]:
        text = text.replace(written, sign)
    return text


@pytest.mark.parametrize(
    ("one", "command"),
    [
        pytest.param(Finding(".", 0, "m"), "::error title=MLX802 name-MLX802::m", id="the repository is no file"),
        pytest.param(Finding("a.py", 0, "m"), "::error title=MLX802 name-MLX802,file=a.py::a.py: m", id="a whole file"),
        pytest.param(
            Finding("a.py", 2, "m", end_line=2),
            "::error title=MLX802 name-MLX802,file=a.py,line=2::a.py: m",
            id="a line",
        ),
    ],
)
def test_github_says_no_more_of_the_place_than_is_known(one: Finding, command: str) -> None:
    assert github.report(answer(one)).splitlines() == [command, "1 finding in 7 files"]


# --- gitlab, as its documentation describes the report

CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": r"^(\./|/)"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def test_gitlab_gets_what_its_documentation_asks_for(tmp_path: Path) -> None:
    sources = project(tmp_path, a_py="x\nx\n")
    given = answer(
        Finding("a.py", 1, "m"), Finding("a.py", 2, "m"), Finding(".", 0, "m", code=STRICT), Finding(NASTY, 1, "m")
    )
    told = json.loads(gitlab.report(given, sources, RULES))
    jsonschema.validate(told, CODE_QUALITY)
    assert len({one["fingerprint"] for one in told}) == 4
    assert [(one["check_name"], one["severity"], one["location"]["lines"]["begin"]) for one in told] == [
        (STRICT, "minor", 1),
        ("MLX802", "major", 1),
        ("MLX802", "major", 2),
        ("MLX802", "major", 1),
    ]
    assert told[1]["description"] == "MLX802: m"


# --- sarif: what section 3 of the standard asks of the objects that we write, and code scanning beyond it

MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
POSITIVE = {"type": "integer", "minimum": 1}
SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["$schema", "version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "additionalProperties": False,
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "required": ["name", "version", "rules"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "required": ["id", "shortDescription", "fullDescription", "help"],
                                            "additionalProperties": False,
                                            "properties": {
                                                "id": {"type": "string"},
                                                "name": {"type": "string"},
                                                "shortDescription": MESSAGE,
                                                "fullDescription": MESSAGE,
                                                "help": MESSAGE,
                                                "defaultConfiguration": {"properties": {"level": LEVEL}},
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "required": ["ruleId", "ruleIndex", "message", "locations", "partialFingerprints"],
                            "additionalProperties": False,
                            "properties": {
                                "ruleId": {"type": "string"},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": LEVEL,
                                "message": MESSAGE,
                                "partialFingerprints": {"additionalProperties": {"type": "string"}},
                                "locations": {
                                    "type": "array",
                                    "minItems": 1,
                                    "items": {
                                        "additionalProperties": False,
                                        "properties": {
                                            "physicalLocation": {
                                                "required": ["artifactLocation"],
                                                "additionalProperties": False,
                                                "properties": {
                                                    "artifactLocation": {
                                                        "required": ["uri", "uriBaseId"],
                                                        "properties": {
                                                            "uri": {"pattern": r"^[\w.~/%-]+$"},
                                                            "uriBaseId": {"const": "%SRCROOT%"},
                                                        },
                                                    },
                                                    "region": {
                                                        "required": ["startLine"],
                                                        "additionalProperties": False,
                                                        "properties": {
                                                            "startLine": POSITIVE,
                                                            "startColumn": POSITIVE,
                                                            "endLine": POSITIVE,
                                                        },
                                                    },
                                                },
                                            }
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def test_sarif_holds_rules_results_and_places(tmp_path: Path) -> None:
    sources = project(tmp_path, a_py='x = "é"; load("n")\n')
    given = answer(
        Finding("a.py", 1, "m", 11, 3),
        Finding("a.py", 0, "m", column=4, code=STRICT),
        Finding(".", 0, "m"),
        Finding(NASTY, 1, "m\udcff"),
        Finding("\ud800.py", 1, "m"),
    )
    document = json.loads(sarif.report(given, sources, RULES))
    jsonschema.validate(document, SARIF)
    run = document["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[one["ruleIndex"]]["id"] for one in run["results"]] == [one.code for one in given.findings]
    assert rules[0]["shortDescription"]["text"] in rules[0]["fullDescription"]["text"]
    assert {one["ruleId"]: one["level"] for one in run["results"]} == {"MLX802": "warning", STRICT: "note"}
    places = {place["artifactLocation"]["uri"]: place.get("region") for place in map(_physical, run["results"])}
    assert places == {
        ".": None,
        "a.py": {"startLine": 1, "startColumn": 10, "endLine": 3},
        "we%7Cird%0A%60x%60%2C%27%22%3Cb%3E%3A%20100%25/%FF.py": {"startLine": 1},
        "%5Cud800.py": {"startLine": 1},
    }
    assert "region" not in _physical(run["results"][1])  # a whole file
    assert len({one["partialFingerprints"]["mlscaffold/v1"] for one in run["results"]}) == 5


def _physical(result: dict[str, Any]) -> dict[str, Any]:
    return result["locations"][0]["physicalLocation"]


def test_a_sarif_region_of_one_line_has_no_end() -> None:
    document = json.loads(sarif.report(answer(Finding("a.py", 2, "m", end_line=2)), Sources("/"), RULES))
    assert _physical(document["runs"][0]["results"][0])["region"] == {"startLine": 2}


def test_the_help_of_a_sarif_rule_says_what_why_and_how() -> None:
    document = json.loads(sarif.report(answer(Finding("a.py", 1, "m")), Sources("/"), RULES))
    told = document["runs"][0]["tool"]["driver"]["rules"][0]["help"]["text"].split("\n\n")
    assert told[0] == RULES["MLX802"].doc.partition("\n")[0]
    assert len(told) == 3


# --- markdown


def test_markdown_is_a_table_that_no_name_breaks() -> None:
    told = markdown.report(answer(Finding(NASTY, 3, "use `a|b` | not <b>c</b> @team", fix=SAFE))).splitlines()
    assert told[0] == "**mlscaffold check**: 1 finding in 7 files, 1 with a fix &#91;&#42;&#93;"
    assert told[2:4] == ["| where | code | what |", "| --- | --- | --- |"]
    where, code, what = (cell.strip() for cell in told[4].strip("|").split("|"))
    assert html.unescape(where) == f"<code>{shown(NASTY)}:3</code>"
    assert code == "MLX802"
    assert html.unescape(what) == "use <code>a|b</code> | not <b>c</b> @team (has a fix)"
    assert "<b>" not in what
    assert "@" not in what
    assert told[-1] == "- MLX802: hint of MLX802"


def test_a_backtick_without_its_pair_is_a_backtick() -> None:
    row = markdown.report(answer(Finding("a.py", 0, "one ` only")), quiet=True).splitlines()[-1]
    assert html.unescape(row) == "| <code>a.py</code> | MLX802 | one ` only |"


def test_markdown_stays_below_what_forges_take() -> None:
    told = markdown.report(answer(*(Finding("a.py", line, "m") for line in range(1, 502)))).splitlines()
    assert sum(line.startswith("| <code>") for line in told) == 500
    assert "and 1 more" in told
    assert "more" not in markdown.report(answer(*(Finding("a.py", line, "m") for line in range(1, 501))))


def test_markdown_of_a_clean_run_is_its_summary() -> None:
    assert markdown.report(answer()) == "**mlscaffold check**: 7 files, no findings\n\n"


# --- statistics, and where reports go


def test_statistics_begin_with_what_is_most_frequent() -> None:
    many = [Finding("a.py", line, "m", fix=SAFE) for line in range(1, 11)]
    told = counts.report(answer(*many, Finding("b.py", 1, "m", code=STRICT)))
    assert told.splitlines()[:2] == ["10 MLX802 name-MLX802 [*]", f" 1 {STRICT} name-{STRICT}"]
    assert told.splitlines()[2].startswith("11 findings in 7 files")


def test_as_frequent_codes_are_in_their_order() -> None:
    told = counts.report(answer(Finding("a.py", 1, "m"), Finding("a.py", 1, "m", code="MLB701")), quiet=True)
    assert [line.split()[1] for line in told.splitlines()] == ["MLB701", "MLX802"]


FORMS = {
    "concise": "a.py:1: MLX802 m",
    "full": "a.py:1: MLX802 name-MLX802: m",
    "json": '"version": 1',
    "github": "::error ",
    "gitlab": '"check_name"',
    "sarif": '"2.1.0"',
    "markdown": "**mlscaffold check**",
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_can_be_printed(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path, a_py="x\n")
    print_answer(answer(Finding("a.py", 1, "m")), Options(folder=os.fspath(tmp_path), output=form))
    assert FORMS[form] in capsys.readouterr().out


@pytest.mark.parametrize("form", FORMS)
def test_each_form_can_be_written_beside_the_concise_one(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, a_py="x\n")
    given = answer(Finding("a.py", 1, "m"), Finding(NASTY, 1, "m"))
    print_answer(given, Options(folder=os.fspath(tmp_path), output=form, output_file="out.txt"))
    assert capsys.readouterr().out == concise.report(given)
    assert FORMS[form] in (tmp_path / "out.txt").read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", "a.py", "out.txt"]


def test_a_report_takes_the_place_of_the_last_one_in_one_step(tmp_path: Path) -> None:
    place = tmp_path / "out.json"
    place.write_text("old", encoding="utf-8")
    (tmp_path / "link.json").hardlink_to(place)
    print_answer(answer(), Options(folder=os.fspath(tmp_path), output="json", output_file="out.json"))
    assert json.loads(place.read_text(encoding="utf-8"))["version"] == 1
    assert (tmp_path / "link.json").read_text(encoding="utf-8") == "old"  # never opened for writing


def test_a_report_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no/such/x\.json cannot be written: No such file"):
        print_answer(answer(), Options(folder=os.fspath(tmp_path), output="json", output_file="no/such/x.json"))


def test_statistics_replace_findings_on_the_terminal_and_not_in_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, options = answer(Finding("a.py", 1, "m")), Options(folder=os.fspath(tmp_path), statistics=True)
    print_answer(given, options)
    assert capsys.readouterr().out == counts.report(given)
    print_answer(given, options._replace(output="json", output_file="out.json", quiet=True))
    assert capsys.readouterr().out == "1 MLX802 name-MLX802\n"
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["findings"]
    print_answer(given, options._replace(output="json"))
    assert json.loads(capsys.readouterr().out)["summary"]["by_code"] == {"MLX802": 1}


def test_reports_of_a_real_run_are_about_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository(tmp_path, {"a.py": "def f(:\n"})
    found = check(os.fspath(tmp_path), tracked(os.fspath(tmp_path)), {"select": ["MLZ"]}, keep=False).answer
    for form in FORMS:
        print_answer(found, Options(folder=os.fspath(tmp_path), output=form))
        assert "MLZ002" in capsys.readouterr().out


# --- the rules themselves


def test_a_rule_is_explained_by_code_or_name_outside_of_a_repository(tmp_path: Path) -> None:
    told = explained(Options(folder=os.fspath(tmp_path), explain="mlx802"))
    assert told == explained(Options(folder=os.fspath(tmp_path), explain="unpinned-artifact"))
    assert told.startswith("MLX802 unpinned-artifact (security)\n")
    assert "\nWhy: " in told
    assert "\nHow to fix: " in told
    assert "Level: default" in told
    assert max(map(len, told.splitlines())) <= 120


def test_an_explanation_says_whether_there_is_a_fix(tmp_path: Path) -> None:
    assert "with a fix (safe)." in explained(Options(folder=os.fspath(tmp_path), explain="MLZ001"))
    assert "with a fix" not in explained(Options(folder=os.fspath(tmp_path), explain="MLX802"))


def test_options_of_a_rule_are_explained_with_their_defaults(tmp_path: Path) -> None:
    one = next(one for one in RULES.values() if one.options)
    name, default = next(iter(one.options.items()))
    assert f"  {name} = {json.dumps(default)}\n" in explained(Options(folder=os.fspath(tmp_path), explain=one.code))


def test_our_rules_are_explained_where_settings_are_broken(tmp_path: Path) -> None:
    repository(tmp_path, {"pyproject.toml": "[tool.mlscaffold.check]\nnonsense = 1\n"})
    assert explained(Options(folder=os.fspath(tmp_path), explain="MLZ001"))
    with pytest.raises(SettingsError, match="nonsense"):
        listed(Options(folder=os.fspath(tmp_path)))


@pytest.mark.parametrize(
    ("word", "meant"), [("MLX820", "MLX802"), ("unpined-artifact", "unpinned-artifact"), ("zzzzzz", "--list")]
)
def test_an_unknown_rule_is_answered_with_the_nearest(tmp_path: Path, word: str, meant: str) -> None:
    with pytest.raises(SettingsError, match=f"{word} is no rule; .*{meant}"):
        explained(Options(folder=os.fspath(tmp_path), explain=word))


def test_the_list_names_every_rule_once_by_family(tmp_path: Path) -> None:
    told = listed(Options(folder=os.fspath(tmp_path))).splitlines()
    codes = [line.split()[0] for line in told if line.startswith("  ")]
    assert codes == sorted(RULES)
    assert told.count("security") == 1
    assert told[0] == "container"
    assert told[told.index("security") - 1] == ""
    line = next(line for line in told if "MLZ001" in line)
    assert line.split()[1:4] == ["unused-ignore", "default", "safe"]


def test_the_rules_of_a_team_come_last_in_the_list(tmp_path: Path) -> None:
    table = '[tool.mlscaffold.check.custom.{}]\nmessage = "m"\nforbid-file = ["x"]\n'
    repository(tmp_path, {"pyproject.toml": table.format("ACM002") + table.format("ACM001")})
    told = listed(Options(folder=os.fspath(tmp_path))).splitlines()
    assert [line.split()[0] for line in told[-2:]] == ["ACM001", "ACM002"]
    assert told[-4:-2] == ["", "the team's own"]
    assert told[0] == "container"


def test_a_docstring_without_parts_is_still_described() -> None:
    from mlscaffold.check.registry import declared
    from mlscaffold.check.reports.description import described

    @rule("ACM900", "bare", on=Rules, hint="do it")
    def bare(_: object, __: object) -> Any: ...

    one = declared.pop("ACM900")
    assert described(one) == ("bare.", "", "do it")
    more = one._replace(doc="It is wrong.\n\n    Why: because\n    of this.\n\n    And that.\n\n    How to fix: so.\n")
    assert described(more) == ("It is wrong.", "Because of this. And that.", "So.")
