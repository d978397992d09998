"""Sample size: a correlation or a test of a few repeats what those few have."""

from __future__ import annotations

from collections.abc import Iterator

from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.fit import size_said
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.reading.results import names_size
from extracts.disclosure.report import Cell, Finding, Verdict
from extracts.disclosure.rules.degrees_of_freedom import few_left, residual
from extracts.disclosure.subject import Subject

CODE, FREEDOM = "sample_size", "dof"
FREEDOMS = frozenset(["df", "dof"])
# Rows of an analysis of variance whose degrees of freedom are what is left over.
LEFT_OVER = frozenset(["residual", "residuals", "resid", "error", "within"])
ATTACK = "With so few, a correlation or a test statistic can be turned back into the values behind it."
CURE = "Give the number of units behind each result, in a column n or as n_obs."


def findings(subject: Subject) -> Iterator[Finding]:
    """Results of few units or degrees of freedom, and results of which neither is known.

    Numbers of units in a column are counts, which the threshold rule judges; here are those of the whole file.
    Source: SDC Handbook, correlations, tests and measures of fit are safe from 10 units and degrees of freedom on.
    """
    size, freedom = subject.described.regression.n_obs, residual(subject.described.regression)
    units = len(subject.records) if subject.records is not None and size is None else size
    if units is not None and units < subject.threshold:
        problem = f"The results are about {units:,} {subject.unit}, below {subject.threshold}."
        yield subject.file_finding(CODE, Verdict.FAIL, problem, ATTACK, "Leave the results out, or join groups.")
    limit = subject.policy.residual_dof
    told = size_said(subject.table.fit if subject.table else ())[1]
    if freedom is not None and freedom < limit and freedom != told:
        problem = f"The results leave {freedom} residual degrees of freedom, below {limit}."
        yield subject.file_finding(FREEDOM, Verdict.FAIL, problem, ATTACK, "Leave the results out, or join groups.")
    yield from few_left(subject)
    left = list(_left_over(subject.table)) if subject.table else []
    yield from (_few_left(subject, row, heading, label) for row, heading, label, df in left if df < limit)
    if units is None and freedom is None and not left and not _beside_all(subject.table):
        problem = "How many units are behind these results is not known."
        yield subject.file_finding(CODE, Verdict.REVIEW, problem, cure=CURE)


def _few_left(subject: Subject, row: int, heading: str, label: str) -> Finding:
    problem = f"Fewer than {subject.policy.residual_dof} residual degrees of freedom are left."
    cell = Cell(row, heading, f"{label}, {heading}", {subject.described.layout.rows[0]: label})
    return Finding(
        subject.described.name, FREEDOM, Verdict.FAIL, problem, ATTACK, "Leave the results out, or join groups.", cell
    )


def _left_over(table: Table) -> Iterator[tuple[int, str, str, float]]:
    """Row, heading, label and degrees of freedom of the rows of residuals in an analysis of variance."""
    for heading in (name for name in table.columns if FREEDOMS & set(words_of(name))):
        for number, row, text in zip(table.row_numbers, table.rows, table.column(heading), strict=True):
            label = next((value for value in row if LEFT_OVER & set(words_of(value))), "")
            reading = read_number(text)
            if label and reading.state == "number":
                yield number, heading, label, reading.value


def _beside_all(table: Table | None) -> bool:
    """Whether a column gives the number of units for each row."""
    if table is None:
        return False
    columns = [table.column(name) for name in table.columns if names_size(name)]
    return any(all(read_number(text).state == "number" for text in column) for column in columns)
