import gzip
import os
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlscaffold.errors import UserError
from mlscaffold.new.table import find_column, inspect_table, unique_names


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        pytest.param(b"a,b\n1,2\n", ("a", "b"), id="comma"),
        pytest.param(b"a;b\n1,5;2\n", ("a", "b"), id="semicolon with decimal comma"),
        pytest.param(b"a\tb\n1\t2\n", ("a", "b"), id="tab"),
        pytest.param(b"a|b\n1|2\n", ("a", "b"), id="bar"),
        pytest.param(b"only\n1\n", ("only",), id="one column"),
        pytest.param(b"\xef\xbb\xbfa,b\n1,2\n", ("a", "b"), id="byte order mark"),
        pytest.param("größe,b\n1,2\n".encode("latin-1"), ("größe", "b"), id="latin-1"),
        pytest.param(b",a,a,a_2\n0,1,2,3\n", ("column_1", "a", "a_2", "a_2_2"), id="unnamed and twice"),
        pytest.param(b'"a, b","c\nd"\r\n1,2\r\n', ("a, b", "c\nd"), id="quoted delimiter and line end"),
        pytest.param("a,ä\n1,2\n".encode("utf-16"), ("a", "ä"), id="utf-16"),
        pytest.param(b'"x, y";b\n"1, 2";3\n', ("x, y", "b"), id="commas inside the cells of another delimiter"),
        pytest.param(b"a,b\n1,2,3\n2,4,5\n", ("column_1", "a", "b"), id="row names without a header, as R writes them"),
        pytest.param(b"\n\na,b\n1,2\n", ("a", "b"), id="blank lines first"),
    ],
)
def test_the_header_of_a_text_table_is_read(tmp_path: Path, content: bytes, columns: tuple[str, ...]) -> None:
    plain = tmp_path / "t.csv"
    plain.write_bytes(content)
    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress(content))
    assert inspect_table(plain).columns == columns
    assert inspect_table(packed).columns == columns


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"", "is empty"),
        ("t.csv", b" \n\n", "is empty"),
        ("t.csv", b"a,b\n", "no rows"),
        ("t.csv", b"a\0b\n1\n", "NUL bytes"),
        ("t.csv", b"PK\x03\x04 a sheet", "zip or Excel"),
        ("t.csv.gz", b"not packed", "damaged"),
        ("t.csv.gz", gzip.compress(b"a,b\n1,2\n", mtime=0)[:-12], "damaged"),
        ("t.parquet", b"a,b\n1,2\n", "damaged"),
        ("t.parquet", b"PAR1" + b"\xff" * 40 + b"\x20\0\0\0PAR1", "damaged"),
        ("t.xlsx", b"PK", "not a table that can be read"),
    ],
)
def test_what_is_no_table_is_told_in_one_line(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    place = tmp_path / name
    place.write_bytes(content)
    with pytest.raises(UserError, match=message) as told:
        inspect_table(place)
    assert "\n" not in str(told.value)
    assert told.value.hint


def test_a_missing_file_is_told_with_the_nearest_names(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("a\n1\n")
    with pytest.raises(UserError, match=r"nearest: customers\.csv"):
        inspect_table(tmp_path / "custmers.csv")


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a folder"):
        inspect_table(tmp_path)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    place = tmp_path / "t.csv"
    if os.geteuid():
        place.write_text("a\n1\n")
        place.chmod(0)
    else:  # root may read everything, but for what the kernel itself refuses
        place.symlink_to("/proc/self/mem")
    with pytest.raises(UserError, match="cannot be read"):
        inspect_table(place)


def test_a_missing_column_is_told_with_the_nearest_names(tmp_path: Path) -> None:
    place = tmp_path / "t.csv"
    place.write_text("Churned,age\n1,2\n")
    table = inspect_table(place)
    assert find_column(table, "Churned") == "Churned"
    with pytest.raises(UserError, match="nearest: Churned"):
        find_column(table, "churned")


@given(st.lists(st.text(max_size=4), max_size=12))
def test_names_are_made_unique_and_none_is_lost(header: list[str]) -> None:
    names = unique_names(header)
    assert len(names) == len(header) == len(set(names))
    assert all(names)


TYPES = st.recursive(
    st.sampled_from(
        [
            pa.int32(),
            pa.float64(),
            pa.string(),
            pa.bool_(),
            pa.timestamp("us"),
            pa.date32(),
            pa.decimal128(10, 2),
            pa.binary(),
        ]
    ),
    lambda inner: st.one_of(
        inner.map(pa.list_),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda kinds: pa.struct([(f"f{n}", k) for n, k in enumerate(kinds)])
        ),
    ),
    max_leaves=4,
)


@given(
    st.dictionaries(
        st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=6), TYPES, min_size=1, max_size=20
    )
)
def test_the_columns_of_a_parquet_file_are_those_that_were_written(
    tmp_path_factory: pytest.TempPathFactory, kinds: dict[str, pa.DataType]
) -> None:
    place = tmp_path_factory.mktemp("parquet") / "t.parquet"
    schema = pa.schema(list(kinds.items()))
    pq.write_table(pa.table({name: pa.nulls(2, kind) for name, kind in kinds.items()}, schema=schema), place)
    assert inspect_table(place).columns == tuple(kinds)


def test_a_parquet_file_without_rows_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": pa.array([], pa.int32())}), tmp_path / "t.parquet")
    with pytest.raises(UserError, match="no rows"):
        inspect_table(tmp_path / "t.parquet")


@given(st.binary(max_size=300))
def test_no_footer_crashes_the_reader(tmp_path_factory: pytest.TempPathFactory, footer: bytes) -> None:
    place = tmp_path_factory.mktemp("parquet") / "t.parquet"
    place.write_bytes(b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1")
    with suppress(UserError):
        assert isinstance(inspect_table(place).columns, tuple)
