"""The attacker audit on tables of counts with margins: how long it takes, and whether a plain solver agrees.

Counts are synthetic: products of heavy-tailed margins, thinned to the share of small cells that real
tables of the same shape have. Each function returns figures as a dictionary.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from extracts.disclosure.audit.intervals import intervals

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Instance:
    """A table with margins over every dimension, of which the counts below 10 are hidden."""

    equations: csr_array
    true: Floats
    hidden: Booleans

    @property
    def low(self) -> Floats:
        """What anybody knows: no count is below 0."""
        return np.where(self.hidden, 0.0, self.true)

    @property
    def high(self) -> Floats:
        """What anybody knows: nothing of a hidden count."""
        return np.where(self.hidden, np.inf, self.true)


def margins(shape: Sequence[int]) -> csr_array:
    """The equations of a table with a total at the end of each dimension: one for each line through its cells."""
    sides = [size + 1 for size in shape]
    number = np.arange(np.prod(sides)).reshape(sides)
    rows, columns, data, first = [], [], [], 0
    for axis in range(len(sides)):
        lines = np.moveaxis(number, axis, -1).reshape(-1, sides[axis])
        row = np.repeat(np.arange(first, first + len(lines)), sides[axis])
        sign = np.tile(np.append(-np.ones(sides[axis] - 1), 1.0), len(lines))
        rows, columns, data = [*rows, row], [*columns, lines.ravel()], [*data, sign]
        first += len(lines)
    entries = (np.concatenate(data), (np.concatenate(rows), np.concatenate(columns)))
    return csr_array(entries, shape=(first, number.size))


def counts(shape: Sequence[int], *, small: float, seed: int = 1) -> Floats:
    """Counts with margins, of which about the share `small` is 1 to 9."""
    random = np.random.default_rng(seed)
    sides = [random.pareto(1.1, size) + 0.05 for size in shape]
    weight = np.ones(shape)
    for axis, side in enumerate(sides):
        weight = weight * side.reshape([-1 if at == axis else 1 for at in range(len(shape))])
    weight = weight * random.lognormal(0, 0.7, shape)
    scales = np.geomspace(1e-2, 1e6, 60) / np.median(weight)
    inner = [np.random.default_rng(seed + 1).poisson(np.minimum(weight * scale, 1e7)) for scale in scales]
    tables = [with_margins(table.astype(np.float64)) for table in inner]
    shares = [float(np.mean((table > 0) & (table < 10))) for table in tables]
    # Past the peak a larger scale gives fewer small cells; the larger of two equal tables is the usual one.
    best = max(range(len(tables)), key=lambda at: (-round(abs(shares[at] - small), 2), at))
    return tables[best].ravel()


def with_margins(inner: Floats) -> Floats:
    """A table with its totals at the end of each dimension."""
    for axis in range(inner.ndim):
        inner = np.concatenate([inner, inner.sum(axis, keepdims=True)], axis)
    return inner


def instance(shape: Sequence[int], *, small: float, secondary: float = 0.0, seed: int = 1) -> Instance:
    """A table whose counts of 1 to 9 are hidden, and a share of the others besides."""
    true = counts(shape, small=small, seed=seed)
    hidden = (true > 0) & (true < 10)
    hidden |= np.random.default_rng(seed + 2).random(len(true)) < secondary
    return Instance(margins(shape), true, hidden)


# Shapes and shares of small cells of the reference instances: 279 of 1,071, 383 of 1,386 and 13,794 of 30,906.
REFERENCE = {
    "50x20": ((50, 20), 279 / 1071),
    "20x10x5": ((20, 10, 5), 383 / 1386),
    "100x50x5": ((100, 50, 5), 13794 / 30906),
}


def audit(name: str, *, secondary: float = 0.05, seconds: float = 60.0, seed: int = 1) -> dict[str, float]:
    """Time and outcome of the audit of one reference instance."""
    shape, small = REFERENCE[name]
    given = instance(shape, small=small, secondary=secondary, seed=seed)
    start = time.perf_counter()
    found = intervals(given.equations, given.true, given.hidden, given.low, given.high, seconds=seconds)
    taken = time.perf_counter() - start
    at, width = given.hidden, found.width
    inside = (found.low <= given.true) & (given.true <= found.high)
    return {
        "cells": len(given.true), "hidden": int(at.sum()), "seconds": round(taken, 3),
        "exact": int((at & found.proven & (width == 0)).sum()),
        "narrower_than_10": int((at & found.proven & (width < 10)).sum()),
        "not_proven": int((at & ~found.proven).sum()),
        "wide_though_not_proven": int((at & ~found.proven & (found.certain_width >= 10)).sum()),
        "wrong": int((~inside).sum()),
    }  # fmt: skip
