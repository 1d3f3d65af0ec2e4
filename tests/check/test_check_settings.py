"""Settings: where each may stand, what lies over what, and one line for what cannot be followed."""

import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mlscaffold.check.given import given
from mlscaffold.check.places import DEFAULTS
from mlscaffold.check.registry import Rule, Rules
from mlscaffold.check.schema import SCHEMA, fault
from mlscaffold.check.settings import Settings, SettingsError, merged, settings_from, with_reasons
from toolbox.checking import repository

WHERE = "here"


def rules() -> Rules:
    options = {
        "flag": False,
        "count": 4,
        "share": 0.5,
        "word": "a",
        "words": ["a"],
        "none": [],
        "pair": (1, 2),
        "table": {},
    }
    made = Rules()
    for code, level in (("MLX801", "default"), ("MLX802", "strict"), ("MLZ001", "strict")):
        made[code] = Rule(code, code.lower(), "Module", lambda _, __: iter(()), "h", level, "", (), options, "", "m")
    return made


def settings(table: dict[str, Any]) -> Settings:
    return settings_from(table, rules(), WHERE)


def refused(root: Path, own: str = "", shared: str = "", **overrides: Any) -> str:
    repository(root, {"pyproject.toml": own, ".mlscaffold/conventions.toml": shared})
    with pytest.raises(SettingsError) as caught:
        given(os.fspath(root), overrides)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_nothing_set_is_the_default_persona() -> None:
    usual = settings({})
    assert (usual.persona, usual.select, usual.ignore, usual.exclude) == ("default", (), (), ())
    assert usual.places == {role: tuple(patterns) for role, patterns in DEFAULTS.items()}
    assert usual.rules["MLX801"]["count"] == 4


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        pytest.param({}, ["MLX801", "MLZ001"], id="default: also what is about ignores"),
        pytest.param({"persona": "strict"}, ["MLX801", "MLX802", "MLZ001"], id="strict"),
        pytest.param({"select": ["MLX"]}, ["MLX801", "MLX802"], id="selected, whatever the level"),
        pytest.param({"select": ["MLX802"]}, ["MLX802"], id="one rule"),
        pytest.param({"select": ["MLX802"], "persona": "strict"}, ["MLX802"], id="one rule and nothing else"),
    ],
)
def test_persona_and_select_say_what_is_reported(table: dict[str, Any], wanted: list[str]) -> None:
    made = settings(table)
    assert [code for code, one in rules().items() if made.wants(code, one.level)] == wanted


def test_ignores_have_a_pattern_a_prefix_and_a_reason() -> None:
    made = settings({"ignore": {"MLX801": " why "}, "per-file-ignores": {"src/**": ["MLX"], "a.py": {"MLZ001": "so"}}})
    assert [tuple(one) for one in made.ignore] == [
        ("", "MLX801", "why"),
        ("src/**", "MLX", ""),
        ("a.py", "MLZ001", "so"),
    ]


def test_a_list_of_ignores_is_a_table_without_reasons() -> None:
    assert with_reasons({"ignore": ["A"], "per-file-ignores": {"p": ["B"], "q": {"C": "c"}}, "exclude": ["x"]}) == {
        "ignore": {"A": ""},
        "per-file-ignores": {"p": {"B": ""}, "q": {"C": "c"}},
        "exclude": ["x"],
    }


def test_tables_are_merged_and_all_else_is_replaced() -> None:
    lower = {"a": {"x": 1, "y": {"z": 1}}, "b": [1], "c": 1, "d": {"e": 1}}
    assert merged(lower, {"a": {"y": {"w": 2}}, "b": [2], "d": 3}) == {
        "a": {"x": 1, "y": {"z": 1, "w": 2}},
        "b": [2],
        "c": 1,
        "d": 3,
    }
    assert lower["a"] == {"x": 1, "y": {"z": 1}}


# --- values of options


