"""How good event links are, against a truth that linkage itself never sees."""

from __future__ import annotations

import duckdb
import pyarrow as pa

EVALUATED = """
    WITH arrests AS (SELECT row_id, arrest FROM truth WHERE source = 'pol_suspect'),
    judged AS (
        SELECT links.stage, links.certain, links.arrest_row_id IS NOT NULL AS linked,
            coalesce(found.arrest = truth.arrest, false) AS hit, truth.arrest IN (SELECT arrest FROM arrests) AS known
        FROM links JOIN truth USING (source, row_id) LEFT JOIN arrests AS found ON found.row_id = links.arrest_row_id
    ), counted AS (
        SELECT stage, count(*) AS records, count(*) FILTER (known) AS findable, count(*) FILTER (linked) AS links,
            count(*) FILTER (hit) AS correct, count(*) FILTER (certain) AS certain_links,
            count(*) FILTER (certain AND hit) AS certain_correct
        FROM judged GROUP BY stage
    )
    SELECT *, correct / nullif(links, 0) AS precision, correct / nullif(findable, 0) AS recall,
        certain_correct / nullif(certain_links, 0) AS certain_precision,
        certain_correct / nullif(findable, 0) AS certain_recall
    FROM counted ORDER BY stage
"""


def evaluate_events(links: pa.Table, truth: pa.Table) -> pa.Table:
    """Per stage: how many links are right, of all links and of the certain ones.

    links  the table `event_links`
    truth  source, row_id and arrest, of records and of the police's suspects alike; the arrest is whatever names it

    Precision is of the links that were made, recall of the records whose arrest is among the police's (`findable`).
    Both are NULL where there is nothing to divide by.
    """
    with duckdb.connect() as connection:
        connection.register("links", links)
        connection.register("truth", truth)
        return connection.sql(EVALUATED).to_arrow_table()
