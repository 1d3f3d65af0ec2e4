"""JSON, requirements, sets of lines, changelogs and Python imports."""

from textwrap import dedent

import pytest

from mlscaffold.merge.resolvers import merge_lines, resolve_file

JSON = dedent("""\
    {
        "name": "x",
        "scripts": {"test": "a"},
        "files": [
            "a",
            "b"
        ],
        "v": "^1.2.0"
    }
    """)
REQUIREMENTS = "# The web.\nflask>=3  # why\n\n# Others.\nattrs==25.1\nnumpy>=2\nzarr\n-r base.txt\n"
CHANGES = dedent("""\
    # Changelog

    All changes.

    ## Unreleased

    ### Added

    - One
      more.

    ## [1.0.0] - 2026-01-01

    * First.

    [1.0.0]: https://example.org
    """)
NEWS = "News\n====\n\n1.0\n---\n\n* First.\n"
PYTHON = (
    '"""Doc."""\n\nimport os\nimport sys  # for argv\n\nfrom acme.data import load, save\n\nX = os, sys, load, save\n'
)


def resolve(path: str, base: str, ours: tuple[str, str], theirs: tuple[str, str]) -> str | None:
    for old, _ in (ours, theirs):
        assert base.count(old) == 1, old
    sides = (base, base.replace(*ours), base.replace(*theirs))
    found = resolve_file(path, *(side.encode() for side in sides))
    return None if found is None else found.data.decode()