@pytest.mark.parametrize(
    "options",
    [
        {"flag": True},
        {"count": 0},
        {"share": 1},
        {"share": 0.1},
        {"word": ""},
        {"words": []},
        {"none": ["x"]},
        {"pair": [3]},
        {"table": {"a": 1}},
    ],
)
def test_an_option_takes_what_is_like_its_default(options: dict[str, Any]) -> None:
    made = settings({"rules": {"MLX801": options}})
    assert made.rules["MLX801"] == {**rules()["MLX801"].options, **options}
    assert made.rules["MLX802"] == rules()["MLX802"].options


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"flag": 1}, "rules.MLX801.flag: 1 should be true or false, as False"),
        ({"count": True}, "True should be a whole number, as 4"),
        ({"count": 4.0}, "4.0 should be a whole number"),
        ({"share": "1"}, "'1' should be a number, as 0.5"),
        ({"share": True}, "should be a number"),
        ({"word": ["a"]}, "should be a text, as 'a'"),
        ({"words": "a"}, "should be a list of texts, as ['a']"),
        ({"words": ["a", 1]}, "should be a list of texts"),
        ({"none": [1]}, "[1] should be a list of texts"),
        ({"pair": ["a"]}, "should be a list of numbers, as (1, 2)"),
        ({"table": []}, "should be a table"),
        ({"wrods": []}, "rules.MLX801: unknown option 'wrods'; did you mean 'words'?"),
    ],
)
def test_an_option_of_another_kind_is_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings({"rules": {"MLX801": options}})
    assert str(caught.value).startswith(f"{WHERE}: rules.MLX801")
    assert told in str(caught.value)


# --- faults

DOCUMENTS: list[tuple[Any, str]] = [
    ({}, ""),
    ({"persona": "strict"}, ""),
    ({"persona": "strikt"}, "persona is 'strikt', not one of default, strict"),
    ({"persona": ["strict"]}, "persona is ['strict'], not one of"),
    ({"personna": "strict"}, "unknown key 'personna'; did you mean 'persona'?"),
    ({"select": ["MLX"]}, ""),
    ({"select": "MLX"}, "select is 'MLX', not an array"),
    ({"select": [1]}, "an item of select is 1, not a string"),
    ({"ignore": ["MLX"]}, ""),
    ({"ignore": {"MLX": "why"}}, ""),
    ({"ignore": {"MLX": 1}}, "ignore.MLX is 1, not a string"),
    ({"ignore": ["MLX", 1]}, "an item of ignore is 1, not a string"),
    ({"ignore": "MLX"}, "ignore is 'MLX', not an object"),
    ({"per-file-ignores": {"a": ["MLX"], "b": {"MLX": ""}}}, ""),
    ({"per-file-ignores": {"a": 1}}, "per-file-ignores.a is 1"),
    ({"per-file-ignores": ["a"]}, "per-file-ignores is ['a'], not an object"),
    ({"places": {"source": ["lib/**"]}}, ""),
    ({"places": {"sources": []}}, "unknown key 'places.sources'; did you mean 'source'?"),
    ({"places": {"source": "lib"}}, "places.source is 'lib', not an array"),
    ({"rules": {"MLX801": {"any": 1}}}, ""),
    ({"rules": {"MLX801": 1}}, "rules.MLX801 is 1, not an object"),
    ({"extends": 1}, "extends is 1, not a string"),
    ({"exclude": ["a"], "plugins": ["b"], "rules-files": ["c"], "baseline": "d", "min-template": "0.1"}, ""),
    ({"custom": {"ACM001": {"message": "m", "name": "n", "forbid-file": ["x"]}}}, ""),
    ({"custom": {"ACM001": {"forbid-file": ["x"]}}}, "custom.ACM001 has no 'message'"),
    ({"custom": {"ACM001": {"message": "m", "forbid_file": ["x"]}}}, "unknown key 'custom.ACM001.forbid_file'"),
    ({"custom": {"ACM001": "m"}}, "custom.ACM001 is 'm', not an object"),
    ([], "it is [], not an object"),
]


@pytest.mark.parametrize(("document", "told"), DOCUMENTS)
def test_a_fault_is_told_in_one_line_and_as_the_schema_means_it(document: Any, told: str) -> None:
    assert told in fault(document, SCHEMA)
    assert bool(told) is bool(fault(document, SCHEMA))
    assert jsonschema.Draft7Validator(SCHEMA).is_valid(document) is not bool(told)


