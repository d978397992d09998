"""Who must decide for the tables of an application, and what their decisions come to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from governance.catalogue import cohort as cohorts
from governance.catalogue.catalogue import Catalogue
from governance.catalogue.cohort import Cohort


class Verdict(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"
    RETURN = "return"


@dataclass(frozen=True)
class Outcome:
    """What the owners' decisions of one round come to.

    waiting  owners that have not decided yet
    refused  owners that refused: their tables leave the scope
    """

    waiting: frozenset[str]
    refused: frozenset[str]
    approved: frozenset[str]

    @property
    def complete(self) -> bool:
        return not self.waiting

    @property
    def all_refused(self) -> bool:
        """No table is left: there is nothing for the panel to decide on."""
        return self.complete and not self.approved


def tables_used(requested: Collection[str], cohort: Cohort, catalogue: Catalogue) -> tuple[str, ...]:
    """The tables that an application asks for, and those that its cohort is chosen by."""
    return tuple(dict.fromkeys((*requested, *cohorts.tables_of(cohort, catalogue.cohort_frame))))


def owners_of(tables: Collection[str], catalogue: Catalogue) -> tuple[str, ...]:
    """The data owners who must decide for these tables, in the catalogue's order."""
    needed = {catalogue[name].owner for name in tables}
    return tuple(owner.code for owner in catalogue.owners if owner.code in needed)


def outcome(needed: Collection[str], decisions: Mapping[str, Verdict]) -> Outcome:
    """Weigh the decisions of one round. An owner who is not needed counts for nothing.

    Raises ValueError when nobody is needed: an empty board approves nothing.
    """
    if not needed:
        raise ValueError("No data owner is needed, so nobody can approve.")
    given = {owner: decisions[owner] for owner in needed if owner in decisions}
    return Outcome(
        waiting=frozenset(needed) - given.keys(),
        refused=frozenset(owner for owner, verdict in given.items() if verdict is Verdict.REFUSE),
        approved=frozenset(owner for owner, verdict in given.items() if verdict is Verdict.APPROVE),
    )


def tables_of(owners: Collection[str], tables: Collection[str], catalogue: Catalogue) -> frozenset[str]:
    """Those of the tables that belong to these owners."""
    return frozenset(name for name in tables if catalogue[name].owner in owners)
