"""Requirements: what a description must say before a file of its kind can be judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extracts.disclosure.description import FileDescription
from extracts.disclosure.layout import Layout
from extracts.disclosure.reading.columns import ENDPOINTS, kind_by_heading
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.reading.results import of_clusters
from extracts.disclosure.reading.statistics import are_quarters
from extracts.disclosure.reading.suspicion import names_a_coefficient, names_a_result
from extracts.disclosure.requirements_of_columns import Need, of_columns

# Kinds of output that are coefficients; the rulebook says which rules judge them.
MODELS = frozenset({"REGR"})
# Kinds of output whose numbers are results of tests.
RESULTS = frozenset({"TEST"})

# Kinds of number that are no amount: a table of amounts holds something else too.
NO_AMOUNT = frozenset({"count", "percentage", "weighted", "ratio"})

# A long table of so many rows may be records: its counts must be called counts.
MANY_ROWS = 50


def needs(described: FileDescription, table: Table, tabular: bool) -> Iterator[Need]:
    """What stands in the way of judging this table; nothing when it can be judged.

    tabular  whether files of this kind are judged cell by cell, so that every column needs a place
    """
    layout = described.layout
    absent = sorted({name for name in layout.placed if name not in table.columns})
    if absent:
        yield (
            f"The file has no columns called {', '.join(absent)}.",
            "Use the headings as they are in the file, capitals and spaces included.",
        )
        return
    if tabular or described.output_type in MODELS | RESULTS:
        yield from _of_every_column(described, table)
    if tabular or described.output_type in RESULTS:
        yield from _of_a_table(described)
    if described.output_type in MODELS:
        yield from _of_a_model(described, table)
    yield from of_columns(layout, table, tabular, results=described.output_type in RESULTS)


def _of_every_column(described: FileDescription, table: Table) -> Iterator[Need]:
    """Needs of whatever is judged cell by cell: a place for each column, a base for each percentage, sound rows."""
    layout = described.layout
    unplaced = [name for name in table.columns if name not in layout.placed]
    if unplaced:
        yield f"The description does not say what these columns hold: {', '.join(unplaced)}.", "Give each one a place."
    baseless = [share.column for share in layout.percentages if not share.base]
    if baseless and not described.served_by and not layout.counts:
        yield (
            f"These percentages have no base: {', '.join(baseless)}.",
            "Add a column with the count that each percentage is a share of, and name it.",
        )
    yield from _of_the_rows(layout, table, inferred=described.inferred)


def _of_a_table(described: FileDescription) -> Iterator[Need]:
    """Needs of frequency, magnitude and ratio tables."""
    layout = described.layout
    if described.output_type == "FREQ" and not (layout.counts or layout.percentages or layout.weighted):
        yield "No column is named as holding counts.", "Name the columns that hold counts."
    amounts = any(kind not in NO_AMOUNT for kind in layout.measured.values())
    if described.output_type == "MAGN" and not amounts:
        yield "No column is named as holding sums or means.", "Name the columns that hold sums or means."
    named = bool(layout.statistic)
    if described.output_type == "QUANT" and not (amounts or named):
        yield "No column is named as holding quantiles.", "Name the columns that hold medians and percentiles."
    if described.output_type == "MINMAX" and not (amounts or named):
        yield "No column is named as holding extremes or modes.", "Name the columns that hold them."
    if described.output_type == "TEST" and not (
        layout.others or layout.shapes or layout.indices or of_clusters(layout)
    ):
        yield "No column is named as holding a statistic.", "Name the columns that hold results of tests."
    if described.output_type == "RATIO" and not (layout.percentages or layout.ratios):
        yield (
            "No column is named as a percentage with its base.",
            "Name the column with the rates and the column with the counts they are shares of. For odds and "
            "other ratios, supply the table of counts behind them as an output of its own for a checker.",
        )


def _of_the_rows(layout: Layout, table: Table, *, inferred: bool) -> Iterator[Need]:
    """Rows must be there, have labels of their own, and stand under real headings."""
    if not table.rows:
        yield "The file has headings but no rows.", "Supply the table with its rows."
    yield from _of_the_labels(layout, table)
    if len(table.rows) >= MANY_ROWS and not layout.columns:
        for name in (name for name in layout.counts if kind_by_heading(name) != "count"):
            yield (
                f"There are {len(table.rows):,} rows, and {name} may be a value of one person each.",
                f"Call the column a count, for example count_{name}, if that is what it is.",
            )
    headings = [name for name in layout.measured if read_number(name).state == "number"]
    if headings and (not layout.columns or (inferred and not _run_on(headings))):
        yield (
            f"These headings are numbers: {', '.join(headings)}. They may be data.",
            "Put headings in the first row, or describe the table as wide if they are labels.",
        )


def _run_on(headings: Sequence[str]) -> bool:
    """Whether numbers are years, or three or more in equal steps from 0 or 1, as categories and times are."""
    numbers = [read_number(name).value for name in headings]
    step = numbers[1] - numbers[0] if len(numbers) > 1 else 0.0
    on = len(numbers) > 2 and step > 0 and numbers[0] in (0, 1)
    on = on and numbers == [numbers[0] + step * place for place in range(len(numbers))]
    return on or all(1900 <= number <= 2100 for number in numbers)


def _of_the_labels(layout: Layout, table: Table) -> Iterator[Need]:
    """Labels must tell the rows apart, and name groups rather than extreme values."""
    labels = [name for name in layout.rows if name != layout.statistic]
    ends = sorted({text for name in labels for text in table.column(name) if text.casefold() in ENDPOINTS})
    ends = [] if any(are_quarters(table.column(name)) for name in labels) else ends
    if ends:
        yield (
            f"These rows seem to hold minima, maxima or quantiles: {', '.join(ends)}.",
            "Leave them out, or describe them as an output of type MINMAX or QUANT in a file of their own.",
        )
    keys = list(zip(*(table.column(name) for name in layout.rows), strict=True)) or [()] * len(table.rows)
    first = dict(zip(reversed(keys), reversed(table.row_numbers), strict=True))
    again = [number for number, key in zip(table.row_numbers, keys, strict=True) if first[key] != number]
    if again:
        yield (
            f"Several rows have the same labels as a row above, first row {again[0]}.",
            "Name every column that holds labels, so that each row has labels of its own.",
        )


def _of_a_model(described: FileDescription, table: Table) -> Iterator[Need]:
    """Needs of tables of coefficients: such a table has a coefficient, and no more rows than the model has."""
    layout, size = described.layout, described.regression
    coefficients = layout.ratios or any(names_a_coefficient(name) for name in layout.others)
    if not coefficients and not (layout.others and table.fit and all(map(names_a_result, layout.others))):
        yield "No column is named as holding coefficients.", "Give the coefficients a heading such as coef or estimate."
    parameters = size.parameters
    if parameters is None and None not in (size.n_obs, size.df_residual):
        parameters = (size.n_obs or 0) - (size.df_residual or 0)
    most = MANY_ROWS - 1 if parameters is None else parameters
    if len(table.rows) > most:
        yield (
            f"The file has {len(table.rows):,} rows, more than the {most:,} parameters that its model can have.",
            "Give the number of parameters, and keep each model in a file of its own.",
        )
