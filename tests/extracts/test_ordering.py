"""Rows come out in the order of the query that a specification's page shows, however many there is room for."""

import errno
import os
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extracts import ordering
from extracts.ordering import in_order

TYPES = {"key": pa.int64(), "other": pa.int64(), "word": pa.string(), "day": pa.date32(), "sure": pa.bool_()}
SCHEMA = pa.schema(list(TYPES.items()))
NUMBERS = st.one_of(st.none(), st.integers(0, 2**63 - 1), st.sampled_from([0, 1, 1 << 57, 2**63 - 1]))
ROWS = st.lists(
    st.tuples(
        NUMBERS,
        st.one_of(st.none(), st.integers(0, 3)),
        st.one_of(st.none(), st.sampled_from(["", "a", "B", "é", "日本"])),
        st.one_of(st.none(), st.dates(date(2019, 1, 1), date(2019, 1, 3))),
        st.one_of(st.none(), st.booleans()),
    ),
    max_size=40,
)


def reader(rows, length):
    """The rows in batches of so many, the first of none."""
    cut = [[], *(rows[first : first + length] for first in range(0, len(rows), length))]
    batches = [pa.RecordBatch.from_pylist([dict(zip(TYPES, row, strict=True)) for row in one], SCHEMA) for one in cut]
    return pa.RecordBatchReader.from_batches(SCHEMA, batches)


def ordered(rows, length, order, room):
    return [tuple(row.values()) for batch in in_order(reader(rows, length), order, room) for row in batch.to_pylist()]


def by_duckdb(rows, order):
    by = ", ".join(f"{name} ASC NULLS LAST" for name in order)
    with duckdb.connect() as connection:
        connection.register("given", reader(rows, max(1, len(rows))))
        return connection.execute(f"FROM given ORDER BY {by}").fetchall()


@pytest.mark.slow
@pytest.mark.parametrize("few", [1000, 2, 0], ids=["texts as codes", "some", "none"])
@pytest.mark.parametrize("held", [1 << 20, 0], ids=["held", "in a file"])
@settings(max_examples=40, deadline=None)
@given(rows=ROWS, length=st.integers(1, 9))
def test_rows_are_ordered_as_duckdb_orders_them(tmp_path_factory, few, held, rows, length):
    room, order = tmp_path_factory.mktemp("room"), ["key", "other", "word", "day", "sure"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordering, "FEW", few)
        patch.setattr(ordering, "ROOM", held)
        found = ordered(rows, length, order, room)
    assert found == by_duckdb(rows, order)


@given(rows=ROWS, length=st.integers(1, 9))
@settings(max_examples=40, deadline=None)
def test_where_the_first_column_tells_rows_apart_it_is_enough(tmp_path_factory, rows, length):
    apart = list({row[0]: row for row in rows if row[0] is not None}.values())
    found = ordered(apart, length, ["key"], tmp_path_factory.mktemp("room"))
    assert found == sorted(apart, key=lambda row: row[0])


def test_texts_that_come_later_are_known_too(tmp_path):
    rows = [(number * 7919 % 4093, 0, f"text {number // 8}", None, None) for number in range(4000)]
    assert ordered(rows, 16, ["key"], tmp_path) == sorted(rows)


def open_files(room):
    """Open files of the folder that have no name any more: descriptor to size."""
    found = [fd for fd in list(Path("/proc/self/fd").iterdir()) if fd.exists()]
    named = {fd: os.readlink(fd) for fd in found}
    return {fd: fd.stat().st_size for fd, name in named.items() if str(room) in name and "(deleted)" in name}


def test_rows_lie_in_a_file_once_there_are_too_many_and_nobody_can_read_it(tmp_path, monkeypatch):
    monkeypatch.setattr(ordering, "ROOM", 10_000)
    rows = [(number * 7919 % 4093 << 51, number, f"text {number:04}", None, None) for number in range(4000)]
    batches = in_order(reader(rows, 500), ["key"], tmp_path)
    first = next(batches)
    ((file, size),) = open_files(tmp_path).items()
    assert size > 4000 * 16 and b"text 0" not in file.read_bytes()
    assert list(tmp_path.iterdir()) == [], "it has no name that a killed process would leave"
    rest = [row for batch in batches for row in batch["key"].to_pylist()]
    assert first["key"].to_pylist() + rest == sorted(row[0] for row in rows)
    assert open_files(tmp_path) == {}


def test_what_goes_wrong_while_rows_come_is_raised_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(ordering, "ROOM", 0)

    def rows():
        yield from reader([(1, 1, "a", None, None)], 1)
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space") as caught:
        list(in_order(pa.RecordBatchReader.from_batches(SCHEMA, rows()), ["key"], tmp_path))
    assert caught.value.errno == errno.ENOSPC
    assert list(tmp_path.iterdir()) == []
