"""Tables of a release: checked, and written in the order of their surrogates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from extracts import delivery
from extracts.conversion import BadDataset, may_be_unreadable, quoted, text, values_of
from extracts.specification import ReleasedTable
from extracts.surrogates import surrogate_of
from governance.catalogue.catalogue import Table, Variable

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Origin:
    """A table of a release and where its rows come from.

    sql    what can stand behind FROM, with the source's own keys
    kinds  column of the source to its DuckDB type
    """

    table: Table
    sql: str
    kinds: dict[str, str]

    @property
    def values(self) -> dict[str, str]:
        """Variable to the SQL of its value in the declared type; keys with a domain as text. Raises BadDataset."""
        return {variable.name: values_of(variable, self.kinds[variable.name]) for variable in self.table.variables}

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The variables that tell rows apart, if all of them are published."""
        published = {variable.name for variable in self.published}
        return self.table.primary_key if published.issuperset(self.table.primary_key) else ()

    @property
    def published(self) -> list[Variable]:
        return [variable for variable in self.table.variables if variable.selectable]


def origin_of(connection: duckdb.DuckDBPyConnection, table: Table, sql: str) -> Origin:
    """The origin, looked at: every declared column is there and no other. Raises BadDataset."""
    kinds = {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE FROM {sql}").fetchall()}
    declared = {variable.name for variable in table.variables}
    if undeclared := sorted(kinds.keys() - declared):
        raise BadDataset(f"{table.name} has undeclared columns: {', '.join(undeclared)}.")
    if missing := sorted(declared - kinds.keys()):
        raise BadDataset(f"{table.name} lacks the declared columns: {', '.join(missing)}.")
    return Origin(table, sql, kinds)


def refuse_bad(connection: duckdb.DuckDBPyConnection, origins: Iterable[Origin]) -> None:
    """Raise BadDataset for the first column or value that is not as declared, and when there is no row at all."""
    rows = 0
    for origin in origins:
        values = origin.values
        doubtful = [v for v in origin.table.variables if may_be_unreadable(v, origin.kinds[v.name])]
        lost = [f"count({quoted(variable.name)}) - count({values[variable.name]})" for variable in doubtful]
        counts = connection.execute(f"SELECT {', '.join(['count(*)', *lost])} FROM {origin.sql}").fetchall()[0]
        for variable, unreadable in zip(doubtful, counts[1:], strict=True):
            if unreadable:
                raise BadDataset(f"{variable.table}.{variable.name} has {unreadable} values that cannot be read.")
        rows += counts[0]
    if not rows:
        raise BadDataset("The source holds no row of any declared table.")


def write_tables(
    connection: duckdb.DuckDBPyConnection, origins: list[Origin], folder: Path, progress: Report
) -> Iterator[tuple[str, ReleasedTable]]:
    """Write `<table>.parquet` for each origin; every setting that shapes the bytes is fixed here.

    progress  called with (table, tables done, tables) before each table and at the end

    Raises BadDataset for a table in which two rows have one primary key.
    """
    for done, origin in enumerate(origins):
        progress(origin.table.name, done, len(origins))
        path = folder / f"{origin.table.name}.parquet"
        rows = connection.execute(
            f"COPY ({select_published(origin)}) TO {text(path)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        ).fetchall()[0][0]
        _refuse_repeats(connection, origin, path, rows)
        yield origin.table.name, ReleasedTable(path.name, rows, delivery.sha256_of(path))
    progress("", len(origins), len(origins))


def _refuse_repeats(connection: duckdb.DuckDBPyConnection, origin: Origin, path: Path, rows: int) -> None:
    """Looked for in what was written: comparing surrogates takes less time than comparing keys."""
    if names := origin.primary_key:
        different = f"SELECT DISTINCT {', '.join(map(quoted, names))} FROM read_parquet({text(path)})"
        repeated = rows - connection.execute(f"SELECT count(*) FROM ({different})").fetchall()[0][0]
        if repeated:
            raise BadDataset(f"{origin.table.name} has {repeated} rows with the primary key of another row.")


def select_published(origin: Origin) -> str:
    """The query of one published table, direct identifiers left out.

    In the order of its primary key, surrogates first; without one, of the surrogates of all keys and then of
    everything else. That says nothing about the source, is the same every time, and rows that tie are equal.
    """
    values = origin.values
    first: dict[str, str] = {}
    for variable in origin.published:
        if variable.pseudonymised:
            first.setdefault(variable.key_domain, variable.name)
    inner = [f"{values[variable.name]} AS {quoted(variable.name)}" for variable in origin.published]
    inner += [
        f"{surrogate_of(values[name], domain=domain)} AS {quoted(f'surrogate {domain}')}"
        for domain, name in first.items()
    ]
    columns = [f"{_published(variable, first)} AS {quoted(variable.name)}" for variable in origin.published]
    ordered = [
        variable for variable in origin.published if variable.name in origin.primary_key or not origin.primary_key
    ]
    keys = [quoted(variable.name) for variable in ordered if variable.pseudonymised]
    others = [quoted(variable.name) for variable in ordered if not variable.pseudonymised]
    rows = f"SELECT {', '.join(columns)} FROM (SELECT {', '.join(inner)} FROM {origin.sql} AS origin)"
    return f"FROM ({rows}) ORDER BY {', '.join([*keys, *others])}"


def _published(variable: Variable, first: dict[str, str]) -> str:
    """A column as published. Keys that repeat the first one of their domain are not worked out again."""
    if not variable.pseudonymised:
        return quoted(variable.name)
    domain, known = variable.key_domain, quoted(f"surrogate {variable.key_domain}")
    if first[domain] == variable.name:
        return known
    own, other = quoted(variable.name), quoted(first[domain])
    return f"CASE WHEN {own} = {other} THEN {known} ELSE {surrogate_of(own, domain=domain)} END"
