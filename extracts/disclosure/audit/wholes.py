"""Wholes among parts: labels that no one calls a total, and that may be the sum of others of their dimension.

One line of a table can make any large count look like a total. A label that is one is the sum of
the same labels on every line, so all the lines together tell which labels can be.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from extracts.disclosure.audit.bounds import Booleans, Floats, Integers
from extracts.disclosure.reading.cells import Cells

# Dimensions of more labels, and tables of more lines, are not looked through: then every label may be a whole.
LONGEST, MOST_LINES = 300, 3_000


def adds_up(cells: Cells, along: str) -> bool:
    """Whether a named total is the sum of all the labels on some line that shows them, two of them above 0, and
    is less than the labels shown on none. Then no label is the sum of others."""
    total = cells.is_total(along)
    parts, line = _by_label(cells.where(~total), along, cells.lines(along)[~total])
    named = _totals(cells.numbers("value")[total], cells.lines(along)[total], line)
    sums, everything = np.nansum(parts, axis=1), ~np.isnan(parts).any(axis=1)
    known = ~np.isnan(named)
    exact = everything & (named == sums) & ((parts > 0).sum(axis=1) > 1)
    return bool(exact.any() and (named >= sums)[known].all())


def may_be_whole(cells: Cells, along: str) -> Booleans:
    """Per cell, whether its label may be the sum of all the others of the dimension, by every line of the table.

    cells  counts, totals by name among them; no total by name may be a whole besides

    A label may be when it is never less than the others shown on its line, and equals them where
    nothing is hidden on a line. A label that is shown nowhere may not.
    """
    total = cells.is_total(along)
    if adds_up(cells, along):
        return np.zeros(len(cells), dtype=np.bool_)
    value, lines = _by_label(cells.where(~total), along, cells.lines(along)[~total])
    if value.shape[1] > LONGEST or len(lines) > MOST_LINES:
        return ~total
    rest = 2 * value - np.nansum(value, axis=1, keepdims=True)
    nothing_hidden = ~np.isnan(value).any(axis=1, keepdims=True)
    wrong = (rest < 0) | (nothing_hidden & (rest > 0)) | np.isnan(value).all(axis=0)
    labels = pd.factorize(cells.labels[along][~total])[0]
    found = np.zeros(len(cells), dtype=np.bool_)
    found[~total] = ~wrong.any(axis=0)[labels]
    return found


def has_partial_whole(cells: Cells, along: str, *, threshold: int) -> bool:
    """Whether some label may be the sum of labels that stand next to it, some of them hidden, by every line.

    It is then never less than those shown, equal to them where none is hidden, and on some line
    exceeds them by so little that the hidden ones must be small. True where there is too much to look through.
    """
    total = cells.is_total(along)
    value, lines = _by_label(cells.where(~total), along, cells.lines(along)[~total])
    if not np.isnan(value).any() or adds_up(cells, along):
        return False
    if value.shape[1] > LONGEST or len(lines) > MOST_LINES:
        return True
    return any(
        _runs(run[:, at], run[:, at + 1 :], threshold)
        for run in (value, value[:, ::-1]) for at in range(run.shape[1] - 1)
    )  # fmt: skip


def _runs(whole: Floats, parts: Floats, threshold: int) -> bool:
    """Whether a label (one number per line) may be the sum of the first few of the next ones (a column each)."""
    shown = ~np.isnan(whole)
    if not (whole > 0).any():
        return False
    hidden = np.cumsum(np.isnan(parts), axis=1)[shown]
    rest = whole[shown][:, None] - np.cumsum(np.nan_to_num(parts), axis=1)[shown]
    consistent = (rest >= 0) & ((hidden > 0) | (rest == 0))
    several = np.arange(1, parts.shape[1] + 1) - hidden > 0
    close = (hidden > 0) & several & (rest >= 1) & (rest < threshold * hidden)
    return bool((consistent.all(axis=0) & close.any(axis=0)).any())


def _by_label(cells: Cells, along: str, line: Integers) -> tuple[Floats, Integers]:
    """Counts as a table of lines by labels in the order of the file, NaN for hidden or not there; and the lines."""
    row, lines = pd.factorize(line)
    column, labels = pd.factorize(cells.labels[along])
    value = np.full((len(lines), len(labels)), np.nan)
    value[row, column] = cells.numbers("value")
    return value, np.asarray(lines, dtype=np.int64)


def _totals(value: Floats, line: Integers, wanted: Integers) -> Floats:
    """The named total of each wanted line: the largest if there are several, NaN for none."""
    largest = pd.Series(value).groupby(line).max()
    return np.asarray(largest.reindex(wanted), dtype=np.float64)
