"""Results: tables of correlations, tests, models' fit and clusters, whose numbers are no amounts and few are counts."""

from __future__ import annotations

from collections.abc import Sequence

from extracts.disclosure.layout import Layout
from extracts.disclosure.reading.columns import COEFFICIENTS, words_of
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.reading.suspicion import (
    counts_among_results,
    names_a_result,
    names_freedom,
    plainly_base,
)

# Columns that number what a row is about, though they hold numbers alone.
NUMBERED = frozenset(["cluster", "segment", "leaf", "node", "component", "pc", "factor", "model", "lag"])
TESTED = frozenset(["p", "pvalue", "pval", "pr", "df", "dof"])
STATISTICS = frozenset(["f", "chi2", "chi", "t", "z", "sq", "ss", "ms", "sumsq", "squares", "statistic", "wald"])
SIZES = frozenset(["n", "size", "members", "nobs", "observations", "obs", "count", "sample", "samples", "support"])


def results_layout(table: Table, rows: Sequence[str] = ()) -> Layout:
    """The layout of a table of results: labels, numbers of units, and other numbers.

    rows  the columns of labels where they are known; otherwise those that hold text, or number clusters or components
    """
    labels = tuple(rows) or tuple(name for name in table.columns if _is_label(table, name))
    counts = tuple(name for name in table.columns if name not in labels and _is_size(table, name))
    others = tuple(name for name in table.columns if name not in (*labels, *counts))
    return Layout("long", labels, counts=counts, others=others)


def of_clusters(layout: Layout) -> bool:
    """Whether the rows are clusters, leaves of trees or components."""
    return any(NUMBERED & set(words_of(name)) for name in layout.rows)


def of_a_test(table: Table) -> bool:
    """Whether a table is of an analysis of variance or of tests: statistics with degrees of freedom or p values."""
    words = [set(words_of(name)) for name in table.columns[1:]]
    said = set().union(*words) if words else set()
    if not said & TESTED or not said & STATISTICS or said & COEFFICIENTS:
        return False
    if not all(names_a_result(name) or names_size(name) for name in table.columns[1:]):
        return False
    others = [name for name in table.columns[1:] if not names_freedom(name) and not names_size(name)]
    return not any(counts_among_results(name, table.column(name)) for name in others)


def names_size(heading: str) -> bool:
    """Whether a heading is that of a number of units."""
    return plainly_base(heading) or (bool(words_of(heading)) and set(words_of(heading)) <= SIZES)


def _is_label(table: Table, name: str) -> bool:
    readings = [read_number(text) for text in table.column(name)]
    numbered = bool(NUMBERED & set(words_of(name))) and name == table.columns[0]
    return numbered or any(reading.state == "unreadable" for reading in readings)


def _is_size(table: Table, name: str) -> bool:
    """Whether a column is called a number of units and holds whole numbers."""
    values = [reading.value for text in table.column(name) if (reading := read_number(text)).state == "number"]
    return names_size(name) and bool(values) and all(value >= 0 and value % 1 == 0 for value in values)
