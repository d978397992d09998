"""Which records stand after some more deliveries: new ones, corrected ones, withdrawn ones, and those left alone."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from extracts.linkage.spine_files import BadSpine

ROLES = (
    "forename", "middle_name", "surname", "aliases", "date_of_birth", "sex", "ethnicity", "postcode", "address", "town",
    "pnc", "cro", "prison_number", "person_number", "national_insurance", "asn", "case_reference", "event_date",
    "sentence_dates",
)  # fmt: skip
COLUMNS = ("source", "row_id", "person_role", *ROLES)
KEY = ("source", "row_id")
WITHDRAWN = "withdrawn.parquet"


@dataclass(frozen=True)
class Counts:
    """Records by what became of them. A corrected one counts as such only; its old version is gone."""

    standing: int
    new: int
    corrected: int
    withdrawn: int


@dataclass(frozen=True)
class Delivery:
    name: str  # "provider/delivery"
    files: tuple[Path, ...]

    def sha256(self) -> str:
        digest = hashlib.sha256()
        for path in self.files:
            digest.update(path.name.encode() + b"\0")
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()


def deliveries_of(identities: Path, order: Sequence[Sequence[str]]) -> list[Delivery]:
    """The deliveries [provider, name] of the order, and no others that may lie there."""
    folders = [identities / provider / name for provider, name in order]
    return [_delivery(folder) for folder in folders]


def deliveries_in(identities: Path, *, providers: Collection[str] | None = None) -> list[Delivery]:
    """Every accepted delivery, `<provider>/<delivery>/<source>.parquet`: a provider's in the order of their names."""
    folders = sorted(folder for folder in identities.glob("*/*") if folder.is_dir() and not folder.name.startswith("."))
    return [_delivery(folder) for folder in folders if providers is None or folder.parent.name in providers]


def _delivery(folder: Path) -> Delivery:
    return Delivery(f"{folder.parent.name}/{folder.name}", tuple(sorted(folder.glob("[!.]*.parquet"))))


def unseen(deliveries: Collection[Delivery], seen: Mapping[str, str]) -> list[tuple[Delivery, str]]:
    """The deliveries that the spine does not hold yet, with their SHA-256: they come after all that it holds."""
    return [(delivery, delivery.sha256()) for delivery in deliveries if delivery.name not in seen]


def gather(
    connection: duckdb.DuckDBPyConnection, deliveries: Collection[Delivery], *, standing: Path | None, next_rid: int
) -> Counts:
    """Make the tables `record` (rid and COLUMNS of every record that stands), `fresh` and `dropped` (rid).

    standing  the records of the spine so far, or None
    A later delivery's row with the same source and row id takes the place of the earlier one, under a new number,
    unless nothing in it has changed. Raises BadSpine for a record that one delivery holds twice.
    """
    _standing(connection, standing)
    _delivered(connection, deliveries)
    _refuse_doubles(connection)
    same = " AND ".join(f"s.{name} IS NOT DISTINCT FROM l.{name}" for name in ("person_role", *ROLES))
    connection.execute(
        f"""
        CREATE TEMP TABLE latest AS
        SELECT * FROM delivered SEMI JOIN (
            SELECT source, row_id, max(ordinal) AS ordinal FROM delivered GROUP BY ALL
        ) USING (source, row_id, ordinal)
        WHERE NOT EXISTS (
            SELECT 1 FROM gone WHERE gone.source = delivered.source AND gone.row_id = delivered.row_id
            AND gone.ordinal >= delivered.ordinal
        );
        CREATE TEMP TABLE unchanged AS SELECT s.rid FROM standing s JOIN latest l USING (source, row_id) WHERE {same};
        CREATE TEMP TABLE dropped AS SELECT rid, l.source IS NOT NULL AS corrected FROM standing s
            LEFT JOIN latest l USING (source, row_id)
            WHERE rid NOT IN (FROM unchanged)
            AND (l.source IS NOT NULL OR (s.source, s.row_id) IN (SELECT (source, row_id) FROM gone));
        CREATE TEMP TABLE added AS
            SELECT {next_rid} + row_number() OVER (ORDER BY source, row_id) - 1 AS rid, l.* EXCLUDE (ordinal)
            FROM latest l ANTI JOIN (SELECT source, row_id FROM standing WHERE rid IN (FROM unchanged)) u
            USING (source, row_id);
        CREATE TEMP TABLE record AS
            SELECT * FROM standing WHERE rid NOT IN (SELECT rid FROM dropped) UNION ALL BY NAME FROM added;
        CREATE TEMP TABLE fresh AS SELECT rid FROM added;
        """
    )
    counted = connection.sql(
        "SELECT (SELECT count(*) FROM record), (SELECT count(*) FROM added), "
        "count(*) FILTER (corrected), count(*) FILTER (NOT corrected) FROM dropped"
    ).fetchall()
    ((standing_now, added, corrected, withdrawn),) = counted
    for table in ("standing", "delivered", "latest", "gone", "unchanged", "added"):
        connection.execute(f"DROP TABLE {table}")
    return Counts(standing_now - added, added - corrected, corrected, withdrawn)


def _standing(connection: duckdb.DuckDBPyConnection, standing: Path | None) -> None:
    columns = ", ".join(f"{name} VARCHAR" for name in COLUMNS)
    connection.execute(f"CREATE TEMP TABLE standing (rid BIGINT, {columns})")
    if standing is not None:
        connection.execute("INSERT INTO standing BY NAME SELECT * FROM read_parquet(?)", [str(standing)])


def _delivered(connection: duckdb.DuckDBPyConnection, deliveries: Collection[Delivery]) -> None:
    columns = ", ".join(f"{name} VARCHAR" for name in COLUMNS)
    connection.execute(f"CREATE TEMP TABLE delivered (ordinal INTEGER, {columns})")
    connection.execute("CREATE TEMP TABLE gone (ordinal INTEGER, source VARCHAR, row_id VARCHAR)")
    for ordinal, delivery in enumerate(deliveries):
        for path in delivery.files:
            table, wanted = ("gone", KEY) if path.name == WITHDRAWN else ("delivered", COLUMNS)
            held = set(pq.read_schema(path).names)
            read = ", ".join(f"{name}::VARCHAR AS {name}" for name in wanted if name in held)
            connection.execute(
                f"INSERT INTO {table} BY NAME SELECT {ordinal} AS ordinal, {read} FROM read_parquet(?)", [str(path)]
            )


def _refuse_doubles(connection: duckdb.DuckDBPyConnection) -> None:
    doubles = connection.sql(
        "SELECT count(*) FROM (SELECT 1 FROM delivered GROUP BY ordinal, source, row_id HAVING count(*) > 1)"
    ).fetchall()[0][0]
    if doubles:
        raise BadSpine(f"{doubles} records come twice in one delivery.")
