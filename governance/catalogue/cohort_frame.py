"""What a dataset lets a cohort be chosen by: its dimensions, roles of people, how rows belong to case and person."""

from __future__ import annotations

from dataclasses import dataclass

ROLE = "role"


@dataclass(frozen=True, slots=True)
class Dimension:
    """One thing to choose by.

    columns  `table.variable`; one for a condition on cases, one in each role's table for one on people;
             none for the role itself
    level    the level of the ladder at which values are chosen, "" for the values as they are recorded
    values   code and label of each value; none for a period
    """

    name: str
    label: str
    hint: str
    about_people: bool
    columns: tuple[tuple[str, str], ...]
    level: str
    values: tuple[tuple[str, str], ...]

    @property
    def is_period(self) -> bool:
        return not self.values

    def column_in(self, table: str) -> str | None:
        return next((variable for name, variable in self.columns if name == table), None)


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    label: str
    table: str


@dataclass(frozen=True, slots=True)
class Through:
    """Rows of `table` are about the person of the row of `parent` that agrees on `columns`."""

    table: str
    parent: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CohortFrame:
    """How a dataset is narrowed.

    case_table    one row per case; `case_key` is its key
    case_links    the table that joins cases of other sources to it, by kinds of keys
    of_cases      tables whose rows are about a case and about nobody alone
    person_links  the table that joins `record_key` of every source to `person_key`
    through       tables without a record key, and the table that says whose rows they are
    """

    case_table: str
    case_key: str
    case_label: str
    case_links: str
    of_cases: tuple[str, ...]
    person_links: str
    record_key: str
    person_key: str
    roles: tuple[Role, ...]
    through: tuple[Through, ...]
    dimensions: tuple[Dimension, ...]

    def dimension(self, name: str) -> Dimension | None:
        return next((one for one in self.dimensions if one.name == name), None)

    def way_to_person(self, table: str) -> Through | None:
        return next((one for one in self.through if one.table == table), None)
