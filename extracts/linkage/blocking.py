"""Which pairs of records are looked at: those that agree on one of many rules, as far as a rule's blocks are small.

A rule is a list of keys. Records with the same keys form a block; a block of n records makes n(n-1)/2 pairs. Blocks are
taken in the order of their size until the pairs asked for are reached, so a rule that is too common for the data at
hand (or a value that is, such as a hostel's postcode) drops out by itself, and the cut is measured, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from extracts.linkage import scale

# Key -> (feature that it needs, SQL). Lists are taken apart: each item is a key of its own.
KEYS = {
    "forename":    (("forename",),             "forename"),
    "forename_1":  (("forename",),             "left(forename, 1)"),
    "forename_3":  (("forename",),             "left(forename, 3)"),
    "nickname":    (("forename_keys",),        "coalesce(forename_keys, [hash(forename)])"),
    "surname":     (("surname",),              "surname"),
    "surname_3":   (("surname",),              "left(surname, 3)"),
    "sound":       (("surname_sound",),        "surname_sound"),
    "either_name": (("forename", "surname"),   "least(forename, surname) || '|' || greatest(forename, surname)"),
    "names":       (("names",),                "names"),
    "middle":      (("middle",),               "middle"),
    "born":        (("born",),                 "born"),
    "born_either": (("born",),                 "left(born, 4) || least(substr(born, 5, 2), substr(born, 7, 2))"
                                               " || greatest(substr(born, 5, 2), substr(born, 7, 2))"),
    "year":        (("birth_year",),           "birth_year"),
    "decade":      (("birth_year",),           "birth_year // 10"),
    "year_month":  (("born",),                 "left(born, 6)"),
    "year_day":    (("born",),                 "left(born, 4) || right(born, 2)"),
    "month_day":   (("born",),                 "right(born, 4)"),
    "postcode":    (("postcodes",),            "postcodes"),
    "outcode":     (("outcode",),              "outcode"),
    "sector":      (("sector",),               "sector"),
    "address":     (("address_key",),          "address_key"),
    "street":      (("street",),               "street"),
    "house":       (("house",),                "house"),
    "town":        (("town",),                 "town"),
    "region":      (("region",),               "region"),
    "birth_place": (("birth_place",),          "birth_place"),
    "occupation":  (("occupation",),           "occupation"),
    "sex":         (("sex",),                  "sex"),
    "rare_word":   (("rare_words",),           "rare_words"),
    "word_pair":   (("word_pairs",),           "word_pairs"),
    "sentence":    (("sentence_dates",),       "sentence_dates"),
    **{name: ((name,), name) for name in (
        "identifier", "identifier_2", "identifier_3", "phone", "phone_2", "email", "email_2", "pnc", "cro",
        "prison_number", "national_insurance", "person_number", "asn", "case_reference", "text", "category",
    )},
}  # fmt: skip

RULES = (
    ("pnc",), ("cro",), ("prison_number",), ("national_insurance",), ("person_number",), ("asn",),
    ("identifier",), ("identifier_2",), ("identifier_3",), ("phone",), ("phone_2",), ("email",), ("email_2",),
    ("either_name",), ("either_name", "year"), ("either_name", "outcode"), ("either_name", "town"),
    ("names", "year"), ("names", "born"),
    ("nickname", "sound"), ("nickname", "sound", "year"), ("nickname", "sound", "outcode"), ("nickname", "sound", "town"),
    ("nickname", "sound", "middle"), ("nickname", "sound", "region"),
    ("born",), ("born", "forename_1"), ("born", "surname_3"), ("born", "outcode"), ("born", "town"), ("born_either", "surname_3"),
    ("born_either", "nickname"),
    ("year_month", "nickname", "surname_3"), ("year_day", "nickname", "surname_3"), ("month_day", "nickname", "surname_3"),
    ("year_month", "sound"), ("year_day", "sound"), ("month_day", "sound"),
    ("year", "forename_3", "surname_3"), ("year", "nickname", "outcode"), ("year", "surname", "outcode"),
    ("year", "nickname", "town"), ("year", "sound", "town"), ("year", "sound", "forename_1"),
    ("postcode",), ("postcode", "nickname"), ("postcode", "surname"), ("postcode", "year"), ("postcode", "forename_1"),
    ("sector", "nickname"), ("sector", "sound"), ("outcode", "sound", "forename_1"), ("outcode", "nickname", "surname_3"),
    ("address",), ("address", "nickname"), ("address", "surname"), ("address", "year"), ("street", "nickname"), ("street", "sound"),
    ("house", "postcode"), ("house", "town", "forename_1"), ("house", "nickname", "surname_3"),
    ("house", "sound", "region"), ("house", "nickname", "region"), ("street", "house", "forename_1"), ("house", "born"),
    ("town", "nickname", "surname_3"), ("town", "sound", "forename_1"), ("town", "nickname"), ("town", "sound"),
    ("sentence", "sound"), ("sentence", "nickname"), ("sentence", "born"),
    ("case_reference", "surname"), ("case_reference", "nickname"), ("case_reference", "born"),
    ("rare_word",), ("word_pair",), ("rare_word", "year"), ("rare_word", "outcode"), ("rare_word", "decade", "forename_1"),
    ("rare_word", "birth_place"), ("rare_word", "occupation"), ("born", "birth_place"), ("born", "occupation"),
    ("born", "postcode"), ("born", "rare_word"), ("year", "postcode"), ("word_pair", "year"), ("word_pair", "outcode"),
    ("forename", "year", "birth_place"), ("forename", "postcode"), ("forename", "year_month"),
)  # fmt: skip

# Of many records (extracts.linkage.scale) these rules alone are tried, each with a budget of its own: making blocks takes time,
# and one budget for all would leave out first the blocks of people with many records.
RULES_FOR_MANY = (
    ("pnc",), ("cro",), ("prison_number",), ("national_insurance",), ("person_number",), ("asn",),
    ("identifier",), ("identifier_2",), ("identifier_3",), ("phone",), ("email",),
    ("sentence", "sound"), ("sentence", "nickname"),
    ("either_name", "year"), ("names", "year"), ("nickname", "sound", "year"), ("nickname", "sound", "middle"),
    ("born", "forename_1"), ("born", "surname_3"), ("born_either", "nickname"), ("born_either", "surname_3"),
    ("year_month", "sound"), ("year_day", "sound"), ("month_day", "nickname", "surname_3"),
    ("year", "nickname", "outcode"), ("year", "surname", "outcode"), ("either_name", "outcode"),
    ("nickname", "sound", "outcode"), ("nickname", "sound", "town"), ("postcode", "nickname"), ("postcode", "surname"),
    ("address", "nickname"), ("address", "year"), ("house", "nickname", "surname_3"),
    ("rare_word", "year"), ("word_pair", "year"), ("word_pair", "outcode"), ("born", "rare_word"),
)  # fmt: skip

# Candidate pairs a record, counted once for each rule that finds them: many where records are few and may be bad,
# fewer where there are many records (each pair costs about 2 microseconds a core).
MOST_PER_RECORD, LEAST_PER_RECORD, PAIRS_IN_ALL = 300, 40, 15_000_000
LARGEST_BLOCK = 2_000
MEMBERS_COUNTED = 5_000_000  # of more, a part of the blocks tells how many pairs there are


@dataclass(frozen=True)
class Blocks:
    """What was measured: pairs by rule (a pair that several rules find counts for each), and the largest block kept."""

    pairs: dict[str, int]
    largest: int


def usable(features: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """The rules whose keys the features can make."""
    there = set(features)
    return tuple(rule for rule in RULES if all(set(KEYS[key][0]) <= there for key in rule))


def pairs_asked_for(records: int) -> int:
    each = min(MOST_PER_RECORD, max(LEAST_PER_RECORD, PAIRS_IN_ALL / max(records, 1)))
    return int(records * each)


def block(
    connection: duckdb.DuckDBPyConnection, records: str, features: Iterable[str], count: int, *, into: str
) -> Blocks:
    """Make `into` by the rules that `features` allow, as many as the `count` of records lets."""
    possible = usable(features)
    if count <= scale.SCALE.many:
        return make_blocks(connection, records, possible, most_pairs=pairs_asked_for(count), into=into)
    connection.execute(f"CREATE OR REPLACE TABLE {into} (block UBIGINT, rule UTINYINT, rid BIGINT)")
    pairs: dict[str, int] = {}
    largest = 0
    for rule in RULES_FOR_MANY:
        if rule in possible:
            made = make_blocks(
                connection, records, (rule,), most_pairs=scale.SCALE.pairs_per_rule * count, into="of_rule"
            )
            add_rule(connection, into)
            pairs |= made.pairs
            largest = max(largest, made.largest)
    connection.execute("DROP TABLE IF EXISTS of_rule")
    return Blocks(pairs, largest)


def make_blocks(
    connection: duckdb.DuckDBPyConnection,
    records: str,
    rules: Iterable[tuple[str, ...]],
    *,
    most_pairs: int,
    into: str = "members",
) -> Blocks:
    """The table `into` (block, rule, rid): who is in which block, without blocks that are single or too large."""  # fmt: skip
    rules = tuple(rules)
    every = " UNION ALL ".join(_members(records, number, rule) for number, rule in enumerate(rules))
    connection.execute(f"CREATE OR REPLACE TABLE {into}_all AS {every}")
    return kept_blocks(connection, [" + ".join(rule) for rule in rules], most_pairs=most_pairs, into=into)


def kept_blocks(connection: duckdb.DuckDBPyConnection, names: Sequence[str], *, most_pairs: int, into: str) -> Blocks:
    """Make `into` of the table `<into>_all` (rule, block, rid), and drop that; `names` are of the rules by number."""
    connection.execute(
        f"CREATE OR REPLACE TABLE {into}_sizes AS SELECT block, any_value(rule) AS rule, count(*) AS size "
        f"FROM {into}_all GROUP BY block HAVING count(*) BETWEEN 2 AND {LARGEST_BLOCK}"
    )
    counted = connection.execute(f"SELECT rule, size, count(*) FROM {into}_sizes GROUP BY ALL").fetchall()
    largest = _largest(counted, most_pairs)
    connection.execute(
        f"CREATE OR REPLACE TABLE {into} AS SELECT block, rule, rid FROM {into}_all "
        f"SEMI JOIN (FROM {into}_sizes WHERE size <= {largest}) USING (block)"
    )
    connection.execute(f"DROP TABLE {into}_all; DROP TABLE {into}_sizes")
    found = dict.fromkeys(names, 0)
    for rule, size, blocks in counted:
        if size <= largest:
            found[names[rule]] += blocks * size * (size - 1) // 2
    return Blocks(found, largest)


def _members(records: str, number: int, rule: tuple[str, ...]) -> str:
    """(rule, block, rid): records by the value of the rule's keys."""
    values = ", ".join(
        f"{f'unnest({KEYS[key][1]})' if key in LISTS else KEYS[key][1]} AS k{place}" for place, key in enumerate(rule)
    )
    names = [f"k{place}" for place in range(len(rule))]
    there = " AND ".join(f"{name} IS NOT NULL" for name in names)
    return (
        f"SELECT {number}::UTINYINT AS rule, hash({number}, {', '.join(names)}) AS block, rid "
        f"FROM (SELECT rid, {values} FROM {records}) WHERE {there}"
    )


