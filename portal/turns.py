"""Whose turn it is with a record, as status lines and lists tell it: what is missing, and by when it should be done.

Boards are named, people never are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F

from governance.catalogue.catalogue import Catalogue, UnknownName
from governance.projects.boards import Verdict, lacking
from governance.projects.lifecycle import ETHICS, OWNERS, PANEL, TRIAGE, UNDER_REVIEW
from governance.projects.models import Decision, Project, Stage
from governance.targets import days_for
from governance.timing import Clock, clock_of, clocks_of
from portal.catalogues import described_or_none

THEN = {
    TRIAGE: "Ethical review is next.",
    ETHICS: "The data owners are next.",
    OWNERS: "The panel is next.",
    PANEL: "The agreement is next.",
}
ONE_DECIDES = {TRIAGE: "the check by research support", ETHICS: "the ethics reviewer's decision"}
Votes = Mapping[str, list[Verdict]]  # board ("" for the panel) -> its votes in this round, in order


@dataclass(frozen=True)
class Turn:
    """What the service's side of a record waits for. Without a target it has no due day.

    missing  what the stage still lacks, as short phrases
    """

    clock: Clock
    target: int | None
    missing: tuple[str, ...] = ()
    then: str = ""

    @property
    def paused_since(self) -> datetime | None:
        return self.clock.visit.paused_since

    @property
    def paused_because(self) -> str:
        return self.clock.paused_because

    @property
    def due_on(self) -> date | None:
        return self.clock.visit.due_on(self.target) if self.target else None

    @property
    def overdue_by(self) -> int:
        return self.clock.visit.overdue_by(self.target) if self.target else 0


def turn_of(record: Any, at: datetime) -> Turn | None:
    """Whose turn it is with one record; None where the service has no clock on it."""
    if isinstance(record, Project):
        return turns_of([record], at).get(record.pk)
    target = days_for(type(record).__name__, record.state)
    return Turn(clock_of(record, at), target) if target else None


def turns_of(projects: Collection[Project], at: datetime) -> dict[int, Turn]:
    """Number of a project -> its turn, of those that a board holds. At most two queries, and one for each dataset."""
    held = [one for one in projects if one.state in UNDER_REVIEW]
    clocks, votes = clocks_of(held, at), _votes(held)
    catalogues = {code: described_or_none(code) for code in {one.dataset for one in held if one.state == OWNERS}}
    return {
        one.pk: Turn(
            clocks[one.pk],
            days_for("Project", one.state),
            tuple(_missing(one, votes[one.pk], catalogues.get(one.dataset))),
            THEN[one.STATES(one.state)],
        )
        for one in held
    }


def _votes(projects: Collection[Project]) -> dict[int, Votes]:
    """The votes of each project's present round, where owners or the panel hold it."""
    stages = {OWNERS: Stage.OWNER, PANEL: Stage.PANEL}
    asked = {one.pk: stages[one.STATES(one.state)] for one in projects if one.state in stages}
    found: dict[int, dict[str, list[Verdict]]] = defaultdict(lambda: defaultdict(list))
    if asked:
        rows = Decision.objects.filter(project__in=asked, round=F("project__round"), stage__in=stages.values())
        for pk, stage, owner, verdict in rows.values_list("project", "stage", "owner", "verdict"):
            if asked[pk] == stage:
                found[pk][owner].append(Verdict(verdict))
    return found  # type: ignore[return-value]


def _missing(project: Project, votes: Votes, catalogue: Catalogue | None) -> list[str]:
    if project.state in ONE_DECIDES:
        return [ONE_DECIDES[project.STATES(project.state)]]
    if project.state == PANEL:
        return _votes_in_words("", votes.get("", []), project.panel_quorum or 1)
    lacks = (
        _votes_in_words(f"{owner_label(owner, catalogue)}: ", votes.get(owner, []), quorum)
        for owner, quorum in project.boards_of_owners.items()
    )
    return [words for several in lacks for words in several]


def _votes_in_words(of: str, given: list[Verdict], quorum: int) -> list[str]:
    """ "Police: 1 more vote"; nothing for a board that has settled."""
    number = lacking(given, quorum)
    more = "more " if given else ""
    return [f"{of}{number} {more}vote{'' if number == 1 else 's'}"] if number else []


def owner_label(owner: str, catalogue: Catalogue | None) -> str:
    """A data owner in the catalogue's words; its code where it is not described any more."""
    try:
        return catalogue.owner(owner).label if catalogue else owner
    except UnknownName:
        return owner
