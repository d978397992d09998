"""What an intruder works out of hidden counts: the smallest and largest each can be, by linear programming.

One programme for each end of each hidden cell on the whole table, solved by scipy: slow and plain on purpose,
as it labels what a faster audit is judged by.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.optimize import linprog

Labels = tuple[str, ...]


def intervals(everything: Mapping[Labels, int], hidden: set[Labels], *, total: str) -> dict[Labels, tuple[int, int]]:
    """The range of each hidden count of a table whose totals carry the label `total`.

    Counts are whole and 0 or more, and all numbers that are not hidden are exact.
    """
    order = sorted(hidden)
    lines = [equation for equation in _equations(everything, total) if hidden & set(equation)]
    left = np.array([[equation.get(labels, 0) for labels in order] for equation in lines], dtype=float)
    right = np.array([
        -sum(sign * everything[labels] for labels, sign in equation.items() if labels not in hidden)
        for equation in lines
    ], dtype=float)  # fmt: skip
    return {
        labels: (round(_end(left, right, place, 1)), round(-_end(left, right, place, -1)))
        for place, labels in enumerate(order)
    }


def _equations(everything: Mapping[Labels, int], total: str) -> list[dict[Labels, int]]:
    """Each total less its parts, along each dimension."""
    found = []
    for labels in everything:
        for place, label in enumerate(labels):
            if label != total:
                continue
            rest = labels[:place], labels[place + 1 :]
            parts = [one for one in everything
                     if (one[:place], one[place + 1 :]) == rest and one[place] != total]  # fmt: skip
            found.append({labels: 1} | {one: -1 for one in parts})
    return found


def _end(left: np.ndarray, right: np.ndarray, place: int, sign: int) -> float:
    aim = np.zeros(left.shape[1])
    aim[place] = sign
    solved = linprog(aim, A_eq=left, b_eq=right, bounds=(0, None), method="highs")
    if not solved.success:
        raise ArithmeticError(f"The intruder's programme was not solved: {solved.message}")
    return float(solved.fun)