def test_the_schema_is_one_and_says_what_every_key_is_for() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    tables = [SCHEMA, SCHEMA["properties"]["places"], SCHEMA["properties"]["custom"]["additionalProperties"]]
    for table in tables:
        assert [name for name, told in table["properties"].items() if not told.get("description")] == []


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"select": ["MLX9"]}, "select: no rule begins with 'MLX9'; did you mean 'MLX"),
        ({"select": [""]}, "select: no rule begins with ''"),
        ({"ignore": ["MLQ"]}, "ignore: no rule begins with 'MLQ'; did you mean 'ML"),
        ({"per-file-ignores": {"a": ["nope"]}}, "per-file-ignores: no rule begins with 'nope'"),
        ({"rules": {"MLX803": {}}}, "rules: MLX803 is no rule; did you mean 'MLX80"),
    ],
)
def test_a_code_that_is_none_is_answered_with_the_nearest(table: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(table)
    assert f"{WHERE}: {told}" in str(caught.value)


# --- three places


def test_the_own_table_lies_over_the_conventions_and_the_command_line_over_both(tmp_path: Path) -> None:
    repository(
        tmp_path,
        {
            ".mlscaffold/conventions.toml": 'persona = "strict"\nbaseline = "a"\nexclude = ["x"]\nignore = ["MLX801"]\n'
            '[places]\nsource = ["a/**"]\ntests = ["t/**"]\n',
            "pyproject.toml": '[tool.mlscaffold.check]\nbaseline = "b"\nexclude = ["y"]\nignore = {MLZ001 = "why"}\n'
            '[tool.mlscaffold.check.places]\nsource = ["b/**"]\n',
        },
    )
    _, made, _ = given(os.fspath(tmp_path), {"baseline": "c", "ignore": {"MLX": "on the command line"}})
    assert (made.persona, made.baseline, made.exclude) == ("strict", "c", ("y",))
    assert [one.prefix for one in made.ignore] == ["MLX801", "MLZ001", "MLX"]  # each place adds to it
    assert (made.places["source"], made.places["tests"]) == (("b/**",), ("t/**",))


def test_settings_of_others_are_none_of_ours(tmp_path: Path) -> None:
    repository(tmp_path, {"pyproject.toml": '[project]\nname = "x"\n[tool.mlscaffold]\nother = 1\n'})
    assert given(os.fspath(tmp_path), {})[1].persona == "default"


@pytest.mark.parametrize(
    ("own", "shared", "told"),
    [
        pytest.param("= broken", "", "pyproject.toml does not parse: ", id="broken"),
        pytest.param("", "= broken", ".mlscaffold/conventions.toml does not parse: ", id="broken conventions"),
        pytest.param(
            "[tool.mlscaffold]\ncheck = 1\n", "", "pyproject.toml: [tool.mlscaffold.check] is no table", id="a value"
        ),
        pytest.param("tool = 1\n", "", "pyproject.toml: [tool.mlscaffold.check] is no table", id="no table at all"),
        pytest.param(
            "[tool.mlscaffold.check]\nx = 1\n",
            "",
            "[tool.mlscaffold.check] of pyproject.toml: unknown key 'x'",
            id="own",
        ),
        pytest.param(
            "[tool.mlscaffold.check]\npersona = 'strict'\n",
            "x = 1\n",
            ".mlscaffold/conventions.toml: unknown key 'x'",
            id="a fault of the conventions is not the team's",
        ),
        pytest.param("", 'select = ["X"]', ".mlscaffold/conventions.toml: select: no rule", id="a code of theirs"),
        pytest.param(
            "[tool.mlscaffold.check]\nselect = ['X']\n", "", "of pyproject.toml: select: no rule begins", id="a code"
        ),
        pytest.param(
            "[tool.mlscaffold.check]\nselect = ['X']\n",
            "persona = 'strict'\n",
            "of pyproject.toml: select: no rule begins",
            id="a code, beside conventions",
        ),
    ],
)
def test_a_fault_is_told_where_it_is(tmp_path: Path, own: str, shared: str, told: str) -> None:
    assert told in refused(tmp_path, own, shared)


def test_a_fault_of_the_command_line_is_not_the_file_s(tmp_path: Path) -> None:
    assert refused(tmp_path, select=["X"]).startswith("the command line: select: no rule begins with 'X'")
    assert refused(tmp_path, ignore={"X": ""}).startswith("the command line: ignore: ")


def test_settings_that_may_not_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(SettingsError, match=r"pyproject\.toml cannot be read: Is a directory"):
        given(os.fspath(tmp_path), {})
