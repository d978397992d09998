"""Repairs of a request: the audited ways to make its tables of counts safe, for an answer or a page."""

from __future__ import annotations

from collections.abc import Mapping

from extracts.disclosure.check import check
from extracts.disclosure.description import Description, FileDescription
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.repair.plan import Repair, Task, plans
from extracts.disclosure.repair.tables import CannotRepair, CountTable, count_table
from extracts.disclosure.report import Verdict

# Larger tables are repaired by `protect`, where somebody waits for it.
MOST_CELLS = 2_000


def repairs(
    contents: Mapping[str, bytes], description: Description, policy: Policy, *, seconds: float = 20.0
) -> list[Repair]:
    """Safe versions of the frequency tables of a request, of least loss first; none where none is found.

    Every one was audited, and the whole request was checked with it in place, before it is given: one that leaves
    a failure, such as a difference to what left before, is not.
    """
    tables = [table for file in description.files if (table := _table(contents, file, policy)) is not None]
    if not tables or sum(len(table.value) for table in tables) > MOST_CELLS:
        return []
    try:
        found = plans(Task(tables, policy, seconds=seconds))
    except CannotRepair:
        return []
    return [one for one in found if _helps(one, contents, description, policy)]


def _helps(repair: Repair, contents: Mapping[str, bytes], description: Description, policy: Policy) -> bool:
    return check({**contents, **repair.files}, description, policy).verdict is not Verdict.FAIL


def _table(contents: Mapping[str, bytes], file: FileDescription, policy: Policy) -> CountTable | None:
    """The table of a file whose counts can be repaired, or None."""
    if file.output_type != "FREQ" or file.overlapping or file.name not in contents:
        return None
    try:
        return count_table(file.name, contents[file.name], policy, file)
    except (CannotRead, CannotRepair, ValueError):
        return None
