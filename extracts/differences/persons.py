"""What became of the persons of the release before."""

from __future__ import annotations

from pathlib import Path

import duckdb

from extracts.differences.counts import Count, told

# One row for each person of the one release that shares a record with a person of the other.
PAIRS = """
    CREATE OR REPLACE TEMP TABLE pairs AS
    SELECT DISTINCT old.estimated_xjs_id AS old, new.estimated_xjs_id AS new
    FROM old JOIN new USING (row_id_hash, source_dataset)
"""

# A person is kept when no other person of either release has a part in it.
FATES = """
    WITH of_old AS (SELECT old, count(*) AS parts FROM pairs GROUP BY old),
    of_new AS (SELECT new, count(*) AS parts FROM pairs GROUP BY new)
    SELECT
        (SELECT count(*) FROM pairs JOIN of_old USING (old) JOIN of_new USING (new)
            WHERE of_old.parts = 1 AND of_new.parts = 1),
        (SELECT count(*) FROM of_new WHERE parts > 1),
        (SELECT count(*) FROM of_old WHERE parts > 1),
        (SELECT count(DISTINCT estimated_xjs_id) FROM new) - (SELECT count(*) FROM of_new),
        (SELECT count(DISTINCT estimated_xjs_id) FROM old) - (SELECT count(*) FROM of_old)
"""


def fates(connection: duckdb.DuckDBPyConnection, before: Path, after: Path) -> dict[str, Count]:
    """How many persons are kept, merged (now one, were several), split (were one), new, and gone."""
    for name, folder in (("old", before), ("new", after)):
        connection.read_parquet(str(folder / "xjs_link.parquet")).create_view(name, replace=True)
    connection.execute(PAIRS)
    counts = connection.execute(FATES).fetchall()[0]
    connection.execute("DROP TABLE pairs")
    return {name: told(count) for name, count in zip(("kept", "merged", "split", "new", "gone"), counts, strict=True)}
