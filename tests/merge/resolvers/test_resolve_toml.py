"""TOML: by key and by item, with comments, order, quotes and layout of the project."""

from textwrap import dedent

import pytest

from mlscaffold.merge.resolvers import resolve_file

BASE = dedent("""\
    # The project.

    [project]
    name = "flights"  # as on the index
    dependencies = [
        "numpy>=2.1",
        # the service
        "fastapi>=0.110",
        "zarr",
    ]

    # Formatting.
    [tool.ruff]
    line-length = 100
    lint.select = ["B", "E", "F"]

    [[tool.mypy.overrides]]
    module = "onnx.*"
    ignore = true
    """)


def resolve(base: str | None, ours: str, theirs: str, path: str = "pyproject.toml") -> str | None:
    found = resolve_file(path, None if base is None else base.encode(), ours.encode(), theirs.encode())
    return None if found is None else found.data.decode()


def changed(*pairs: tuple[str, str], text: str = BASE) -> str:
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


RESOLVED = [
    pytest.param(
        [('    "zarr",\n', '    "zarr",\n    "polars",  # ours\n')],
        [('    "zarr",\n', '    # for the plan\n    "rich",\n    "zarr",\n    "attrs",\n')],
        [('    "zarr",\n', '    # for the plan\n    "rich",\n    "zarr",\n    "polars",  # ours\n    "attrs",\n')],
        id="both add requirements, with their comments",
    ),
    pytest.param(
        [('    "numpy>=2.1",\n', '    "numpy>=2.2",\n    "scipy",\n')],
        [('"numpy>=2.1",', '"numpy>=2.3",  # 2.2 was yanked')],
        [('    "numpy>=2.1",\n', '    "numpy>=2.3",  # 2.2 was yanked\n    "scipy",\n')],
        id="both bump one requirement",
    ),
    pytest.param(
        [('    "numpy>=2.1",\n', "")],
        [('    "numpy>=2.1",\n', '    "numpy>=2.1",\n    "scipy",\n')],
        [('    "numpy>=2.1",\n', '    "scipy",\n')],
        id="one removes what the other adds after",
    ),
    pytest.param(
        [('["B", "E", "F"]', '["B", "E", "F", "UP"]')],
        [('["B", "E", "F"]', '["B", "D", "E", "F"]'), ("= 100", "= 120")],
        [('["B", "E", "F"]', '["B", "D", "E", "F", "UP"]'), ("= 100", "= 120")],
        id="a list in one line stays in one line",
    ),
    pytest.param(
        [('["B", "E", "F"]', '["B", "E", "F", "N"]')],
        [('["B", "E", "F"]', '[\n    "B",\n    "E",\n    "F",\n    "S",  # security\n]')],
        [('["B", "E", "F"]', '[\n    "B",\n    "E",\n    "F",\n    "N",\n    "S",  # security\n]')],
        id="a list over several lines keeps its comments",
    ),
    pytest.param(
        [("line-length = 100", "line-length = 110\nindent = 4")],
        [("line-length = 100", 'line-length = 100\ntarget = "py311"')],
        [("line-length = 100", 'line-length = 110\nindent = 4\ntarget = "py311"')],
        id="one changes a key, both add one after it",
    ),
    pytest.param(
        [("\n[[tool.mypy", "\n[tool.ours]\nx.y = { a = 1 }\n\n[[tool.mypy")],
        [("\n[[tool.mypy", "\n# Theirs.\n[tool.theirs]  # see docs\nz = '''\n[no]\n'''\n\n[[tool.mypy")],
        [
            (
                "\n[[tool.mypy",
                (
                    "\n[tool.ours]\nx.y = { a = 1 }\n"
                    "\n# Theirs.\n[tool.theirs]  # see docs\nz = '''\n[no]\n'''\n\n[[tool.mypy"
                ),
            )
        ],
        id="both add a table in the same place",
    ),
    pytest.param(
        [
            (
                'module = "onnx.*"\nignore = true\n',
                'module = "onnx.*"\nignore = true\n\n[[tool.mypy.overrides]]\nmodule = "a"\n',
            )
        ],
        [
            (
                'module = "onnx.*"\nignore = true\n',
                'module = "onnx.*"\nignore = false\n\n[[tool.mypy.overrides]]\nmodule = "b"\n',
            )
        ],
        [
            (
                'module = "onnx.*"\nignore = true\n',
                (
                    'module = "onnx.*"\nignore = false\n\n[[tool.mypy.overrides]]\nmodule = "a"\n'
                    '\n[[tool.mypy.overrides]]\nmodule = "b"\n'
                ),
            )
        ],
        id="tables of an array by name",
    ),
    pytest.param(
        [("# Formatting.\n[tool.ruff]\nline-length = 100\n", "[tool.ruff]\nline-length = 101\n")],
        [("line-length = 100\n", "line-length = 100\npreview = true\n")],
        [("# Formatting.\n[tool.ruff]\nline-length = 100\n", "[tool.ruff]\nline-length = 101\npreview = true\n")],
        id="a comment that one side removed stays away",
    ),
    pytest.param(
        [('"flights"  # as on the index', "'flights'  # our name\nversion = '1'")],
        [('name = "flights"', 'name = "flights"\nreadme = "README.md"\nname2 = "x"'), ("  # as on the index", "")],
        None,
        id="one removes the comment that the other changed",
    ),
    pytest.param(
        [('"flights"  # as on the index', "'flights'  # as on the index\nversion = '1'")],
        [('"flights"  # as on the index', '"flights"  # as on the index\nreadme = "README.md"')],
        [('"flights"  # as on the index', "'flights'  # as on the index\nversion = '1'\nreadme = \"README.md\"")],
        id="quotes of the project stay",
    ),
]


