"""Small random tables with margins, and the intruder's linear programs done the long way."""

from dataclasses import dataclass, fields
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

    def given(self) -> tuple:
        """The first arguments of `intervals`."""
        return self.equations, self.true, self.hidden, self.low, self.high


def a_case(random: np.random.Generator, *, most: int = 40) -> Case:
    """A table of two to four dimensions, perhaps with regions of areas, with some cells hidden or rounded."""
    while True:
        sides = [_a_side(random) for _ in range(random.choice([2, 2, 2, 3, 3, 4]))]
        if np.prod([len(side) for side in sides]) <= most:
            break
    labels = list(product(*[range(len(parts)) for parts in sides]))
    mean = random.choice([0.7, 4, 30])
    inner = {label: random.poisson(mean) for label in labels if _is_leaf(label, sides)}
    true = np.array([sum(inner[leaf] for leaf in _leaves(label, sides)) for label in labels], dtype=float)
    return _veiled(random, _equations(labels, sides), true)


def two_linked(random: np.random.Generator) -> Case:
    """Two tables side by side, some equal cells of which are said to be the same."""
    one, other = a_case(random, most=16), a_case(random, most=16)
    blocks = np.zeros(np.add(one.equations.shape, other.equations.shape))
    rows, columns = one.equations.shape
    blocks[:rows, :columns], blocks[rows:, columns:] = one.equations.toarray(), other.equations.toarray()
    pairs = np.argwhere(one.true[:, None] == other.true[None, :])
    chosen = random.choice(pairs, min(len(pairs), 3), replace=False) if len(pairs) else []
    same = np.zeros((len(chosen), blocks.shape[1]))
    for row, (first, second) in enumerate(chosen):
        same[row, first], same[row, columns + second] = 1, -1
    joined = {
        field.name: np.concatenate([getattr(one, field.name), getattr(other, field.name)])
        for field in fields(Case) if field.name != "equations"
    }  # fmt: skip
    return Case(csr_array(np.vstack([blocks, same])), **joined)


def brute_force(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest value of each cell, by two linear programs over the whole system for each of them."""
    bounds = np.column_stack([case.low, case.high])
    table, zero = case.equations.toarray(), np.zeros(case.equations.shape[0])
    low, high = case.low.copy(), case.high.copy()
    for cell in np.flatnonzero(case.low < case.high):
        weights = np.zeros(len(case.true))
        weights[cell] = 1.0
        least = linprog(weights, A_eq=table, b_eq=zero, bounds=bounds, method="highs")
        most = linprog(-weights, A_eq=table, b_eq=zero, bounds=bounds, method="highs")
        assert least.status == 0 and most.status in (0, 3)
        low[cell], high[cell] = least.fun, -most.fun if most.status == 0 else np.inf
    return low, high


def _veiled(random: np.random.Generator, equations: csr_array, true: np.ndarray) -> Case:
    """Some cells hidden; the others shown, or rounded to base 5; small hidden ones perhaps marked as below 10."""
    hidden = random.random(len(true)) < random.choice([0.15, 0.35, 0.6])
    low, high = np.where(hidden, 0.0, true), np.where(hidden, np.inf, true)
    how = random.choice(["exact", "rounded", "marked"])
    if how == "rounded":
        published = 5 * np.round(true / 5)
        low, high = np.where(hidden, low, np.maximum(published - 2, 0)), np.where(hidden, high, published + 2)
    if how == "marked":
        high = np.where(hidden & (true < 10), 9.0, high)
    return Case(equations, true, hidden, low, high)


def _a_side(random: np.random.Generator) -> list[list[int]]:
    """Per label of a dimension, the labels that it is the sum of (none for a leaf). The last is the total."""
    if random.random() < 0.25:
        return [[], [], [], [0, 1], [2, 3]]
    leaves = int(random.integers(2, 5))
    return [*([] for _ in range(leaves)), list(range(leaves))]


def _is_leaf(label: tuple[int, ...], sides: list[list[list[int]]]) -> bool:
    return all(not sides[axis][at] for axis, at in enumerate(label))


def _leaves(label: tuple[int, ...], sides: list[list[list[int]]]):
    return product(*[_below(at, sides[axis]) for axis, at in enumerate(label)])


def _below(at: int, parts: list[list[int]]) -> list[int]:
    return [leaf for child in parts[at] for leaf in _below(child, parts)] if parts[at] else [at]


def _equations(labels: list[tuple[int, ...]], sides: list[list[list[int]]]) -> csr_array:
    """A row for each total over each dimension, written down label by label."""
    place, rows = {label: at for at, label in enumerate(labels)}, []
    for label, (axis, parts) in product(labels, enumerate(sides)):
        if parts[label[axis]]:
            row = np.zeros(len(labels))
            row[place[label]] = 1
            for child in parts[label[axis]]:
                row[place[(*label[:axis], child, *label[axis + 1 :])]] = -1
            rows.append(row)
    return csr_array(np.array(rows))
