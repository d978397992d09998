"""A crosswalk for delivered records without linking persons: true persons with mistakes put in, and real numbers."""

from __future__ import annotations

from pathlib import Path

import duckdb

from extracts.linkage.identifiers import canonical_asn, canonical_case_reference
from extracts.providers import read_providers

# Of a thousand records, so many are taken from their person, and so many given to somebody else.
MISSED, MERGED = 25, 5


def crosswalk(connection: duckdb.DuckDBPyConnection, folder: Path, providers: Path) -> None:
    """Make `events`, `persons` and a view of every payload table of the deliveries in `folder`."""
    parts = []
    for provider in read_providers(providers):
        for source in provider.identity:
            file = folder / "deliveries" / provider.code / "identity" / f"{source.name}.parquet"
            own = {role: column for column, role in source.columns}
            if file.exists():
                asn, case = (own.get(role, "NULL::VARCHAR") for role in ("asn", "case_reference"))
                parts.append(
                    f"SELECT '{source.name}' AS source, {source.row_id} AS row_id, {canonical_asn(asn)} AS asn, "
                    f"{canonical_case_reference(case)} AS case_reference FROM '{file}'"
                )
        for table in provider.payload:
            file = folder / "deliveries" / provider.code / "payload" / f"{table}.parquet"
            if file.exists():
                connection.execute(f"CREATE VIEW {table} AS FROM '{file}'")
    connection.execute(f"CREATE TABLE numbers AS {' UNION ALL '.join(parts)}")
    connection.execute("""
        CREATE TABLE events AS SELECT source, row_id,
            CASE WHEN asn IS NOT NULL THEN dense_rank() OVER (ORDER BY asn) END AS arrest_group,
            CASE WHEN case_reference IS NOT NULL THEN dense_rank() OVER (ORDER BY case_reference) END AS case_group
        FROM numbers
    """)
    connection.execute(f"""
        CREATE TABLE persons AS
        WITH true_persons AS (
            SELECT source, row_id, dense_rank() OVER (ORDER BY person) AS person, hash(row_id) % 1000 AS draw
            FROM '{folder / "truth" / "persons.parquet"}'
        )
        SELECT source, row_id, CASE WHEN draw < {MISSED} THEN 1000000000 + row_number() OVER (ORDER BY row_id)
            WHEN draw < {MISSED + MERGED} THEN person // 2 ELSE person END AS person_id,
            person_id AS person_095, person_id AS person_080
        FROM true_persons
    """)
