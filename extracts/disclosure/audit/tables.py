"""Systems of tables: the equations of totals and their parts, read off the labels of a table's cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import block_diag, csr_array

from extracts.disclosure.audit.grid import Hierarchies
from extracts.disclosure.audit.part import Part
from extracts.disclosure.audit.system import Chain, System
from extracts.disclosure.reading.cells import Cells
from extracts.disclosure.reading.labels import as_compared
from extracts.disclosure.rounding import Rounding

# Headings that say no more than that units are counted: cells below them are of one measure.
PLAIN = frozenset(["", "count", "counts", "n", "freq", "frequency", "cnt", "number", "total"])


def system_of(
    cells: Cells,
    *,
    kind: str = "count",
    population: str = "",
    hierarchies: Hierarchies | None = None,
    rounding: Rounding | None = None,
    unlisted: bool = True,
) -> System:
    """The equations between the counts of one table (or its amounts, with the kind `total`).

    population   whom the table is about: cells of two tables are only the same within one population
    hierarchies  dimension -> child label -> parent label, for labels between the total and the leaves
    rounding     how the counts shown differ from the true ones; none for exact counts
    unlisted     whether a total that exceeds its parts on one line means a part that is not listed, on
                 every line; else such a total is taken for a slip, of which nothing is known

    A total is the sum of the labels of its dimension on every line, over every dimension. A row that
    the table leaves out is a hidden cell. Where a total exceeds its parts, they have one more part
    that is not listed; where it is less, it is in no equation and the system has a doubt.
    Raises TooSparse.
    """
    chosen = np.flatnonzero((cells.facts["kind"] == kind).to_numpy())
    measures = cells.facts["measure"].to_numpy()[chosen]
    found = []
    for measure in dict.fromkeys(measures):
        at = chosen[measures == measure]
        mask = np.zeros(len(cells), dtype=np.bool_)
        mask[at] = True
        part = Part.of(cells.where(mask), kind == "count", hierarchies or {}, rounding)
        plain = as_compared(str(measure))
        found.append(part.system(at, population, "" if plain in PLAIN else plain, unlisted=unlisted))
    return _side_by_side(found, whole=kind == "count")


def _side_by_side(systems: Sequence[System], *, whole: bool) -> System:
    """Systems of the measures of one table as one."""
    if len(systems) == 1:
        return systems[0]
    keys = Chain([system.keys for system in systems])
    equations = block_diag([system.equations for system in systems], format="csr") if systems else csr_array((0, 0))
    empty = {"value": float, "hidden": bool, "low": float, "high": float, "cells": np.int64}
    fields = {
        name: np.concatenate([np.zeros(0, kind), *(getattr(system, name) for system in systems)])
        for name, kind in empty.items()
    }
    doubts = tuple(doubt for system in systems for doubt in system.doubts)
    return System(keys, csr_array(equations), **fields, whole=whole, doubts=doubts)
