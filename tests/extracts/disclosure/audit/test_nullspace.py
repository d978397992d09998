"""Null space: cells that equations alone fix, by least squares and by exact elimination."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.sparse import csr_array

from benchmarks.disclosure_audit import counts, margins
from extracts.disclosure.audit.bounds import Bounds
from extracts.disclosure.audit.components import components
from extracts.disclosure.audit.nullspace import fixed, fixed_values

from .random_tables import a_case


def fixed_exactly(matrix: csr_array) -> list[bool]:
    """Gauss-Jordan elimination in fractions: fixed is a cell with a row of its own."""
    rows = [[Fraction(int(number)) for number in row] for row in matrix.toarray()]
    done, leading = 0, {}
    for column in range(matrix.shape[1]):
        pivot = next((at for at in range(done, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [number / rows[done][column] for number in rows[done]]
        for at, row in enumerate(rows):
            if at != done and row[column]:
                rows[at] = [one - row[column] * other for one, other in zip(row, rows[done], strict=True)]
        leading[column] = done
        done += 1
    return [
        column in leading
        and not any(rows[leading[column]][other] for other in range(matrix.shape[1]) if other != column)
        for column in range(matrix.shape[1])
    ]


@pytest.mark.parametrize("seed", range(25))
def test_fixed_cells_are_those_of_exact_elimination(seed: int) -> None:
    case = a_case(np.random.default_rng(seed))
    matrix = csr_array(case.equations[:, np.flatnonzero(case.hidden)])
    assert fixed(matrix).tolist() == fixed_exactly(matrix)


def test_values_of_fixed_cells_are_the_true_ones() -> None:
    true, equations = counts((20, 10, 5), small=0.27), margins((20, 10, 5))
    hidden = (true > 0) & (true < 10)
    bounds = Bounds(np.where(hidden, 0, true), np.where(hidden, np.inf, true), settled=False)
    found = 0
    for part in components(equations, bounds):
        known = fixed_values(part, whole=True)
        assert (known.values == true[part.places[known.cells]]).all()
        found += int(known.cells.sum())
    assert found > 20
