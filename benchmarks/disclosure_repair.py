"""Secondary suppression on tables of counts with margins: how many cells it hides, how long it takes, is it safe.

Counts are synthetic: Poisson numbers around products of log-normal margins with log-normal noise, with
about the share of small cells that real tables of the same shape have. The baseline is the greedy
elimination that statistical offices use (as in the R package GaussSuppression): cells are shown dearest
first, unless that would give a primary cell back. Each function returns figures as a dictionary.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.linalg import null_space
from scipy.sparse import csr_array

from benchmarks.disclosure_audit import Instance, margins, with_margins
from extracts.disclosure.audit.intervals import intervals
from extracts.disclosure.repair.suppress import Pattern, costs, suppress

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
Amounts = Callable[[Floats], tuple[Floats, Floats]]

# How far each primary cell must be able to fall and rise.
PROTECTION: dict[str, Amounts] = {
    "exact": lambda value: (0 * value, 0 * value),
    "30%": lambda value: (np.maximum(1.0, np.round(0.3 * value)),) * 2,
    "width 10": lambda value: (np.minimum(value, 5.0), 10.0 - np.minimum(value, 5.0)),
}

# Shape and mean count: about 279 of 1,071, 383 of 1,386 and 13,794 of 30,906 counts are from 1 to 9.
REFERENCE: dict[str, tuple[tuple[int, ...], int]] = {
    "50x20": ((50, 20), 47),
    "20x10x5": ((20, 10, 5), 53),
    "100x50x5": ((100, 50, 5), 20),
}


def instance(name: str, *, seed: int = 1) -> Instance:
    """A table with margins over every dimension, of which the counts from 1 to 9 are hidden."""
    shape, mean = REFERENCE[name]
    random, rate = np.random.default_rng(seed), np.ones(shape)
    for axis, size in enumerate(shape):
        rate = rate * random.lognormal(0, 1, size).reshape([-1 if at == axis else 1 for at in range(len(shape))])
    rate = rate * random.lognormal(0, 0.7, shape)
    true = with_margins(random.poisson(rate * (mean * rate.size / rate.sum())).astype(np.float64)).ravel()
    return Instance(margins(shape), true, (true > 0) & (true < 10))


def protected(given: Instance, *, protection: str, by: str, seconds: float) -> Pattern:
    """The pattern for an instance whose primary cells are its hidden ones."""
    lower, upper = PROTECTION[protection](given.true)
    return suppress(
        given.equations, given.true, given.hidden, low=np.zeros(len(given.true)), high=np.full(len(given.true), np.inf),
        lower=lower, upper=upper, cost=costs(given.true, by=by), seconds=seconds,
    )  # fmt: skip


def suppression(
    name: str, *, protection: str = "exact", by: str = "count", seconds: float = 120.0, seed: int = 1
) -> dict[str, float]:
    """Secondary cells, the value they hide, time, and what an audit by other code finds unsafe."""
    given = instance(name, seed=seed)
    start, work = time.perf_counter(), time.process_time()
    found = protected(given, protection=protection, by=by, seconds=seconds)
    taken, worked = time.perf_counter() - start, time.process_time() - work
    return {
        "cells": len(given.true), "primary": int(given.hidden.sum()), "secondary": int(found.secondary.sum()),
        "value": float(given.true[found.secondary].sum()), "unprotected": int(found.unprotected.sum()),
        "seconds": round(taken, 2), "cpu_seconds": round(worked, 2),
        **_judged(given, found, PROTECTION[protection]),
    }  # fmt: skip


def _judged(given: Instance, found: Pattern, amounts: Amounts) -> dict[str, int]:
    """Primary cells that are called protected but are not as wide as asked by the audit; and those it leaves open.

    What the first pushes of all cells leave open is asked for again by itself.
    """
    lower, upper = amounts(given.true)
    width = np.maximum(lower + upper, 1e-3)
    low, high = np.where(found.hidden, 0.0, given.true), np.where(found.hidden, np.inf, given.true)
    left, unsafe = given.hidden & ~found.unprotected, np.zeros(len(width), dtype=np.bool_)
    for _ in range(4):
        audit = intervals(
            given.equations, given.true, found.hidden, low, high,
            seconds=60, enough=float(width[left].max(initial=0.0)), wanted=left,
        )  # fmt: skip
        left = left & (audit.certain_width < width - 1e-6)
        unsafe |= left & audit.proven
        left = left & ~audit.proven
        if not left.any():
            break
    return {"unsafe_after_audit": int(unsafe.sum()), "left_open_by_audit": int(left.sum())}


def greedy(name: str, *, seed: int = 1) -> dict[str, float]:
    """The baseline against exact recovery, on tables of up to about 2,000 cells."""
    given = instance(name, seed=seed)
    start = time.perf_counter()
    secondary = greedy_pattern(given.equations, given.true, given.hidden) & ~given.hidden
    return {
        "secondary": int(secondary.sum()), "value": float(given.true[secondary].sum()),
        "seconds": round(time.perf_counter() - start, 2),
    }  # fmt: skip


def greedy_pattern(equations: csr_array, value: Floats, primary: Booleans) -> Booleans:
    """Everything that is not zero is hidden at first; then cells are shown, dearest first, where primaries allow it."""
    places = np.flatnonzero(value > 0)
    kernel, kept = null_space(equations[:, places].toarray()), primary[places]
    hidden = value > 0
    for row in sorted(np.flatnonzero(~kept), key=lambda one: -value[places[one]]):
        own, length = kernel[row], float(np.linalg.norm(kernel[row]))
        others = np.linalg.norm(kernel[kept], axis=1)
        along = np.abs(kernel[kept] @ own)
        if length > 1e-9 and ((others > 1e-7) & (along > (1 - 1e-9) * others * length)).any():
            continue
        hidden[places[row]] = False
        if length > 1e-9:
            kernel = kernel - np.outer(kernel @ own, own) / length**2
    return hidden


def linked_tables(*, seed: int = 1, sides: tuple[int, int, int] = (12, 8, 6)) -> dict[str, float]:
    """Three tables of two dimensions each of the same people: hidden as one, and hidden one after the other.

    One after the other: what one table hides is primary in the next, round and round until nothing new
    is hidden. Then no cell is hidden in one table and shown in another, but their equations are never
    looked at together.
    """
    equations, value, tables = pairwise(seed, sides)
    primary = (value > 0) & (value < 10)
    given = Instance(equations, value, primary)
    joint = protected(given, protection="width 10", by="count", seconds=60)
    apart, before = primary, np.zeros(len(value), dtype=np.bool_)
    while (apart != before).any():
        before = apart
        for rows, cells in tables:
            part = Instance(csr_array(equations[rows][:, cells]), value[cells], apart[cells])
            own = protected(part, protection="width 10", by="count", seconds=30)
            apart = apart.copy()
            apart[cells] |= own.hidden
    return {
        "primary": int(primary.sum()), "joint": int(joint.secondary.sum()), "unprotected": int(joint.unprotected.sum()),
        "one_after_the_other": int((apart & ~primary).sum()), "seconds": round(joint.seconds, 2),
    }  # fmt: skip


def pairwise(
    seed: int, sides: tuple[int, int, int]
) -> tuple[csr_array, Floats, list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]]:
    """Equations and values of the three tables as one system, and the rows and cells of each table."""
    random = np.random.default_rng(seed)
    people = random.poisson(np.prod(np.meshgrid(*(random.pareto(1.2, n) + 0.3 for n in sides), indexing="ij"), axis=0))
    value, whole = with_margins(people.astype(np.float64)), margins(sides)
    at = np.array(np.unravel_index(np.arange(value.size), value.shape))
    total = np.array([at[axis] == sides[axis] for axis in range(3)])
    cells = np.flatnonzero(total.any(axis=0))
    rows = np.flatnonzero(abs(whole) @ ~total.any(axis=0) == 0)
    equations = csr_array(whole[rows][:, cells])
    tables = []
    for axis in range(3):
        own = np.flatnonzero(total[axis][cells])
        others = np.ones(len(cells))
        others[own] = 0
        tables.append((np.flatnonzero(abs(equations) @ others == 0), own))
    return equations, value.ravel()[cells], tables


def figures(*, quick: bool) -> list[dict[str, object]]:
    """Cells hidden to protect each reference table, beside greedy elimination where that ends in a minute or two.

    quick  the smallest table alone
    """
    found: list[dict[str, object]] = []
    for name in list(REFERENCE)[: 1 if quick else None]:
        for protection in ("exact", "30%"):
            found.append({"table": name, "method": "ours", **suppression(name, protection=protection, by="count")})
        if not quick and name != "100x50x5":
            found.append({"table": name, "method": "greedy", **greedy(name)})
    if not quick:
        found.append({"table": "two linked tables", "method": "joint and one by one", **linked_tables()})
    return found
