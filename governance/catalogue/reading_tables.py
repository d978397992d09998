"""Tables, read and checked against the owners and their own variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from governance.catalogue.csvfiles import Row, header_and_rows, once
from governance.catalogue.entries import Owner, PeriodParent, RowRule, Table, Variable
from governance.catalogue.reading import NAME

TABLE_COLUMNS = (
    "table", "label", "owner", "unit_of_observation", "primary_key", "tier", "description", "period_column",
    "requestable",
)  # fmt: skip


def read_tables(path: Path, owners: Iterable[Owner], variables: Iterable[tuple[Row, Variable]]) -> tuple[Table, ...]:
    """The tables with their variables. Each variable needs a table, and each table a variable."""
    _, rows = header_and_rows(path, TABLE_COLUMNS)
    once(rows, ("table",))
    codes = {owner.code for owner in owners}
    columns: dict[str, list[Variable]] = {row["table"]: [] for row in rows}
    for variable_row, variable in variables:
        if variable.table not in columns:
            raise variable_row.wrong(f"The table {variable.table} is not in tables.csv.")
        columns[variable.table].append(variable)
    tables = [(row, _table(row, codes, tuple(columns[row["table"]]))) for row in rows]
    by_name = {table.name: table for _, table in tables}
    for row, table in tables:
        _check_parent(row, table, by_name)
    return tuple(by_name.values())


def _table(row: Row, owners: set[str], variables: tuple[Variable, ...]) -> Table:
    if not NAME.fullmatch(row["table"]):
        raise row.wrong("table must be lower-case letters, digits and underscores.")
    if row["owner"] not in owners:
        raise row.wrong(f"Unknown owner {row['owner']}.")
    if not variables:
        raise row.wrong("The table has no variables.")
    table = Table(
        name=row["table"],
        label=row.required("label"),
        owner=row["owner"],
        unit_of_observation=row.required("unit_of_observation"),
        primary_key=tuple(part.strip() for part in row["primary_key"].split("+") if part.strip()),
        tier=row["tier"],
        description=row["description"],
        period_column=row["period_column"],
        period_parent=_period_parent(row),
        requestable=row.yes_no("requestable"),
        variables=variables,
        only=tuple(_row_rules(row, variables)),
    )
    if absent := [name for name in table.primary_key if name not in table]:
        raise row.wrong(f"primary_key names no variable of the table: {', '.join(absent)}.")
    if table.period_column and (table.period_column not in table or table[table.period_column].dtype != "date"):
        raise row.wrong(f"period_column {table.period_column} is not a date variable of the table.")
    return table


def _row_rules(row: Row, variables: tuple[Variable, ...]) -> Iterator[RowRule]:
    """Read `column: value | value; column: value`."""
    names = {variable.name for variable in variables}
    for text in filter(None, map(str.strip, row.get("only").split(";"))):
        column, _, values = (part.strip() for part in text.partition(":"))
        found = tuple(value.strip() for value in values.split("|"))
        if column not in names or not all(found):
            raise row.wrong("only must be of the form column: value | value, with columns of the table.")
        yield RowRule(column, found)


def _period_parent(row: Row) -> PeriodParent | None:
    """Read `table.column+column`; the columns have the same names on both sides."""
    text = row.get("period_parent")
    if not text:
        return None
    table, _, columns = text.partition(".")
    names = tuple(name.strip() for name in columns.split("+"))
    if not table or not all(names):
        raise row.wrong("period_parent must be of the form table.column or table.column+column.")
    return PeriodParent(table, names)


def _check_parent(row: Row, table: Table, tables: dict[str, Table]) -> None:
    """A parent has its own date, so that one step is enough."""
    parent = table.period_parent
    if parent is None:
        return
    if table.period_column:
        raise row.wrong("A table has a period_column or a period_parent, not both.")
    if parent.table not in tables:
        raise row.wrong(f"The period_parent {parent.table} is not a table.")
    if not tables[parent.table].period_column:
        raise row.wrong(f"The period_parent {parent.table} has no period_column.")
    for column in parent.columns:
        if column not in table or column not in tables[parent.table]:
            raise row.wrong(f"The period_parent column {column} is not in both tables.")
