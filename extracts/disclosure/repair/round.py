"""Rounding: numbers to a base, to midpoints, and tables that still add up."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from extracts.disclosure.policy import ROUNDINGS, Policy
from extracts.disclosure.reading.cells import Booleans, Floats
from extracts.disclosure.rounding import Rounding


class CannotRound(ValueError):
    """Counts cannot be rounded in this way."""


def rounding_for(policy: Policy) -> Rounding:
    """The rounding that a policy asks for, or else to base 5. What is left to chance there is the nearest here."""
    asked = ROUNDINGS[policy.rounding] or Rounding("base", 5)
    return Rounding("base", asked.by) if asked.kind == "random" else asked


def rounded(value: Floats, rounding: Rounding) -> Floats:
    """Counts as they are published under a rounding to a base or to midpoints.

    To a base: the nearest multiple, halves up, so no count moves by more than half the base. Midpoints: 0
    stays 0, and any other count becomes the middle of the group of `by` counts that it is in: 1 to 6
    become 3, 7 to 12 become 9. Raises CannotRound for the roundings that need chance or keys.

    Source: rounding of counts in the guidance of the ONS Secure Research Service; midpoint rounding of
    OpenSAFELY, ceil(count / 6) * 6 - 3.
    """
    by = rounding.by
    if rounding.kind == "base":
        return np.floor(value / by + 0.5) * by
    if rounding.kind == "midpoint":
        return np.where(value == 0, 0.0, np.ceil(value / by) * by - by // 2)
    raise CannotRound("Counts are rounded to a base or to midpoints.")


def totals_again(equations: sp.csr_array, value: Floats) -> Floats:
    """The numbers with every total made the sum of its parts again; the parts that are no totals stay.

    equations  m x n, sparse: 1 for a total, -1 for each of its parts
    value      n numbers, of which only those of cells that are no total are read

    So a rounded table adds up: each total may then differ from its true number by the sum of what its
    parts moved. Raises CannotRound when two sums for one total differ.

    Source: totals from rounded cells, as OpenSAFELY asks for; "controlled rounding" of the SDC
    Handbook keeps totals near as well, at the price of moving cells further.
    """
    table = sp.csr_array(equations)
    is_total, parts = _totals(table)
    found, known = np.where(is_total, 0.0, value), ~is_total
    total_of = table.indices[table.data > 0]  # one in each equation
    while not known.all():
        ready = (parts @ (~known).astype(np.float64)) == 0
        new = ready & ~known[total_of]
        if not new.any():
            raise CannotRound("The totals are parts of one another in a circle.")
        found[total_of[new]] = (parts @ found)[new]
        known[total_of[new]] = True
    if np.abs(table @ found).max(initial=0.0) > 0.5:
        raise CannotRound("The parts of a total do not add up to one number.")
    return found


def _totals(equations: sp.csr_array) -> tuple[Booleans, sp.csr_array]:
    """Which cells are totals in some equation, and the parts of each equation as ones."""
    parts = sp.csr_array((np.where(equations.data < 0, 1.0, 0.0), equations.indices, equations.indptr), equations.shape)
    whole = equations.copy()
    whole.data = np.where(equations.data > 0, 1.0, 0.0)
    return np.asarray(whole.sum(axis=0) > 0).ravel(), parts
