"""Which pairs the service looks at: rules for records of criminal justice, each with a budget of its own.

One budget for all rules would count a true pair once for each of the rules that find it, and then leave out the large
blocks of people with many records first, who are the ones that matter most.
"""

from __future__ import annotations

import duckdb

from extracts.linkage.blocking import add_rule, make_blocks, usable

RULES = (
    ("pnc",), ("cro",), ("prison_number",), ("national_insurance",), ("person_number",), ("asn",),
    ("case_reference", "surname"), ("case_reference", "nickname"), ("sentence", "sound"), ("sentence", "nickname"),
    ("either_name", "year"), ("names", "year"), ("nickname", "sound", "year"), ("nickname", "sound", "middle"),
    ("born", "forename_1"), ("born", "surname_3"), ("born_either", "nickname"), ("born_either", "surname_3"),
    ("year_month", "sound"), ("year_day", "sound"), ("month_day", "nickname", "surname_3"),
    ("year", "forename_3", "surname_3"), ("year", "nickname", "outcode"), ("year", "surname", "outcode"),
    ("year", "nickname", "town"), ("born", "outcode"), ("either_name", "outcode"), ("nickname", "sound", "outcode"),
    ("postcode", "nickname"), ("postcode", "surname"), ("postcode", "year"),
    ("address", "nickname"), ("address", "year"),
)  # fmt: skip

# Pairs a record for each rule: of a million records nearly all rules need less than three.
PAIRS_PER_RECORD = 5


def block(connection: duckdb.DuckDBPyConnection, records: str, count: int, *, into: str) -> None:
    """Make `into` (block, rule, rid) of `count` records.

    On a million synthetic records (seed 3) the blocks held 99.2 % of the true pairs among 9 million different ones; the
    rules were chosen from the pairs that each makes on the same records.
    """
    features = [row[0] for row in connection.execute(f"DESCRIBE {records}").fetchall()]
    possible = set(usable(features))
    connection.execute(f"CREATE OR REPLACE TABLE {into} (block UBIGINT, rule UTINYINT, rid BIGINT)")
    for rule in RULES:
        if rule in possible:
            make_blocks(connection, records, (rule,), most_pairs=PAIRS_PER_RECORD * count, into="of_rule")
            add_rule(connection, into)
    connection.execute("DROP TABLE IF EXISTS of_rule")
