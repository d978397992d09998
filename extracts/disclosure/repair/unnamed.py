"""Sums that nobody named: a label that is the sum of others gives a hidden one of them back, as a total does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from extracts.disclosure.reading.cells import Booleans, Cells, Floats
from extracts.disclosure.reading.labels import as_compared

# Sums are the same when they differ by less than this share.
ROOM = 1e-9


def unnamed_sum(cells: Cells, along: str, parents: Mapping[str, str]) -> tuple[str, tuple[str, ...]] | None:
    """A label of a dimension that is the sum of others in the true numbers, and those others; None without any.

    parents  child label -> parent label: these are known

    It is the sum of all the others on every line, or of two or more of those next to it on each of several
    lines. Where a named total is the sum of all labels, no label is the sum of others.
    """
    known = {as_compared(label) for pair in parents.items() for label in pair}
    named, other = cells.is_total(along), cells.labels[along].astype(str).map(as_compared).isin(known).to_numpy()
    table = pd.DataFrame(
        {"line": cells.lines(along), "label": cells.labels[along].astype(str), "value": cells.numbers("value")}
    )
    parts = table[~named & ~other].pivot_table(index="line", columns="label", values="value", sort=False)
    totals = table[named].groupby("line")["value"].max().reindex(parts.index).to_numpy(dtype=np.float64)
    value, labels = parts.to_numpy(dtype=np.float64), [str(label) for label in parts.columns]
    if not len(value) or np.isnan(value).any() or (~np.isnan(totals) & _same(totals, value.sum(axis=1))).any():
        return None
    return next(((labels[at], tuple(labels[one] for one in others)) for at, others in _sums(value)), None)


def _sums(value: Floats) -> Iterator[tuple[int, list[int]]]:
    """Columns that are the sum of others on every line, and which; two of those are above 0 somewhere."""
    size = value.shape[1]
    for at in np.flatnonzero((value > 0).any(axis=0)).tolist():
        runs = [[one for one in range(size) if one != at]]
        for others in (list(range(at + 1, size)), list(range(at - 1, -1, -1))):
            if len(value) > 1:
                so_far = np.cumsum(value[:, others], axis=1)
                fits = _same(value[:, [at]], so_far).all(axis=0)
                runs += [others[: end + 1] for end in np.flatnonzero(fits).tolist()]
        for run in runs:
            if (value[:, run] > 0).any(axis=0).sum() > 1 and _same(value[:, at], value[:, run].sum(axis=1)).all():
                yield at, sorted(run)


def _same(one: Floats, other: Floats) -> Booleans:
    same: Booleans = np.abs(one - other) <= ROOM * np.maximum(np.abs(one), 1.0)
    return same
