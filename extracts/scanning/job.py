"""The job: a staged release against every identifier that linkage was given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from extracts import delivery
from extracts.conversion import text
from extracts.scanning import found, known, persons
from extracts.scanning.found import Column
from extracts.scanning.rules import COMMON_ROWS, DIGEST, DIRECT, FEW_VALUES, FULL_NAME, KINDS, NAME, RULES, UNDECLARED
from governance.catalogue.catalogue import Catalogue, read_catalogue

Progress = Callable[[str, float], None]

# Names are words too. A single one must be the whole of a text; none is a hit where the text is a common one.
SINGLE = (NAME, "alias")
NAMES = (*SINGLE, FULL_NAME)


@dataclass(frozen=True, order=True)
class Finding:
    """An identifier in a release: where, of what kind, in how many rows. Never which."""

    file: str
    column: str
    kind: str
    count: int


def scan(
    progress: Progress,
    *,
    identities: str,
    release: str,
    row_keys: str,
    into: str,
    memory_limit: str = "2GB",
    threads: int = 2,
) -> dict[str, Any]:
    """Whether any identifier of the input stands anywhere in a staged release.

    identities  folder of the accepted identity records: <provider>/<delivery>/<source>.parquet
    release     the staged folder, as the build left it
    row_keys    which surrogate each person-record has, from the same build; delete it afterwards
    into        a folder for what memory cannot hold; left as it was

    Returns `clean`, `findings` (file, column, kind, count), the rules, and how much was compared.
    """
    folder = Path(release)
    catalogue = read_catalogue(folder / "catalogue")
    with delivery.staging(Path(into)) as spill, closing(duckdb.connect(":memory:")) as connection:
        _limits(connection, spill, memory_limit, threads)
        columns = list(found.columns_of(connection, folder, catalogue))
        sources = list(known.sources(connection, Path(identities)))
        progress("Reading the release", 0.0)
        _note_release(connection, folder, columns, catalogue)
        for number, kind in enumerate(KINDS):
            progress(f"Comparing each {kind.name}", 0.2 + 0.4 * number / len(KINDS))
            known.note_hits(connection, sources, kind)
        progress("Comparing numbers", 0.6)
        known.note_digests(connection, sources)
        known.note_numbers(connection, sources)
        findings = [*_undeclared(columns), *_texts(connection), *_numbers(connection, columns)]
        progress("Comparing rows with their persons", 0.75)
        persons.gather(connection, sources, Path(row_keys))
        findings += _rows(connection, columns)
        records = connection.execute("SELECT count(*) FROM own").fetchall()[0][0]
    progress("Done", 1.0)
    return {
        "clean": not findings,
        "verdict": "fail" if findings else "pass",
        "findings": [asdict(finding) for finding in _once(findings)],
        "compared": {"records": records, "sources": len(sources), "columns": len(columns)},
        "rules": list(RULES),
    }


def _limits(connection: duckdb.DuckDBPyConnection, spill: Path, memory_limit: str, threads: int) -> None:
    settings = {
        "temp_directory": text(spill),
        "memory_limit": text(memory_limit),
        "threads": str(int(threads)),
        "enable_progress_bar": "false",
        "preserve_insertion_order": "false",
    }
    for name, value in settings.items():
        connection.execute(f"SET {name} = {value}")
    connection.execute(found.TABLES)
    connection.execute(known.TABLES)


def _note_release(
    connection: duckdb.DuckDBPyConnection, folder: Path, columns: Iterable[Column], catalogue: Catalogue
) -> None:
    """Note every text of every table, and every line of what is said of them."""
    for column in columns:
        if column.kind not in ("BIGINT", "DOUBLE", "DATE", "BOOLEAN"):
            found.note_texts(connection, column, catalogue, common=COMMON_ROWS)
    found.note_words(connection, folder / "catalogue")
    found.note_files(connection, [path for path in folder.iterdir() if path.suffix == ".json"], folder)
    found.spell_out(connection)


def _undeclared(columns: Iterable[Column]) -> Iterator[Finding]:
    """Columns that the catalogue does not know, or knows as identifiers."""
    for column in columns:
        if column.variable is None:
            yield Finding(column.file.name, column.name, UNDECLARED, 0)
        elif not column.variable.selectable:
            yield Finding(column.file.name, column.name, DIRECT, 0)


# Texts of a column that are identifiers, and texts that look like keys; files that are no tables have name ''.
TEXTS = f"""
    WITH few AS (SELECT file, name FROM said WHERE name <> '' GROUP BY ALL HAVING count(*) <= {FEW_VALUES}),
    matched AS (
        SELECT DISTINCT said.id, file, name, rows, kind
        FROM (SELECT kind, form, bool_and(only_whole) AS only_whole FROM hits GROUP BY ALL)
        JOIN forms USING (form) JOIN said USING (id)
        LEFT JOIN few USING (file, name)
        WHERE (NOT only_whole OR is_whole AND name <> '')
            AND (kind NOT IN {SINGLE} OR is_whole AND name <> '' AND form NOT IN (SELECT form FROM words))
            AND (kind NOT IN {NAMES} OR NOT (common AND few.name IS NOT NULL))
    ), looks AS (
        SELECT DISTINCT id, file, name, rows, '{DIGEST}' AS kind FROM forms JOIN said USING (id)
        WHERE name <> '' AND {known.digest_like("form")}
    )
    SELECT file, name, kind, sum(rows)::BIGINT FROM (FROM matched UNION ALL FROM looks) GROUP BY ALL ORDER BY ALL
"""


def _texts(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    return [Finding(*row) for row in connection.execute(TEXTS).fetchall()]


def _numbers(connection: duckdb.DuckDBPyConnection, columns: Iterable[Column]) -> Iterator[Finding]:
    for column in columns:
        if column.kind in ("BIGINT", "DOUBLE"):
            for kind, count in known.numbers_in(connection, column):
                yield Finding(column.file.name, column.name, kind, count)


def _rows(connection: duckdb.DuckDBPyConnection, columns: Iterable[Column]) -> Iterator[Finding]:
    worded = set(connection.execute("SELECT DISTINCT file, name FROM said WHERE name <> ''").fetchall())
    for _, group in groupby(columns, key=lambda column: column.file):
        for column, kind, rows in persons.own_of_rows(connection, list(group), worded):
            yield Finding(column.file.name, column.name, kind, rows)


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Each place and kind once, with the larger count of the ways in which it was found."""
    largest: dict[tuple[str, str, str], Finding] = {}
    for finding in sorted(findings):
        largest[finding.file, finding.column, finding.kind] = finding
    return list(largest.values())
