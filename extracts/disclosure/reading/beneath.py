"""Beneath: the counts of a supplied table as the numerators and bases of percentages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations

import numpy as np
import pandas as pd

from extracts.disclosure.microdata.labels import as_key
from extracts.disclosure.microdata.shares import Beneath, with_bases
from extracts.disclosure.reading.cells import Cells, Floats

# More categories than this beneath one percentage are not tried as its numerator.
MOST_CATEGORIES = 12
MOST_SHARED = 4
EXTRA = "\0extra"


def with_counts_beneath(cells: Cells, counts: Cells) -> Cells:
    """The cells; percentages without a base get the one that a table of counts explains them by.

    counts  the cells of the table beneath, of the same dimensions (by their names, or by their labels) and at most
            one more, whose categories are then tried as numerators and bases

    Percentages that the counts do not explain keep no base.
    """
    counts = counts.of_kind("count")
    dimensions = _matched(cells, counts)
    extra = [name for name in counts.dimensions if name not in dimensions.values()]
    if not len(counts) or len(dimensions) < len(cells.dimensions) or len(extra) > 1:
        return cells
    inner = np.logical_and.reduce([~counts.is_total(name) for name in counts.dimensions])
    counts = counts.where(inner) if len(counts.dimensions) else counts
    known = pd.DataFrame({name: counts.labels[of].map(as_key) for name, of in dimensions.items()})
    known["count"] = counts.numbers("value")
    if extra:
        known[EXTRA] = counts.labels[extra[0]].map(as_key)
    return with_bases(cells, list(_tried(cells, known)))


def _matched(cells: Cells, counts: Cells) -> dict[str, str]:
    """Dimension of the percentages -> that of the counts which has its name, or else all of its labels."""
    found = {name: name for name in cells.dimensions if name in counts.dimensions}
    for name in (name for name in cells.dimensions if name not in found):
        wanted = set(cells.labels.loc[~cells.is_total(name), name].map(as_key))
        alike = [
            other
            for other in counts.dimensions
            if other not in found.values() and wanted <= set(counts.labels[other].map(as_key))
        ]
        found |= {name: alike[0]} if len(alike) == 1 else {}
    return found


def _tried(cells: Cells, known: pd.DataFrame) -> Iterator[Beneath]:
    """Every numerator and base that the table of counts may hold for the cells."""
    if EXTRA not in known:
        part = _summed(cells, known)
        sizes = range(1, min(len(cells.dimensions), MOST_SHARED) + 1)
        for over in (some for size in sizes for some in combinations(cells.dimensions, size)):
            yield Beneath(part, _summed(cells, known, over))
        return
    labels = known[EXTRA].unique().tolist()
    if len(labels) > MOST_CATEGORIES:
        return
    of = {label: _summed(cells, known[known[EXTRA] == label]) for label in labels}
    yield from (Beneath(of[label], _summed(cells, known)) for label in labels)
    yield from (Beneath(of[part], of[whole]) for part, whole in permutations(labels, 2))


def _summed(cells: Cells, known: pd.DataFrame, over: Sequence[str] = ()) -> Floats:
    """The count of each cell's total over some dimensions, and over those of which it is a total already."""
    found = np.full(len(cells), np.nan)
    totals = cells.totals.to_numpy(dtype=bool).reshape(len(cells), len(cells.dimensions))
    for pattern in np.unique(totals, axis=0).tolist():
        kept = [name for name, total in zip(cells.dimensions, pattern, strict=True) if not total and name not in over]
        sums = _sums(known, kept)
        places = np.flatnonzero((totals == pattern).all(axis=1))
        keys = zip(*(cells.labels[name].iloc[places].map(as_key) for name in kept), strict=True) if kept else None
        found[places] = [sums.get(key, 0.0) for key in keys] if keys else sums.get((), np.nan)
    return found


def _sums(known: pd.DataFrame, kept: Sequence[str]) -> Mapping[tuple[str, ...], float]:
    """Key -> sum of the counts; NaN where one of them is hidden."""
    if not kept:
        return {(): float(known["count"].sum(skipna=False))}
    grouped = known.groupby(list(kept))["count"].agg(lambda counts: counts.sum(skipna=False))
    keys = [key if isinstance(key, tuple) else (key,) for key in grouped.index]
    return dict(zip(keys, grouped.to_numpy(dtype=np.float64).tolist(), strict=True))
