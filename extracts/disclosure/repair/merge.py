"""Merging: which categories to put together so that no count is below the threshold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from extracts.disclosure.reading.cells import Floats
from extracts.disclosure.reading.numbers import read_number
from extracts.disclosure.repair.tables import unsafe_counts

# Of categories without an order, so many of the smallest are tried with one another.
SMALLEST = 8


@dataclass(frozen=True)
class Merged:
    """A table with fewer categories.

    counts  inner cells, without totals, one axis per dimension
    groups  per dimension, the places of the old categories that each new one holds
    """

    counts: Floats
    groups: tuple[tuple[tuple[int, ...], ...], ...]


def merged(counts: Floats, ordered: Sequence[bool], *, threshold: int, zeros: bool, by: str) -> Merged | None:
    """The table with categories merged until every cell and every total may be shown; None if none can be.

    counts   true counts of the inner cells, one axis per dimension
    ordered  per dimension, whether its categories have an order, so that only neighbours may be merged
    by       what loss is counted by: `count` of cells that are lost, or `value` that is merged

    Step by step, the merger that makes the most unsafe cells safe for the least loss; with equal merit,
    the one of the smallest categories. A dimension of one category is all that is left at worst.
    """
    table = Merged(counts, tuple(tuple((place,) for place in range(size)) for size in counts.shape))
    while left := _unsafe(table.counts, threshold, zeros):
        best, merit = None, -np.inf
        for axis, first, second in _pairs(table, ordered):
            tried = _put_together(table, axis, first, second)
            better = left - _unsafe(tried.counts, threshold, zeros)
            size = float(table.counts.take([first, second], axis=axis).sum())
            loss = table.counts.size - tried.counts.size if by == "count" else 1.0 + size
            worth = better / loss - 1e-9 * size
            if worth > merit:
                best, merit = tried, worth
        if best is None:
            return None
        table = best
    return table


def _unsafe(counts: Floats, threshold: int, zeros: bool) -> int:
    """How many cells and totals may not be shown."""
    table = counts
    for axis in range(counts.ndim):
        table = np.concatenate([table, table.sum(axis=axis, keepdims=True)], axis=axis)
    return int(unsafe_counts(table, threshold=threshold, zeros=zeros).sum())


def _pairs(table: Merged, ordered: Sequence[bool]) -> Iterator[tuple[int, int, int]]:
    """Axis and two places that may be merged: neighbours, or else two of which one is among the smallest."""
    for axis, order in enumerate(ordered):
        size = table.counts.shape[axis]
        if order:
            yield from ((axis, place, place + 1) for place in range(size - 1))
            continue
        others = tuple(other for other in range(table.counts.ndim) if other != axis)
        smallest = np.argsort(table.counts.sum(axis=others), kind="stable")[:SMALLEST].tolist()
        yield from ((axis, min(a, b), max(a, b)) for a in smallest for b in smallest if a < b)


def _put_together(table: Merged, axis: int, first: int, second: int) -> Merged:
    """The table with one category in place of two."""
    counts = np.delete(table.counts, second, axis=axis)
    place = tuple(first if one == axis else slice(None) for one in range(counts.ndim))
    counts[place] = table.counts.take(first, axis=axis) + table.counts.take(second, axis=axis)
    own = list(table.groups[axis])
    own[first] = (*own[first], *own[second])
    del own[second]
    return Merged(counts, (*table.groups[:axis], tuple(own), *table.groups[axis + 1 :]))


def has_order(labels: Sequence[str]) -> bool:
    """Whether labels are numbers, years or bands that rise or fall: 2019, 2020; 16-24, 25-34, 65+."""
    starts = [read_number("".join(_first_number(label))) for label in labels]
    numbers = np.array([one.value for one in starts if one.state == "number"])
    steps = np.diff(numbers)
    return len(numbers) == len(labels) > 1 and bool((steps > 0).all() or (steps < 0).all())


def _first_number(label: str) -> Iterator[str]:
    """The digits with which a label begins, after signs such as `<` and words such as `under`."""
    text = label.casefold().removeprefix("under").removeprefix("over").lstrip("<>≤≥ ")
    for letter in text:
        if not (letter.isdigit() or letter == "."):
            return
        yield letter


def label_of(labels: Sequence[str], *, ordered: bool) -> str:
    """What merged categories are called: `16-24 to 25-34` when they have an order, else `fraud or theft`."""
    if len(labels) == 1:
        return labels[0]
    return f"{labels[0]} to {labels[-1]}" if ordered else " or ".join(labels)
