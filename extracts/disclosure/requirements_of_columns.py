"""Requirements of columns: each must be what the description calls it, as far as heading and values tell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from extracts.disclosure.layout import Layout
from extracts.disclosure.reading.columns import cumulative, kind_by_heading, kind_of_column, words_of
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.fit import all_fit
from extracts.disclosure.reading.following import follows
from extracts.disclosure.reading.labels import reads_as_total
from extracts.disclosure.reading.number_labels import scales
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.reading.results import of_clusters
from extracts.disclosure.reading.statistics import kind_of_statistic, quarters
from extracts.disclosure.reading.suspicion import (
    LIMIT,
    counts_among_results,
    free_text,
    full_dates,
    may_name_people,
    names_a_result,
    names_an_amount,
    names_freedom,
    names_no_count,
    plainly_base,
    sentences,
    unexplained_numbers,
    weeks,
)

# Kinds of column that have rules of their own, and so may not pass as labels or other numbers.
JUDGED = {
    "count": "counts",
    "total": "sums",
    "mean": "means",
    "percentage": "percentages",
    "ratio": "ratios",
    "endpoint": "minima, maxima or quantiles",
}

# From so many rows on a column of labels may name people: `who` at the first, any heading at the second.
FEW_ROWS, SOME_ROWS = 10, 20

# Headings of columns that say what is measured in each row.
MEASURES = frozenset(["measure", "measures", "statistic", "stat", "stats", "indicator", "metric", "quantity"])
# Headings of columns that name a variable in each row, as the two of correlations do.
VARIABLE = re.compile(r"(?:var|variable)[ _]?\w?")

Need = tuple[str, str]  # what is missing, what to supply


def of_columns(layout: Layout, table: Table, tabular: bool, *, results: bool = False) -> Iterator[Need]:
    """What must be said of columns that seem to hold something else than the description says.

    results  the file holds correlations, tests or clusters: its other numbers may have the names of variables
    """
    known = frozenset(follows(table)) | (_variables(layout, table) if results else frozenset[str]())
    yield from _labels(layout, table)
    yield from _measures_down(layout, table)
    yield from _counts(layout, table)
    yield from _results(layout, table, known)
    yield from _misplaced(layout, table, tabular, known)


def _variables(layout: Layout, table: Table) -> frozenset[str]:
    """Other numbers that are known by more than their heading: correlations, centres of clusters, sums of squares."""
    if all_fit(table):
        return frozenset(layout.others)
    labels = {label for name in layout.rows for label in table.column(name)}
    return frozenset(name for name in layout.others if name in labels or names_a_result(name) or of_clusters(layout))


def _labels(layout: Layout, table: Table) -> Iterator[Need]:
    """Labels must be short names of groups: no text, no dates of single events, no numbers, no people."""
    headings = free_text(table.columns)
    if headings is not None:
        yield f"Heading {headings + 1} is too long for a label.", "Shorten it, and leave out what describes people."
    numbered = scales(table)
    for name in layout.rows:
        values = table.column(name)
        if (place := free_text(values)) is not None:
            yield (
                f"The column {name} seems to hold free text, first in row {table.row_numbers[place]}.",
                "Use short labels of groups; text about single cases is for a checker to read.",
            )
        if full_dates(values) and not weeks(name, values):
            yield f"The column {name} holds dates to the day.", "Use months or years: a date can point to one event."
        if (
            name not in numbered
            and unexplained_numbers(name, values)
            and not (words_of(name) == ["t"] and _of_a_curve(table))
        ):
            yield (
                f"The column {name} is described as labels, but it reads like numbers: they may be counts.",
                "Describe it as what it is, or use labels or a heading that say what the numbers stand for.",
            )
        if name not in numbered and may_name_people(name, values, few=FEW_ROWS, many=SOME_ROWS):
            yield (
                f"Nearly every row has another value of {name}: the rows may be people.",
                "Give the column the name of its classification, such as area or offence, or merge rows.",
            )


def _of_a_curve(table: Table) -> bool:
    """Whether a table has those at risk or surviving, so that `t` is time."""
    return bool({"risk", "surv", "survival"} & {word for name in table.columns for word in words_of(name)})


def _measures_down(layout: Layout, table: Table) -> Iterator[Need]:
    """A column of labels that name measures, amounts among them: a table on its side, read as counts of groups."""
    if set(layout.measured.values()) != {"count"}:
        return
    pairs = [name for name in layout.rows if VARIABLE.fullmatch(name.lower())]
    for name in (name for name in layout.rows if name != layout.statistic and (name not in pairs or len(pairs) < 2)):
        labels = {label for label in table.column(name) if not reads_as_total(label)}
        amounts = sorted(label for label in labels if _is_amount(label))
        measures = bool(MEASURES & set(words_of(name))) or any(plainly_base(label) for label in labels)
        others = labels - set(amounts)
        if amounts and (measures or not others):
            yield (
                f"The rows of {name} seem to be measures, not groups: {', '.join(amounts)}.",
                "Put each measure in a column of its own, with one row for each group.",
            )


def _is_amount(label: str) -> bool:
    """Whether a label is that of a sum, a mean or a spread."""
    return names_an_amount(label, doubtful=True) or kind_of_statistic(label) in ("mean", "shape", "index")


def _counts(layout: Layout, table: Table) -> Iterator[Need]:
    """Columns of counts must not be called ages, amounts or codes, nor two of them the same."""
    wide, known = bool(layout.columns), quarters(table.columns)
    yield from _same_headings(layout, table)
    yield from _sums_or_people(layout)
    for name in dict.fromkeys((*layout.counts, *layout.bases)):
        if not layout.statistic and name not in known and names_no_count(name, wide=wide and name in layout.counts):
            yield (
                f"The column {name} is described as counts, but its heading is that of a label or an amount.",
                "Describe it as what it is, or give it the heading of a count.",
            )


def _same_headings(layout: Layout, table: Table) -> Iterator[Need]:
    """Two columns of numbers under one heading: the second is read as `Theft (2)`."""
    twice = [name for name in layout.measured if name.endswith(" (2)") and name.removesuffix(" (2)") in table.columns]
    if twice:
        names = ", ".join(name.removesuffix(" (2)") for name in twice)
        yield f"Two columns have the same heading: {names}.", "Give each column a heading of its own."


def _sums_or_people(layout: Layout) -> Iterator[Need]:
    """Counts of which every heading is one of sums as well as of people: fines may be pounds or those fined."""
    body = [name for name in layout.counts if not plainly_base(name) and not reads_as_total(name)]
    if body and all(names_an_amount(name, doubtful=True) for name in body):
        for name in (name for name in body if not names_no_count(name, wide=bool(layout.columns))):
            yield (
                f"The column {name} is described as counts, but it may hold sums of money or time.",
                f"Call it a count, for example count_{name}, or describe it as sums.",
            )


def _results(layout: Layout, table: Table, known: Collection[str]) -> Iterator[Need]:
    """Other numbers must be results of a model or test by heading, and not read like counts."""
    for name in layout.others:
        values = table.column(name)
        if cumulative(name, [one.value for one in map(read_number, values) if one.state == "number"]) and layout.counts:
            continue
        if (name not in known and not names_a_result(name)) or sentences(values):
            yield (
                f"The column {name} is described as other numbers, but not as which.",
                "Use a heading such as coef, se, t or p, leave it out, or tell the checker what it holds.",
            )
        elif counts_among_results(name, values) and name not in known and not names_freedom(name):
            yield (
                f"The column {name} is described as other numbers, but its whole numbers may be counts.",
                "Describe it as what it is, or show the decimals.",
            )


def _misplaced(layout: Layout, table: Table, tabular: bool, known: Collection[str]) -> Iterator[Need]:
    """Columns whose heading and values say that they hold what has rules, but that are described as something else.

    Looks at columns without a place too, so that counts beside coefficients are not missed.
    """
    for name in table.columns:
        kind = kind_by_heading(name)
        if name in layout.measured or name in known or kind not in JUDGED or (kind == "ratio" and not tabular):
            continue
        if name in layout.others and LIMIT.fullmatch(name.strip()):
            continue
        if kind_of_column(name, table.column(name)) == kind:
            yield (
                f"The column {name} looks as if it holds {JUDGED[kind]}, and is not described so.",
                "Describe it as what it is, leave it out, or tell the checker what it holds.",
            )