LISTS = ("nickname", "names", "postcode", "rare_word", "word_pair", "sentence")


def _largest(counted: list[tuple[int, int, int]], most_pairs: int) -> int:
    """The size up to which blocks can be taken."""
    if not counted:
        return 0
    sizes = np.array([size for _, size, _ in counted])
    pairs = np.array([blocks * size * (size - 1) / 2 for _, size, blocks in counted])
    order = np.argsort(sizes, kind="stable")
    reached = np.cumsum(pairs[order])
    within = sizes[order][reached <= most_pairs]
    too_large = sizes[order][reached > most_pairs]
    return int(too_large[0]) - 1 if len(too_large) else int(within[-1])


def add_rule(connection: duckdb.DuckDBPyConnection, into: str) -> None:
    """Append the table `of_rule`, made of one rule alone, which gets the next number."""
    next_rule = f"(SELECT coalesce(max(rule) + 1, 0) FROM {into})"
    connection.execute(f"INSERT INTO {into} SELECT block, {next_rule}, rid FROM of_rule")


def repeated_pairs(connection: duckdb.DuckDBPyConnection, members: str) -> int:
    """About how many pairs the blocks have; a pair counts for each block that it is in. Exact where members are few."""
    every = 1 + int(connection.execute(f"SELECT count(*) FROM {members}").fetchall()[0][0]) // MEMBERS_COUNTED
    sizes = f"SELECT count(*) AS n FROM {members} WHERE block % {every} = 0 GROUP BY block"
    return int(
        connection.execute(f"SELECT coalesce(sum(n * (n - 1) / 2), 0) * {every} FROM ({sizes})").fetchall()[0][0]
    )


def pairs_sql(members: str, *, part: tuple[int, int] = (0, 1), crossing: str = "", rules: bool = False) -> str:
    """Each candidate pair once: `join_key_l` < `join_key_r`. `part` (i, n) gives the pairs whose left record is in part i.

    crossing  a condition on left and right records `l`, `r` (rid), such as that they are of two sources
    rules     adds the column `rules`: a bit for each rule, by its number, that finds the pair
    """
    number, of = part
    mine = f"AND hash(l.rid) % {of} = {number}" if of > 1 else ""
    joined = f"FROM {members} l JOIN {members} r ON l.block = r.block AND l.rid < r.rid {mine} {crossing}"
    if rules:
        return f"SELECT l.rid AS join_key_l, r.rid AS join_key_r, bit_or(1::BIGINT << l.rule) AS rules {joined} GROUP BY ALL"
    return f"SELECT DISTINCT l.rid AS join_key_l, r.rid AS join_key_r {joined}"
