"""Points: residuals, fitted values and the dots of a scatter plot are each about one person."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from extracts.disclosure.description import FileDescription
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.reading.suspicion import plainly_base
from extracts.disclosure.report import Finding, Verdict
from extracts.disclosure.rules.row_signs import running

CODE = "row_level"
WORDS = "resid residual residuals fitted predicted yhat leverage cooks cook hat studentized studentised"
OF_ONE = frozenset(WORDS.split())
# Rows that are nearly all different are each about somebody; a grid of points on a line is not.
MOSTLY = 0.9
CURE = "Show a smoothed line, or a grid of cells with counts of the threshold or more in each."


def findings(file: str, table: Table, described: FileDescription | None, policy: Policy) -> Iterator[Finding]:
    """Files of points: no counts, and as many rows as there are people behind them, or no fewer than the threshold.

    Source: statbarns "residuals, fitted values" and "scatter, residual, spaghetti plots": row-level, not released.
    """
    if len(table.rows) < policy.threshold or any(
        plainly_base(name) and not running(table.column(name)) for name in table.columns
    ):
        return
    numbers = {name: values for name in table.columns if (values := _numbers(table, name))}
    named = [name for name in numbers if OF_ONE & set(words_of(name)) and _differ(numbers[name])]
    if named:
        problem = f"The column {named[0]} holds a number for each of {len(table.rows):,} rows: one for each person."
        attack = "A residual and a fitted value add up to what the model was fitted to: somebody's value."
        yield Finding(file, CODE, Verdict.FAIL, problem, attack, CURE)
    elif described is not None and described.output_type == "GRAPH" and _scattered(table, numbers):
        problem = f"The file holds {len(table.rows):,} points, and no counts: each may be a person."
        yield Finding(file, CODE, Verdict.FAIL, problem, "Each point is what is known of one person.", CURE)


def _numbers(table: Table, name: str) -> list[float]:
    """The numbers of a column, or none where it holds anything else."""
    readings = [read_number(text) for text in table.column(name)]
    return [reading.value for reading in readings] if all(one.state == "number" for one in readings) else []


def _differ(values: list[float]) -> bool:
    """Whether numbers with decimals are nearly all different."""
    return len(set(values)) >= MOSTLY * len(values) and any(value % 1 for value in values)


def _scattered(table: Table, numbers: dict[str, list[float]]) -> bool:
    """Whether a table is nothing but numbers, of which two columns or more take every value, unevenly spaced."""
    apart = [values for values in numbers.values() if _differ(values) and not _even(values)]
    return len(numbers) == len(table.columns) and len(apart) >= 2


def _even(values: list[float]) -> bool:
    """Whether numbers are the steps of a grid."""
    ordered = sorted(values)
    steps = [after - before for before, after in pairwise(ordered)]
    return max(steps) - min(steps) <= 0.01 * max(steps)