@pytest.mark.parametrize(("ours", "theirs", "expected"), RESOLVED)
def test_it_resolves(
    ours: list[tuple[str, str]], theirs: list[tuple[str, str]], expected: list[tuple[str, str]] | None
) -> None:
    assert resolve(BASE, changed(*ours), changed(*theirs)) == (None if expected is None else changed(*expected))


LEFT = [
    pytest.param([("= 100", "= 110")], [("= 100", "= 120")], id="two numbers that are no versions"),
    pytest.param([('"flights"', '"trains"')], [('"flights"', '"planes"')], id="two names"),
    pytest.param([('    "zarr",\n', "")], [('"zarr"', '"zarr>=3"')], id="one removes what the other bumps"),
    pytest.param(
        [("[tool.ruff]\nline-length = 100\n", "[tool.ruff]\n")], [("= 100", "= 1")], id="one removes a changed key"
    ),
    pytest.param(
        [("ignore = true\n", "ignore = 1\n")], [("ignore = true\n", "ignore = 2\n")], id="tables of one name differ"
    ),
    pytest.param([('"E", "F"]', '"E", "N"]')], [('"E", "F"]', '"E", "S"]')], id="both replace one item"),
    pytest.param([("# Formatting.", "# Style.")], [("# Formatting.", "# Looks.")], id="two comments"),
    pytest.param(
        [('["B", "E", "F"]', '["F", "E", "B", "X"]')], [('["B", "E", "F"]', '["E", "B", "F"]')], id="two orders"
    ),
    pytest.param([("= 100", "= [1]")], [("= 100", "= 101")], id="another type"),
    pytest.param([("= 100", "= 101")], [("[tool.ruff]", "[tool.ruff")], id="a side that does not parse"),
    pytest.param([('"numpy>=2.1"', '"numpy<3"')], [('"numpy>=2.1"', '"numpy>=2.2"')], id="a bound of another kind"),
]


@pytest.mark.parametrize(("ours", "theirs"), LEFT)
def test_it_leaves(ours: list[tuple[str, str]], theirs: list[tuple[str, str]]) -> None:
    assert resolve(BASE, changed(*ours), changed(*theirs)) is None


def test_lines_ends_mark_and_missing_newline_are_kept() -> None:
    ours, theirs = (
        changed(("= 100", "= 110")),
        changed(('"E", "F"]', '"E", "F", "N"]'), ('name = "fl', 'x = 1\nname = "fl')),
    )
    windows = b"\xef\xbb\xbf" + ours.removesuffix("\n").replace("\n", "\r\n").encode()
    found = resolve_file("pyproject.toml", BASE.encode(), windows, theirs.encode())
    assert found is not None
    expected = changed(("= 100", "= 110"), ('"E", "F"]', '"E", "F", "N"]'), ('name = "fl', 'x = 1\nname = "fl'))
    assert found.data == b"\xef\xbb\xbf" + expected.removesuffix("\n").replace("\n", "\r\n").encode()


def test_two_files_of_one_name_are_joined_if_they_agree() -> None:
    assert (
        resolve(None, '[a]\nx = 1\nv = "1.2.0"\n', '[a]\nx = 1\ny = 2\nv = "1.3.0"\n')
        == '[a]\nx = 1\ny = 2\nv = "1.3.0"\n'
    )
    assert resolve(None, "[a]\nx = 1\n", "[a]\nx = 2\n") is None


def test_a_deletion_below_a_header_comment_leaves_the_comment() -> None:
    base = "# Licence.\n\na = 1\nb = 2\n"
    assert (
        resolve(base, "# Licence.\n\nb = 2\n", "# Licence.\n\na = 1\nb = 2\nc = 3\n") == "# Licence.\n\nb = 2\nc = 3\n"
    )


def test_every_decision_is_told() -> None:
    ours = changed(('"numpy>=2.1"', '"numpy>=2.2"'), ('"F"]', '"F", "N"]'))
    theirs = changed(('"numpy>=2.1"', '"numpy>=2.3"'), ('"F"]', '"F", "S"]'))
    found = resolve_file("pyproject.toml", BASE.encode(), ours.encode(), theirs.encode())
    assert found is not None
    assert found.notes == (
        "project.dependencies: numpy: took >=2.3, the newer of >=2.2 (yours) and >=2.3 (template)",
        "tool.ruff.lint.select: took N (yours) and S (template)",
    )


@pytest.mark.parametrize(
    "name", ["uv.lock", "poetry.lock", "package-lock.json", "Cargo.lock", "pylock.toml", "README.md", "a.clang-format"]
)
def test_locks_and_unknown_files_are_left(name: str) -> None:
    assert resolve_file(name, b"a = 1\n", b"a = 2\n", b"a = 1\nb = 1\n") is None
    assert resolve_file(name, b"a = 1\n", b"a = 1\n", b"a = 2\n") is None


def test_a_huge_file_is_left() -> None:
    big = b"# " + b"x" * 1_000_000 + b"\n"
    assert resolve_file("a.toml", big, big + b"a = 1\n", big + b"b = 1\n") is None
