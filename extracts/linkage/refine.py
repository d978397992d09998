"""From scored pairs to persons: connected components, and average linkage inside each.

Two groups of records become one when the mean weight over all their pairs is high enough; a pair that was not scored
counts as strong disagreement. One wrong pair can then no longer glue two people together. Cutting the same tree at
several heights gives clusters that lie within each other.

Source of the method: Sokal and Michener (1958), average linkage (UPGMA), on log-odds in bits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MISSING = -4.0  # bits, of a pair that was not scored
HIGHEST = 20.0  # more certainty than this adds nothing
NEVER = -1e6  # bits, of two records that cannot be one person
SMALL = 24  # components up to this size are worked on many at a time
LARGE = 3_000  # larger ones are split at a higher bar first
CELLS_AT_ONCE = 4_000_000


def refined(
    records: int,
    a: Ints,
    b: Ints,
    weight: Floats,
    *,
    cuts: Sequence[float],
    sources: Ints | None = None,
    missing: float = MISSING,
    highest: float = HIGHEST,
) -> list[Ints]:
    """For each cut (bits, ascending) the cluster of every record, as the smallest record in it.

    a, b     records (0 .. records - 1) of each pair; `weight` in bits, NEVER for pairs that must stay apart
    sources  where given: no two records of one source can be one person
    """  # fmt: skip
    weight = np.where(weight <= NEVER / 2, NEVER, np.minimum(weight, highest))
    labels = [np.arange(records) for _ in cuts]
    component = _components(records, a, b, weight, cuts[0])
    inside = component[a] == component[b]
    _Work(labels, cuts, sources, missing).all(component, a[inside], b[inside], weight[inside])
    return labels


def _components(records: int, a: Ints, b: Ints, weight: Floats, least: float) -> Ints:
    strong = weight >= least
    graph = coo_array((np.ones(strong.sum(), np.int8), (a[strong], b[strong])), shape=(records, records))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


class _Work:
    """The labels being made, and what the making needs to know."""

    def __init__(self, labels: list[Ints], cuts: Sequence[float], sources: Ints | None, missing: float) -> None:
        self.labels, self.cuts, self.sources, self.missing = labels, cuts, sources, missing

    def all(self, component: Ints, a: Ints, b: Ints, weight: Floats) -> None:
        """Settle every component."""
        number, sizes = component, np.bincount(component)
        order = np.argsort(number, kind="stable")
        starts = np.r_[0, np.cumsum(sizes)]
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order)) - np.repeat(starts[:-1], sizes)
        of_edge = number[a]
        by_edge = np.argsort(of_edge, kind="stable")
        a, b, weight, of_edge = a[by_edge], b[by_edge], weight[by_edge], of_edge[by_edge]
        edge_starts = np.searchsorted(of_edge, np.arange(len(sizes) + 1))
        for size in np.unique(sizes):
            if size == 1:
                continue
            chosen = np.flatnonzero(sizes == size)
            if size <= SMALL:
                at_once = max(1, CELLS_AT_ONCE // int(size * size))
                for start in range(0, len(chosen), at_once):
                    some = chosen[start : start + at_once]
                    self._small(int(size), some, order, starts, place, (a, b, weight, edge_starts))
            else:
                for one in chosen:
                    members = order[starts[one] : starts[one + 1]]
                    edges = slice(edge_starts[one], edge_starts[one + 1])
                    self._one(members, place[a[edges]], place[b[edges]], weight[edges])

    def _small(
        self, size: int, some: Ints, order: Ints, starts: Ints, place: Ints,
        edges: tuple[Ints, Ints, Floats, Ints],
    ) -> None:  # fmt: skip
        """Components of the same size, all together."""
        a, b, weight, edge_starts = edges
        members = order[starts[some][:, None] + np.arange(size)]
        counts = edge_starts[some + 1] - edge_starts[some]
        which = np.repeat(np.arange(len(some)), counts)
        index = np.repeat(edge_starts[some] - np.r_[0, np.cumsum(counts)[:-1]], counts) + np.arange(counts.sum())
        table = np.full((len(some), size, size), self.missing)
        self._keep_apart(table, members)
        left, right = place[a[index]], place[b[index]]
        values = np.minimum(weight[index], np.where(table[which, left, right] <= NEVER / 2, NEVER, np.inf))
        table[which, left, right] = values
        table[which, right, left] = values
        merged = average_linkage(table, self.cuts)
        for labels, found in zip(self.labels, merged, strict=True):
            labels[members] = np.take_along_axis(members, found, axis=1)

    def _keep_apart(self, table: Floats, members: Ints) -> None:
        if self.sources is not None:
            own = self.sources[members]
            table[own[..., :, None] == own[..., None, :]] = NEVER

    def _one(self, members: Ints, a: Ints, b: Ints, weight: Floats, least: float | None = None) -> None:
        """One large component."""
        if len(members) > LARGE:
            self._split(members, a, b, weight, self.cuts[0] if least is None else least)
            return
        table = np.full((len(members), len(members)), self.missing)
        self._keep_apart(table, members)
        values = np.minimum(weight, np.where(table[a, b] <= NEVER / 2, NEVER, np.inf))
        table[a, b] = values
        table[b, a] = values
        upper = np.triu_indices(len(members), 1)
        top = max(HIGHEST, float(table[upper].max())) + 1
        tree = linkage(top - table[upper], "average")
        for cut, labels in zip(self.cuts, self.labels, strict=True):
            cluster = fcluster(tree, top - cut, "distance")
            smallest = np.full(cluster.max() + 1, np.iinfo(np.int64).max)
            np.minimum.at(smallest, cluster, members)
            labels[members] = smallest[cluster]

    def _split(self, members: Ints, a: Ints, b: Ints, weight: Floats, least: float) -> None:
        """Fall apart at a bar one bit higher, and go on with each part."""
        bar = least + 1.0
        part = _components(len(members), a, b, weight, bar)
        inside = part[a] == part[b]
        order = np.argsort(part, kind="stable")
        place = np.empty(len(members), np.int64)
        bounds = np.r_[0, np.cumsum(np.bincount(part))]
        place[order] = np.arange(len(members)) - bounds[part[order]]
        ordered = np.argsort(part[a[inside]], kind="stable")
        ea, eb, ew = a[inside][ordered], b[inside][ordered], weight[inside][ordered]
        edge_bounds = np.searchsorted(part[ea], np.arange(len(bounds)))
        for one in np.flatnonzero(np.diff(bounds) > 1):
            edges = slice(edge_bounds[one], edge_bounds[one + 1])
            own = np.sort(members[order[bounds[one] : bounds[one + 1]]])
            self._one(own, place[ea[edges]], place[eb[edges]], ew[edges], bar)


def average_linkage(table: Floats, cuts: Sequence[float]) -> list[Ints]:
    """Clusters of many small components at once: for each cut (ascending) the first member of each one's cluster.

    table  (components, n, n) weights, symmetric; it is used up
    """
    many, size, _ = table.shape
    labels = [np.tile(np.arange(size), (many, 1)) for _ in cuts]
    weights = np.ones((many, size))
    table[:, np.arange(size), np.arange(size)] = -np.inf
    active = np.arange(many)
    for _ in range(size - 1):
        flat = table[active].reshape(len(active), -1)
        best = flat.argmax(axis=1)
        value = flat[np.arange(len(active)), best]
        going = value >= cuts[0]
        active, best, value = active[going], best[going], value[going]
        if not len(active):
            break
        left, right = np.minimum(best // size, best % size), np.maximum(best // size, best % size)
        _merge(table, weights, active, left, right)
        for cut, label in zip(cuts, labels, strict=True):
            joined = value >= cut
            rows = active[joined]
            label[rows] = np.where(label[rows] == right[joined][:, None], left[joined][:, None], label[rows])
    return labels


def _merge(table: Floats, weights: Floats, rows: Ints, left: Ints, right: Ints) -> None:
    """The right group joins the left one: weights to all others are averaged."""
    own, other = weights[rows, left], weights[rows, right]
    joined = (own[:, None] * table[rows, left] + other[:, None] * table[rows, right]) / (own + other)[:, None]
    joined[np.arange(len(rows)), left] = -np.inf
    joined[np.arange(len(rows)), right] = -np.inf
    table[rows, left] = joined
    table[rows, :, left] = joined
    table[rows, right] = -np.inf
    table[rows, :, right] = -np.inf
    weights[rows, left] = own + other
