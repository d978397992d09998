"""Which pairs of encoded records are looked at: those that agree on all tokens of one of many rules.

Tokens are blocked by the linker. Filters come with their blocks, as lists of numbers made at the provider's side, since
nothing in a filter says what it agrees on; both are made here, so that they are the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from extracts.linkage import scale
from extracts.linkage.blocking import Blocks, add_rule, kept_blocks, pairs_asked_for

Line = tuple[str, ...]
Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.uint64]

# Records that agree on a line's tokens are a possible pair. Each line alone misses some: names that changed, dates
# that slipped, people who moved; together they miss few. Of lists each token counts.
LINES: tuple[Line, ...] = (
    ("pnc",), ("cro",), ("prison_number",), ("national_insurance",), ("person_number",), ("asn",),
    ("identifier",), ("identifier_2",), ("phone",), ("email",),
    ("forename", "surname"), ("names", "born_year"), ("names", "born"),
    ("forename_full", "surname_sound"), ("forename_full", "surname_sound", "born_year"),
    ("forename_full", "surname_sound", "outcode"), ("forename_full", "surname_sound", "town"),
    ("forename_full", "surname_sound", "middle"), ("forename_sound", "surname_sound", "born_year"),
    ("born",), ("born", "forename_1"), ("born", "surname_2"), ("born", "outcode"), ("born", "town"),
    ("born_year_month", "surname_sound"), ("born_year_day", "surname_sound"), ("born_month_day", "surname_sound"),
    ("born_year_month", "forename_full", "surname_3"), ("born_year_day", "forename_full", "surname_3"),
    ("born_month_day", "forename_full", "surname_3"), ("born_year", "forename_3", "surname_3"),
    ("born_year", "forename_full", "outcode"), ("born_year", "surname", "outcode"),
    ("born_year", "forename_full", "town"), ("born_year", "surname_sound", "forename_1"),
    ("postcodes", "forename_full"), ("postcodes", "surname"), ("postcodes", "born_year"), ("postcodes", "forename_1"),
    ("outcode", "surname_sound", "forename_1"), ("outcode", "forename_full", "surname_3"),
    ("address_key", "forename_full"), ("address_key", "surname"), ("address_key", "born_year"),
    ("street", "forename_full"), ("street", "surname_sound"),
    ("town", "forename_full", "surname_3"), ("town", "surname_sound", "forename_1"),
    ("sentence_dates", "surname_sound"), ("sentence_dates", "forename_full"), ("sentence_dates", "born"),
    ("case_reference", "surname"), ("case_reference", "forename_full"), ("case_reference", "born"),
)  # fmt: skip
# The same with one side's parts exchanged: a record is in the blocks of both lines.
CROSSED: tuple[tuple[Line, Line], ...] = (
    (("forename", "surname"), ("surname", "forename")),
    (("born", "surname_3"), ("born_swapped", "surname_3")),
    (("born", "forename_full"), ("born_swapped", "forename_full")),
)
RULES: tuple[tuple[Line, ...], ...] = (*((line,) for line in LINES), *CROSSED)


def members(tokens: pa.Table) -> Iterator[tuple[str, Ints, Ints]]:
    """For each rule that the tokens allow: its name, rows, and the number of the block that each is in."""
    there = {name: _column(tokens[name]) for name in tokens.column_names}
    for rule in RULES:
        if {name for line in rule for name in line} <= there.keys():
            name = " or ".join(" + ".join(line) for line in rule)
            parts = [_members(there, line, name, len(tokens)) for line in rule]
            yield name, np.concatenate([rows for rows, _ in parts]), np.concatenate([block for _, block in parts])


def blocks(tokens: pa.Table) -> pa.ListArray:
    """Per record: the numbers of the blocks that it is in."""
    found = list(members(tokens))
    rows = np.concatenate([np.zeros(0, np.int64), *(rows for _, rows, _ in found)])
    numbers = np.concatenate([np.zeros(0, np.int64), *(block for _, _, block in found)])
    order = np.lexsort((numbers, rows))  # by number: the place in the list does not tell the rule
    offsets = np.searchsorted(rows[order], np.arange(len(tokens) + 1)).astype(np.int32)
    return pa.ListArray.from_arrays(offsets, pa.array(numbers[order]))


_Column = tuple[Ints, Ints, Ints]  # of each record: where its tokens start, and how many; then all tokens


def _column(column: pa.ChunkedArray) -> _Column:
    plain = column.combine_chunks()
    if pa.types.is_list(plain.type):
        counts = np.asarray(pc.fill_null(pc.list_value_length(plain), 0)).astype(np.int64)
        values = np.asarray(pc.fill_null(plain.flatten(), 0))
    else:
        counts = np.asarray(plain.is_valid()).astype(np.int64)
        values = np.asarray(plain.drop_null())
    return np.r_[0, np.cumsum(counts)[:-1]].astype(np.int64), counts, values


def _members(there: dict[str, _Column], line: Line, rule: str, records: int) -> tuple[Ints, Ints]:
    """Records and their block: a number for each combination of their tokens, none where one is missing.

    Mixing with odd constants is enough here: what goes in are keyed numbers already.
    """
    rows = np.arange(records)
    salt = int.from_bytes(hashlib.sha256(rule.encode()).digest()[:8], "big")
    mixed: Numbers = np.full(records, salt, dtype=np.uint64)
    for place, name in enumerate(line):
        starts, counts, values = there[name]
        times = counts[rows]
        within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        token = values[np.repeat(starts[rows], times) + within].astype(np.uint64)
        rows, mixed = np.repeat(rows, times), np.repeat(mixed, times)
        rows, mixed, token = rows[token > 0], mixed[token > 0], token[token > 0]
        mixed = (mixed ^ (token + np.uint64(place + 1))) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return rows, (mixed >> np.uint64(1)).astype(np.int64)


def block_tokens(connection: duckdb.DuckDBPyConnection, records: str, count: int, into: str) -> Blocks:
    """Make `into` (block, rule, rid) of the records, as `blocking.block` does for clear text."""
    table = connection.sql(f"SELECT * EXCLUDE (source) FROM {records} ORDER BY rid").to_arrow_table()
    rids = np.asarray(table["rid"])
    found = [(name, rids[rows], numbers) for name, rows, numbers in members(table.drop_columns(["rid"]))]
    if count <= scale.SCALE.many:
        return _kept(connection, found, most_pairs=pairs_asked_for(count), into=into)
    connection.execute(f"CREATE OR REPLACE TABLE {into} (block UBIGINT, rule UTINYINT, rid BIGINT)")
    made = []
    for one in found:
        made.append(_kept(connection, [one], most_pairs=scale.SCALE.pairs_per_rule * count, into="of_rule"))
        add_rule(connection, into)
    connection.execute("DROP TABLE IF EXISTS of_rule")
    pairs = {name: number for part in made for name, number in part.pairs.items()}
    return Blocks(pairs, max((part.largest for part in made), default=0))


def _kept(
    connection: duckdb.DuckDBPyConnection, found: list[tuple[str, Ints, Ints]], *, most_pairs: int, into: str
) -> Blocks:
    """Make `into` of some rules' members, without blocks that are single or too large."""
    connection.execute(f"CREATE OR REPLACE TABLE {into}_all (rule UTINYINT, block UBIGINT, rid BIGINT)")
    for number, (_, rids, numbers) in enumerate(found):
        connection.register("of_this_rule", pa.table({"block": numbers, "rid": rids}))
        connection.execute(f"INSERT INTO {into}_all SELECT {number}, block, rid FROM of_this_rule")
        connection.unregister("of_this_rule")
    return kept_blocks(connection, [name for name, _, _ in found], most_pairs=most_pairs, into=into)


def block_filters(connection: duckdb.DuckDBPyConnection, records: str, count: int, into: str) -> Blocks:
    """Make `into` (block, rule, rid) of the blocks that the filters came with."""
    connection.execute(
        f"CREATE OR REPLACE TABLE {into}_all AS "
        f"SELECT 0::UTINYINT AS rule, unnest(blocks)::UBIGINT AS block, rid FROM {records}"
    )
    return kept_blocks(connection, ["blocks of the providers"], most_pairs=pairs_asked_for(count), into=into)
