"""Plans: the ways in which a set of unsafe tables can be made safe, each audited before it is offered."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from extracts.disclosure.audit.grid import Hierarchies
from extracts.disclosure.audit.linked import aligned
from extracts.disclosure.audit.part import TooSparse
from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.cells import EVIDENCE_COLUMNS, Booleans, Cells, Floats, tidy
from extracts.disclosure.reading.csv_table import Table, read_table
from extracts.disclosure.repair.checked import Checked, checked, lost
from extracts.disclosure.repair.linked import groups_of, hidden_in_tables
from extracts.disclosure.repair.merged_file import Mergers, joint, merged_file, mergers
from extracts.disclosure.repair.round import CannotRound, rounded, rounding_for, totals_again
from extracts.disclosure.repair.sums import Asked, asked_of, sums_to_hide
from extracts.disclosure.repair.tables import CannotRepair, TrueTable, as_sums
from extracts.disclosure.repair.unnamed import unnamed_sum
from extracts.disclosure.repair.write import HIDDEN, Change, written
from extracts.disclosure.rounding import Rounding

METHODS = ("suppress", "round", "merge")


@dataclass(frozen=True)
class Repair:
    """A safe version of a set of tables.

    kind           suppress, round, round and suppress, round with totals again, merge or cell-key
    summary        a sentence for a person
    files          name -> content of every table, changed or not
    changes        what stands where now
    loss_by_count  cells hidden or changed, or cells fewer after merging
    loss_by_value  by how much the numbers changed in all; a hidden number counts in full
    audit          what an intruder could work out from the files together
    """

    kind: str
    summary: str
    files: Mapping[str, bytes]
    changes: tuple[Change, ...]
    loss_by_count: int
    loss_by_value: float
    audit: Checked

    def to_json(self) -> dict[str, Any]:
        """A dictionary of strings, numbers and lists, without the files."""
        return {
            "kind": self.kind,
            "summary": self.summary,
            "files": sorted(self.files),
            "changes": [asdict(change) for change in self.changes],
            "loss_by_count": self.loss_by_count,
            "loss_by_value": self.loss_by_value,
            "audit": self.audit.to_json(),
        }


@dataclass(frozen=True)
class Task:
    """What to repair, and how: the tables, the policy, and what the user chose.

    by          what loss is counted by: `count` or `value`
    rounding    the rounding for plans that round; as the policy asks where none is chosen
    seconds     how long each search for cells to hide, and each audit, may take
    until       `time.monotonic()` after which no further way is begun
    threshold   the policy's for the most sensitive of the tables
    """

    tables: Sequence[TrueTable]
    policy: Policy
    by: str = "count"
    rounding: Rounding | None = None
    hierarchies: Hierarchies | None = None
    seconds: float = 60.0
    until: float = math.inf

    @property
    def over(self) -> bool:
        """Whether the time for all ways together is over."""
        return time.monotonic() > self.until

    @property
    def threshold(self) -> int:
        """Smallest count that these files may show."""
        described = [table.described for table in self.tables]
        names = {name for one in described for name in one.layout.names}
        return self.policy.threshold_for(names, sensitive=any(one.sensitive for one in described))

    def unsafe(self) -> list[Booleans]:
        """Per table, which counts may not be shown."""
        zeros = self.policy.zeros_disclosive
        return [table.unsafe(threshold=self.threshold, zeros=zeros) for table in self.tables]


def plans(task: Task, methods: Sequence[str] = METHODS) -> list[Repair]:
    """The repairs that an audit finds nothing to object to, of least loss first. Raises CannotRepair.

    Methods that do not fit the tables are passed over; `unfit` says why.
    """
    require_named_totals(task)
    found: list[Repair] = []
    methods = [method for method in methods if not unfit(task, method)]
    pattern = pattern_of(task) if {"suppress", "round"} & set(methods) else None
    if "suppress" in methods and pattern is not None:
        now = [{place: HIDDEN for place in np.flatnonzero(hidden).tolist()} for hidden in pattern]
        words = "The cells below the threshold are hidden, with others that would give them back."
        if any(table.sums for table in task.tables):
            words += " So are the amounts that few contributors give, or that one or two dominate."
        found += _offered(task, "suppress", words, now, None)
    if "round" in methods and not task.over:
        found += _roundings(task, pattern)
    if "merge" in methods and not task.over:
        found += _mergers(task)
    loss = (lambda one: one.loss_by_count) if task.by == "count" else (lambda one: one.loss_by_value)
    return sorted(found, key=loss)


def require_named_totals(task: Task) -> None:
    """Raises CannotRepair where a label is the sum of others and nobody said so: it would give hidden ones back."""
    for table in task.tables:
        for kind, along in itertools.product(("count", "total"), table.cells.dimensions):
            parents = (task.hierarchies or {}).get(along, {})
            found = unnamed_sum(as_sums(table.cells).of_kind(kind), along, parents)
            if found:
                raise CannotRepair(
                    f"In {table.said}, {found[0]} is the sum of {', '.join(found[1])}. Say so: name it as the label of "
                    "a total, or in a hierarchy."
                )


def unfit(task: Task, method: str) -> str:
    """Why a method does not fit the tables, as a sentence for a person; "" where it does."""
    if method != "suppress" and any(table.sums for table in task.tables):
        return "Sums and means are protected by suppression only; use the method suppress."
    if method != "round" and task.policy.rounding and not any(table.sums for table in task.tables):
        return f"The policy {task.policy.name} has all counts rounded; use the method round."
    if method == "merge" and any(table.beside for table in task.tables):
        return "Categories are merged in CSV and TSV files only: save the table as one, or use another method."
    return ""


def pattern_of(task: Task) -> list[Booleans] | None:
    """Per table, the cells to hide; None when the tables leave too much out to tell."""
    zeros, limit = task.policy.zeros_disclosive, task.threshold
    try:
        counts = hidden_in_tables(
            task.tables, threshold=limit, zeros=zeros, by=task.by, hierarchies=task.hierarchies, seconds=task.seconds
        )
        sums = sums_to_hide(
            task.tables, task.policy, threshold=limit, by=task.by, hierarchies=task.hierarchies, seconds=task.seconds
        )
    except TooSparse:
        return None
    return [
        _beside_hidden_counts(table, one | other) for table, one, other in zip(task.tables, counts, sums, strict=True)
    ]


def _beside_hidden_counts(table: TrueTable, hidden: Booleans) -> Booleans:
    """The hidden cells and the means of hidden counts: these would tell more of how the counts are shared out."""
    facts = table.cells.facts
    keys = list(table.cells.labels.astype(str).itertuples(index=False, name=None))
    few = {key for key, hide, kind in zip(keys, hidden, facts["kind"], strict=True) if hide and kind == "count"}
    means = [key in few and kind == "mean" for key, kind in zip(keys, facts["kind"], strict=True)]
    return hidden | np.array(means, dtype=np.bool_)


def _roundings(task: Task, pattern: list[Booleans] | None) -> Iterator[Repair]:
    """Rounded versions: with unsafe cells hidden, with their protectors hidden too if need be, and one that adds up."""
    rounding = task.rounding or rounding_for(task.policy)
    values = [rounded(table.value, rounding) for table in task.tables]
    few = task.unsafe()
    words = f"Cells below the threshold are hidden and all others rounded ({rounding.kind} {rounding.by})."
    plain = list(noisy(task, "round", words, values, few, rounding))
    yield from plain
    if not plain and pattern is not None:
        more = "Besides, cells are hidden that would give those back."
        yield from noisy(task, "round and suppress", f"{words} {more}", values, pattern, rounding)
    adding = None if task.over else _adding_up(task, values, few)
    if adding is not None:
        more = "Totals are the sums of the rounded cells that are shown."
        yield from noisy(task, "round with totals again", f"{words} {more}", adding, few, rounding)


def _adding_up(task: Task, values: list[Floats], hidden: list[Booleans]) -> list[Floats] | None:
    """Rounded numbers whose totals are the sums of the parts shown; None where no such numbers are known."""
    found = [value.copy() for value in values]
    try:
        for group in groups_of(task.tables, task.hierarchies):
            together = np.zeros(len(group.value))
            for number, members, system in zip(
                group.linked.tables, group.linked.members, group.linked.systems, strict=True
            ):
                at = system.cells >= 0
                shown = np.where(hidden[number], 0.0, values[number])
                together[members[at]] = shown[system.cells[at]]
            together = totals_again(group.system.equations, together)
            for number, members, system in zip(
                group.linked.tables, group.linked.members, group.linked.systems, strict=True
            ):
                at = system.cells >= 0
                found[number][system.cells[at]] = together[members[at]]
    except (CannotRound, TooSparse):
        return None
    return found


def noisy(
    task: Task, kind: str, words: str, values: list[Floats], hidden: list[Booleans], rounding: Rounding
) -> Iterator[Repair]:
    """The repair in which these numbers stand, or the sign of a hidden one, if it is safe."""
    now = [
        {
            place: HIDDEN if hidden[number][place] else f"{value:.0f}"
            for place, value in enumerate(values[number].tolist())
            if hidden[number][place] or value != table.value[place]
        }
        for number, table in enumerate(task.tables)
    ]
    yield from _offered(task, kind, words, now, rounding)


def _offered(
    task: Task, kind: str, words: str, now: Sequence[Mapping[int, str]], rounding: Rounding | None
) -> Iterator[Repair]:
    """The repair with these new texts, if its audit has nothing to object to."""
    files, changes, after = {}, list[Change](), dict[int, Cells]()
    for name in dict.fromkeys(table.name for table in task.tables):
        own = [at for at, table in enumerate(task.tables) if table.name == name]
        made = written([task.tables[at] for at in own], [now[at] for at in own], task.policy)
        files[name], changes = made.content, [*changes, *made.changes]
        after |= {at: _as_read(task.tables[at], table) for at, table in zip(own, made.tables, strict=True)}
    cells = [after[at] for at in range(len(task.tables))]
    losses = [lost(table.cells, one) for table, one in zip(task.tables, cells, strict=True)]
    behind = [asked_of(table.cells, task.policy, threshold=task.threshold) for table in task.tables]
    audit = _audit(task, cells, rounding, behind)
    if audit.safe:
        number, amount = (sum(one) for one in zip(*losses, strict=True))
        yield Repair(kind, words, files, tuple(changes), int(number), float(amount), audit)


def _as_read(before: TrueTable, table: Table) -> Cells:
    """The cells of a repaired table, with the evidence behind them."""
    found, facts = tidy(table, before.described), before.cells.facts
    return replace(found, facts=found.facts.assign(**{name: facts[name].to_numpy() for name in EVIDENCE_COLUMNS}))


def _mergers(task: Task) -> Iterator[Repair]:
    """The tables with merged categories, the same in all of them, if that makes all of them safe."""
    few = [bool(cells.any()) for cells in task.unsafe()]
    zeros, limit = task.policy.zeros_disclosive, task.threshold
    # A dimension that one table does not name is that of another with the same labels.
    names = [one.dimensions for one in aligned([table.cells for table in task.tables])]
    try:
        found = [
            _renamed(mergers(table, threshold=limit, zeros=zeros, by=task.by), table.cells.dimensions, own)
            for table, own, wrong in zip(task.tables, names, few, strict=True)
            if wrong
        ]
        if None in found:
            return
        wanted = joint([one for one in found if one is not None])
        made = [
            merged_file(table, _renamed(wanted, own, table.cells.dimensions) or {})
            for table, own in zip(task.tables, names, strict=True)
        ]
    except CannotRepair:
        return
    pairs = list(zip(task.tables, made, strict=True))
    files = {table.name: one.content if one else table.content for table, one in pairs}
    described = [one.described if one else table.described for table, one in pairs]
    audit = _audit(task, [tidy(read_table(one.name, files[one.name], task.policy), one) for one in described], None)
    if audit.safe:
        done = [one for one in made if one]
        changes = tuple(change for one in done for change in one.changes)
        words = "Categories are merged until every count is large enough."
        yield Repair(
            "merge", words, files, changes, sum(one.cells for one in done), sum(one.moved for one in done), audit
        )


def _renamed(found: Mergers | None, names: Sequence[str], others: Sequence[str]) -> Mergers | None:
    """Mergers with other names for the dimensions; those of a table that has not one of them are left out."""
    if found is None:
        return None
    return {new: found[name] for name, new in zip(names, others, strict=True) if name in found}


def _audit(task: Task, tables: Sequence[Cells], rounding: Rounding | None, behind: Sequence[Asked] = ()) -> Checked:
    """The audit of repaired tables. Hierarchies that nobody gave are told from the labels that are left."""
    return checked(
        tables, task.policy, threshold=task.threshold, behind=behind,
        hierarchies=task.hierarchies, rounding=rounding, seconds=task.seconds,
    )  # fmt: skip
