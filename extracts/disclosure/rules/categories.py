"""Categories of a model: a coefficient of a category with few members describes those members."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extracts.disclosure.microdata.records import TABLE, Records, quoted
from extracts.disclosure.report import Cell, Finding, Verdict
from extracts.disclosure.subject import Subject

CODE = "category"
CONSTANT = frozenset(["const", "constant", "intercept", "(intercept)", "_cons", "cons"])
# How software writes the category of a regressor: C(force)[T.North], force[North], force=North, force: North.
WRITTEN = (
    re.compile(r"(?:C\()?(?P<column>[^()\[\],]+?)(?:,[^\[]*)?\)?\[(?:T\.)?(?P<level>[^\]]+)\]"),
    re.compile(r"(?P<column>[^=:]+?)\s*(?:=|: ?)\s*(?P<level>.+)"),
)


def findings(subject: Subject) -> Iterator[Finding]:
    """Categories of regressors with fewer units than the threshold, by the records or by the model's description.

    Source: SDC Handbook, regressions on categorical variables are tables of means; ACRO checks the residual degrees
    of freedom alone, which lets a dummy with one member pass.
    """
    members = dict(subject.described.regression.categories)
    for row, name, label in _terms(subject):
        n = members.get(label, _in_the_records(subject.records, subject.described.recipe.where, label))
        if n is not None and n < subject.threshold:
            yield _found(subject, row, name, label, n)
    shown = {label for _, _, label in _terms(subject)}
    for label, n in members.items():
        if label not in shown and n < subject.threshold:
            problem = f"The model has a category with fewer than {subject.threshold} {subject.unit}: {label}."
            yield subject.file_finding(CODE, Verdict.FAIL, problem, ATTACK, CURE)


ATTACK = "The coefficient of a category is what sets its few members apart: with one, it is that person's value."
CURE = "Join the category with another, or leave those units out of the model."


def _found(subject: Subject, row: int, name: str, label: str, n: float) -> Finding:
    problem = f"{subject.are(n)} in this category, below {subject.threshold}."
    cell = Cell(row=row, column=name, label=label, key={name: label})
    return Finding(subject.described.name, CODE, Verdict.FAIL, problem, ATTACK, CURE, cell)


def _terms(subject: Subject) -> list[tuple[int, str, str]]:
    """Row, heading and label of each term of the model."""
    table = subject.table
    if table is None or not subject.described.layout.rows:
        return []
    name = subject.described.layout.rows[0]
    return list(zip(table.row_numbers, [name] * len(table.rows), table.column(name), strict=True))


def columns_of_terms(subject: Subject) -> tuple[str, ...]:
    """The columns of the records whose categories the terms of a model name; none where a term is anything else."""
    if subject.records is None:
        return ()
    found: dict[str, None] = {}
    for _, _, label in _terms(subject):
        parts = [part for part in _parts(label) if part.casefold() not in CONSTANT]
        columns = [_column_of(subject.records, part) for part in parts]
        if not all(columns):
            return ()
        found |= dict.fromkeys(columns)
    return tuple(found)


def _parts(label: str) -> list[str]:
    """The categories that an interaction joins."""
    return re.split(r"\s*[:*](?=\s*[A-Za-z_(])\s*", label.strip())


def _in_the_records(records: Records | None, where: str, label: str) -> float | None:
    """Units of the category that a term names, or None where the term is no category of a column."""
    if records is None:
        return None
    conditions = [_condition(records, part) for part in _parts(label)]
    known = [condition for condition in conditions if condition]
    if not known:
        return None
    unit = f"DISTINCT {quoted(records.unit)}" if records.unit else "*"
    asked = f"SELECT count({unit}) AS n FROM {TABLE} WHERE ({where or 'TRUE'}) AND {' AND '.join(known)}"
    return float(records.frame(asked)["n"].iloc[0])


def _column_of(records: Records, part: str) -> str:
    """The column whose category a term names, or ""."""
    for form in WRITTEN:
        if (match := form.fullmatch(part)) and (column := records.column(match["column"].strip())):
            return column
    column = records.column(part)
    return column if column is not None and records.is_dummy(column) else ""


def _condition(records: Records, part: str) -> str:
    """SQL that holds for the members of a category, or ""."""
    for form in WRITTEN:
        if (match := form.fullmatch(part)) and (column := records.column(match["column"].strip())):
            return _equals(column, match["level"])
    column = records.column(part)
    if column is not None:
        return f"{quoted(column)} = 1" if records.is_dummy(column) else ""
    for cut in (place for place, letter in enumerate(part) if letter in "_."):
        if column := records.column(part[:cut]):
            return _equals(column, part[cut + 1 :])
    return ""


def _equals(column: str, level: str) -> str:
    text = "'" + level.strip().replace("'", "''") + "'"
    name = quoted(column)
    return f"(CAST({name} AS VARCHAR) = {text} OR TRY_CAST({name} AS DOUBLE) = TRY_CAST({text} AS DOUBLE))"
