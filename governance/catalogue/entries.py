"""What a description holds: datasets, owners, tables, variables, code lists. All of it is immutable and hashable."""

from __future__ import annotations

from dataclasses import dataclass

from governance.catalogue.breaks import Break
from governance.catalogue.cohort_frame import CohortFrame
from governance.catalogue.ladders import Ladder, Level, UnknownName, named
from governance.catalogue.risk_rules import NO_RULES, RiskRules
from governance.catalogue.sensitivity import Sensitivity


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes that a variable may hold.

    columns  names of the columns; the first is `code`, the second `label`, the last `source`
    rows     one tuple of texts per code, in the order of `columns`
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(row[0] for row in self.rows)

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the facts come from, each source once, in the order of the rows."""
        return tuple(dict.fromkeys(self.mapping("source").values()))

    def mapping(self, column: str) -> dict[str, str]:
        """Code to the value in `column`, as one fresh dict. Raises UnknownName."""
        if column not in self.columns:
            raise UnknownName(f"The code list {self.name} has no column {column}.")
        position = self.columns.index(column)
        return {row[0]: row[position] for row in self.rows}

    def label(self, code: str) -> str:
        """What a code means. Raises UnknownName for a code that is not in the list."""
        for row in self.rows:
            if row[0] == code:
                return row[1]
        raise UnknownName(f"The code list {self.name} has no such code.")


@dataclass(frozen=True, slots=True)
class Owner:
    """A data owner. `quorum` is how many of its people must agree before it has decided."""

    code: str
    label: str
    quorum: int = 1


@dataclass(frozen=True, slots=True)
class KeyDomain:
    """One kind of thing that keys point at. The same thing has the same pseudonym in every table of an extract."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """One dataset. `small_areas` are `table.variable` that place people more closely than a police force area,
    whatever their ladder says: a description without them names none.
    """

    code: str
    title: str
    version: str
    licence: str
    source: str
    synthetic: bool
    statement: str
    key_domains: tuple[KeyDomain, ...]
    small_areas: tuple[str, ...] = ()
    risk: RiskRules = NO_RULES

    @property
    def keys(self) -> dict[str, str]:
        """Key domain to label, as one fresh dict."""
        return {domain.code: domain.label for domain in self.key_domains}


@dataclass(frozen=True, slots=True)
class Variable:
    """One column of a table.

    ladder         name of the ladder, "" when the variable has one level only
    default_level  name of a level of that ladder; anything finer needs a written justification
    missing_pct    share of rows without a value, in percent; None when nothing is known of it
    bottom, top    bounds of what is given where the value is given as it is: beyond them the bound itself
    merge_below    values that fewer rows of an extract than this have are given as one; 0 for no such rule
    source_format  how the source writes a date, as a strptime pattern, or hours to add before the date is
                   taken (`-04:00`); "" when the value can be used as it is
    """

    table: str
    name: str
    label: str
    dtype: str
    codelist: str
    range: str
    sensitivity: Sensitivity
    ladder: str
    default_level: str
    in_default: bool
    key_domain: str
    missing_pct: float | None
    based_on: str
    source_format: str = ""
    note: str = ""
    bottom: int | None = None
    top: int | None = None
    merge_below: int = 0

    @property
    def is_number(self) -> bool:
        """Whether its values as they are count or measure something."""
        return self.duckdb_type in ("BIGINT", "DOUBLE") and not self.pseudonymised and not self.codelist

    @property
    def selectable(self) -> bool:
        """Whether any extract may carry it: direct identifiers never leave."""
        return self.sensitivity is not Sensitivity.DI

    @property
    def pseudonymised(self) -> bool:
        """Whether it is replaced by a pseudonym; keys without a domain are sequence numbers, given as they are."""
        return bool(self.key_domain)

    @property
    def choices(self) -> tuple[str, ...]:
        """The values written out in `range` (`a | b | c`), or an empty tuple."""
        return tuple(choice.strip() for choice in self.range.split("|")) if "|" in self.range else ()

    @property
    def duckdb_type(self) -> str:
        """The type of the column in a published table. A list is text: its codes joined by `|`."""
        if self.pseudonymised:
            return "BIGINT"
        plain = {
            "date": "DATE",
            "integer": "BIGINT",
            "decimal": "DOUBLE",
            "boolean": "BOOLEAN",
        }
        return plain.get(self.dtype.partition("(")[0], "VARCHAR")


@dataclass(frozen=True, slots=True)
class PeriodParent:
    """Where a table without a date of its own finds one: rows of `table` that agree on `columns`."""

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowRule:
    """Of a table only rows whose `column` has one of the `values` are ever given out."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `owner` is the code of an Owner; `period_column` is "" when it has no date of its own.

    only  rules on which of its rows any extract may hold; all of them must be met
    """

    name: str
    label: str
    owner: str
    unit_of_observation: str
    primary_key: tuple[str, ...]
    tier: str
    description: str
    period_column: str
    period_parent: PeriodParent | None
    requestable: bool
    variables: tuple[Variable, ...]
    only: tuple[RowRule, ...] = ()

    def __getitem__(self, variable: str) -> Variable:
        return named(variable, self.variables, f"The table {self.name} has no variable {variable}.")

    def __contains__(self, variable: str) -> bool:
        return any(candidate.name == variable for candidate in self.variables)

    @property
    def defaults(self) -> tuple[Variable, ...]:
        """The variables of the default extract."""
        return tuple(variable for variable in self.variables if variable.in_default and variable.selectable)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One dataset: whose it is, its tables and variables, its code lists and the ladders that they use.

    cohort_frame  what a cohort can be chosen by, or None
    breaks        known breaks, in the order in which the description tells them
    """

    dataset: Dataset
    owners: tuple[Owner, ...]
    tables: tuple[Table, ...]
    code_lists: tuple[CodeList, ...]
    ladders: tuple[Ladder, ...]
    cohort_frame: CohortFrame | None = None
    breaks: tuple[Break, ...] = ()

    def __getitem__(self, table: str) -> Table:
        return named(table, self.tables, f"The dataset {self.dataset.code} has no table {table}.")

    def __contains__(self, table: str) -> bool:
        return any(candidate.name == table for candidate in self.tables)

    @property
    def requestable(self) -> tuple[Table, ...]:
        """The tables that a research project may ask for."""
        return tuple(table for table in self.tables if table.requestable)

    def owner(self, code: str) -> Owner:
        for candidate in self.owners:
            if candidate.code == code:
                return candidate
        raise UnknownName(f"The dataset {self.dataset.code} has no owner {code}.")

    def ladder(self, name: str) -> Ladder:
        return named(name, self.ladders, f"There is no ladder {name}.")

    def levels(self, variable: Variable) -> tuple[Level, ...]:
        """The levels of detail of a variable, finest first; empty when it has one level only."""
        return self.ladder(variable.ladder).levels if variable.ladder else ()

    def code_list(self, name: str) -> CodeList:
        """A code list, or with `list.column` the values of one of its columns as a list of their own.

        Raises UnknownName.
        """
        name, _, column = name.partition(".")
        codes = named(name, self.code_lists, f"The dataset {self.dataset.code} has no code list {name}.")
        return column_as_list(codes, column) if column else codes


def column_as_list(codes: CodeList, column: str) -> CodeList:
    """The values of one column, each once and blanks left out; their source is that of their first row."""
    sources = codes.mapping("source")
    found: dict[str, str] = {}
    for code, value in codes.mapping(column).items():
        if value:
            found.setdefault(value, sources[code])
    rows = tuple((value, value, source) for value, source in found.items())
    return CodeList(f"{codes.name}.{column}", ("code", "label", "source"), rows)
