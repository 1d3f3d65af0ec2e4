"""Patterns of paths mean what their expressions say, whichever way they are matched."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlscaffold.check.patterns import _expression, fits, fits_any

ROWS = [
    ("a.py", "a.py", True),
    ("src/a.py", "a.py", True),
    ("src/xa.py", "a.py", False),
    ("src/a.py", "/a.py", False),
    ("a.py", "/a.py", True),
    ("src/a.py", "*.py", True),
    ("src/.py", "*.py", True),
    ("src/test_a.py", "test_*.py", True),
    ("src/test.py", "test_*.py", False),
    ("ab", "ab*b", False),
    ("docs/a/b.md", "docs/", True),
    ("x/docs/b.md", "docs/", True),
    ("docs/a/b.md", "docs/**", True),
    ("x/docs/b.md", "docs/**", False),
    ("docs", "docs/**", False),
    ("x/docs/b.md", "**/docs/**", True),
    ("docs/b.md", "**/docs/**", True),
    ("x/mydocs/b.md", "**/docs/**", False),
    ("src/acme/a.py", "src/*/a.py", True),
    ("src/acme/x/a.py", "src/*/a.py", False),
    ("src/acme/x/a.py", "src/**/a.py", True),
    ("src/a.py", "src/**/a.py", True),
    ("src/a.py", "./src/a.py", True),
    ("src/b.py", "src/?.py", True),
    ("src/bb.py", "src/?.py", False),
    ("a+b.py", "a+b.py", True),
    ("a\nb.py", "*.py", True),
]


@pytest.mark.parametrize(("path", "pattern", "fit"), ROWS)
def test_a_pattern_fits(path: str, pattern: str, fit: bool) -> None:
    assert fits(path, pattern) is fit
    assert fits_any(path, ["nothing", pattern]) is fit


PART = st.text("ab.*?_", max_size=4)


@settings(deadline=None)
@given(
    path=st.lists(st.text("ab._", min_size=1, max_size=4), min_size=1, max_size=4).map("/".join),
    pattern=st.lists(st.one_of(PART, st.just("**")), min_size=1, max_size=4).map("/".join),
)
def test_the_quick_ways_say_what_the_expression_says(path: str, pattern: str) -> None:
    anchored = "/" in pattern.rstrip("/")
    text = pattern.removeprefix("./").removeprefix("/")
    text += "**" if text.endswith("/") else ""
    assert fits(path, pattern) == bool(_expression(text, anchored=anchored)(path))
