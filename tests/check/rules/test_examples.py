"""Every rule keeps what its own examples promise: the documentation shows nothing that was not run."""

import importlib
import re
from pathlib import Path

import pytest

from mlscaffold.check.catalogue import load
from mlscaffold.check.registry import FAMILIES, Example, Rule
from toolbox.checking import codes

RULES = load()


def examples(kind: str) -> list[tuple[Rule, Example]]:
    return [(one, example) for one in RULES.values() for example in getattr(importlib.import_module(one.module), kind)]


def name(value: object) -> str:
    return value.code if isinstance(value, Rule) else ""


@pytest.mark.parametrize(("rule", "example"), examples("BAD"), ids=name)
def test_a_bad_example_is_found(rule: Rule, example: Example, tmp_path: Path) -> None:
    assert rule.code in codes(tmp_path, example, select=[rule.code], persona="strict")


@pytest.mark.parametrize(("rule", "example"), examples("OK"), ids=name)
def test_a_good_example_is_left_alone(rule: Rule, example: Example, tmp_path: Path) -> None:
    assert codes(tmp_path, example, select=[rule.code], persona="strict") == []


@pytest.mark.parametrize("rule", RULES.values(), ids=name)
def test_a_rule_says_all_that_its_page_shows(rule: Rule) -> None:
    title, _, rest = rule.doc.partition("\n")
    assert title.endswith(".")
    assert "Why: " in rest
    assert "How to fix: " in rest
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert rule.code[:3] in FAMILIES
    module = importlib.import_module(rule.module)
    assert module.OK
    assert module.BAD
    assert rule.module.split(".")[-2:] == [rule.code[:3].lower(), rule.name.replace("-", "_")]
