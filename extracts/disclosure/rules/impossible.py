"""Impossible values: a correlation above 1, or quantiles out of order, are something else than they are called."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from extracts.disclosure.reading.cells import Floats
from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.reading.statistics import position_of
from extracts.disclosure.report import Cell, Finding, Verdict
from extracts.disclosure.rules.concentration import SQUARES
from extracts.disclosure.subject import Subject

CODE = "impossible"
CURE = "Correct the heading or the number, or say what the column holds."
ATTACK = "A number under a false name is not judged as what it is: it may be a small count."
ROOM = 1e-9

CORRELATIONS = frozenset(
    ["r", "rho", "cor", "corr", "correlation", "correlations", "pearson", "spearman", "kendall", "tau", "phi", "cramer"]
)
SHARES = frozenset(["p", "pval", "pvalue", "prob", "probability", "r2"])
STEPS = frozenset(["coef", "coefs", "coefficient", "beta", "estimate", "b"])
STATISTICS = frozenset(
    ["f", "t", "z", "chi2", "chi", "statistic", "stat", "ss", "sumsq", "ms", "wald", "lr", "q", "squared"]
)
# A weighted count of a group is hardly below a fifth of its unweighted one.
LEAST_WEIGHT = 0.2


def findings(subject: Subject) -> Iterator[Finding]:
    """Columns of which some number cannot be what its heading says.

    Source: arithmetic; correlations lie between -1 and 1, probabilities between 0 and 1, and quantiles rise.
    """
    if subject.table is None:
        return
    for name, problem in _of_columns(subject, subject.table):
        yield Finding(subject.described.name, CODE, Verdict.REVIEW, problem, ATTACK, CURE, Cell(None, name, name))


def _of_columns(subject: Subject, table: Table) -> Iterator[tuple[str, str]]:
    """Heading and what is wrong with it."""
    layout = subject.described.layout
    variables = {label for name in layout.rows if name in table.columns for label in table.column(name)}
    for name in layout.others:
        words, values = set(words_of(name)), _numbers(table, name)
        if (words & CORRELATIONS or name in variables) and (np.abs(values) > 1 + ROOM).any():
            yield name, f"The column {name} holds numbers above 1 or below -1, which no correlation is."
        elif words & SHARES and ((values < 0) | (values > 1 + ROOM)).any():
            yield name, f"The column {name} holds numbers that no probability can be."
        elif words & {"df", "dof"} and (problem := _no_freedom(subject, table, values)):
            yield name, f"The column {name} {problem}"
    for name in (name for name in layout.indices if SQUARES & set(words_of(name))):
        if _below_even(subject, name):
            yield name, f"The index {name} is below what it is when all have the same."
    for name in layout.weighted:
        if _light(subject, name):
            yield name, f"The column {name} is described as weighted, and is far below the unweighted count beside it."
    yield from _out_of_order(subject, table)


def _numbers(table: Table, name: str) -> Floats:
    """The numbers of a column that are shown."""
    read = [reading.value for text in table.column(name) if (reading := read_number(text)).state == "number"]
    return np.array(read, dtype=np.float64)


def _no_freedom(subject: Subject, table: Table, values: Floats) -> str:
    """Why numbers are no degrees of freedom, or "": none without a statistic, and not few left of a coefficient."""
    words = {word for name in table.columns for word in words_of(name)}
    if not words & (STATISTICS | STEPS):
        return "is said to hold degrees of freedom, and stands beside no statistic that has any."
    few = (values > 1) & (values < subject.policy.residual_dof)
    if words & STEPS and words & {"se", "stderr"} and few.any():
        return f"leaves fewer than {subject.policy.residual_dof} degrees of freedom to a coefficient, or holds counts."
    return ""


def _below_even(subject: Subject, name: str) -> bool:
    """Whether a Herfindahl index is below one over the number of units, from 0 to 1 or to 10,000."""
    cells = subject.cells.where((subject.cells.facts["column"] == name).to_numpy() & subject.cells.states("number"))
    value, n = cells.numbers("value"), cells.numbers("n")
    whole = np.where(value > 1, 10_000.0, 1.0)
    return bool((value + cells.numbers("spread") < whole / n - ROOM).any())


def _light(subject: Subject, name: str) -> bool:
    cells = subject.cells.where((subject.cells.facts["column"] == name).to_numpy() & subject.cells.states("number"))
    value, n = cells.numbers("value"), cells.numbers("n")
    return bool(((value > 0) & (value < subject.threshold) & (value < LEAST_WEIGHT * n)).any())


def _out_of_order(subject: Subject, table: Table) -> Iterator[tuple[str, str]]:
    """Columns of quantiles that are smaller than those of a lower one in their row."""
    shares = [(share, name) for name in subject.described.layout.positions if (share := position_of(name)) is not None]
    columns = [(name, [read_number(text).value for text in table.column(name)]) for _, name in sorted(shares)]
    for (lower, below), (upper, above) in pairwise(columns):
        if len({position_of(lower), position_of(upper)}) == 2 and any(
            high < low for low, high in zip(below, above, strict=True)
        ):
            yield upper, f"The quantile {upper} is below the quantile {lower} in some row."
