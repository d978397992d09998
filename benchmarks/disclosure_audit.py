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
from scipy.optimize import linprog
from scipy.sparse import csr_array

from extracts.disclosure.audit.intervals import intervals

# Smallest count that may be shown, and smallest width of an interval.
THRESHOLD = 10

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
    rows, columns, data = list[npt.NDArray[np.int64]](), list[npt.NDArray[np.int64]](), list[Floats]()
    first = 0
    for axis in range(len(sides)):
        lines = np.moveaxis(number, axis, -1).reshape(-1, sides[axis])
        row = np.repeat(np.arange(first, first + len(lines)), sides[axis])
        sign = np.tile(np.append(-np.ones(sides[axis] - 1), 1.0), len(lines))
        rows, columns, data = [*rows, row], [*columns, lines.ravel()], [*data, sign]
        first += len(lines)
    entries = (np.concatenate(data), (np.concatenate(rows), np.concatenate(columns)))
    return csr_array(entries, shape=(first, number.size))


def counts(shape: Sequence[int], *, small: float, seed: int = 1, tail: float = 1.1) -> Floats:
    """Counts with margins, of which about the share `small` is 1 to 9. The smaller `tail`, the heavier it is."""
    random = np.random.default_rng(seed)
    sides = [random.pareto(tail, size) + 0.05 for size in shape]
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


def instance(
    shape: Sequence[int], *, small: float, secondary: float = 0.0, seed: int = 1, tail: float = 1.1
) -> Instance:
    """A table whose counts of 1 to 9 are hidden, and a share of the others besides."""
    true = counts(shape, small=small, seed=seed, tail=tail)
    hidden = (true > 0) & (true < THRESHOLD)
    hidden |= np.random.default_rng(seed + 2).random(len(true)) < secondary
    return Instance(margins(shape), true, hidden)


# Shape, share of small cells and tail of the reference instances: 279 of 1,071, 383 of 1,386 and 13,794 of 30,906.
REFERENCE = {
    "50x20": ((50, 20), 279 / 1071, 1.1),
    "20x10x5": ((20, 10, 5), 383 / 1386, 1.1),
    "100x50x5": ((100, 50, 5), 13794 / 30906, 3.0),
}


def reference(name: str, *, secondary: float = 0.05, seed: int = 1) -> Instance:
    """A reference instance: its small counts are hidden, and a share of the others besides."""
    shape, small, tail = REFERENCE[name]
    return instance(shape, small=small, secondary=secondary, seed=seed, tail=tail)


def audit(
    name: str, *, secondary: float = 0.05, seconds: float = 60.0, seed: int = 1, enough: float = np.inf
) -> dict[str, float]:
    """Time and outcome of the audit of one reference instance.

    enough  stop working a cell out when its interval is known to be so wide, as a check does
    """
    given = reference(name, secondary=secondary, seed=seed)
    start = time.perf_counter()
    found = intervals(
        given.equations, given.true, given.hidden, given.low, given.high, seconds=seconds, enough=enough
    )  # fmt: skip
    taken = time.perf_counter() - start
    at, width, wide = given.hidden, found.width, found.certain_width >= THRESHOLD
    inside = (found.low <= given.true) & (given.true <= found.high)
    return {
        "cells": len(given.true), "hidden": int(at.sum()), "seconds": round(taken, 3),
        "exact": int((at & found.proven & (width == 0)).sum()),
        "narrower_than_10": int((at & found.proven & (width < THRESHOLD)).sum()),
        "not_proven": int((at & ~found.proven).sum()),
        "not_known_to_be_wide_or_narrow": int((at & ~found.proven & ~wide & (width >= THRESHOLD)).sum()),
        "wrong": int((~inside).sum()),
    }  # fmt: skip


def beside_a_full_solver(name: str, *, secondary: float = 0.05, seed: int = 1) -> dict[str, float]:
    """How far our intervals are from two linear programs of scipy for each hidden cell, and both times."""
    given = reference(name, secondary=secondary, seed=seed)
    start = time.perf_counter()
    found = intervals(
        given.equations, given.true, given.hidden, given.low, given.high, seconds=600.0, whole=False
    )  # fmt: skip
    ours = time.perf_counter() - start
    start = time.perf_counter()
    low, high = full_solver(given)
    at = given.hidden
    return {
        "hidden": int(at.sum()), "seconds": round(ours, 3),
        "full_solver_seconds": round(time.perf_counter() - start, 3),
        "furthest_apart": float(max(_apart(found.low[at], low), _apart(found.high[at], high))),
        "not_proven": int((at & ~found.proven).sum()),
    }  # fmt: skip


def full_solver(given: Instance) -> tuple[Floats, Floats]:
    """Lowest and highest value of each hidden cell: two linear programs each, from scratch."""
    unknown = np.flatnonzero(given.hidden)
    table = csr_array(given.equations[:, unknown])
    used = np.flatnonzero(np.diff(table.indptr))
    table, right = csr_array(table[used]), -(given.equations @ np.where(given.hidden, 0.0, given.true))[used]
    found = []
    for sign in (1.0, -1.0):
        programs = (sign * (np.arange(len(unknown)) == cell) for cell in range(len(unknown)))
        solved = [linprog(one, A_eq=table, b_eq=right, bounds=(0, None), method="highs") for one in programs]
        found.append(np.array([sign * one.fun if one.status == 0 else -sign * np.inf for one in solved]))
    return found[0], found[1]


def _apart(ours: Floats, theirs: Floats) -> float:
    """The largest difference, where not both are infinite."""
    return float(np.abs(np.where(ours == theirs, 0.0, ours - theirs)).max(initial=0.0))


def figures(*, quick: bool) -> list[dict[str, object]]:
    """A row of figures for each instance: small counts hidden alone, and some others too; then beside a full solver.

    quick  leaves out the table of 30,906 cells and the full solver
    """
    rows: list[dict[str, object]] = []
    for name in ("50x20", "20x10x5") if quick else REFERENCE:
        for secondary in (0.0, 0.05):
            enough = THRESHOLD if name == "100x50x5" else np.inf
            found = audit(name, secondary=secondary, enough=enough)
            rows.append({"figure": "audit", "table": name, "others_hidden": secondary, **found})
    if not quick:
        for name in ("50x20", "20x10x5"):
            rows.append({"figure": "audit beside a full solver", "table": name, **beside_a_full_solver(name)})
    return rows
