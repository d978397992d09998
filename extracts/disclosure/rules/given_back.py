"""Given back: the hidden cell that a difference of published counts is, named beside its shown part.

Source: arithmetic; a whole less all of its parts but one is that one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from extracts.disclosure.ledger.hits import Hit
from extracts.disclosure.ledger.released import ReleasedTable
from extracts.disclosure.ledger.within import parts
from extracts.disclosure.reading.cells import Booleans, Cells
from extracts.disclosure.reading.labels import as_compared
from extracts.disclosure.report import Finding, Implied, Verdict

CODE = "differencing"
CURE = "Hide one of the counts that give it back, or leave the whole out."


def given_back(
    hits: Sequence[Hit], tables: Sequence[ReleasedTable], nesting: Sequence[tuple[str, str]]
) -> Iterator[tuple[Finding, Implied]]:
    """Each hidden cell of a new table that an unsafe difference is, with what is worked out of it.

    It is one if, on a line of the table, everything that belongs to the whole is subtracted except for it.
    nesting  labels (part, whole) of one dimension, beside those whose words say so
    """
    seen = set[tuple[str, tuple[str, ...]]]()
    for hit in (one for one in hits if one.value is not None and one.by_definition and one.statistic == "count"):
        for table in tables:
            for cells, place in _hidden(hit, table, nesting):
                key = cells.key(place)
                if (table.file, tuple(key.values())) not in seen:
                    seen.add((table.file, tuple(key.values())))
                    problem = "This cell is hidden, but published counts give it back."
                    at = cells.cell(place)
                    finding = Finding(table.file, CODE, Verdict.FAIL, problem, hit.attack, CURE, at)
                    yield finding, Implied(key, float(hit.low), float(hit.high), hit.attack)


def _hidden(hit: Hit, table: ReleasedTable, nesting: Sequence[tuple[str, str]]) -> Iterator[tuple[Cells, int]]:
    """The cells of a table that are hidden and alone make up the group of a hit."""
    wholes = [term.cell for term in hit.terms if term.times == 1]
    less = [term.cell for term in hit.terms if term.times == -1 and term.cell.file == table.file]
    if len(wholes) != 1 or not less or len(less) != len(hit.terms) - 1:
        return
    cells = table.cells.of_kind("count")
    rows = {(one.row, one.column) for one in less}
    places = list(zip(cells.facts["row"], cells.facts["column"], strict=True))
    taken = np.array([place in rows for place in places], dtype=np.bool_)
    whole = np.array(
        [wholes[0].file == table.file and place == (wholes[0].row, wholes[0].column) for place in places],
        dtype=np.bool_,
    )
    for along in cells.dimensions:
        lines = set(cells.lines(along)[taken].tolist())
        if len(lines) == 1:
            line = cells.lines(along) == lines.pop()
            others = line & ~taken & _belongs(cells, along, line, whole, nesting)
            if others.sum() == 1 and (cells.states("hidden") & others).any():
                yield cells, int(np.flatnonzero(others)[0])


def _belongs(cells: Cells, along: str, line: Booleans, whole: Booleans, nesting: Sequence[tuple[str, str]]) -> Booleans:
    """Which cells of a line are in the whole: all but totals, or those of its parts where it stands on the line."""
    if not (line & whole & ~cells.is_total(along)).any():
        return ~cells.is_total(along)
    labels = [as_compared(str(label)) for label in cells.labels[along]]
    name = next(label for label, here in zip(labels, line & whole, strict=True) if here)
    pairs = [*nesting, *parts([str(label) for label in cells.labels[along][line]])]
    inner = {as_compared(part) for part, around in pairs if as_compared(around) == name}
    return np.array([label in inner for label in labels], dtype=np.bool_)
