"""Parquet, Arrow and Feather: the table, the index, and what the file keeps beside them."""

import io

import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from extracts.disclosure.policy import SRS_10, Policy
from extracts.disclosure.reading.formats.columnar import read
from extracts.disclosure.reading.triage import CannotRead

from .parts import concealed, tables, texts

TABLE = pa.table({"area": ["North", "South"], "n": [12, 30], "rate": [0.5, None]})
WANTED = [("area", "n", "rate"), ("North", "12", "0.5"), ("South", "30", "")]


def parquet(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def arrow(table: pa.Table, *, stream: bool = False) -> bytes:
    file = pa.BufferOutputStream()
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(file, table.schema) as writer:
        writer.write_table(table)
    return file.getvalue().to_pybytes()


def feathered(table: pa.Table) -> bytes:
    file = io.BytesIO()
    feather.write_feather(table, file)
    return file.getvalue()


@pytest.mark.parametrize("content", [parquet(TABLE), arrow(TABLE), arrow(TABLE, stream=True), feathered(TABLE)])
def test_the_table(content: bytes) -> None:
    contents = read(content, "a", SRS_10)
    assert tables(contents) == {"": WANTED}
    assert concealed(contents) == []


def test_an_index_of_pandas_is_a_column() -> None:
    frame = pd.DataFrame({"n": [12, 30]}, index=["Ann Ash", "Bo Birch"])
    contents = read(parquet(pa.Table.from_pandas(frame)), "a", SRS_10)
    assert tables(contents) == {"": [("n", "row"), ("12", "Ann Ash"), ("30", "Bo Birch")]}
    assert concealed(contents) == []


def test_properties_of_the_file_and_of_a_column_are_found() -> None:
    field = pa.field("n", pa.int64(), metadata={"comment": "Ann Ash is the third"})
    table = pa.table({"n": [12]}, schema=pa.schema([field], metadata={"author": "Bo Birch"}))
    contents = read(parquet(table), "a", SRS_10)
    assert concealed(contents) == [("metadata", "review")]
    assert "Bo Birch" in texts(contents) and "Ann Ash" in texts(contents)


def test_attributes_of_a_data_frame_are_found() -> None:
    frame = pd.DataFrame({"n": [12]})
    frame.attrs["note"] = "Ann Ash"
    contents = read(parquet(pa.Table.from_pandas(frame)), "a", SRS_10)
    assert "Ann Ash" in texts(contents) and concealed(contents)


def test_categories_without_rows_are_found() -> None:
    frame = pd.DataFrame({"who": pd.Categorical(["North"], categories=["North", "Ann Ash"])})
    contents = read(arrow(pa.Table.from_pandas(frame)), "a", SRS_10)
    assert concealed(contents) == [("hidden_content", "review")]
    assert "Ann Ash" in texts(contents)
    assert "Ann Ash" not in str(contents.concealed)


def test_too_large_and_broken_files_are_not_read() -> None:
    with pytest.raises(CannotRead, match="cells"):
        read(parquet(TABLE), "a", Policy("small", "1", max_cells=5))
    for content in (parquet(TABLE)[:-20], arrow(TABLE)[:60], b"PAR1PAR1", b"\xff\xff\xff\xff\x00\x00\x00\x01", b"FEA1"):
        with pytest.raises(CannotRead):
            read(content, "a", SRS_10)
