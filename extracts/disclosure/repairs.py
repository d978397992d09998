"""Repairs of a request: the audited ways to make its tables safe, for an answer or a page."""

from __future__ import annotations

from collections.abc import Mapping

from extracts.disclosure.check import check
from extracts.disclosure.description import Description, FileDescription
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.repair.plan import Repair, Task, plans
from extracts.disclosure.repair.tables import CannotRepair, TrueTable, true_tables
from extracts.disclosure.repair.workbook_cells import CannotWrite
from extracts.disclosure.report import Verdict
from extracts.disclosure.suggest import suggest_for

# Larger tables are repaired by `protect`, where somebody waits for it.
MOST_CELLS = 2_000


def repairs(
    contents: Mapping[str, bytes], description: Description, policy: Policy, *, seconds: float = 20.0
) -> list[Repair]:
    """Safe versions of the tables of counts and sums of a request, of least loss first; none where none is found.

    Every one was audited, and the whole request was checked with it in place, before it is given: one that leaves
    a failure, such as a difference to what left before, is not.
    """
    tables = [table for file in description.files for table in _tables(contents, file, policy)]
    if not tables or sum(len(table.value) for table in tables) > MOST_CELLS:
        return []
    try:
        found = plans(Task(tables, policy, seconds=seconds))
    except (CannotRepair, CannotWrite):
        return []
    return [one for one in found if _helps(one, contents, description, policy)]


def _helps(repair: Repair, contents: Mapping[str, bytes], description: Description, policy: Policy) -> bool:
    return check({**contents, **repair.files}, description, policy).verdict is not Verdict.FAIL


def _tables(contents: Mapping[str, bytes], file: FileDescription, policy: Policy) -> list[TrueTable]:
    """The tables of a file that can be repaired; none unless all of them can."""
    if file.output_type not in ("FREQ", "MAGN") or file.overlapping or file.name not in contents:
        return []

    def described(name: str, table: Table) -> FileDescription:
        return file if set(file.layout.placed) <= set(table.columns) else suggest_for(name, table)

    try:
        return true_tables(file.name, contents[file.name], policy, described, contents)
    except (CannotRead, CannotRepair, ValueError):
        return []
