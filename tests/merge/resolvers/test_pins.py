"""Versions: the newer of two bumps, and never a guess."""

import pytest

from mlscaffold.merge.resolvers.outcome import Unresolved
from mlscaffold.merge.resolvers.pins import newer

SHA = {name: name * 40 for name in "abc"}
DIGEST = {name: f"python:3.1{name}-slim@sha256:{name * 64}" for name in "123"}


@pytest.mark.parametrize(
    ("key", "base", "ours", "theirs", "expected"),
    [
        ("rev", "v1.2.3", "v1.10.0", "v1.9.0", "v1.10.0"),
        ("rev", "1.2.3", "1.3.0rc1", "1.3.0", "1.3.0"),
        ("uses", "actions/checkout@v4", "actions/checkout@v5", "actions/checkout@v6", "actions/checkout@v6"),
        ("image", "python:3.11-slim", "python:3.12-slim", "python:3.13-slim", "python:3.13-slim"),
        ("image", DIGEST["1"], DIGEST["3"], DIGEST["2"], DIGEST["3"]),
        ("python-version", "3.9", "3.10", "3.11", "3.11"),
        ("node-version", "18", "22", "20", "22"),
        ("target-version", "py39", "py310", "py311", "py311"),
        ("x", "numpy>=2.1", "numpy>=2.2", "numpy>=2.3", "numpy>=2.3"),
        ("x", "a>=1,<3", "a>=1.5,<3", "a>=1,<4", "a>=1.5,<4"),
        ("x", "a >=1, <3", "a >=1.5, <3", "a>=1.4,<3", "a >=1.5, <3"),
        ("x", "a[b]==1.4.* ; python_version < '3'", "a[b]==1.5.* ; python_version < '3'",
         "a[b]==1.6.* ; python_version < '3'", "a[b]==1.6.* ; python_version < '3'"),
        ("x", "^1.2.0", "^1.3.0", "^2.0.0", "^2.0.0"),
        ("x", None, "v1.2.3", "v1.2.4", "v1.2.4"),
    ],
)  # fmt: skip
def test_the_newer_one_is_taken(key: str, base: str | None, ours: str, theirs: str, expected: str) -> None:
    assert newer(base, ours, theirs, key=key) == expected
    back = newer(base, theirs, ours, key=key)
    assert back.replace(" ", "") == expected.replace(" ", "")


@pytest.mark.parametrize(
    ("key", "base", "ours", "theirs"),
    [
        pytest.param("line-length", "100", "110", "120", id="a quantity"),
        pytest.param("cpu", "0.5", "1.5", "2.0", id="a quantity with a dot"),
        pytest.param("memory", "1.5Gi", "2.5Gi", "3.5Gi", id="a quantity with a unit"),
        pytest.param("rev", "v2.0.0", "v1.0.0", "v3.0.0", id="a deliberate downgrade"),
        pytest.param("rev", "v3.0.0", "v1.0.0", "v2.0.0", id="two downgrades"),
        pytest.param("rev", "v1", "v2", "v3.0.0", id="a branch and a version"),
        pytest.param("rev", "v1.0", "main", "v2.0", id="a branch without a number"),
        pytest.param("x", "a>=1,<3", "a>=2", "a>=1,<4", id="an upper bound removed"),
        pytest.param("x", "a>=1,<3", "a>=1,<2", "a>=1,<4", id="an upper bound lowered"),
        pytest.param("x", "a>=1", "a>=2", "a==3", id="another operator"),
        pytest.param("x", "a>=1", "a[b]>=2", "a>=3", id="another extra"),
        pytest.param("x", "a!=1", "a!=2", "a!=3", id="two exclusions"),
        pytest.param("x", "a>=1,>=1", "a>=2,>=1", "a>=3,>=1", id="an operator twice"),
        pytest.param("image", "python:3.11-slim", "python:3.12", "python:3.13-slim", id="another variant"),
        pytest.param("image", "python:3.11.1", "python:3.12", "python:3.13.1", id="another precision"),
        pytest.param("image", DIGEST["1"], DIGEST["2"], "python:3.13-slim", id="a digest dropped"),
        pytest.param("uses", f"x@{SHA['a']}", f"x@{SHA['b']}", f"x@{SHA['c']}", id="hashes that nobody named"),
        pytest.param("url", "db:5432", "db:5433", "db:5434", id="a port"),
        pytest.param("ports", "80:80", "81:80", "82:80", id="two ports"),
        pytest.param("host", "10.0.0.1", "10.0.0.2", "10.0.0.3", id="an address"),
        pytest.param("route", "v1/predict", "v2/predict", "v3/predict", id="a route"),
        pytest.param("name", "step 1", "step 2", "step 3", id="a number in a sentence"),
        pytest.param("version", "1.0-1.0", "2.0-1.0", "1.0-2.0", id="two versions in one value, both ways"),
    ],
)
def test_what_is_not_certain_is_left(key: str, base: str | None, ours: str, theirs: str) -> None:
    for one, other in ((ours, theirs), (theirs, ours)):
        with pytest.raises(Unresolved):
            newer(base, one, other, key=key)


def test_a_hash_is_as_new_as_its_comment_says() -> None:
    values = [f"x@{SHA[name]}" for name in "abc"]
    comments = ["  # v1.0.0\n", "  # v1.10.0\n", "  # v1.9.0\n"]
    assert newer(*values, key="uses", comments=comments) == values[1]
    assert newer(None, *values[1:], key="uses", comments=comments[1:]) == values[1]
