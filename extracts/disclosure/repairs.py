"""Repairs of a request: the audited ways to make its tables safe, for an answer or a page."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from extracts.disclosure.audit.grid import Hierarchies
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

# Larger tables, and ways that take longer, are left to `protect`, where somebody waits for it.
MOST_CELLS = 2_000
SECONDS = 2.0
TOO_LARGE = f"Repairs were not worked out: the tables have more than {MOST_CELLS:,} cells. `protect` works them out."
TOO_LONG = f"Some repairs were not worked out: they take more than {SECONDS:.0f} seconds. `protect` works them out."


@dataclass(frozen=True)
class Offer:
    """The repairs that are offered, of least loss first, and why there may be others; "" where there are none."""

    repairs: tuple[Repair, ...] = ()
    note: str = ""


def repairs(
    contents: Mapping[str, bytes], description: Description, policy: Policy, *, seconds: float = SECONDS
) -> Offer:
    """Safe versions of the tables of counts and amounts of a request; none where none is found in so many seconds.

    Every one was audited, and the whole request was checked with it in place, before it is given: one that leaves
    a failure, such as a difference to what left before, is not.
    """
    tables = [table for file in description.files for table in _tables(contents, file, policy)]
    if not tables:
        return Offer()
    if sum(len(table.value) for table in tables) > MOST_CELLS:
        return Offer(note=TOO_LARGE)
    task = Task(
        tables, policy, hierarchies=_hierarchies(tables, description), seconds=seconds, until=time.monotonic() + seconds
    )
    try:
        found = plans(task)
    except (CannotRepair, CannotWrite):
        return Offer()
    helping = list[Repair]()
    for repair in found:
        if helping and task.over:  # the best is offered whatever the time
            break
        helping += [repair] if repair.changes and _helps(repair, contents, description, policy) else []
    return Offer(tuple(helping), TOO_LONG if task.over else "")


def write_repairs(offered: Sequence[Repair], folder: Path) -> None:
    """The files of each repair, in a folder with the name of its kind, beside `changes.json`."""
    for one in offered:
        place = folder / one.kind.replace(" ", "-")
        for name, content in one.files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(content)
        (place / "changes.json").write_text(json.dumps(one.to_json(), indent=1) + "\n", encoding="utf-8")


def _hierarchies(tables: Sequence[TrueTable], description: Description) -> Hierarchies | None:
    """The labels within labels of each dimension that holds both, each within the first that was named."""
    found: dict[str, dict[str, str]] = {}
    for table in tables:
        for name in table.cells.dimensions:
            labels = set(table.cells.labels[name].astype(str))
            for one in description.nesting:
                if one.part in labels and one.whole in labels:
                    found.setdefault(name, {}).setdefault(one.part, one.whole)
    return found or None


def _helps(repair: Repair, contents: Mapping[str, bytes], description: Description, policy: Policy) -> bool:
    return check({**contents, **repair.files}, description, policy).verdict is not Verdict.FAIL


def _tables(contents: Mapping[str, bytes], file: FileDescription, policy: Policy) -> list[TrueTable]:
    """The tables of a file that can be repaired; none unless all of them can."""
    of_amounts = file.output_type == "MAGN" and bool(file.layout.magnitudes)
    if file.overlapping or not (of_amounts or file.output_type == "FREQ") or file.name not in contents:
        return []

    def described(name: str, table: Table) -> FileDescription:
        return file if set(file.layout.placed) <= set(table.columns) else suggest_for(name, table)

    try:
        return true_tables(file.name, contents[file.name], policy, described, contents)
    except (CannotRead, CannotRepair, ValueError):
        return []
