"""What one extract holds: tables, columns at a level of detail, period and cohort; whether an agreement allows it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from extracts import selection
from governance.agreements.scope import GrantedTable, Scope
from governance.catalogue.catalogue import Catalogue, Table, UnknownName, Variable
from governance.catalogue.cohort import EVERYTHING, BadCohort, Cohort, in_words

# Of the stored specification. Form 2 names a cohort: a reader that knows only form 1 refuses it and builds nothing.
EVERYBODY, NARROWED = 1, 2
PARQUET, CSV, STATA, SPSS, R = FORMATS = ("parquet", "csv", "stata", "spss", "r")
DEFAULT_FORMATS = (PARQUET, CSV)


class BadSpecification(ValueError):
    """The stored specification, release or scope cannot be made into an extract."""


@dataclass(frozen=True)
class ColumnSpec:
    """One column at one level of its ladder; `level` is "" when it has no ladder."""

    name: str
    level: str = ""


@dataclass(frozen=True)
class TableSpec:
    name: str
    columns: tuple[ColumnSpec, ...]


@dataclass(frozen=True)
class ExtractSpec:
    """Everything that an extract's content follows from, besides the release and the key.

    The period holds both of its end days. Parquet is always written, other formats when asked for.
    """

    dataset: str
    release_version: str
    tables: tuple[TableSpec, ...]
    period_from: date
    period_to: date
    formats: tuple[str, ...] = DEFAULT_FORMATS
    cohort: Cohort = EVERYTHING

    def __post_init__(self) -> None:
        if self.period_from > self.period_to:
            raise BadSpecification("The period ends before it begins.")
        if PARQUET not in self.formats or not set(self.formats) <= set(FORMATS):
            raise BadSpecification(f"An extract is written as Parquet, and as {', '.join(FORMATS[1:])} when asked for.")
        _refuse_twice([table.name for table in self.tables])
        for table in self.tables:
            _refuse_twice([column.name for column in table.columns])

    def to_json(self) -> dict[str, Any]:
        """A plain dict with the number of its form; lists, because the order of columns counts."""
        return {
            "form": NARROWED if self.cohort else EVERYBODY,
            "dataset": self.dataset,
            "release_version": self.release_version,
            "period_from": self.period_from.isoformat(),
            "period_to": self.period_to.isoformat(),
            "formats": list(self.formats),
            "tables": [
                {"name": table.name, "columns": [[column.name, column.level] for column in table.columns]}
                for table in self.tables
            ],
            **({"cohort": self.cohort.to_json()} if self.cohort else {}),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ExtractSpec:
        """Read what `to_json` wrote. Raises BadSpecification for anything else."""
        try:
            if stored["form"] not in (EVERYBODY, NARROWED):
                raise BadSpecification(f"A specification of form {stored['form']} cannot be read.")
            tables = tuple(
                TableSpec(table["name"], tuple(ColumnSpec(name, level) for name, level in table["columns"]))
                for table in stored["tables"]
            )
            period = date.fromisoformat(stored["period_from"]), date.fromisoformat(stored["period_to"])
            cohort = Cohort.from_json(stored["cohort"]) if stored["form"] == NARROWED else EVERYTHING
            return cls(stored["dataset"], stored["release_version"], tables, *period, tuple(stored["formats"]), cohort)
        except (KeyError, TypeError, AttributeError, ValueError, BadCohort) as problem:
            if isinstance(problem, BadSpecification):
                raise
            raise BadSpecification("The stored specification cannot be read.") from problem

    def digest(self) -> str:
        """The SHA-256 of the specification: the same for the same content, however it was stored."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()


def compile_specification(
    scope: Scope, catalogue: Catalogue, release_version: str, *, formats: Collection[str] = DEFAULT_FORMATS
) -> ExtractSpec:
    """All that an agreement grants, as a specification on one release.

    Tables and columns come in the order of the catalogue; keys that join tables are
    always there. Raises BadSpecification with the sentences of `problems_of`.
    """
    if problems := problems_of(scope, catalogue):
        raise BadSpecification(" ".join(problems))
    tables = tuple(
        TableSpec(table.name, tuple(_granted_columns(table, granted)))
        for table in catalogue.tables
        if (granted := scope.table(table.name)) is not None
    )
    chosen = tuple(name for name in FORMATS if name in formats)
    return ExtractSpec(scope.dataset, release_version, tables, scope.period_from, scope.period_to, chosen, scope.cohort)


def problems_of(scope: Scope, catalogue: Catalogue) -> list[str]:
    """Why no extract can be made of a scope, whatever the release: one sentence a reason, empty when it can."""
    if scope.dataset != catalogue.dataset.code:
        return [f"The agreement is on {scope.dataset}, not on {catalogue.dataset.code}."]
    if not scope.tables:
        return ["The agreement grants no table."]
    names = [granted.name for granted in scope.tables]
    problems: list[str] = []
    for granted in scope.tables:
        columns = tuple(ColumnSpec(variable.name, variable.level) for variable in granted.variables)
        problems += _table_reasons(TableSpec(granted.name, columns), granted, names, catalogue)
    return problems + selection.reasons(names, scope.cohort, catalogue)


def within(spec: ExtractSpec, scope: Scope, catalogue: Catalogue) -> list[str]:
    """Why the specification is not inside the scope, one sentence a reason; empty when it is."""
    reasons = []
    if not spec.dataset == scope.dataset == catalogue.dataset.code:
        reasons.append(f"The extract is on {spec.dataset}, and the agreement on {scope.dataset}.")
    if spec.period_from < scope.period_from or spec.period_to > scope.period_to:
        reasons.append(f"The agreed period is {scope.period_from} to {scope.period_to}.")
    if spec.cohort != scope.cohort:
        reasons.append(f"The agreed cohort is another: {in_words(scope.cohort, catalogue.cohort_frame)}")
    if not spec.tables:
        reasons.append("The extract holds no table.")
    names = [table.name for table in spec.tables]
    for table in spec.tables:
        reasons += _table_reasons(table, scope.table(table.name), names, catalogue)
    return reasons + selection.reasons(names, spec.cohort, catalogue)


