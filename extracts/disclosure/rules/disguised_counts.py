"""Disguised counts: whole numbers that are called medians, indices or coefficients, and behave as counts do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from extracts.disclosure.layout import Layout
from extracts.disclosure.reading.cells import Cells, Floats, tidy
from extracts.disclosure.reading.columns import kind_by_heading, words_of
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.reading.statistics import kind_of_statistic, said_out_of
from extracts.disclosure.reading.suspicion import COUNTED, names_a_result, names_an_amount, names_freedom
from extracts.disclosure.report import Cell, Finding, Verdict
from extracts.disclosure.rules.unit import PEOPLE
from extracts.disclosure.subject import Subject

CODE = "disguise"
CURE = "Describe counts as counts; otherwise show the decimals, and name the statistic in the heading."
ATTACK = "Whoever knows that these are counts reads the small ones as what they are."

# Kinds of number that do not add up, and that no rule reads as counts.
NO_COUNTS = frozenset(["mean", "position", "shape", "index", "mode", "endpoint", "ratio"])
# Sums of squares and degrees of freedom do add up.
ADDED = frozenset(["ss", "sumsq", "squares", "sq", "sum", "df", "dof"])
# Headings that say nothing.
ANYTHING = frozenset(["value", "values", "amount"])
MOST_COLUMNS = 12
# Percentages that are whole numbers add up to 100 but for rounding.
ROUNDED_OFF = 3


def findings(subject: Subject) -> Iterator[Finding]:
    """Columns of whole numbers under other names than counts that add up as counts do, or whose name is of none.

    A person must look: what is a median of days to one is a count to another.
    Source: the threshold rule of the SDC Handbook, for counts by any name.
    """
    table = subject.table
    if table is None or subject.described.layout.statistic:
        return
    whole = {name: values for name in _suspects(subject) if (values := _whole(table, name)) is not None}
    said = dict[str, str]()
    for name, values in whole.items():
        if not ADDED & set(words_of(name)) and any(_adds_up(cells) for cells in _as_counts(subject, table, name)):
            said[name] = (
                f"The total of {name} is the sum of the others, as it is of counts and not of what it is called."
            )
        elif _small(values, subject.threshold) and _no_name(subject, name, values):
            said[name] = f"The column {name} is described as no count, and nothing in it says so: whole numbers alone."
    for name in _unmarked_percentages(subject, table):
        said[name] = f"Nothing in the column {name} says that it holds percentages, and as counts some are small."
    for name in _parts_of_a_count(subject, table, whole):
        said.setdefault(name, f"The numbers of {name} and of others beside it add up to a count in every row.")
    for name, problem in said.items():
        yield Finding(subject.described.name, CODE, Verdict.REVIEW, problem, ATTACK, CURE, Cell(None, name, name))


def _suspects(subject: Subject) -> list[str]:
    """Columns that hold something else than counts by the description, and numbers under headings of labels."""
    layout = subject.described.layout
    named = [name for name, kind in layout.measured.items() if kind in NO_COUNTS]
    return [*named, *layout.others, *layout.rows] if subject.records is None else [*layout.others, *layout.rows]


def _whole(table: Table, name: str) -> Floats | None:
    """The numbers of a column by row, where there are two or more, all are whole, and one is above 1."""
    values = np.array([read_number(text.removesuffix("%")).value for text in table.column(name)], dtype=np.float64)
    shown = values[~np.isnan(values)]
    whole = len(shown) > 1 and 2 * len(shown) > len(values) and bool(((shown >= 0) & (shown % 1 == 0)).all())
    return values if whole and shown.max() > 1 else None


def _small(values: Floats, threshold: int) -> bool:
    return bool(((values > 0) & (values < threshold)).any())


def _no_name(subject: Subject, name: str, values: Floats) -> bool:
    """Whether nothing but the description says that a column of whole numbers holds no counts."""
    layout = subject.described.layout
    words, kind = set(words_of(name)), layout.measured.get(name, "other" if name in layout.others else "label")
    if kind == "label" or layout.columns:
        return False
    if kind in ("ratio", "index"):
        return True  # neither is ever a whole number in every row
    if kind == "other":  # centres of clusters may be whole numbers, results are hardly so in every row
        return bool(words & (COUNTED | PEOPLE)) or (names_a_result(name) and not names_freedom(name))
    return not (kind_of_statistic(name) or names_a_result(name) or (words - ANYTHING and names_an_amount(name)))


def _as_counts(subject: Subject, table: Table, name: str) -> Iterator[Cells]:
    """The cells of a column, and of those beside it in a wide table, as if they were counts."""
    layout = subject.described.layout
    rows = tuple(label for label in layout.rows if label != name)
    if not rows:
        return
    plain = replace(subject.described, layout=Layout("long", rows, counts=(name,)), structural_zeros=())
    yield tidy(table, plain)
    across = tuple(other for other, kind in layout.measured.items() if kind in NO_COUNTS)
    if layout.columns and name in across:
        yield tidy(table, replace(plain, layout=Layout("wide", rows, layout.columns, counts=across)))


def _adds_up(cells: Cells) -> bool:
    """Whether there is a total of two cells or more above 0, and each total is the sum of its line."""
    value, found = cells.numbers("value"), False
    for along in cells.dimensions:
        line, total = cells.lines(along), cells.is_total(along)
        lines = int(line.max()) + 1 if len(line) else 0
        parts = np.bincount(line, np.where(total, 0.0, value), minlength=lines)
        holding = np.bincount(line, ~total & (value > 0), minlength=lines)
        judged = total & (holding[line] > 1) & ~np.isnan(parts[line])
        if judged.any():
            if not (value[judged] == parts[line][judged]).all():
                return False
            found = True
    return found


def _parts_of_a_count(subject: Subject, table: Table, whole: dict[str, Floats]) -> Sequence[str]:
    """Columns that together make up a count beside them in every row; none in a wide table, or by chance in one row."""
    layout = subject.described.layout
    names = [name for name in whole if name not in layout.rows and not names_freedom(name)]
    if layout.columns or len(table.rows) < 2 or not 1 < len(names) <= MOST_COLUMNS:
        return ()
    bases = [_column(table, name) for name, kind in layout.measured.items() if kind == "count"]
    for parts in dict.fromkeys([tuple(names), *combinations(names, 2)]):
        together = np.sum([whole[name] for name in parts], axis=0)
        if any(bool((together == base).all()) for base in bases):
            return parts
    return ()


def _unmarked_percentages(subject: Subject, table: Table) -> Iterator[str]:
    """Whole numbers that only the description calls percentages, of which some would be small as counts.

    Those that add up to 100, across or down, are percentages.
    """
    shares = [share.column for share in subject.described.layout.percentages if share.base]
    if subject.records is not None or subject.underlying:
        return
    columns = {name: values for name in shares if (values := _whole(table, name)) is not None}
    if not columns or _hundred(np.nansum(list(columns.values()), axis=0)):
        return
    for name, values in columns.items():
        marked = kind_by_heading(name) == "percentage" or any(text.endswith("%") for text in table.column(name))
        small = said_out_of(name) is None and _small(values, subject.threshold)
        if small and not marked and not _hundred(np.nansum(values)):
            yield name


def _hundred(sums: npt.ArrayLike) -> bool:
    return bool((np.abs(np.asarray(sums) - 100) <= ROUNDED_OFF).all())


def _column(table: Table, name: str) -> Floats:
    return np.array([read_number(text).value for text in table.column(name)], dtype=np.float64)
