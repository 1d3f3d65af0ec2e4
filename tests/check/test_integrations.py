"""The doors for other tools, as those tools knock: neither is installed for it, both have been tried by hand."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mlscaffold.check.catalogue import load
from mlscaffold.check.integrations.repo_review import repo_review_checks, repo_review_families
from mlscaffold.check.integrations.validate_pyproject import schema
from mlscaffold.check.registry import FAMILIES
from toolbox.checking import repository

RULES = load()
WITH_OPTIONS = next(one for one in RULES.values() if one.options)

# --- validate-pyproject


def verdict(check: dict[str, Any]) -> list[str]:
    made = schema("mlscaffold")
    jsonschema.Draft7Validator.check_schema(made)
    return [problem.message for problem in jsonschema.Draft7Validator(made).iter_errors({"check": check})]


def test_the_schema_takes_what_check_takes() -> None:
    defaults = {
        code: {name: list(value) if isinstance(value, tuple) else value for name, value in one.options.items()}
        for code, one in RULES.items()
    }
    assert verdict({"persona": "strict", "rules": {**defaults, "ACM001": {"any": 1}}}) == []


@pytest.mark.parametrize(
    "check",
    [{"persona": "strikt"}, {"nonsense": 1}, {"rules": {WITH_OPTIONS.code: {"nonsense": 1}}}, {"custom": {"A": {}}}]
    + [{"rules": {WITH_OPTIONS.code: {name: object()}}} for name in WITH_OPTIONS.options],
)
def test_the_schema_refuses_what_check_refuses(check: dict[str, Any]) -> None:
    assert verdict(check)


def test_the_schema_is_for_one_tool_and_leaves_other_keys_of_it_alone() -> None:
    made = schema("mlscaffold")
    assert made["$id"] == "urn:mlscaffold:mlscaffold"
    assert "$id" not in made["properties"]["check"]
    assert jsonschema.Draft7Validator(made).is_valid({"other": 1})


# --- repo-review: `repo_review.checks` gives name -> class; a check takes the fixture `root`


def asked(root: Path) -> dict[str, Any]:
    checks = repo_review_checks()
    return {name: check.check(root) for name, check in checks.items()}


def test_each_rule_on_the_repository_is_a_check_with_its_title() -> None:
    checks = repo_review_checks()
    assert list(checks) == [
        code for code, one in RULES.items() if one.on in {"Repository", "Pipeline"} and one.level == "default"
    ]
    for code, check in checks.items():
        assert check.family == code[:3]
        assert (check.__doc__ or "").format(self=check, name=code) == RULES[code].doc.partition("\n")[0]


def test_families_are_those_that_have_checks_in_the_order_of_ours() -> None:
    families = repo_review_families()
    assert set(families) == {check.family for check in repo_review_checks().values()}
    assert sorted(families, key=lambda family: families[family]["order"]) == [
        one for one in FAMILIES if one in families
    ]
    assert families["MLS"]["name"] == "ML conventions: structure"


def test_a_check_passes_with_true_and_fails_with_what_is_wrong(tmp_path: Path) -> None:
    told = asked(repository(tmp_path, {"data/a.csv": b"x" * 2_400_000}))
    assert [name for name, text in told.items() if text is not True] == ["MLD101"]
    lines = str(told["MLD101"]).splitlines()
    assert lines[0].startswith("- `data/a.csv`: ")
    assert lines[1:] == ["", f"Next: {RULES['MLD101'].hint}."]
    assert len(told) > 5


@pytest.mark.parametrize(("count", "more"), [(10, []), (12, ["- and 2 more"])])
def test_many_findings_of_one_check_are_counted(tmp_path: Path, count: int, more: list[str]) -> None:
    files = {f"data/{number:02}.csv": b"x" * 2_400_000 for number in range(count)}
    told = str(asked(repository(tmp_path, files))["MLD101"]).splitlines()
    assert told[0].startswith("- `data/00.csv`: ")
    assert len([line for line in told if line.startswith("- `")]) == 10
    assert [line for line in told if "more" in line] == more


def test_what_is_not_in_git_or_not_on_this_disk_is_skipped(tmp_path: Path) -> None:
    assert set(asked(tmp_path).values()) == {None}
    check = next(iter(repo_review_checks().values()))
    assert check.check("a text is no place") is None


def test_settings_that_cannot_be_followed_are_told(tmp_path: Path) -> None:
    repository(tmp_path, {"pyproject.toml": "[tool.mlscaffold.check]\nnonsense = 1\n"})
    assert all("unknown key 'nonsense'" in text for text in asked(tmp_path).values())


def test_a_new_collection_looks_again(tmp_path: Path) -> None:
    repository(tmp_path, {"data/a.csv": b"x" * 2_400_000})
    assert asked(tmp_path)["MLD101"] is not True
    repository(tmp_path, {"data/a.csv": b"x"})
    assert asked(tmp_path)["MLD101"] is True
