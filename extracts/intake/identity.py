"""The identity stream of a delivery: checked, and kept by role. Runs where no payload can be opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from extracts.conversion import quoted, text
from extracts.intake import counterparts, looks
from extracts.intake.checks import Check
from extracts.intake.draft import already_accepted, end_draft
from extracts.intake.engine import MEMORY, engine
from extracts.intake.findings import Findings
from extracts.intake.folder import DELIVERY, Delivery, files_of, read_delivery
from extracts.intake.looking import look, look_at_columns, look_for_records, look_for_repeats, rows_of
from extracts.intake.reading import ROW, Opened, opened
from extracts.providers import ROLES, IdentitySource, Provider, read_provider
from governance.catalogue.catalogue import catalogue_at

Progress = Callable[[str, float], None]
# Types that have one way to be written as a text.
PLAIN = {"VARCHAR", "DATE", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UUID"}
ENOUGH_TO_TELL, MOST_SHARE_UNLIKE = 20, 0.5


def accept_identity(
    progress: Progress, *, description: str, provider: str, delivery: str, into: str, accepted: str, exchange: str,
    key: str, memory: str = MEMORY,
) -> dict[str, Any]:  # fmt: skip
    """Check the identity stream of a delivery and write what is accepted as a draft.

    description  folder of the dataset's description
    provider     the provider's TOML file
    delivery     folder with `delivery.json` and `identity/`
    into         empty folder for the draft: `<source>.parquet` of source, row_id, person_role and the roles, all texts
                 as delivered, in the order of the file
    accepted     folder of the provider's accepted deliveries; a row id is delivered once
    exchange     folder for the encrypted row ids that the payload is compared with (`counterparts`)
    key          64 hex digits, made for this delivery and both its streams

    Returns counts of records by file, and `left_alone` when the same was accepted before. Raises Refusal with all
    findings.
    """
    findings, who = Findings(), read_provider(Path(provider))
    about = read_delivery(Path(delivery) / DELIVERY, who.code, findings)
    files = files_of(Path(delivery) / "identity", "identity", [source.name for source in who.identity], findings)
    before = already_accepted(about, files, Path(accepted), findings)
    known = _known(who, Path(description))
    with engine(memory) as (connection, room):
        views: list[tuple[IdentitySource, Opened]] = []
        for number, source in enumerate(who.identity):
            progress(f"Looking at identity records of {source.name}", number / len(who.identity) * 0.8)
            file = next((file for file in files if file.holds == source.name), None)
            found = opened(connection, file, room, findings) if file else None
            if found:
                _look_at(connection, source, found, known, about, findings)
                views.append((source, found))
        usable = [(source, view) for source, view in views if source.row_id in view.columns]
        earlier = [] if before else _earlier(Path(accepted), about)
        _look_across(connection, usable, earlier, findings)
        _leave_tokens(connection, who, usable, earlier, bytes.fromhex(key), Path(exchange))
        findings.refuse_if_any()
        progress("Keeping identity records", 0.9)
        if not before:
            for source, view in views:
                _write(connection, source, view, Path(into))
        return end_draft(about, files, {view.file.holds: view.rows for _, view in views}, Path(into), left_alone=before)


def _known(who: Provider, description: Path) -> dict[str, str]:
    """Names of columns that may be told: identifiers that are not agreed, and attributes, which belong elsewhere."""
    attributes = {variable.name for table in catalogue_at(description).tables for variable in table.variables}
    attributes |= {row["variable"] for table in who.own_tables for row in table.variables}
    return dict.fromkeys(attributes, "An attribute") | dict.fromkeys(ROLES, "An identifier that is not agreed")


def _look_at(
    connection: duckdb.DuckDBPyConnection, source: IdentitySource, found: Opened, known: dict[str, str],
    about: Delivery | None, findings: Findings,
) -> None:  # fmt: skip
    look_at_columns(found, source.own_names, known, findings)
    look_for_records(found, bool(about and f"identity/{source.name}" in about.empty), findings)
    columns = [name for name in source.own_names if name in found.columns]
    for name in columns:
        if found.columns[name] not in PLAIN:
            findings.add(found.file.name, "The type is not text, whole number or date.", column=name)
    texts = {name: f"CAST({quoted(name)} AS VARCHAR)" for name in columns if found.columns[name] in PLAIN}
    checks = [Check(name, "The text holds control characters or lost letters.", looks.has_lost_letters(value))
              for name, value in texts.items()]  # fmt: skip
    if row_id := texts.get(source.row_id):
        no_id = f"NOT coalesce({counterparts.IS_ROW_ID.format(row_id)}, false)"
        checks.append(Check(source.row_id, "A row id is 32 of 0-9 and a-f, and never missing.", no_id))
        look_for_repeats(connection, found, [row_id], "row id", findings)
    look(connection, found, checks, findings)
    _look_at_likeness(connection, source, found, texts, findings)


def _look_at_likeness(
    connection: duckdb.DuckDBPyConnection, source: IdentitySource, found: Opened, texts: dict[str, str],
    findings: Findings,
) -> None:  # fmt: skip
    """Columns most of whose values cannot be what their role says. Single ones can: mistakes are linkage's work."""
    tests = [(own, role, looks.is_like_its_role(role, texts[own])) for own, role in source.columns if own in texts]
    tests = [(own, role, like) for own, role, like in tests if like]
    if not tests:
        return
    counted = ", ".join(f"count({texts[own]}), count(*) FILTER ({like})" for own, _, like in tests)
    counts = connection.execute(f"SELECT {counted} FROM {quoted(found.view)}").fetchall()[0]
    for (own, role, _), values, alike in zip(tests, counts[::2], counts[1::2], strict=True):
        if values >= ENOUGH_TO_TELL and values - alike > MOST_SHARE_UNLIKE * values:
            findings.add(found.file.name, f"Most values do not look like {role.replace('_', ' ')}.", column=own)


