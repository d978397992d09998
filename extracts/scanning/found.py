"""What a release says: every text in it as forms to compare, and where each stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from extracts.conversion import quoted, text
from extracts.scanning.rules import PLAIN, SHORTEST
from governance.catalogue.catalogue import Catalogue, Variable

MOST_WORDS = 4

# said: one row per different text of a column. forms: its spellings, whole or a few words of it.
TABLES = """
    CREATE TABLE said (id INTEGER, file VARCHAR, name VARCHAR, value VARCHAR, rows BIGINT, common BOOLEAN);
    CREATE TABLE forms (id INTEGER, form VARCHAR, is_whole BOOLEAN)
"""

WORDS = f"""
    INSERT INTO forms
    WITH split AS (
        SELECT id, list_filter(string_split_regex(strip_accents(upper(value)), '[^A-Z0-9]+'), lambda word: word <> '')
            AS words
        FROM said
    ), grams AS (
        SELECT id, array_to_string(words, '') AS form, true AS is_whole FROM split
        UNION ALL
        SELECT id, unnest(list_transform(range(1, len(words) - size + 2),
            lambda start: array_to_string(words[start : start + size - 1], ''))), false
        FROM split, range(1, {MOST_WORDS + 1}) AS sizes (size) WHERE len(words) > 1 AND size <= len(words)
    )
    SELECT id, form, bool_or(is_whole) FROM grams WHERE length(form) >= {SHORTEST} GROUP BY id, form
"""


@dataclass(frozen=True)
class Column:
    """A column of a release and its type in DuckDB."""

    file: Path
    name: str
    kind: str
    variable: Variable | None

    @property
    def rows(self) -> str:
        return f"read_parquet({text(self.file)})"


def columns_of(connection: duckdb.DuckDBPyConnection, release: Path, catalogue: Catalogue) -> Iterator[Column]:
    """Every column of every table, with its variable; None for one that the catalogue does not know."""
    for path in sorted(release.glob("*.parquet")):
        known = {v.name: v for table in catalogue.tables if table.name == path.stem for v in table.variables}
        for name, kind, *_ in connection.execute(f"DESCRIBE FROM read_parquet({text(path)})").fetchall():
            yield Column(path, name, kind, known.get(name))


def note_texts(connection: duckdb.DuckDBPyConnection, column: Column, catalogue: Catalogue, *, common: int) -> None:
    """Note the different texts of a column that its variable does not declare.

    common  rows that make a text a common one
    """
    value = f"CAST({quoted(column.name)} AS VARCHAR)"
    connection.execute(
        f"INSERT INTO said SELECT (SELECT count(*) FROM said) + row_number() OVER (), $file, $name, value, rows, "
        f"rows >= {common} FROM (SELECT {value} AS value, count(*) AS rows FROM {column.rows} "
        f"WHERE {value} IS NOT NULL GROUP BY 1) "
        "WHERE NOT list_contains($declared, value) "
        "AND NOT list_has_all($declared, string_split_regex(value, '[;|]'))",
        {"file": column.file.name, "name": column.name, "declared": declared(column.variable, catalogue)},
    )


def declared(variable: Variable | None, catalogue: Catalogue) -> list[str]:
    """The codes that a variable may have, from its list or written out. A list of them may be joined by | or ;."""
    if variable is None:
        return []
    codes = catalogue.code_list(variable.codelist).codes if variable.codelist else ()
    return [*codes, *variable.choices]


def note_files(connection: duckdb.DuckDBPyConnection, paths: Iterable[Path], root: Path) -> None:
    """Note the lines of files that are no tables. Single words of them are no hits: they are written to be read."""
    lines = {
        (path.relative_to(root).as_posix(), line.strip())
        for path in paths
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    }
    given = pa.table(dict(zip(("file", "line"), map(pa.array, zip(*sorted(lines), strict=True)), strict=True)))
    connection.register("lines", given)
    connection.execute(
        "INSERT INTO said SELECT (SELECT count(*) FROM said) + row_number() OVER (), file, '', line, 1, true FROM lines"
    )
    connection.unregister("lines")


def note_words(connection: duckdb.DuckDBPyConnection, description: Path) -> None:
    """Make the table `words`: every word of the description, such as places that courts and forces are named for."""
    files = [path for path in sorted(description.rglob("*")) if path.is_file()]
    split = {word for path in files for word in re.split(r"[^A-Z0-9]+", path.read_text(encoding="utf-8").upper())}
    given = pa.table({"form": pa.array(sorted(split), pa.string())})
    connection.register("given", given)
    connection.execute("CREATE TABLE words AS FROM given")
    connection.unregister("given")


def spell_out(connection: duckdb.DuckDBPyConnection) -> None:
    """Work out the forms of all texts, once they are noted."""
    connection.execute(WORDS)


def plain(value: str) -> str:
    return PLAIN.format(value)
