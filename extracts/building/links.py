"""The tables that nobody delivers: who is the same person, which records are one case, how far a victim's case came."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from extracts import delivery
from extracts.conversion import quoted, text
from extracts.derived.victim_journey import derive_victim_journey
from extracts.linkage.cases import link_cases
from extracts.surrogates import surrogate_of
from governance.catalogue.catalogue import Catalogue, Table

PERSON_LINK, CASE_LINK, JOURNEY = "xjs_link", "case_link", "drv_victim_journey"
LINK_RUN_DIGITS = 8

# What each column of the person link is, of the crosswalk's persons.
PERSON_COLUMNS = {
    "row_id_hash": "row_id",
    "source_dataset": "source",
    "estimated_xjs_id": "person_id",
    "match_probability": "round(match_probability, 3)",
    "cluster_medium": "person_095",
    "cluster_low": "person_080",
    "person_role": "person_role",
}


def view_crosswalk(connection: duckdb.DuckDBPyConnection, crosswalk: Path) -> str:
    """Make the views `persons` and `events`; returns the name of the link run, which follows from its persons."""
    for name in ("persons", "events"):
        connection.execute(f"CREATE VIEW {name} AS FROM read_parquet({text(crosswalk / f'{name}.parquet')})")
    return delivery.sha256_of(crosswalk / "persons.parquet")[:LINK_RUN_DIGITS]


def person_link(catalogue: Catalogue, link_run: str) -> Iterator[tuple[Table, str]]:
    """The person link, if the dataset has one, with what stands behind FROM to read it."""
    if PERSON_LINK in catalogue:
        columns = {**PERSON_COLUMNS, "link_run": text(link_run)}
        chosen = ", ".join(f"{value} AS {name}" for name, value in columns.items())
        yield catalogue[PERSON_LINK], f"(SELECT {chosen} FROM persons)"


def case_tables(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, delivered: list[Table], *, codelists: Path
) -> Iterator[tuple[Table, str]]:
    """Cases and journeys, as far as they can be worked out of what was delivered; the same."""
    names = {table.name for table in delivered}
    if CASE_LINK in catalogue and {"pol_crime", "pol_suspect"} <= names:
        link_cases(connection, codelists)
        yield catalogue[CASE_LINK], _declared(catalogue[CASE_LINK])
    if JOURNEY in catalogue and {"pol_crime", "pol_victim"} <= names:
        derive_victim_journey(connection, codelists)
        yield catalogue[JOURNEY], _declared(catalogue[JOURNEY])


def _declared(table: Table) -> str:
    """The declared columns of a derived table; what else was worked out stays behind."""
    return f"(SELECT {', '.join(quoted(variable.name) for variable in table.variables)} FROM {quoted(table.name)})"


def write_row_keys(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, path: Path) -> None:
    """Write source, row_id, row_key: which surrogate each person-record has. For the scanner, and gone after it."""
    domain = catalogue[PERSON_LINK]["row_id_hash"].key_domain
    connection.execute(
        f"COPY (SELECT source, row_id, {surrogate_of('row_id', domain=domain)} AS row_key FROM persons) "
        f"TO {text(path)} (FORMAT parquet, COMPRESSION lz4)"
    )
