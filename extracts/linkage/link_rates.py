"""Link rates, where nobody knows the truth: how many records found company in another source, by group and agency.

A low rate may mean missed links or people who truly appear once. So it is read beside others, not as a quality.
What may be shown is as in `quality`: a rate is None of fewer than 30 persons, or where 1 to 9 persons are in it or 1 to
9 are not; it and its interval come from counts rounded to 10.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from extracts.linkage.quality import share_of_persons, share_of_records, shown
from extracts.linkage.quality_counts import DIMENSIONS, NOT_RECORDED


def link_rates(connection: duckdb.DuckDBPyConnection, *, persons: Path, groups: Path) -> dict[str, Any]:
    """`link_rates` by group, and `agency_pairs`, ready for JSON.

    link_rates    of the records of a group, the share whose person has a record in another source too; intervals are
                  Wilson's with as many independent units as there are persons
    agency_pairs  of the persons with a record in source `of`, the share that has one in source `in` as well
    """
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE linked AS
        WITH p AS (SELECT hash(source, row_id) AS k, source, person_id FROM read_parquet($persons)),
        company AS (SELECT person_id, count(DISTINCT source) > 1 AS linked FROM p GROUP BY person_id),
        g AS (SELECT * EXCLUDE (source, row_id), hash(source, row_id) AS k FROM read_parquet($groups))
        SELECT p.source, person_id, linked, g.* EXCLUDE (k) FROM p JOIN company USING (person_id) LEFT JOIN g USING (k)
        """,
        {"persons": str(persons), "groups": str(groups)},
    )
    return {"link_rates": _by_group(connection), "agency_pairs": _by_pair(connection)}


def _by_group(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    rows = []
    for dimension, column in (("overall", "'Everyone'"), ("source", "source"), *((d, d) for d in DIMENSIONS)):
        counted = connection.sql(
            f"""
            SELECT coalesce({column}, '{NOT_RECORDED}') AS grp, count(*), count(*) FILTER (linked),
                   count(DISTINCT person_id) FILTER (linked), count(DISTINCT person_id) FILTER (NOT linked)
            FROM linked GROUP BY grp ORDER BY grp
            """
        ).fetchall()
        for group, records, hits, persons_in, persons_out in counted:
            rate = share_of_records(hits, records - hits, persons_in=persons_in, persons_out=persons_out)
            rows.append({"by": dimension, "group": group, "records": shown(records), "linked": rate and rate.as_json()})
    return rows


def _by_pair(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    counted = connection.sql(
        """
        WITH held AS (SELECT DISTINCT source, person_id FROM linked),
        people AS (SELECT source, count(*) AS people FROM held GROUP BY source)
        SELECT l.source, r.source, any_value(people), count(*)
        FROM held l JOIN held r ON l.person_id = r.person_id AND l.source <> r.source
        JOIN people ON people.source = l.source
        GROUP BY ALL ORDER BY ALL
        """
    ).fetchall()
    rows = []
    for of, other, people, hits in counted:
        rate = share_of_persons(hits, people)
        rows.append({"of": of, "in": other, "persons": shown(people), "linked": rate and rate.as_json()})
    return rows
