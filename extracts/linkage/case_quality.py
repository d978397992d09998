"""How good event links are, against a truth that linkage itself never sees."""

from __future__ import annotations

import duckdb
import pyarrow as pa

EVALUATED = """
    WITH judged AS (
        SELECT stage, certain, arrest_row_id IS NOT NULL AS linked, truth.arrest IS NOT NULL AS known,
            coalesce(arrest_row_id = truth.arrest, false) AS hit
        FROM links LEFT JOIN truth USING (source, row_id)
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
    truth  source, row_id and arrest (the row_id of the police's record) of the records that come from an arrest

    Precision is of the links that were made, recall of the records that come from an arrest (`findable`). Both are NULL
    where there is nothing to divide by.
    """
    with duckdb.connect() as connection:
        connection.register("links", links)
        connection.register("truth", truth)
        return connection.sql(EVALUATED).to_arrow_table()
