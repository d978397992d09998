"""Which keys hold within an extract: found out from what was written, so that the descriptor promises nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from extracts.conversion import quoted
from extracts.formats.columns import Sheet
from extracts.specification import ExtractSpec, TableSpec
from governance.catalogue.catalogue import Catalogue, Table

Ask = Callable[[str], Sequence[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Each row's `columns` are found as `parent_columns` in a row of `parent`, or one of them is missing."""

    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]


@dataclass(frozen=True)
class Keys:
    """By table; a table without an entry has none. `listed` are (table, column) that hold codes of their list only."""

    primary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    foreign: Mapping[str, tuple[ForeignKey, ...]] = field(default_factory=dict)
    listed: frozenset[tuple[str, str]] = frozenset()


def keys_within(
    spec: ExtractSpec,
    catalogue: Catalogue,
    sheets: Sequence[Sheet],
    *,
    rows: Mapping[str, int],
    different: Mapping[str, int],
    written: Callable[[str], str],
    ask: Ask,
) -> Keys:
    """What holds of the tables as written; `written` names the view of each. `ask` runs a query and gives its rows.

    rows       of each table
    different  keys of each key domain, over all tables
    """
    files = {table.name: quoted(written(table.name)) for table in spec.tables}
    primary = {
        table.name: columns for table in spec.tables if (columns := _primary(table, catalogue, files[table.name], ask))
    }
    foreign: dict[str, tuple[ForeignKey, ...]] = {}
    for table in spec.tables:
        possible = _possible(table, spec, catalogue, primary)
        foreign[table.name] = tuple(
            key for key in possible
            if _some(key, files[table.name], ask) and (
                _has_all(key, catalogue, rows, different) or _no_orphan(key, files[table.name], files[key.parent], ask)
            )
        )  # fmt: skip
    listed = frozenset(
        (sheet.name, column.name)
        for sheet in sheets
        for column in sheet.columns
        if column.codes and _all_listed(column.name, [code for code, _ in column.codes], files[sheet.name], ask)
    )
    return Keys(primary, {name: keys for name, keys in foreign.items() if keys}, listed)


def _primary(table: TableSpec, catalogue: Catalogue, file: str, ask: Ask) -> tuple[str, ...]:
    """The primary key of the table, where the extract has all of it at its finest level and nowhere missing.

    That it is unique was seen when the release was published (`publishing.tables`), and a selection keeps it so.
    """
    described = catalogue[table.name]
    levels = {column.name: column.level for column in table.columns}
    for name in described.primary_key:
        steps = catalogue.levels(described[name])
        if name not in levels or (steps and levels[name] != steps[0].name):
            return ()
    if not described.primary_key:
        return ()
    missing = " OR ".join(f"{quoted(name)} IS NULL" for name in described.primary_key)
    return () if ask(f"SELECT 1 FROM {file} WHERE {missing} LIMIT 1") else described.primary_key


def _possible(
    table: TableSpec, spec: ExtractSpec, catalogue: Catalogue, primary: Mapping[str, tuple[str, ...]]
) -> Iterator[ForeignKey]:
    """Columns of the same kinds as the primary key of another table, at least one of them a pseudonym."""
    for parent in spec.tables:
        columns = primary.get(parent.name, ())
        described = catalogue[parent.name]
        if parent.name == table.name or not any(described[name].pseudonymised for name in columns):
            continue
        for chosen in product(*(_alike(name, described, table, catalogue[table.name]) for name in columns)):
            yield ForeignKey(chosen, parent.name, columns)


def _alike(name: str, parent: Table, child: TableSpec, described: Table) -> list[str]:
    """The columns of the child that may hold what the parent's column holds: of one key domain, or of one name."""
    domain = parent[name].key_domain
    if domain:
        return [one.name for one in child.columns if described[one.name].key_domain == domain]
    return [one.name for one in child.columns if one.name == name]


def _there(key: ForeignKey) -> str:
    return " AND ".join(f"child.{quoted(name)} IS NOT NULL" for name in key.columns)


def _some(key: ForeignKey, file: str, ask: Ask) -> bool:
    return bool(ask(f"SELECT 1 FROM {file} AS child WHERE {_there(key)} LIMIT 1"))


def _has_all(key: ForeignKey, catalogue: Catalogue, rows: Mapping[str, int], different: Mapping[str, int]) -> bool:
    """Whether the parent has every key of the domain that there is: as many rows, each with another one."""
    (column, *more) = key.parent_columns
    return not more and rows[key.parent] == different[catalogue[key.parent][column].key_domain]


def _no_orphan(key: ForeignKey, file: str, parent: str, ask: Ask) -> bool:
    same = " AND ".join(
        f"child.{quoted(own)} = parent.{quoted(theirs)}"
        for own, theirs in zip(key.columns, key.parent_columns, strict=True)
    )
    joined = f"{file} AS child ANTI JOIN {parent} AS parent ON {same}"
    return not ask(f"SELECT 1 FROM {joined} WHERE {_there(key)} LIMIT 1")


def _all_listed(column: str, codes: list[str], file: str, ask: Ask) -> bool:
    return {value for (value,) in ask(f"SELECT DISTINCT {quoted(column)} FROM {file}")} <= {None, *codes}