RESOLVED = [
    pytest.param(
        "a.json", JSON,
        ('"b"\n', '"b",\n        "ours"\n'), ('"b"\n', '"b",\n        "theirs"\n'),
        ('"b"\n', '"b",\n        "ours",\n        "theirs"\n'),
        id="JSON items, without a comma behind the last",
    ),
    pytest.param(
        "package.json", JSON,
        ('^1.2.0"', '^1.3.0",\n    "ours": 1'), ('^1.2.0"', '^1.10.0",\n    "theirs": {\n        "x": null\n    }'),
        ('^1.2.0"', '^1.10.0",\n    "ours": 1,\n    "theirs": {\n        "x": null\n    }'),
        id="JSON keys at the end",
    ),
    pytest.param(
        "requirements.txt", REQUIREMENTS,
        ("zarr\n", "polars\nzarr\n"), ("zarr\n", "onnx  # to serve\nzarr>=3\n"),
        ("zarr\n", "onnx  # to serve\npolars\nzarr>=3\n"),
        id="sorted requirements stay sorted",
    ),
    pytest.param(
        "requirements-dev.txt", REQUIREMENTS,
        ("flask>=3  # why\n", "flask>=3.1  # why\n"), ("flask>=3  # why\n", "flask>=3.2  # why\n"),
        ("flask>=3  # why\n", "flask>=3.2  # why\n"),
        id="a requirement bumped by both",
    ),
    pytest.param(
        "CHANGELOG.md", CHANGES,
        ("  more.\n", "  more.\n- Ours.\n"), ("  more.\n", "  more.\n- Theirs,\n  long.\n"),
        ("  more.\n", "  more.\n- Ours.\n- Theirs,\n  long.\n"),
        id="bullets under one heading",
    ),
    pytest.param(
        "CHANGELOG.md", CHANGES,
        ("- One\n", "- Ours.\n- One\n"), ("- One\n", "- Theirs.\n- One\n"), ("- One\n", "- Ours.\n- Theirs.\n- One\n"),
        id="bullets at the top",
    ),
    pytest.param(
        "CHANGELOG.md", CHANGES,
        ("## [1.0.0]", "## [1.2.0]\n\n- Ours.\n\n## [1.0.0]"), ("## [1.0.0]", "## [1.10.0]\n\n- Theirs.\n\n## [1.0.0]"),
        ("## [1.0.0]", "## [1.10.0]\n\n- Theirs.\n\n## [1.2.0]\n\n- Ours.\n\n## [1.0.0]"),
        id="new versions, the newer one first",
    ),
    pytest.param(
        "CHANGES.md", CHANGES,
        ("## [1.0.0]", "## 1.1\n\n### Fixed\n\n- Ours.\n\n## [1.0.0]"),
        ("## [1.0.0]", "## 1.1\n\n### Fixed\n\n- Theirs.\n\n## [1.0.0]"),
        ("## [1.0.0]", "## 1.1\n\n### Fixed\n\n- Ours.\n- Theirs.\n\n## [1.0.0]"),
        id="bullets under one new heading",
    ),
    pytest.param(
        "NEWS.rst", NEWS,
        ("1.0\n---\n", "1.1\n---\n\n* Ours.\n\n1.0\n---\n"), ("1.0\n---\n", "1.2\n---\n\n* Theirs.\n\n1.0\n---\n"),
        ("1.0\n---\n", "1.2\n---\n\n* Theirs.\n\n1.1\n---\n\n* Ours.\n\n1.0\n---\n"),
        id="headings with a line below",
    ),
    pytest.param(
        "a.py", PYTHON,
        ("load, save\n\n", "load, save, show\n\n"), ("load, save\n\n", "load, make, save\n\n"),
        ("load, save\n\n", "load, make, save, show\n\n"),
        id="names of one module",
    ),
    pytest.param(
        "a.py", PYTHON,
        ("import os\n", "import os\nimport re\n"), ("import os\n", "import json\nimport os\nimport pathlib\n"),
        ("import os\n", "import json\nimport os\nimport pathlib\nimport re\n"),
        id="modules in their sorted place",
    ),
    pytest.param(
        "a.py", PYTHON,
        ("load, save\n\n", "load, save, show\n\n"),
        ("load, save\n\n", "(\n    load,  # reads\n    make,\n    save,\n)\n\n"),
        ("load, save\n\n", "(\n    load,  # reads\n    make,\n    save,\n    show,\n)\n\n"),
        id="names over several lines",
    ),
    pytest.param(
        "a.py", PYTHON,
        ("load, save\n\n", f"load, save, {'s' * 40}\n\n"), ("load, save\n\n", f"load, {'m' * 40}, save\n\n"),
        ("load, save\n\n", f"(\n    load,\n    {'m' * 40},\n    save,\n    {'s' * 40},\n)\n\n"),
        id="names that became too many for a line",
    ),
    pytest.param(
        ".gitignore", "*.log\n\n# Data.\ndata/\n",
        ("data/\n", "data/\nours/\n"), ("data/\n", "data/\n\n# Models.\nmodels/\n"),
        ("data/\n", "data/\nours/\n\n# Models.\nmodels/\n"),
        id="ignored paths",
    ),
    pytest.param(
        ".gitattributes", "* text=auto\n", ("auto\n", "auto\n*.png binary\n"), ("auto\n", "auto\n*.onnx binary\n"),
        ("auto\n", "auto\n*.png binary\n*.onnx binary\n"),
        id="attributes of different patterns",
    ),
    pytest.param(
        ".github/CODEOWNERS", "* @all\n", ("all\n", "all\n/docs/ @writers\n"), ("all\n", "all\n/src/*.py @coders\n"),
        ("all\n", "all\n/docs/ @writers\n/src/*.py @coders\n"),
        id="owners of different folders",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("path", "base", "ours", "theirs", "expected"), RESOLVED)
def test_it_resolves(
    path: str, base: str, ours: tuple[str, str], theirs: tuple[str, str], expected: tuple[str, str]
) -> None:
    assert resolve(path, base, ours, theirs) == base.replace(*expected)


LEFT = [
    pytest.param("a.json", JSON, ('"name": "x"', '"name": "y"'), ('"name": "x"', '"name": "z"'), id="two values"),
    pytest.param("a.json", JSON + "// c\n", ('"a",\n', ""), ('"b"\n', '"b", "c"\n'), id="JSON with comments"),
    pytest.param("a.json", JSON, ('"name": "x"', '"v": "x"'), ('"b"\n', '"b", "c"\n'), id="a JSON key twice"),
    pytest.param(
        "requirements.txt",
        "a==1 --hash=sha256:0\nb\n",
        ("b\n", "b\nc\n"),
        ("b\n", "b\nd\n"),
        id="requirements with hashes",
    ),
    pytest.param(
        "requirements.txt", REQUIREMENTS, ("zarr\n", ""), ("zarr\n", "zarr>=3\n"), id="one removed and pinned"
    ),
    pytest.param("requirements.txt", "b\n", ("b\n", "b\nA\na\n"), ("b\n", "b\nd\n"), id="a package twice"),
    pytest.param(
        "NEWS.md", CHANGES, ("  more.\n", "  more.\n- A\n"), ("  more.\n", "  more.\n## 0.9\n"), id="item, section"
    ),
    pytest.param(
        "NEWS.md", CHANGES, ("All", "## 2.0\n\nAll"), ("All", "## 2.0\n\nNot\n\nAll"), id="one section, two texts"
    ),
    pytest.param("NEWS.md", CHANGES, ("All", "We\nAll"), ("All", "You\nAll"), id="text that is no list"),
    pytest.param("CHANGES.md", CHANGES, ("  more.", "  less."), ("  more.", "  many."), id="both reword one bullet"),
    pytest.param(
        "CHANGES.md",
        CHANGES,
        ("### Added", "### Fixed\n\n- a\n\n### Added"),
        ("### Added", "### Gone\n\n- b\n\n### Added"),
        id="new sections without versions",
    ),
    pytest.param("HISTORY.txt", "one\n\ntwo\n", ("one", "ours\n\none"), ("one", "theirs\n\none"), id="no headings"),
    pytest.param("a.py", PYTHON, ("X = os", "X = ours"), ("X = os", "X = theirs"), id="code below the imports"),
    pytest.param(
        "a.py", PYTHON, ("load, save\n\n", "load\n\n"), ("X = os", "X = save, os"), id="a dropped import in use"
    ),
    pytest.param(
        "a.py", PYTHON, ("import os\n", "import os; import re\n"), ("import os\n", "import os, io\n"), id="one line"
    ),
    pytest.param(
        "a.py", PYTHON, ("import os\n", "import os\nimport (\n"), ("import os\n", "import io\n"), id="no Python"
    ),
    pytest.param(
        ".gitignore", "*\n", ("*\n", "*\n!keep\n"), ("*\n", "*\ndata\n"), id="an exception to what is ignored"
    ),
    pytest.param(
        ".gitattributes", "a b\n", ("a b\n", "a b\n*.x c\n"), ("a b\n", "a b\n*.x d\n"), id="one pattern twice"
    ),
    pytest.param(
        "CODEOWNERS", "* @a\n", ("@a\n", "@a\n/s/ @b\n"), ("@a\n", "@a\n/s/t/ @c\n"), id="owners that overlap"
    ),
    pytest.param(
        "CODEOWNERS", "* @a\n", ("@a\n", "@a\n/s/ @b\n"), ("@a\n", "@a\n*.py @c\n"), id="a pattern for all folders"
    ),
]


@pytest.mark.parametrize(("path", "base", "ours", "theirs"), LEFT)
def test_it_leaves(path: str, base: str, ours: tuple[str, str], theirs: tuple[str, str]) -> None:
    assert resolve(path, base, ours, theirs) is None


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        pytest.param("a\nb\n", "a\nb\nx\n", "a\ny\n", "a\nx\ny\n", id="additions of both, a deletion"),
        pytest.param(None, "a\nx\n", "y\na\n", "y\na\nx\n", id="both added the file"),
        pytest.param(
            "*\n", "*\n!x\n", "*\n\n# T\n!y\nz\n", "*\n!x\n\n# T\n!y\nz\n", id="exceptions: theirs as one block behind"
        ),
        pytest.param("a\r\n", "a\r\nb\r\n", "c\na\n", "c\r\na\r\nb\r\n", id="Windows lines"),
        pytest.param("a", "a\nb", "a\nc", "a\nb\nc", id="no final newline"),
        pytest.param("a\n", "", "a\nb\n", "b\n", id="an emptied file"),
        pytest.param("a\n", "a\nü\n", "a\nb\n", "a\nü\nb\n", id="other letters"),
    ],
)
def test_lines_are_joined(base: str | None, ours: str, theirs: str, expected: str) -> None:
    assert (
        merge_lines(None if base is None else base.encode(), ours.encode(), theirs.encode()).data.decode() == expected
    )


def test_joined_lines_are_told() -> None:
    assert merge_lines(b"a\nb\n", b"a\nb\nx\n", b"a\ny\n").notes == ("added y (template)", "dropped b (template)")
    assert merge_lines(b"a\n", b"a\n\xff\n", b"a\nb\n").data == b"a\n\xff\nb\n"
