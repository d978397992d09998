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
from extracts.disclosure.repair.movement import Places
from extracts.disclosure.report import Verdict
from extracts.disclosure.rules import identifiers, pseudonyms, records
from extracts.disclosure.rules.class_disclosure import whole_groups
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

    def unsafe(self, *, threshold: int, zeros: bool) -> Booleans:
        """Which cells may not be shown: counts that are too small, and a zero of each group that tells all of it."""
        return unsafe_counts(self.value, threshold=threshold, zeros=zeros) | telling_zeros(self.cells)


def _of_people(name: str, table: Table, policy: Policy) -> bool:
    """Whether a table identifies people, or has a row for each."""
    found = (
        *identifiers.findings(name, table, policy),
        *pseudonyms.findings(name, table),
        *records.findings(name, table, policy),
    )
    return any(one.verdict is Verdict.FAIL for one in found)


def count_table(name: str, content: bytes, policy: Policy, described: FileDescription | None = None) -> CountTable:
    """The table in a CSV or TSV file, described as said or else as it seems to be.

    Raises CannotRead for a file that is no table, and CannotRepair for one that holds anything but true
    counts: means and percentages would give hidden counts back.
    """
    described = described or suggest(name, content, policy)
    table, layout = read_table(name, content, policy), described.layout
    if _of_people(name, table, policy):
        raise CannotRepair(f"{name} seems to hold records of people: only tables can be made safe.")
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
    """The number of every cell of a system, those of rows left out worked out from the totals, or 0 without any.

    Raises CannotRepair when totals do not add up or a row left out cannot be worked out.
    """
    try:
        bounds = propagated(system.equations, system.low, system.high, whole=system.whole)
    except Contradiction:
        raise CannotRepair("Totals do not agree with one another: correct the tables first.") from None
    # What is in no sum gives nothing back, whatever it may be.
    summed = np.asarray(abs(system.equations).sum(axis=0)).ravel() > 0
    if (summed & (bounds.low < bounds.high)).any():
        raise CannotRepair("Rows are left out whose counts the totals do not tell: supply all the rows.")
    return bounds.low


def unsafe_counts(value: Floats, *, threshold: int, zeros: bool) -> Booleans:
    """Which true counts may not be shown: those below the threshold, and zeros where they are unsafe too."""
    unsafe: Booleans = (value < threshold) & ((value > 0) | zeros)
    return unsafe


def telling_zeros(cells: Cells) -> Booleans:
    """A zero to hide in every group of which everybody is in one category, so that nobody knows that they are.

    The zero is one that serves several such groups, where there is one; it must be protected as a
    small count is. Returns booleans over the cells.
    """
    groups = [group for along in cells.dimensions for group in _whole_groups(cells, along)]
    found = np.zeros(len(cells), dtype=np.bool_)
    serves = np.bincount(np.concatenate([*groups, np.zeros(0, np.int64)]).astype(np.int64), minlength=len(cells))
    for zeros in groups:
        if not found[zeros].any():
            found[zeros[np.argmax(serves[zeros])]] = True
    return found


def _whole_groups(cells: Cells, along: str) -> list[Places]:
    """For each group that the rule on class disclosure would find along a dimension, the places of its zeros."""
    part = np.flatnonzero(~cells.is_total(along))
    inner = cells.where(~cells.is_total(along))
    possible, line, value = ~inner.flags("structural"), inner.lines(along), inner.numbers("value")
    told = np.unique(line[whole_groups(value, line, possible)])
    return [part[(line == one) & (value == 0) & possible] for one in told]
