"""A naive intruder: two linear programs for each hidden cell, by another solver's interface."""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array


def interval(equations: csr_array, value: np.ndarray, hidden: np.ndarray, cell: int) -> tuple[float, float]:
    """The least and the greatest that a hidden count can be, given all that is shown."""
    bounds = [(0, None) if hide else (number, number) for number, hide in zip(value, hidden, strict=True)]
    ends = []
    for sign in (1, -1):
        goal = np.zeros(len(value))
        goal[cell] = sign
        found = linprog(goal, A_eq=equations, b_eq=np.zeros(equations.shape[0]), bounds=bounds)
        ends.append(np.inf if found.status == 3 else sign * found.fun)
    return min(ends), max(ends)


def with_margins(inner: np.ndarray) -> tuple[csr_array, np.ndarray]:
    """Equations (a total less its parts) and values of a table with all its margins, any number of dimensions."""
    table = inner.astype(float)
    for axis in range(inner.ndim):
        table = np.concatenate([table, table.sum(axis=axis, keepdims=True)], axis=axis)
    places, rows = np.arange(table.size).reshape(table.shape), []
    for axis in range(inner.ndim):
        for line in np.moveaxis(places, axis, -1).reshape(-1, table.shape[axis]):
            row = np.zeros(table.size)
            row[line[-1]] = 1
            row[line[:-1]] -= 1
            rows.append(row)
    return csr_array(np.array(rows)), table.ravel()
