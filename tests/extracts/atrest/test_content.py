"""The digest of a table's content: the same however it is stored and cut, another for any other content."""

import hashlib
import json
import struct
from datetime import date, datetime
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from extracts.atrest import gatehouse_workspace as gw

COLUMNS = {
    "id": (pa.int64(), st.integers(-(2**63), 2**63 - 1), "<q"),
    "age": (pa.int32(), st.integers(-(2**31), 2**31 - 1), "<i"),
    "sum": (pa.float64(), st.floats(allow_nan=False), "<d"),
    "known": (pa.bool_(), st.booleans(), None),
    "day": (pa.date32(), st.dates(), "<i"),
    "at": (pa.timestamp("us"), st.datetimes(), "<q"),
    "text": (pa.string(), st.text(max_size=5), None),
}
EPOCH = datetime(1970, 1, 1)


def naive(rows, columns, block):
    """Value by value, as the docstring of ContentDigest says it."""
    told = [[name, str(COLUMNS[name][0])] for name in columns]
    digest = hashlib.sha256(json.dumps(["gatehouse table 1", told], ensure_ascii=False).encode())
    for start in range(0, len(rows), block):
        part = rows[start : start + block]
        digest.update(struct.pack("<I", len(part)))
        for name in columns:
            values = [row[name] for row in part]
            digest.update(bits([value is not None for value in values]))
            if name == "text":
                texts = [(value or "").encode() for value in values]
                digest.update(b"".join(struct.pack("<i", len(text)) for text in texts) + b"".join(texts))
            elif name == "known":
                digest.update(bits([bool(value) for value in values]))
            else:
                digest.update(b"".join(struct.pack(COLUMNS[name][2], number(value)) for value in values))
    return digest.hexdigest()


def bits(truths):
    found = bytearray(-(-len(truths) // 8))
    for place, truth in enumerate(truths):
        found[place // 8] |= truth << place % 8
    return bytes(found)


def number(value):
    if isinstance(value, datetime):
        since = value - EPOCH
        return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    if isinstance(value, date):
        return (value - EPOCH.date()).days
    return 0 if value is None else value


def table_of(rows, columns):
    return pa.table({name: pa.array([row[name] for row in rows], COLUMNS[name][0]) for name in columns})


def digest(table, cuts=()):
    found = gw.ContentDigest(table.schema)
    places = [0, *sorted(cuts), table.num_rows]
    for start, end in pairwise(places):
        for batch in table.slice(start, end - start).to_batches():
            found.update(batch)
    return found.hexdigest()


rows_of_all = st.lists(
    st.fixed_dictionaries({name: st.none() | values for name, (_, values, _) in COLUMNS.items()}), max_size=20
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(rows=rows_of_all, block=st.integers(1, 9), cuts=st.lists(st.integers(0, 20), max_size=5))
def test_it_is_what_its_description_says_however_rows_are_cut(rows, block, cuts):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gw, "BLOCK_ROWS", block)
        table = table_of(rows, COLUMNS)
        assert digest(table, [min(cut, len(rows)) for cut in cuts]) == naive(rows, COLUMNS, block)


def test_blocks_are_of_65536_rows():
    rows = [{"id": number} for number in range(70_000)]
    assert digest(table_of(rows, ["id"])) == naive(rows, ["id"], 65_536)


def test_storage_makes_no_difference(tmp_path):
    plain = pa.table({"text": ["a", None, "b", "a"] * 100, "id": range(400)})
    same = [
        plain.cast(pa.schema([("text", pa.large_string()), ("id", pa.int64())])),
        plain.cast(pa.schema([("text", pa.string_view()), ("id", pa.int64())])),
        plain.set_column(0, "text", plain["text"].combine_chunks().dictionary_encode()),
        pa.concat_tables([plain.slice(0, 7), plain.slice(7)]),
    ]
    for number, options in enumerate(({}, {"row_group_size": 9}, {"use_dictionary": False, "compression": "none"})):
        parquet.write_table(plain, tmp_path / f"{number}.parquet", **options)
        same.append(parquet.read_table(tmp_path / f"{number}.parquet"))
    assert {digest(table) for table in [plain, *same]} == {digest(plain)}


BASE = pa.table({"a": ["x", None, "y"], "b": pa.array([1, 2, None], pa.int64())})


@pytest.mark.parametrize(
    "other",
    [
        BASE.rename_columns(["a", "c"]),
        BASE.select(["b", "a"]),
        BASE.cast(pa.schema([("a", pa.string()), ("b", pa.int32())])),
        BASE.slice(0, 2),
        BASE.take([1, 0, 2]),
        BASE.set_column(0, "a", pa.array(["x", "", "y"])),
        BASE.set_column(0, "a", pa.array(["xy", None, ""])),
        BASE.set_column(1, "b", pa.array([1, 2, 0], pa.int64())),
    ],
)
def test_another_content_has_another_digest(other):
    assert digest(other) != digest(BASE)


def test_a_type_without_a_rule_is_refused():
    with pytest.raises(TypeError, match="list"):
        gw.ContentDigest(pa.schema([("a", pa.list_(pa.int64()))]))
