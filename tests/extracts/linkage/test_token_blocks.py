"""Blocks of encoded records hold the pairs that a slow reading of the rules finds, of tokens and of filters."""

from dataclasses import replace
from itertools import combinations, product

import duckdb
import pyarrow as pa
import pytest

from extracts.linkage import scale, token_blocks
from extracts.linkage.blocking import pairs_sql

# Small numbers in place of tokens, so that many agree; lists of several, of none, and nothing at all.
RECORDS = pa.table({
    "rid": pa.array(range(8)),
    "source": pa.array(["one"] * 8),
    "forename": pa.array([11, 11, 12, None, 21, 11, 13, 22]),
    "surname": pa.array([21, 22, 11, 21, 11, 23, 23, 12]),
    "names": pa.array([[1, 2], [2], [3], [], None, [1, 3], [4], [5]], pa.list_(pa.int64())),
    "born": pa.array([51, 52, 51, 53, 54, None, 55, 56]),
    "born_year": pa.array([31, 31, 32, 31, 33, None, 34, 35]),
    "postcodes": pa.array([[61], [62, 61], None, [62], [], [63], [63], [64]], pa.list_(pa.int64())),
    "pnc": pa.array([None, None, 71, 71, None, None, None, None]),
})  # fmt: skip


def keys(record, line):
    """Every combination of the record's tokens for the line."""
    values = [record[name] if isinstance(record[name], list) else [record[name]] for name in line]
    return {key for key in product(*values) if None not in key} if all(values) else set()


def slowly():
    """Pairs that agree on a rule, read record by record."""
    there = set(RECORDS.column_names)
    rules = [rule for rule in token_blocks.RULES if {name for line in rule for name in line} <= there]
    rows = RECORDS.to_pylist()
    blocks = [[{key for line in rule for key in keys(row, line)} for row in rows] for rule in rules]
    return {(a, b) for of in blocks for a, b in combinations(range(len(rows)), 2) if of[a] & of[b]}


def candidates(connection):
    return {tuple(row) for row in connection.execute(pairs_sql("members")).fetchall()}


@pytest.mark.parametrize("many", [scale.SCALE.many, 0])
def test_tokens_meet_as_the_rules_say(monkeypatch, many):
    monkeypatch.setattr(scale, "SCALE", replace(scale.SCALE, many=many))
    with duckdb.connect(":memory:") as connection:
        connection.register("records", RECORDS)
        made = token_blocks.block_tokens(connection, "records", len(RECORDS), "members")
        assert candidates(connection) == slowly() != set()
    assert made.pairs["pnc"] == 1 and made.largest >= 2


def test_filters_meet_where_their_tokens_did():
    with duckdb.connect(":memory:") as connection:
        blocks = token_blocks.blocks(RECORDS.drop_columns(["rid", "source"]))
        connection.register("records", pa.table({"rid": RECORDS["rid"], "blocks": blocks}))
        token_blocks.block_filters(connection, "records", len(RECORDS), "members")
        assert candidates(connection) == slowly()
