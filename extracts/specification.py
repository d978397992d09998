"""What one extract holds: tables, columns at a level of detail, period and cohort; whether an agreement allows it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from extracts import selection
from governance.agreements.scope import GrantedTable, Scope
from governance.catalogue.catalogue import Catalogue, RowRule, Table, UnknownName, Variable
from governance.catalogue.cohort import EVERYTHING, BadCohort, Cohort, in_words

# Of the stored specification. Forms 1 and 2 (with a cohort) are those of extracts that were delivered before there
# were rules for rows and values; a reader that does not know a form refuses it and builds nothing.
FORM, EVERYBODY, NARROWED = 3, 1, 2
PARQUET, CSV, STATA, SPSS, R = FORMATS = ("parquet", "csv", "stata", "spss", "r")
DEFAULT_FORMATS = (PARQUET, CSV)
# How pseudonyms are written: 63-bit numbers, or all 128 bits as hexadecimal text.
INT63, HEX128 = "int63", "hex128"
PSEUDONYMS = (INT63, HEX128)


class BadSpecification(ValueError):
    """The stored specification, release or scope cannot be made into an extract."""


@dataclass(frozen=True)
class ColumnSpec:
    """One column at one level of its ladder; `level` is "" when it has no ladder.

    bottom, top   numbers beyond these are given as the bound itself (bottom and top coding)
    merge_below   values that fewer rows than this have are given as one, `MERGED`
    """

    name: str
    level: str = ""
    bottom: int | None = None
    top: int | None = None
    merge_below: int = 0

    def to_json(self) -> dict[str, Any]:
        rules = {"bottom": self.bottom, "top": self.top, "merge_below": self.merge_below or None}
        return {
            "name": self.name,
            **({"level": self.level} if self.level else {}),
            **{name: bound for name, bound in rules.items() if bound is not None},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ColumnSpec:
        if unknown := stored.keys() - {"name", "level", "bottom", "top", "merge_below"}:
            raise BadSpecification(f"A column has a rule that is not known: {', '.join(sorted(unknown))}.")
        bounds = (stored.get("bottom"), stored.get("top"), stored.get("merge_below", 0))
        if not all(bound is None or type(bound) is int for bound in bounds):
            raise BadSpecification("Bounds of a column are whole numbers.")
        return cls(stored["name"], stored.get("level", ""), *bounds)


@dataclass(frozen=True)
class TableSpec:
    """One table. `only` are its row rules: of each named column one of the values, or the row is left out."""

    name: str
    columns: tuple[ColumnSpec, ...]
    only: tuple[RowRule, ...] = ()

    def to_json(self) -> dict[str, Any]:
        only = {"only": {rule.column: list(rule.values) for rule in self.only}} if self.only else {}
        return {"name": self.name, "columns": [column.to_json() for column in self.columns], **only}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> TableSpec:
        rules = tuple(RowRule(column, tuple(values)) for column, values in stored.get("only", {}).items())
        return cls(stored["name"], tuple(ColumnSpec.from_json(column) for column in stored["columns"]), rules)


@dataclass(frozen=True)
class ExtractSpec:
    """Everything that an extract's content follows from, besides the release and the key.

    The period holds both of its end days. Parquet is always written; other formats when asked for.

    pseudonyms  one of PSEUDONYMS
    withheld    which version of the list of withheld records is left out; 0 for a dataset that has none
    """

    dataset: str
    release_version: str
    tables: tuple[TableSpec, ...]
    period_from: date
    period_to: date
    formats: tuple[str, ...] = DEFAULT_FORMATS
    cohort: Cohort = EVERYTHING
    pseudonyms: str = INT63
    withheld: int = 0

    def __post_init__(self) -> None:
        if self.period_from > self.period_to:
            raise BadSpecification("The period ends before it begins.")
        if PARQUET not in self.formats or not set(self.formats) <= set(FORMATS):
            raise BadSpecification(f"An extract is written as Parquet, and as {', '.join(FORMATS[1:])} when asked for.")
        if self.pseudonyms not in PSEUDONYMS:
            raise BadSpecification(f"Pseudonyms are written as {' or '.join(PSEUDONYMS)}.")
        _refuse_twice([table.name for table in self.tables])
        for table in self.tables:
            _refuse_twice([column.name for column in table.columns])

    def to_json(self) -> dict[str, Any]:
        """A plain dict with the number of its form; lists, because the order of columns counts."""
        return {
            "form": FORM,
            "dataset": self.dataset,
            "release_version": self.release_version,
            "period_from": self.period_from.isoformat(),
            "period_to": self.period_to.isoformat(),
            "cohort": self.cohort.to_json(),
            "tables": [table.to_json() for table in self.tables],
            "formats": list(self.formats),
            "pseudonyms": self.pseudonyms,
            "withheld": self.withheld,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ExtractSpec:
        """Read what `to_json` wrote, or wrote in an earlier form. Raises BadSpecification for anything else."""
        try:
            if stored["form"] not in (FORM, EVERYBODY, NARROWED):
                raise BadSpecification(f"A specification of form {stored['form']} cannot be read.")
            if stored["form"] != FORM:
                stored = _of_an_earlier_form(stored)
            if unknown := stored.keys() - KNOWN:
                raise BadSpecification(f"The specification has parts that are not known: {', '.join(sorted(unknown))}.")
            return cls(
                dataset=stored["dataset"],
                release_version=stored["release_version"],
                tables=tuple(TableSpec.from_json(table) for table in stored["tables"]),
                period_from=date.fromisoformat(stored["period_from"]),
                period_to=date.fromisoformat(stored["period_to"]),
                formats=tuple(stored["formats"]),
                cohort=Cohort.from_json(stored["cohort"]),
                pseudonyms=stored["pseudonyms"],
                withheld=stored["withheld"],
            )
        except (KeyError, TypeError, AttributeError, ValueError, BadCohort) as problem:
            if isinstance(problem, BadSpecification):
                raise
            raise BadSpecification("The stored specification cannot be read.") from problem

    def digest(self) -> str:
        """The SHA-256 of the specification: the same for the same content, however it was stored."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()


