"""Who must decide for the tables of an application, and what their votes come to.

A board settles when as many of its people agree as its quorum says: the quorum of a data owner stands with the
owner in the catalogue (owners.csv), those of the service's own boards in quorums.csv. Both are data.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from governance.catalogue import cohort as cohorts
from governance.catalogue.catalogue import Catalogue
from governance.catalogue.cohort import Cohort


class Verdict(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"
    RETURN = "return"


@dataclass(frozen=True)
class Vote:
    """One person's vote for a board. `refused` names variables ("table.variable") that an approval leaves out."""

    board: str
    verdict: Verdict
    refused: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Outcome:
    """What the owners' votes of one round come to.

    waiting   owner -> how many votes it still lacks, at the least
    refused   owners that refused: their tables leave the scope
    withheld  variables ("table.variable") that an approving owner refused: they leave the scope alone
    """

    waiting: Mapping[str, int]
    refused: frozenset[str]
    approved: frozenset[str]
    withheld: frozenset[str]

    @property
    def complete(self) -> bool:
        return not self.waiting

    @property
    def all_refused(self) -> bool:
        """No owner is left that gives anything: there is nothing for the panel to decide on."""
        return self.complete and not self.approved

    @property
    def reduced(self) -> bool:
        """Something goes on, and it is less than what was asked for."""
        return self.complete and bool(self.approved) and bool(self.refused or self.withheld)


def tables_used(requested: Collection[str], cohort: Cohort, catalogue: Catalogue) -> tuple[str, ...]:
    """The tables that an application asks for, and those that its cohort is chosen by."""
    return tuple(dict.fromkeys((*requested, *cohorts.tables_of(cohort, catalogue.cohort_frame))))


def owners_of(tables: Collection[str], catalogue: Catalogue) -> tuple[str, ...]:
    """The data owners who must decide for these tables, in the catalogue's order."""
    needed = {catalogue[name].owner for name in tables}
    return tuple(owner.code for owner in catalogue.owners if owner.code in needed)


def quorums_of(owners: Collection[str], catalogue: Catalogue) -> dict[str, int]:
    """Owner -> how many of its people must agree."""
    return {owner: catalogue.owner(owner).quorum for owner in owners}


def settled(verdicts: Iterable[Verdict], quorum: int) -> Verdict | None:
    """The verdict on which as many agree as the quorum asks for, in the order in which they voted; None until then.

    Raises ValueError for a quorum under one: a board of nobody decides nothing.
    """
    if quorum < 1:
        raise ValueError("A quorum is at least one.")
    given = {Verdict.APPROVE: 0, Verdict.REFUSE: 0}
    for verdict in verdicts:
        if verdict in given:
            given[verdict] += 1
            if given[verdict] >= quorum:
                return verdict
    return None


def has_settled(owner: str, verdicts: Iterable[Verdict], quorums: Mapping[str, int]) -> bool:
    """Whether an owner has decided by these votes of its people. An owner who is not needed never has."""
    return owner in quorums and settled(verdicts, quorums[owner]) is not None


def lacking(verdicts: Collection[Verdict], quorum: int) -> int:
    """How many votes a board still lacks before it can be settled, at the least."""
    if settled(verdicts, quorum):
        return 0
    most = max((list(verdicts).count(verdict) for verdict in (Verdict.APPROVE, Verdict.REFUSE)), default=0)
    return quorum - most


def outcome(quorums: Mapping[str, int], votes: Collection[Vote]) -> Outcome:
    """Weigh the votes of one round. A vote for an owner who is not needed counts for nothing.

    Raises ValueError when nobody is needed: an empty board approves nothing.
    """
    if not quorums:
        raise ValueError("No data owner is needed, so nobody can approve.")
    given = {owner: [vote.verdict for vote in votes if vote.board == owner] for owner in quorums}
    ends = {owner: settled(given[owner], quorum) for owner, quorum in quorums.items()}
    approved = frozenset(owner for owner, verdict in ends.items() if verdict is Verdict.APPROVE)
    return Outcome(
        waiting={owner: lacking(given[owner], quorums[owner]) for owner, verdict in ends.items() if verdict is None},
        refused=frozenset(owner for owner, verdict in ends.items() if verdict is Verdict.REFUSE),
        approved=approved,
        withheld=frozenset(name for vote in votes if vote.board in approved for name in vote.refused),
    )


def tables_of(owners: Collection[str], tables: Collection[str], catalogue: Catalogue) -> frozenset[str]:
    """Those of the tables that belong to these owners."""
    return frozenset(name for name in tables if catalogue[name].owner in owners)


def variables_of(owner: str, requested: Mapping[str, Any], catalogue: Catalogue) -> frozenset[str]:
    """The variables ("table.variable") that are asked of one owner."""
    return frozenset(
        f"{table}.{name}"
        for table in tables_of({owner}, requested, catalogue)
        for name in requested[table].get("variables", {})
    )


@cache
def service_quorums() -> Mapping[str, int]:
    """The service's own boards (`ethics`, `panel`, `panel_delegated`) -> how many must agree."""
    with (Path(__file__).parent / "quorums.csv").open(encoding="utf-8", newline="") as file:
        return {row["board"]: int(row["quorum"]) for row in csv.DictReader(file)}
