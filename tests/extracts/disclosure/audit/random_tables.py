"""Small random tables with margins, and the intruder's linear programs done the long way."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array


@dataclass
class Case:
    """Cells that add up, and what a reader knows of them."""

    equations: csr_array
    true: np.ndarray
    hidden: np.ndarray
    low: np.ndarray
    high: np.ndarray


def a_case(random: np.random.Generator) -> Case:
    """A table of two to four dimensions, one of them perhaps a hierarchy, with some cells hidden or rounded."""
    sides = [_a_side(random) for _ in range(random.choice([2, 2, 2, 3, 3, 4]))]
    if len(sides) > 2:
        sides = [side[: 3 if len(sides) == 3 else 2] for side in sides]
    parts = [_parts(side) for side in sides]
    labels = list(product(*[range(len(part)) for part in parts]))
    leaves = {label: random.poisson(random.choice([0.7, 4, 30])) for label in labels if _is_leaf(label, parts)}
    true = np.array([sum(leaves[leaf] for leaf in _leaves(label, parts)) for label in labels], dtype=float)
    equations = _equations(labels, parts)
    hidden = random.random(len(true)) < random.choice([0.15, 0.35, 0.6])
    low, high = np.where(hidden, 0.0, true), np.where(hidden, np.inf, true)
    if random.random() < 0.3:
        rounded = 5 * np.round(true / 5)
        low, high = np.where(hidden, low, np.maximum(rounded - 2, 0)), np.where(hidden, high, rounded + 2)
    elif random.random() < 0.3:
        small = hidden & (true < 10)
        high = np.where(small, 9.0, high)
    return Case(equations, true, hidden, low, high)


def linked(one: Case, other: Case, random: np.random.Generator) -> Case:
    """Two tables side by side, of which one cell of the second is the same as a cell of the first, if any is equal."""
    first, second = len(one.true), len(other.true)
    both = csr_array(_stacked(one.equations.toarray(), other.equations.toarray()))
    pairs = np.argwhere(one.true[:, None] == other.true[None, :])
    joined = Case(both, *(np.concatenate(pair) for pair in _fields(one, other)))
    if not len(pairs):
        return joined
    at, same = pairs[random.integers(len(pairs))]
    extra = np.zeros((1, first + second))
    extra[0, at], extra[0, first + same] = 1, -1
    joined.equations = csr_array(np.vstack([both.toarray(), extra]))
    return joined


def brute_force(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest value of each cell, by two linear programs over the whole system for each of them."""
    bounds = np.column_stack([case.low, case.high])
    table, zero = case.equations.toarray(), np.zeros(case.equations.shape[0])
    low, high = [], []
    for cell in range(len(case.true)):
        weights = np.zeros(len(case.true))
        weights[cell] = 1.0
        least = linprog(weights, A_eq=table, b_eq=zero, bounds=bounds, method="highs")
        most = linprog(-weights, A_eq=table, b_eq=zero, bounds=bounds, method="highs")
        assert {least.status, most.status} <= {0, 3, 4}
        low.append(least.fun if least.status == 0 else -np.inf)
        high.append(-most.fun if most.status == 0 else np.inf)
    return np.array(low), np.array(high)


def _fields(one: Case, other: Case):
    return [(getattr(one, name), getattr(other, name)) for name in ("true", "hidden", "low", "high")]


def _stacked(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    table = np.zeros((one.shape[0] + other.shape[0], one.shape[1] + other.shape[1]))
    table[: one.shape[0], : one.shape[1]], table[one.shape[0] :, one.shape[1] :] = one, other
    return table


def _a_side(random: np.random.Generator) -> list[list[int]]:
    """Groups of leaves below one total: one group each for a plain dimension."""
    if random.random() < 0.3:
        return [[0, 1], [2, 3]]
    return [[at] for at in range(random.integers(2, 5))]


def _parts(side: list[list[int]]) -> list[list[int]]:
    """Per label of a dimension, the labels it is the sum of; none for a leaf. The last is the total."""
    leaves = [[] for group in side for _ in group]
    regions = [group for group in side if len(group) > 1]
    below = list(range(len(leaves), len(leaves) + len(regions))) if regions else list(range(len(leaves)))
    return [*leaves, *regions, below]


def _is_leaf(label: tuple[int, ...], parts: list[list[list[int]]]) -> bool:
    return all(not parts[axis][at] for axis, at in enumerate(label))


def _leaves(label: tuple[int, ...], parts: list[list[list[int]]]):
    below = [_below(at, parts[axis]) for axis, at in enumerate(label)]
    return product(*below)


def _below(at: int, part: list[list[int]]) -> list[int]:
    return [leaf for child in part[at] for leaf in _below(child, part)] if part[at] else [at]


def _equations(labels: list[tuple[int, ...]], parts: list[list[list[int]]]) -> csr_array:
    place, rows = {label: at for at, label in enumerate(labels)}, []
    for label in labels:
        for axis, at in enumerate(label):
            if children := parts[axis][at]:
                row = np.zeros(len(labels))
                row[place[label]] = 1
                for child in children:
                    row[place[(*label[:axis], child, *label[axis + 1 :])]] = -1
                rows.append(row)
    return csr_array(np.array(rows))
