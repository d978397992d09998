"""The payload stream of a delivery: checked against the catalogue, and kept in its types. Names cannot be opened here.

A payload is judged value by value: what is not declared is not kept, and what looks like a person is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from extracts.conversion import quoted, text
from extracts.intake import counterparts, looks
from extracts.intake.checks import PERSON_RECORD, checks_of, fits, is_free
from extracts.intake.draft import already_accepted, end_draft
from extracts.intake.engine import MEMORY, engine
from extracts.intake.findings import Findings
from extracts.intake.folder import DELIVERY, Delivery, files_of, read_delivery
from extracts.intake.looking import look, look_at_columns, look_for_records, look_for_repeats, rows_of
from extracts.intake.reading import ROW, Opened, opened
from extracts.providers import IDENTIFYING, Provider, merged_description, read_provider
from governance.catalogue.catalogue import Catalogue, Table, Variable, catalogue_at
from governance.catalogue.sensitivity import Sensitivity

Progress = Callable[[str, float], None]
# Names that identifying columns often have, besides the roles and the provider's own names.
USUAL_NAMES = (
    "name", "full_name", "first_name", "given_name", "middle_names", "last_name", "family_name", "alias", "dob",
    "birth_date", "post_code", "pnc_id", "cro_number", "crn", "noms_id", "nhs_number", "nino", "email", "telephone",
)  # fmt: skip
# A column of single words is one of names when this share of at least so many different values are.
ENOUGH_TO_TELL, SHARE_OF_NAMES = 20, 0.3


class NoRowIds(RuntimeError):
    """The row ids of the identity records are not there."""


def accept_payload(
    progress: Progress, *, description: str, provider: str, delivery: str, into: str, accepted: str, exchange: str,
    key: str, memory: str = MEMORY,
) -> dict[str, Any]:  # fmt: skip
    """Check the payload stream of a delivery and write what is accepted as a draft.

    As `accept_identity`, with `payload/` for `identity/`: the draft holds `<table>.parquet` in the catalogue's types,
    keys with a domain as the texts that they are, in the order of the file. `exchange` is only read. Also
    raises NoRowIds.
    """
    findings, who = Findings(), read_provider(Path(provider))
    about = read_delivery(Path(delivery) / DELIVERY, who.code, findings)
    files = files_of(Path(delivery) / "payload", "payload", who.payload, findings)
    before = already_accepted(about, files, Path(accepted), findings)
    with engine(memory) as (connection, room):
        catalogue = _catalogue(Path(description), who, room)
        views: list[tuple[Table, Opened, dict[str, str]]] = []
        for number, name in enumerate(who.payload):
            progress(f"Looking at {name}", number / len(who.payload) * 0.8)
            file = next((file for file in files if file.holds == name), None)
            found = opened(connection, file, room, findings) if file else None
            if found:
                values = _look_at(connection, catalogue[name], found, catalogue, who, about, findings)
                _look_before(connection, catalogue[name], found, values, Path(accepted), about, findings)
                views.append((catalogue[name], found, values))
        if not before:
            _look_for_persons(connection, who, views, key, Path(exchange), room, findings)
        findings.refuse_if_any()
        progress("Keeping the payload", 0.9)
        if not before:
            for table, found, values in views:
                _write(connection, table, found, values, Path(into))
        rows = {found.file.holds: found.rows for _, found, _ in views}
        return end_draft(about, files, rows, Path(into), left_alone=before)


def _catalogue(description: Path, who: Provider, room: Path) -> Catalogue:
    """The description, with the tables that the provider's file defines when it does not hold them yet."""
    catalogue = catalogue_at(description)
    if all(name in catalogue for name in who.payload):
        return catalogue
    return merged_description(description, [who], room / "description")


def _look_at(
    connection: duckdb.DuckDBPyConnection, table: Table, found: Opened, catalogue: Catalogue, who: Provider,
    about: Delivery | None, findings: Findings,
) -> dict[str, str]:  # fmt: skip
    """Look at one file. Returns variable to the SQL of its value, for the columns that can be read."""
    names = {*IDENTIFYING, *USUAL_NAMES, *(name.lower() for name in who.own_names_of_identifiers)}
    declared = [variable.name for variable in table.variables]
    look_at_columns(found, declared, dict.fromkeys(names, "An identifier"), findings)
    look_for_records(found, bool(about and f"payload/{table.name}" in about.empty), findings)
    values: dict[str, str] = {}
    for variable in table.variables:
        if kind := found.columns.get(variable.name):
            if value := fits(variable, kind, is_csv=found.is_csv):
                values[variable.name] = value
            else:
                reason = f"The type is {kind.partition('(')[0]}, and {variable.dtype} is declared."
                findings.add(found.file.name, reason, column=variable.name)
    look(connection, found, checks_of(table, catalogue, values, _no_person(table.name, who, values)), findings)
    if table.primary_key and all(name in values for name in table.primary_key):
        look_for_repeats(connection, found, [values[name] for name in table.primary_key], "primary key", findings)
    for variable in table.variables:
        if variable.name in values and is_free(variable) and variable.sensitivity is not Sensitivity.KEY:
            _look_for_names(connection, variable, found, values[variable.name], findings)
    return values


