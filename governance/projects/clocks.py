"""Whose turn it was, and for how many working days: worked out from what the trail tells of one record.

A clock runs for the side that holds the record. While the applicants hold it, the service's stands still; while it
is paused, everybody's does. Times come in the service's own zone, so that their dates are its days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby

from governance.projects.boards import Verdict, settled
from governance.projects.lifecycle import REVOKED, UNDER_REVIEW, WITH_THE_APPLICANTS, WITHDRAWN
from governance.working_days import add_working_days, working_days_between

PAUSE, TAKE_UP = "pause", "take up"
CUT_SHORT = frozenset({WITHDRAWN, REVOKED})


class Side(StrEnum):
    SERVICE = "service"
    APPLICANTS = "applicants"
    NOBODY = "nobody"


OF_A_PROJECT: Mapping[str, Side] = {
    **dict.fromkeys(UNDER_REVIEW, Side.SERVICE),
    **dict.fromkeys(WITH_THE_APPLICANTS, Side.APPLICANTS),
}


# The stages in the order of an application's way, as tables name them.
STAGES = {
    "draft": "Draft",
    "triage": "Triage",
    "ethics": "Ethical review",
    "owners": "Data owners",
    "offered": "Reduced project offered",
    "panel": "Panel",
    "returned": "Returned for changes",
}


# From an agreement in force to the first extract: the project asks for it, and the service builds it.
AGREED, TAKEN_BACK, PROVIDED = "in_force", "revoked", "delivered"
OF_PROVISION: Mapping[str, Side] = {
    **dict.fromkeys((AGREED, "failed", "stopped", "cancelled", "refused", "amended", "lapsed", "sanctioned",
                     "suspended", "release_withdrawn", "specification_changed", "cohort_changed", "key_rotated",
                     "records_withheld"), Side.APPLICANTS),
    **dict.fromkeys(("requested", "building", "held", "files_missing", "files_altered"), Side.SERVICE),
}  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """An entry of the trail: when, what was done, and the states before and after it."""

    at: datetime
    action: str
    before: str
    after: str


@dataclass(frozen=True)
class Stretch:
    """A time in which the record stood in one stage and one side held it: nobody, while it is paused."""

    stage: str
    side: Side
    since: datetime
    until: datetime
    paused: bool = False

    @property
    def days(self) -> int:
        """Working days. Those of stretches that follow one another add up to those of the whole time."""
        return self.days_to(self.until)

    def days_to(self, at: datetime) -> int:
        return working_days_between(self.since.date(), min(at, self.until).date())


@dataclass(frozen=True)
class Visit:
    """One stay in a stage, with the pauses in it. `then` is the stage that followed; "" while the stay goes on."""

    stage: str
    stretches: tuple[Stretch, ...]
    then: str

    @property
    def since(self) -> datetime:
        return self.stretches[0].since

    @property
    def until(self) -> datetime:
        return self.stretches[-1].until

    @property
    def days(self) -> int:
        """Working days for whoever held it, pauses not counted."""
        return self.days_to(self.until)

    @property
    def is_done(self) -> bool:
        """Whether the stage came to its own end: neither going on nor cut short from outside of it."""
        return bool(self.then) and self.then not in CUT_SHORT

    @property
    def paused_since(self) -> datetime | None:
        last = self.stretches[-1]
        return last.since if last.paused and not self.then else None

    def days_to(self, at: datetime) -> int:
        return sum(one.days_to(at) for one in self.stretches if not one.paused)

    def due_on(self, target: int) -> date | None:
        """The day on which so many working days have passed on its clock; None while it is paused before that day."""
        left = target
        for one in self.stretches:
            if one.paused:
                continue
            if left <= one.days or (one is self.stretches[-1] and not self.then):
                return add_working_days(one.since.date(), left)
            left -= one.days
        return None

    def overdue_by(self, target: int) -> int:
        """How many working days its clock has run beyond the target."""
        return max(0, self.days - target)


def stretches(moments: Iterable[Moment], sides: Mapping[str, Side], *, until: datetime) -> list[Stretch]:
    """The stretches of a record's time from its first moment to `until`, without a gap and without an overlap.

    Of those that took no time only the last is there: it says where the record stands.

    moments  in order; those that change neither state nor pause count for nothing
    sides    stage -> who holds the record in it; nobody, where it is not named
    """
    changes: list[tuple[datetime, str, bool]] = []
    stage, paused = "", False
    for moment in moments:
        now_paused = {PAUSE: True, TAKE_UP: False}.get(moment.action, paused and moment.after == stage)
        if moment.after and (moment.after, now_paused) != (stage, paused):
            stage, paused = moment.after, now_paused
            changes.append((moment.at, stage, paused))
    if not changes:
        return []
    ends = [at for at, _, _ in changes[1:]] + [max(until, changes[-1][0])]
    return [
        Stretch(stage, Side.NOBODY if paused else sides.get(stage, Side.NOBODY), since, end, paused)
        for number, ((since, stage, paused), end) in enumerate(zip(changes, ends, strict=True), 1)
        if since < end or number == len(changes)
    ]


def provision(moments: Iterable[tuple[str, Moment]], *, until: datetime) -> list[Stretch]:
    """The stretches from the first agreement in force to the first extract that was delivered; nobody's from then on.

    moments  with the kind of record ("agreement", "extract"), in order
    While a revocation has left no agreement in force, the clock stands still.
    """
    counted: list[Moment] = []
    for kind, moment in moments:
        begins = moment.after == AGREED and (not counted or counted[-1].after == TAKEN_BACK)
        ends = bool(counted) and (moment.before, moment.after) == (AGREED, TAKEN_BACK)
        if (begins or ends) if kind == "agreement" else counted:
            counted.append(moment)
        if counted and counted[-1].after == PROVIDED:
            break
    return stretches(counted, OF_PROVISION, until=until)


def visits(found: Iterable[Stretch]) -> list[Visit]:
    """The stretches as stays in one stage after another."""
    stays = [(stage, tuple(several)) for stage, several in groupby(found, key=lambda one: one.stage)]
    following = [*(stage for stage, _ in stays[1:]), ""][: len(stays)]
    return [Visit(stage, several, then) for (stage, several), then in zip(stays, following, strict=True)]


@dataclass(frozen=True)
class Spent:
    """What a stage took so far, over all stays in it: working days by the side for which they ran."""

    stage: str
    stays: int
    days: Mapping[Side, int]


def by_stage(found: Sequence[Stretch]) -> list[Spent]:
    """A line for each stage that somebody held, in the order of an application's way."""
    stays = visits(found)
    lines = []
    for stage in STAGES:
        those = [visit for visit in stays if visit.stage == stage]
        if those:
            lines.append(Spent(stage, len(those), spent(one for visit in those for one in visit.stretches)))
    return lines


def spent(found: Iterable[Stretch]) -> dict[Side, int]:
    """Side -> working days that the clock ran for it."""
    days = dict.fromkeys(Side, 0)
    for one in found:
        days[one.side] += one.days
    return days


@dataclass(frozen=True)
class Given:
    """One vote for a data owner, at its time."""

    at: datetime
    owner: str
    verdict: Verdict


def owner_days(visit: Visit, votes: Sequence[Given], quorums: Mapping[str, int]) -> dict[str, tuple[int, datetime]]:
    """Owner -> working days from the beginning of the owners' stage to the vote that settled it, and when that was.

    votes  in order; those outside of this stay, and those for owners without a quorum, count for nothing
    An owner that has not settled in this stay is left out.
    """
    found: dict[str, tuple[int, datetime]] = {}
    for owner, quorum in quorums.items():
        given: list[Verdict] = []
        for vote in votes:
            if vote.owner != owner or not visit.since <= vote.at <= visit.until:
                continue
            given.append(vote.verdict)
            if settled(given, quorum):
                found[owner] = visit.days_to(vote.at), vote.at
                break
    return found
