"""Subtotals among the labels of one dimension: which labels each is the sum of, by their order and the numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from extracts.disclosure.audit.bounds import Floats
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.reading.labels import as_compared


def parents(cells: Cells, along: str) -> dict[str, str]:
    """Child label -> parent label, when several labels of a dimension read as totals and differ in value.

    The total of all is the one that is never below another. Each other one is the sum of the labels
    just before it, back to the last total, or else of those just after it, if the numbers say so on
    every line that shows them all. One that fits neither is its own parent, which means: in no sum.
    """
    totals = [str(label) for label in cells.labels[along][cells.is_total(along)].unique()]
    if len({as_compared(label) for label in totals}) < 2:
        return {}
    labels = cells.labels[along].astype(str)
    order = list(labels.unique())
    table = pd.DataFrame({"line": cells.lines(along), "label": labels.to_numpy(), "value": cells.numbers("value")})
    grid = table.pivot_table(index="line", columns="label", values="value", aggfunc="first", dropna=False)
    values = {label: grid[label].to_numpy(dtype=np.float64) for label in order}
    whole = max(totals, key=lambda label: (np.nansum(values[label]), -order.index(label)))
    found: dict[str, str] = {}
    for label in totals:
        if label != whole and not _same(values[label], values[whole]):
            found |= {label: whole} | dict.fromkeys(_parts(label, order, totals, values), label)
            if label not in found.values():
                found[label] = label
    return found


def _parts(label: str, order: Sequence[str], totals: Sequence[str], values: dict[str, Floats]) -> list[str]:
    """The labels just before or just after a subtotal that add up to it; none if neither do."""
    at = order.index(label)
    for run in (list(reversed(order[:at])), list(order[at + 1 :])):
        ends = next((place for place, other in enumerate(run) if other in totals), len(run))
        parts = run[:ends]
        if len(parts) > 1 and _same(values[label], np.sum([values[part] for part in parts], axis=0)):
            return parts
    return []


def _same(one: Floats, other: Floats) -> bool:
    """Whether numbers are equal wherever both are shown, and both are shown somewhere."""
    both = ~np.isnan(one) & ~np.isnan(other)
    return bool(both.any() and (np.abs(one - other)[both] < 0.5).all())