def _no_person(table: str, who: Provider, values: dict[str, str]) -> str:
    """SQL: whether a row is about no person, as the provider's file says."""
    rules = [
        f"coalesce(CAST({values[rule.column]} AS VARCHAR), '') IN ({', '.join(text(value) for value in rule.values)})"
        for rule in who.no_person
        if rule.table == table and rule.column in values
    ]
    return " OR ".join(rules) or "false"


def _look_for_names(
    connection: duckdb.DuckDBPyConnection, variable: Variable, found: Opened, value: str, findings: Findings
) -> None:
    """Whole names, and columns of single forenames or surnames. Each different value is looked at once."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE different AS SELECT v, {looks.is_name('v')} AS whole, "
        f"{looks.is_part_of_name('v')} AS part FROM "
        f"(SELECT DISTINCT {value} AS v FROM {quoted(found.view)} WHERE {value} IS NOT NULL)"
    )
    counted = "SELECT count(*), count(*) FILTER (whole), count(*) FILTER (part) FROM different"
    different, whole, part = connection.execute(counted).fetchall()[0]
    if whole:
        rows = f"FROM {quoted(found.view)} WHERE {value} IN (SELECT v FROM different WHERE whole)"
        count = connection.execute(f"SELECT count(*) {rows}").fetchall()[0][0]
        numbers = rows_of(connection, f"SELECT {ROW} {rows}")
        reason = "The text looks like a person's name."
        findings.add(found.file.name, reason, column=variable.name, rows=numbers, count=count)
    if different >= ENOUGH_TO_TELL and part > SHARE_OF_NAMES * different:
        findings.add(found.file.name, "The column looks like one of names.", column=variable.name)


def _look_before(
    connection: duckdb.DuckDBPyConnection, table: Table, found: Opened, values: dict[str, str], accepted: Path,
    about: Delivery | None, findings: Findings,
) -> None:  # fmt: skip
    """A primary key is delivered once."""
    paths = sorted(
        path for path in accepted.glob(f"*/{table.name}.parquet") if about and path.parent.name != about.name
    )
    if not paths or not table.primary_key or any(name not in values for name in table.primary_key):
        return
    earlier = f"read_parquet([{', '.join(text(path) for path in paths)}])"
    keys = ", ".join(f"{values[name]} AS k{number}" for number, name in enumerate(table.primary_key))
    same = " AND ".join(f"e.{quoted(name)} = d.k{number}" for number, name in enumerate(table.primary_key))
    rows = f"FROM (SELECT {ROW}, {keys} FROM {quoted(found.view)}) d WHERE EXISTS (FROM {earlier} e WHERE {same})"
    if count := connection.execute(f"SELECT count(*) {rows}").fetchall()[0][0]:
        numbers = rows_of(connection, f"SELECT {ROW} {rows}")
        findings.add(found.file.name, "The primary key was delivered before.", rows=numbers, count=count)


def _look_for_persons(
    connection: duckdb.DuckDBPyConnection, who: Provider, views: Sequence[tuple[Table, Opened, dict[str, str]]],
    key: str, exchange: Path, room: Path, findings: Findings,
) -> None:  # fmt: skip
    """Compare the row ids with those of the identity stream, when all files could be read.

    Raises NoRowIds when the identity process left none: without them nothing can be accepted.
    """
    theirs, ours = exchange / counterparts.FILE, room / counterparts.FILE
    if not theirs.is_file():
        raise NoRowIds("The identity process has left nothing to compare with.")
    if len(views) < len(who.payload):
        return
    queries: list[tuple[int, str]] = []
    names: list[str] = []
    for table, found, values in views:
        for variable in table.variables:
            if variable.key_domain == PERSON_RECORD and variable.name in values:
                no_person = _no_person(table.name, who, values)
                ids = f"SELECT {values[variable.name]} AS row_id, {ROW} AS row FROM {quoted(found.view)} WHERE"
                queries.append((len(names), f"{ids} NOT ({no_person})"))
                queries.append((counterparts.NEEDS_NONE, f"{ids} ({no_person})"))
                names.append(found.file.name)
    counterparts.write_tokens(connection, queries, bytes.fromhex(key), ours)
    identity_files = [f"identity/{source.name}" for source in who.identity]
    counterparts.compare(
        connection, identity=theirs, payload=ours, identity_files=identity_files, payload_files=names, findings=findings
    )


def _write(
    connection: duckdb.DuckDBPyConnection, table: Table, found: Opened, values: dict[str, str], into: Path
) -> None:  # fmt: skip
    columns = ", ".join(f"{values[variable.name]} AS {quoted(variable.name)}" for variable in table.variables)
    target = text(into / f"{table.name}.parquet")
    connection.execute(
        f"COPY (SELECT {columns} FROM {quoted(found.view)}) TO {target} (FORMAT parquet, COMPRESSION zstd)"
    )