def missing_from(wanted: Scope | ExtractSpec, released: Collection[str], catalogue: Catalogue) -> list[str]:
    """The tables that an extract of `wanted` reads and a release does not hold, each once.

    A parent that gives a table its period, and what narrows a table to the cohort, are read too, granted or not.
    """
    needed: dict[str, None] = {}
    for table in wanted.tables:
        needed[table.name] = None
        if table.name in catalogue and (parent := catalogue[table.name].period_parent):
            needed[parent.table] = None
    needed |= dict.fromkeys(selection.tables_read(list(needed), wanted.cohort, catalogue))
    return [name for name in needed if name not in released]


def has_period(table: Table) -> bool:
    """Whether each row can be placed in time: by a date of its own, or of its parent."""
    return bool(table.period_column or table.period_parent)


def shared_keys(table: Table, names: Iterable[str], catalogue: Catalogue) -> dict[str, tuple[Variable, ...]]:
    """What can place the rows of a table without a date: name of a key to the same kind of key elsewhere.

    names  tables of the extract; those without a period place nothing. Keys that occur
           in none of the others are left out, so that an empty dict is a reason to refuse.
    """
    dated = [catalogue[name] for name in names if name in catalogue and has_period(catalogue[name])]
    keys = [variable for other in dated for variable in other.variables if variable.pseudonymised]
    found = {
        own.name: tuple(key for key in keys if key.key_domain == own.key_domain)
        for own in table.variables
        if own.pseudonymised
    }
    return {name: same for name, same in found.items() if same}


def undated_reason(table: Table, names: Iterable[str], catalogue: Catalogue) -> str | None:
    """Why nobody could say which rows of a table belong to a period, or None."""
    if has_period(table) or shared_keys(table, names, catalogue):
        return None
    return (
        f"{table.name} has no date of its own: ask for it together with a table that has one and shares a key with it."
    )


def _granted_columns(table: Table, granted: GrantedTable) -> Iterator[ColumnSpec]:
    for variable in table.variables:
        level = granted.level_of(variable.name)
        if variable.pseudonymised:
            yield ColumnSpec(variable.name)
        elif level is not None:
            yield ColumnSpec(variable.name, level)


def _table_reasons(
    spec: TableSpec, granted: GrantedTable | None, names: Iterable[str], catalogue: Catalogue
) -> list[str]:
    """Why one table may not be in the extract that holds the tables `names`; empty when it may."""
    if spec.name not in catalogue:
        return [f"There is no table {spec.name}."]
    table = catalogue[spec.name]
    if not table.requestable:
        return [f"The table {spec.name} is not offered to projects."]
    if granted is None:
        return [f"The table {spec.name} was not granted."]
    if not spec.columns:
        return [f"The table {spec.name} has no column."]
    reasons = [_column_reason(column, table, granted, catalogue) for column in spec.columns]
    reasons.append(undated_reason(table, names, catalogue))
    return [reason for reason in reasons if reason]


def _column_reason(column: ColumnSpec, table: Table, granted: GrantedTable, catalogue: Catalogue) -> str | None:
    """Why one column may not be in the extract, or None."""
    if column.name not in table:
        return f"The table {table.name} has no variable {column.name}."
    variable = table[column.name]
    name = f"{table.name}.{column.name}"
    if not variable.selectable:
        return f"{name} identifies people and is in no extract."
    if not known_level(variable, column.level, catalogue):
        return f"{name} has no level of detail {column.level!r}."
    if variable.pseudonymised:
        return None
    allowed = granted.level_of(column.name)
    if allowed is None:
        return f"{name} was not granted."
    if not known_level(variable, allowed, catalogue):
        return f"{name} was granted at a level of detail that does not exist, {allowed!r}."
    if variable.ladder and catalogue.ladder(variable.ladder).is_finer(column.level, than=allowed):
        return f"{name} was granted by {allowed}, which is coarser than {column.level}."
    return None


def known_level(variable: Variable, level: str, catalogue: Catalogue) -> bool:
    """Whether a variable can be given at that level: "" when it has no ladder, a step of it otherwise."""
    if not variable.ladder:
        return level == ""
    try:
        catalogue.ladder(variable.ladder)[level]
    except UnknownName:
        return False
    return True


def _refuse_twice(names: list[str]) -> None:
    if len(set(names)) != len(names):
        raise BadSpecification("A table or column is there twice.")


@dataclass(frozen=True)
class ReleasedTable:
    """One table of a published release: file name, number of rows, SHA-256 of the file."""

    file: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Release:
    """What a published release says of itself in `release.json`."""

    code: str
    version: str
    created_at: str
    tables: Mapping[str, ReleasedTable]

    def to_json(self) -> dict[str, Any]:
        tables = {name: vars(table) for name, table in sorted(self.tables.items())}
        return {"code": self.code, "version": self.version, "created_at": self.created_at, "tables": tables}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Release:
        """Read what `to_json` wrote. Raises BadSpecification for anything else."""
        try:
            tables = {name: ReleasedTable(**table) for name, table in stored["tables"].items()}
            return cls(stored["code"], stored["version"], stored["created_at"], tables)
        except (KeyError, TypeError, AttributeError) as problem:
            raise BadSpecification("release.json cannot be read.") from problem
