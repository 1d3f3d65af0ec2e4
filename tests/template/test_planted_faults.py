"""docs/planted-faults.md of the generated project names tests; each of them is there."""

import re
from pathlib import Path

TEMPLATE = Path(__file__).parents[2] / "template"


def absent(page: str, template: Path) -> list[str]:
    """The tests that a page names and the template does not have."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)
    return [f"{path}::{name}" for path, name in named if name not in functions(template / f"{path}.jinja")]


def functions(path: Path) -> set[str]:
    """The functions of a module, none if there is no such file; by lines, as what is rendered is no Python yet."""
    return set(re.findall(r"^def (\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)) if path.is_file() else set()


def test_every_test_on_the_page_is_there() -> None:
    page = (TEMPLATE / "docs" / "planted-faults.md").read_text(encoding="utf-8")
    assert page.count("`tests/") > 50
    assert absent(page, TEMPLATE) == []


def test_a_test_that_is_gone_is_noticed() -> None:
    page = "| `tests/infra/test_house.py::test_gone`, `tests/gone.py::test_x`, `tests/infra/test_house.py::climbing` |"
    assert absent(page, TEMPLATE) == ["tests/infra/test_house.py::test_gone", "tests/gone.py::test_x"]