KNOWN = frozenset({"form"}) | {field.name for field in fields(ExtractSpec)}


def _of_an_earlier_form(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The same specification in the present form: columns were pairs, and form 1 had no cohort."""
    tables = [
        {"name": table["name"], "columns": [{"name": name, "level": level} for name, level in table["columns"]]}
        for table in stored["tables"]
    ]
    cohort = stored["cohort"] if stored["form"] == NARROWED else {}
    return {**stored, "form": FORM, "tables": tables, "cohort": cohort, "pseudonyms": INT63, "withheld": 0}


def compile_specification(
    scope: Scope,
    catalogue: Catalogue,
    release_version: str,
    *,
    formats: Collection[str] = DEFAULT_FORMATS,
    pseudonyms: str = INT63,
    withheld: int = 0,
) -> ExtractSpec:
    """All that an agreement grants, as a specification on one release.

    Tables and columns come in the order of the catalogue; keys that join tables are always there, and the rules that
    the catalogue sets for rows and values. Formats and how pseudonyms are written are for whoever asks to choose;
    `withheld` is the present version of the list. Raises BadSpecification with the sentences of `problems_of`.
    """
    if problems := problems_of(scope, catalogue):
        raise BadSpecification(" ".join(problems))
    tables = tuple(
        TableSpec(table.name, tuple(_granted_columns(table, granted, catalogue)), table.only)
        for table in catalogue.tables
        if (granted := scope.table(table.name)) is not None
    )
    chosen = tuple(name for name in FORMATS if name in formats)
    return ExtractSpec(
        dataset=scope.dataset,
        release_version=release_version,
        tables=tables,
        period_from=scope.period_from,
        period_to=scope.period_to,
        formats=chosen,
        cohort=scope.cohort,
        pseudonyms=pseudonyms,
        withheld=withheld,
    )


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
        reasons += _rule_reasons(table, catalogue)
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


def _granted_columns(table: Table, granted: GrantedTable, catalogue: Catalogue) -> Iterator[ColumnSpec]:
    for variable in table.variables:
        level = granted.level_of(variable.name)
        if variable.pseudonymised:
            yield ColumnSpec(variable.name)
        elif level is not None:
            yield ColumnSpec(variable.name, level, **bounds_of(variable, level, catalogue))


def bounds_of(variable: Variable, level: str, catalogue: Catalogue) -> dict[str, Any]:
    """The rules of the catalogue for a variable at this level: bounds where it is given as it is, and merging."""
    as_it_is = not variable.ladder or catalogue.ladder(variable.ladder)[level].method == "source"
    bounds = {"bottom": variable.bottom, "top": variable.top} if as_it_is else {}
    return {**bounds, "merge_below": variable.merge_below if as_it_is or not variable.is_number else 0}


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


def _rule_reasons(spec: TableSpec, catalogue: Catalogue) -> list[str]:
    """Where the rules for rows and values are not those of the catalogue."""
    if spec.name not in catalogue:
        return []
    table, reasons = catalogue[spec.name], []
    if spec.only != table.only:
        reasons.append(f"The rows of {spec.name} are not chosen as the catalogue says.")
    for column in spec.columns:
        if column.name in table and known_level(table[column.name], column.level, catalogue):
            as_described = bounds_of(table[column.name], column.level, catalogue)
            if ColumnSpec(column.name, column.level, **as_described) != column:
                reasons.append(f"{spec.name}.{column.name} is not bounded or merged as the catalogue says.")
    return reasons


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
