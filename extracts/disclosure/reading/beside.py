"""Beside: the number of units that a table shows next to its statistics, as evidence for them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from extracts.disclosure.microdata.shares import Beneath, with_bases
from extracts.disclosure.reading.beneath import with_counts_beneath
from extracts.disclosure.reading.cells import Cells, Floats
from extracts.disclosure.reading.columns import words_of
from extracts.disclosure.reading.suspicion import plainly_base

# Kinds that need no more than the number of units: amounts need their contributions too.
MOST_COLUMNS = 12  # more are categories
MODAL = frozenset(["mode", "modal", "commonest"])
NEED_N = ("shape", "position", "endpoint", "mode", "index", "weighted")


def with_counts_beside(cells: Cells, statistic: str) -> Cells:
    """The cells, those of NEED_N with `n` from the count that stands in their row, or in their group's row of counts.

    Modes get the number of those who have it from its share in their row.

    statistic  the dimension whose labels name statistics, or ""

    Where several counts stand beside a statistic it is the one whose heading names everybody; otherwise none.
    """
    cells = with_shares_beside(cells)
    n = cells.numbers("n").copy()
    wanted = cells.facts["kind"].isin(NEED_N).to_numpy() & np.isnan(n)
    n[wanted] = (_in_the_group(cells, statistic) if statistic else _in_the_row(cells))[wanted]
    sharing = cells.numbers("sharing")
    sharing = np.where(np.isnan(sharing), _sharing_beside(cells), sharing)
    return Cells(cells.labels, cells.totals, cells.facts.assign(n=n, sharing=sharing))


def _sharing_beside(cells: Cells) -> Floats:
    """How many have the mode, by a share of it that stands in its row: the most that its decimals allow."""
    shares = cells.of_kind("percentage")
    of_modes = [bool(MODAL & set(words_of(str(name)))) for name in shares.facts["column"]]
    shares = shares.where(np.array(of_modes, dtype=np.bool_) & shares.states("number"))
    beside = dict(zip(shares.facts["row"], shares.numbers("high"), strict=True))
    found = np.array([beside.get(row, np.nan) for row in cells.facts["row"]], dtype=np.float64)
    return np.where((cells.facts["kind"] == "mode").to_numpy(), found, np.nan)


def with_shares_beside(cells: Cells) -> Cells:
    """The cells; percentages get the base that the counts of their own table explain them by.

    The counts are those of one column, or of the body of a wide table.
    """
    counts = cells.of_kind("count")
    names = counts.facts["column"].where(counts.facts["measure"] != "", "")
    cells = with_bases(cells, list(_pairs_in_the_row(cells, counts)))
    for name in names.unique():
        cells = with_counts_beneath(cells, counts.where((names == name).to_numpy()))
    return cells


def _pairs_in_the_row(cells: Cells, counts: Cells) -> Iterator[Beneath]:
    """The counts of one column as parts of those of another, row by row; a hidden count is unknown."""
    apart = counts.where((counts.facts["measure"] != "").to_numpy())
    names = [str(name) for name in apart.facts["column"].unique()]
    if not 1 < len(names) <= MOST_COLUMNS:
        return
    columns = {}
    for name in names:
        column = apart.where((apart.facts["column"] == name).to_numpy())
        beside = dict(zip(column.facts["row"], column.numbers("value"), strict=True))
        columns[name] = np.array([beside.get(row, np.nan) for row in cells.facts["row"]], dtype=np.float64)
    yield from (Beneath(columns[part], columns[whole]) for part, whole in permutations(names, 2))


def _in_the_row(cells: Cells) -> Floats:
    counts = cells.of_kind("count")
    counts = counts.where(counts.states("number"))
    names = [str(name) for name in counts.facts["column"].unique()]
    plain = [name for name in names if plainly_base(name)]
    chosen = plain if len(plain) == 1 else names if len(names) == 1 else []
    counts = counts.where(counts.facts["column"].isin(chosen).to_numpy())
    beside = dict(zip(counts.facts["row"], counts.numbers("value"), strict=True))
    return np.array([beside.get(row, np.nan) for row in cells.facts["row"]], dtype=np.float64)


def _in_the_group(cells: Cells, statistic: str) -> Floats:
    others = [name for name in cells.dimensions if name != statistic]
    keys = list(zip(*(cells.labels[name] for name in others), cells.facts["column"], strict=True))
    counted = (cells.facts["kind"] == "count").to_numpy() & cells.states("number")
    beside = {key: value for key, value, is_n in zip(keys, cells.numbers("value"), counted, strict=True) if is_n}
    return np.array([beside.get(key, np.nan) for key in keys], dtype=np.float64)
