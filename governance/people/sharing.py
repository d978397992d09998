"""One vote for two: whoever of a stand-in and the person they stand in for votes first has used it for that round."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class StoodIn:
    """That one person stood in for another in a role, from a moment on (inside) until another (outside)."""

    stand_in: int
    principal: int
    role: str
    begins_at: datetime
    ends_at: datetime

    def counts(self, at: datetime) -> bool:
        return self.begins_at <= at < self.ends_at


def people_of(person: int, known: Collection[StoodIn]) -> frozenset[int]:
    """Everybody whose votes have to be looked at to know whether the person's is used, the person among them."""
    return frozenset({person}.union(*({one.stand_in, one.principal} for one in known)))


def is_used(
    votes: Iterable[tuple[int, datetime]], person: int, role: str, known: Collection[StoodIn], at: datetime
) -> bool:
    """Whether the vote that the person would give in this role at this moment was given already.

    votes  who voted when, of one round at one stage

    A vote of somebody who stood in when they gave it is the vote of the person they stood in for. Who stands in now
    shares that person's vote, whoever gave it; so a second stand-in finds it used by the first.
    """
    held = [one for one in known if one.role == role]
    sharing = {person} | {one.principal for one in held if one.stand_in == person and one.counts(at)}
    return any(
        voter in sharing or any(one.stand_in == voter and one.principal in sharing and one.counts(when) for one in held)
        for voter, when in votes
    )