def _earlier(accepted: Path, about: Delivery | None) -> list[Path]:
    """Files of the provider's other deliveries."""
    return sorted(path for path in accepted.glob("*/*.parquet") if about is None or path.parent.name != about.name)


def _look_across(
    connection: duckdb.DuckDBPyConnection, views: Sequence[tuple[IdentitySource, Opened]], earlier: Sequence[Path],
    findings: Findings,
) -> None:  # fmt: skip
    """A row id belongs to one record of the provider, in whichever file and delivery."""
    others = {
        view.file.name: f"SELECT CAST({quoted(source.row_id)} AS VARCHAR) AS row_id FROM {quoted(view.view)}"
        for source, view in views
    }
    before = f"SELECT row_id FROM read_parquet([{', '.join(text(path) for path in earlier)}], union_by_name=true)"
    for source, view in views:
        rows = f"FROM {quoted(view.view)} WHERE CAST({quoted(source.row_id)} AS VARCHAR) IN "
        elsewhere = [query for name, query in others.items() if name != view.file.name]
        pools = [(" UNION ALL ".join(elsewhere), "The row id is in another file, too.")] if elsewhere else []
        pools += [(before, "The row id was delivered before.")] if earlier else []
        for pool, reason in pools:
            count = connection.execute(f"SELECT count(*) {rows} ({pool})").fetchall()[0][0]
            if count:
                numbers = rows_of(connection, f"SELECT {ROW} {rows} ({pool})")
                findings.add(view.file.name, reason, column=source.row_id, rows=numbers, count=count)


def _leave_tokens(
    connection: duckdb.DuckDBPyConnection, who: Provider, views: Sequence[tuple[IdentitySource, Opened]],
    earlier: Sequence[Path], key: bytes, exchange: Path,
) -> None:  # fmt: skip
    numbers = {source.name: number for number, source in enumerate(who.identity)}
    queries = [
        (numbers[source.name],
         f"SELECT CAST({quoted(source.row_id)} AS VARCHAR) AS row_id, {ROW} AS row FROM {quoted(view.view)}")
        for source, view in views
    ]  # fmt: skip
    queries += [
        (counterparts.EARLIER, f"SELECT row_id, 0 AS row FROM read_parquet({text(path)})") for path in earlier
    ]  # fmt: skip
    counterparts.write_tokens(connection, queries, key, exchange / counterparts.FILE)


def _write(connection: duckdb.DuckDBPyConnection, source: IdentitySource, found: Opened, into: Path) -> None:
    columns = [f"{text(source.name)} AS source", f"CAST({quoted(source.row_id)} AS VARCHAR) AS row_id",
               f"{text(source.person_role)} AS person_role"]  # fmt: skip
    columns += [f"CAST({quoted(own)} AS VARCHAR) AS {quoted(role)}" for own, role in source.columns]
    target = text(into / f"{source.name}.parquet")
    connection.execute(
        f"COPY (SELECT {', '.join(columns)} FROM {quoted(found.view)}) TO {target} (FORMAT parquet, COMPRESSION zstd)"
    )
