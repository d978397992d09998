"""Persons who contradict themselves: their records say what cannot be true of one person, so people should look.

A rule is a row: which feature, and when two values of it cannot both be of one person. Custody in two prisons at once
is not among the rules: it would have to be read from the payload, which linkage never sees.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

# A sex is recorded confidently when so many records of the person say so: one may be a slip.
CONFIDENT = 2


@dataclass(frozen=True)
class Rule:
    """`against`: SQL over two values that a person has, `l` said most often and `r` any other (value, n = records)."""

    reason: str
    feature: str
    against: str


# Dates of birth that are a slip of one another: day and month swapped, one keystroke or two neighbours swapped, the
# first of January for want of a day, the year before or after.
SLIP = """(
    l.value = left(r.value, 4) || substr(r.value, 7, 2) || substr(r.value, 5, 2)
    OR damerau_levenshtein(l.value, r.value) <= 1
    OR left(l.value, 4) = left(r.value, 4) AND (ends_with(l.value, '0101') OR ends_with(r.value, '0101'))
    OR right(l.value, 4) = right(r.value, 4)
        AND abs(left(l.value, 4)::INTEGER - left(r.value, 4)::INTEGER) = 1
)"""

RULES = (
    Rule("Two dates of birth",             "born",               f"NOT {SLIP}"),
    Rule("Both sexes",                     "sex",                f"l.n >= {CONFIDENT} AND r.n >= {CONFIDENT}"),
    Rule("Two PNC numbers",                "pnc",                "true"),
    Rule("Two National Insurance numbers", "national_insurance", "true"),
)  # fmt: skip


def contradictions(
    connection: duckdb.DuckDBPyConnection, *, features: Iterable[str], records: str, persons: str, into: str
) -> None:
    """Make the table `into`: person, reason, a, b, the first record with either value (`a` < `b`), ordered.

    records   standardised records with `rid` and the named features
    persons   `rid` and `person`
    features  those that the records have: a rule about another one finds nothing
    """
    there = set(features)
    found = [_found(rule, records, persons) for rule in RULES if rule.feature in there]
    nothing = "SELECT 0::BIGINT AS person, '' AS reason, 0::BIGINT AS a, 0::BIGINT AS b WHERE false"
    connection.execute(
        f"CREATE OR REPLACE TABLE {into} AS SELECT * FROM ({' UNION ALL '.join([nothing, *found])}) ORDER BY ALL"
    )


def _found(rule: Rule, records: str, persons: str) -> str:
    return f"""
        SELECT l.person, '{rule.reason}' AS reason, least(l.rid, r.rid) AS a, greatest(l.rid, r.rid) AS b
        FROM ({_said(rule, records, persons)}) l JOIN ({_said(rule, records, persons)}) r
        ON l.person = r.person AND l.place = 1 AND r.place > 1
        WHERE {rule.against}
        """


def _said(rule: Rule, records: str, persons: str) -> str:
    """Values of persons who have several: how many records say so, the first of them, and the place by that number."""
    return f"""
        SELECT person, value, n, rid, row_number() OVER (PARTITION BY person ORDER BY n DESC, value) AS place
        FROM (
            SELECT person, {rule.feature} AS value, count(*) AS n, min(rid) AS rid
            FROM {records} JOIN {persons} USING (rid)
            WHERE {rule.feature} IS NOT NULL GROUP BY ALL
        )
        QUALIFY count(*) OVER (PARTITION BY person) > 1
        """
