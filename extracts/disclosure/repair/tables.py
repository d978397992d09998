"""Tables that can be repaired: tables of true counts, alone in their file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extracts.disclosure.audit.bounds import Contradiction, propagated
from extracts.disclosure.audit.system import System
from extracts.disclosure.description import FileDescription
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.cells import Booleans, Cells, Floats, tidy
from extracts.disclosure.reading.csv_table import Table, read_table
from extracts.disclosure.suggest import suggest


class CannotRepair(ValueError):
    """A table cannot be repaired for certain; the message is a sentence for a person."""


@dataclass(frozen=True)
class CountTable:
    """A table of true counts: its file, how that is described, and its cells."""

    name: str
    content: bytes
    described: FileDescription
    table: Table
    cells: Cells

    @property
    def value(self) -> Floats:
        """The counts, in the order of the cells."""
        return self.cells.numbers("value")


def count_table(name: str, content: bytes, policy: Policy, described: FileDescription | None = None) -> CountTable:
    """The table in a CSV or TSV file, described as said or else as it seems to be.

    Raises CannotRead for a file that is no table, and CannotRepair for one that holds anything but true
    counts: means and percentages would give hidden counts back.
    """
    described = described or suggest(name, content, policy)
    table, layout = read_table(name, content, policy), described.layout
    missing = sorted({column for column in layout.placed if column not in table.columns})
    if missing:
        raise CannotRepair(f"{name} has no columns called {', '.join(missing)}.")
    if set(layout.placed) != set(table.columns):
        raise CannotRepair(f"It is not said what every column of {name} holds.")
    if not layout.counts or set(layout.measured.values()) != {"count"} or layout.others:
        raise CannotRepair(f"{name} does not hold counts alone: supply the counts in a file of their own.")
    cells = tidy(table, described)
    value = cells.numbers("value")
    if not cells.states("number").all():
        raise CannotRepair(f"{name} already hides cells, or has some that are no numbers: supply the true counts.")
    if ((value < 0) | (value != np.floor(value))).any():
        raise CannotRepair(f"{name} holds numbers that are no counts: supply the true counts.")
    return CountTable(name, content, described, table, cells)


def true_values(system: System) -> Floats:
    """The number of every cell of a system, those of rows left out worked out from the totals.

    Raises CannotRepair when totals do not add up or a row left out cannot be worked out.
    """
    try:
        bounds = propagated(system.equations, system.low, system.high, whole=system.whole)
    except Contradiction:
        raise CannotRepair("Totals do not agree with one another: correct the tables first.") from None
    if (bounds.low < bounds.high).any():
        raise CannotRepair("Rows are left out whose counts the totals do not tell: supply all the rows.")
    return bounds.low


def unsafe_counts(value: Floats, *, threshold: int, zeros: bool) -> Booleans:
    """Which true counts may not be shown: those below the threshold, and zeros where they are unsafe too."""
    unsafe: Booleans = (value < threshold) & ((value > 0) | zeros)
    return unsafe
